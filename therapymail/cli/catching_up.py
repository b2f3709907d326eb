"""How far the record is with what a search needs done first, on a terminal."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from therapymail.cli.progress import Advance, shown_progress

if TYPE_CHECKING:
    from therapymail.practice.catching_up import CaughtUp, Told

_WAITING = "Making the record ready for this search"
_LETTERS, _CLIENTS = "Letters looked through again", "Clients whose exchanges are found"


@contextmanager
def shown_catching_up(*, plain: bool) -> Iterator["Told"]:
    """A function that shows it from its first call on; Ctrl+C ends the work and keeps what is done."""
    with ExitStack() as stack:
        shown: dict[str, Advance] = {}

        def told(at: "CaughtUp") -> None:
            label = _CLIENTS if at.clients else _LETTERS
            if label not in shown:
                stack.close()  # the one before it is over
                shown[label] = stack.enter_context(shown_progress(label, _WAITING, plain=plain))
            shown[label](at.done, at.of, at.per_second)

        yield told
