"""Which letters meet a formula, as numbers with a bit for each letter, and how far that is known."""

from collections.abc import Callable
from typing import NamedTuple

from therapymail.vault.formula import Both, Either, Formula, Term, Told, Without


class Bits(NamedTuple):
    """Letters that certainly have something, and all that may."""

    certain: int
    possible: int

    @property
    def is_settled(self) -> bool:
        """Whether nothing is unknown."""
        return self.certain == self.possible


_NONE = Bits(0, 0)
_OfLeaf = Callable[[Term | Told], Bits]


def value_of(formula: Formula, of_leaf: _OfLeaf) -> Bits:
    """The letters that meet `formula`, of whose terms `of_leaf` tells which letters have them."""
    match formula:
        case Term() | Told():
            return of_leaf(formula)
        case Both(parts):
            found = value_of(parts[0], of_leaf)
            for part in parts[1:]:
                if not found.possible:
                    break
                other = value_of(part, of_leaf)
                found = Bits(found.certain & other.certain, found.possible & other.possible)
            return found
        case Either(parts):
            found = _NONE
            for part in parts:
                other = value_of(part, of_leaf)
                found = Bits(found.certain | other.certain, found.possible | other.possible)
            return found
        case Without(wanted, unwanted):
            found = value_of(wanted, of_leaf)
            for part in unwanted:
                if not found.possible:
                    break
                other = value_of(part, of_leaf)
                found = Bits(found.certain & ~other.possible, found.possible & ~other.certain)
            return found
