"""The names a key bears, and whether one of them is an address of the client it is to be pinned to (HAZARDS C31)."""

from collections.abc import Iterable

from therapymail.domain.addresses import canonical_address
from therapymail.errors import UnusableInput


def bears_one_of(names: Iterable[str], addresses: Iterable[str]) -> bool:
    """Whether one of a key's `names` (user ids) has one of `addresses` (canonical) as its mailbox."""
    wanted = set(addresses)
    return any(_mailbox(name) in wanted for name in names)


def _mailbox(name: str) -> str | None:
    """The address in `Name <address>`, or the whole name where it is a bare address; None where it is neither."""
    _, opened, rest = name.rpartition("<")
    bare = rest.removesuffix(">") if opened and rest.endswith(">") else name
    try:
        return canonical_address(bare)
    except UnusableInput:
        return None
