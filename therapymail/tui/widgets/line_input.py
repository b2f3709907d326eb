"""A line to type in that shows nothing a terminal would obey, whatever is pasted into it (HAZARDS S9, S10)."""

from typing import ClassVar

from textual.widgets import Input

from therapymail.domain.sanitise import sanitise
from therapymail.tui.commands import Card


class LineInput(Input):
    """An input whose value is always one harmless line."""

    CARD: ClassVar[Card] = Card("A line to type in", "Enter takes what is typed; Esc goes back without it.")

    def validate_value(self, value: str) -> str:
        """`value` with visible marks for what steers a terminal; as long as it was, so that the cursor stays right."""
        return sanitise(value).replace("\n", " ").replace("\t", " ")
