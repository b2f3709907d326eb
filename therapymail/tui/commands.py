"""One definition of what a person can do on a screen: it gives the key, the key line, the help and the palette."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType

# How keys are written for people; any other name of Textual's is shown as it is.
_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "delete": "Del",
    "backspace": "Backspace",
    "numbersign": "#",
    "plus": "+",
    "minus": "-",
    "left_square_bracket": "[",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "apostrophe": "'",
    "right_square_bracket": "]",
    "ctrl+@": "^Space",  # a terminal sends the same for both
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
}


@dataclass(frozen=True)
class Command:
    """Something a person can do.

    `keys` are Textual's names of keys, the first the one that is shown; `action` what they do; `name` two or three
    words for the key line and the palette; `says` a sentence for the help. `in_line`: whether the key line has it.
    """

    keys: str
    action: str
    name: str
    says: str
    in_line: bool = True
    first: bool = False  # taken before a widget in focus sees the key

    @property
    def verb(self) -> str:
        """The action's name without what is handed to it."""
        return self.action.partition("(")[0]

    @property
    def binding(self) -> Binding:
        """The same for Textual."""
        return Binding(self.keys, self.action, self.name, show=False, priority=self.first)

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """The keys as people read them."""
        return tuple(shown_key(key.strip()) for key in self.keys.split(","))


def shown_key(key: str) -> str:
    """A key as people read it: ^L for control and L."""
    if key in _SHOWN:
        return _SHOWN[key]
    if key.startswith("ctrl+shift+"):
        return "^Shift+" + shown_key(key.removeprefix("ctrl+shift+")).upper()
    if key.startswith("ctrl+"):
        return "^" + shown_key(key.removeprefix("ctrl+")).upper()
    return key.upper() if key.startswith("f") and key[1:].isdigit() else key


@dataclass(frozen=True)
class Card:
    """What a part of the screen is: `title` a noun, `says` a sentence or two. `?` shows it while that has the focus."""

    title: str
    says: str


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """The bindings of `commands`, for a class's BINDINGS."""
    return [command.binding for command in commands]
