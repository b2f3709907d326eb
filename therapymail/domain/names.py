"""Client codes (HERON) and letter names (HERON-12): what a person types and reads instead of identities."""

import re
from typing import NamedTuple

from therapymail.errors import UnusableInput

_CODE = re.compile(r"[A-Z][A-Z0-9]{1,15}")
_NAME = re.compile(r"([A-Z][A-Z0-9]{1,15})-([1-9][0-9]{0,8})([b-z]?)")


def client_code(text: str) -> str:
    """The client code that `text` means: 2 to 16 letters and digits, upper case, a letter first.

    Raises UnusableInput.
    """
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        raise UnusableInput("client code", "2 to 16 letters and digits, a letter first, for example HERON")
    return code


class LetterName(NamedTuple):
    """The name of a letter: client code, running number in the order of filing, clash suffix."""

    code: str
    number: int
    suffix: str = ""

    def __str__(self) -> str:
        return f"{self.code}-{self.number}{self.suffix}"

    @classmethod
    def parse(cls, text: str) -> "LetterName":
        """The name in `text`, in any case. Raises UnusableInput."""
        stripped = text.strip()
        dash = stripped.rfind("-")
        found = _NAME.fullmatch(stripped[:dash].upper() + stripped[dash:].lower()) if dash > 0 else None
        if not found:
            raise UnusableInput("letter", "a letter's name looks like HERON-12")
        return cls(found[1], int(found[2]), found[3])
