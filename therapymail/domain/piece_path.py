"""Where a sealed piece stands in a mail: `2` is the second piece of the mail, `2.1` the first inside that one."""

import re
from dataclasses import dataclass

from therapymail.errors import UnusableInput

MAX_DEPTH = 8  # pieces within pieces that are opened
_TYPED = re.compile(r"[1-9]\d{0,3}(?:\.[1-9]\d{0,3})*", re.ASCII)


@dataclass(frozen=True)
class PiecePath:
    """The numbers, counted from 1, that lead from the mail to one of its pieces; never empty."""

    numbers: tuple[int, ...] = (1,)

    @classmethod
    def parse(cls, typed: str) -> "PiecePath":
        """The path that a person typed. Raises UnusableInput for anything else, and for one that is too long."""
        if not _TYPED.fullmatch(typed):
            raise UnusableInput("piece", "it is a number, or numbers with points between them, as in 2 or 2.1")
        numbers = tuple(int(number) for number in typed.split("."))
        if len(numbers) > MAX_DEPTH:
            raise UnusableInput("piece", f"pieces within pieces are opened {MAX_DEPTH} deep at the most")
        return cls(numbers)

    def __str__(self) -> str:
        return ".".join(str(number) for number in self.numbers)

    @property
    def is_deepest(self) -> bool:
        """Whether nothing inside this piece is opened any more."""
        return len(self.numbers) >= MAX_DEPTH

    def inside(self, number: int) -> "PiecePath":
        """The path to the piece `number` inside this one."""
        return PiecePath((*self.numbers, number))
