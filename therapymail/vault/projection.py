"""The one way a private change happens: an entry is appended, and the function that carries it out is called.

`rebuild` calls the same functions with the same entries, so a projection cannot come about in two ways.
Each module of a stored noun registers its functions with `projects`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.errors import VaultDamaged
from therapymail.vault import journal
from therapymail.vault.connection import Writer
from therapymail.vault.journal import Draft, Payload

Apply = Callable[[Writer, Entry, Payload], None]
_APPLY: dict[str, Apply] = {journal.ERASED: lambda _writer, _entry, _payload: None}


def projects(what: str) -> Callable[[Apply], Apply]:
    """Register the decorated function as what carries out entries of the kind `what`.

    It may depend on nothing but the entry, its payload, originals and projections made by entries before.
    """

    def register(function: Apply) -> Apply:
        assert what not in _APPLY, what
        _APPLY[what] = function
        return function

    return register


def record(writer: Writer, what: str, about: str, payload: Payload, now: datetime) -> Entry:
    """Append an entry and carry it out, in the caller's unit of work."""
    return record_all(writer, [Draft(what, about, payload)], now)[0]


def record_all(writer: Writer, drafts: Sequence[Draft], now: datetime) -> list[Entry]:
    """Append entries and carry them out, in order, in the caller's unit of work."""
    entries = journal.append_all(writer, drafts, now)
    for entry, draft in zip(entries, drafts, strict=True):
        apply(writer, entry, draft.payload)
    return entries


def apply(writer: Writer, entry: Entry, payload: Payload) -> None:
    """Carry out `entry`. Raises VaultDamaged for a kind of entry that this version does not know."""
    function = _APPLY.get(entry.what)
    if function is None:
        raise VaultDamaged("vault.db", "its journal holds an entry of a kind this version does not know")
    function(writer, entry, payload)


def derive_again(writer: Writer, tables: Sequence[str]) -> int:
    """Empty `tables`, in this order, and carry every entry out again; the number of entries carried out.

    An entry whose payload was erased has nothing to say and is passed over.
    Raises VaultDamaged for an entry this version does not know.
    """
    for table in tables:
        writer.run(f"DELETE FROM {table}")  # noqa: S608 - fixed tables
    carried_out = 0
    for entry, payload in journal.entries(writer):
        if payload is not None:
            apply(writer, entry, payload)
            carried_out += 1
    return carried_out


def known_kinds() -> frozenset[str]:
    """The kinds of entries that can be carried out."""
    return frozenset(_APPLY)
