"""The journal as an audit: every chain of both stores verified, and its entries listed; ids, never content (F34)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from therapymail.domain.audit import AuditEntry, AuditQuery, Store
from therapymail.domain.note import NoteKind
from therapymail.errors import ProcessNotesLocked
from therapymail.practice import process_notes
from therapymail.practice.practice import Practice
from therapymail.vault import audit_entries, clients, journal
from therapymail.vault.journal import ChainReport

Tell = Callable[[Store, int, int], None]  # which journal, how many entries of how many


@dataclass(frozen=True)
class AuditReport:
    """What was found, by journal; None for process notes that are locked apart and were not looked at."""

    stores: dict[Store, ChainReport | None]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong with what was looked at."""
        return not any(report.problems for report in self.stores.values() if report)


def verify(practice: Practice, tell: Tell = lambda _store, _done, _total: None) -> AuditReport:
    """Check every entry of every device's chain, tombstones included. Raises VaultLocked, VaultDamaged."""
    with practice.vault() as vault, vault.reading() as reader:
        found: dict[Store, ChainReport | None] = {
            Store.RECORD: journal.verify(reader, lambda done, total: tell(Store.RECORD, done, total))
        }
    if process_notes.exist(practice):
        try:
            with process_notes.open_store(practice) as store, store.reading() as reader:
                found[Store.PROCESS_NOTES] = journal.verify(
                    reader, lambda done, total: tell(Store.PROCESS_NOTES, done, total)
                )
        except ProcessNotesLocked:
            found[Store.PROCESS_NOTES] = None
    return AuditReport(found)


def entries(practice: Practice, query: AuditQuery) -> list[AuditEntry]:
    """The newest entries of both journals that the query asks for, newest first; process notes where they are open.

    Raises ClientUnknown, VaultLocked.
    """
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, query.code).identity if query.code else None
        codes = {each.identity: each.code for each in clients.clients(reader)}
        found = audit_entries.of_record(reader, query, client, codes)
    if process_notes.exist(practice):
        try:
            with process_notes.open_store(practice) as store, store.reading() as reader:
                found += audit_entries.of_notes(reader, query, client, codes, NoteKind.PROCESS)
        except ProcessNotesLocked:
            pass  # those who ask for them unlock them; `verify` says that they were not looked at
    return newest(found, query.limit)


def newest(found: Iterable[AuditEntry], limit: int) -> list[AuditEntry]:
    """The newest of these entries, newest first."""
    return sorted(found, key=lambda each: (each.at, each.store, each.sequence), reverse=True)[:limit]
