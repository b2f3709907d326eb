"""Erasing a client: what goes and what stops it, and the deed, which a kill in the middle only delays (F32, S27).

In this order, each step whole: it is noted that it is to be done; the process notes; the record, in one unit of work;
the rewriting of the files. `finish_erasing` goes on wherever it stopped, at the next unlock or when it is asked again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from therapymail.domain.destruction import EarlierBackup, JsonObject, ReasonKind, certificate
from therapymail.domain.letter import Place
from therapymail.domain.outbox import OutboxState
from therapymail.errors import LetterUnderWay, ReasonTells, StillKept, UnderLegalHold
from therapymail.practice import process_notes
from therapymail.practice.keeping import KeptRecord, kept_record, said_why
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.practice import Practice, forget_remembered_words
from therapymail.practice.remove_there import remove_there
from therapymail.practice.single_run import only_run
from therapymail.vault import backups_made, clients, erasing, outbox, places, retention
from therapymail.vault.backup import remove_left_behind
from therapymail.vault.client_entries import CalledBy
from therapymail.vault.connection import Reader, Vault

_UNDER_WAY = frozenset({OutboxState.OFFERING, OutboxState.OFFERED, OutboxState.UNCERTAIN})


@dataclass(frozen=True)
class Plan:
    """What an erasure would remove and what stops it: counts, how the record is kept, letters `under_way` (drafts).

    `places` are where copies of the letters lie on the mail host, `backups` what was made before and may hold it.
    `called` is what the client was ever called; `aside` names stores of process notes that nobody can look into.
    """

    record: KeptRecord
    counts: dict[str, int]
    under_way: tuple[str, ...]
    places: tuple[Place, ...]
    backups: tuple[EarlierBackup, ...]
    called: CalledBy
    aside: tuple[str, ...]


@dataclass(frozen=True)
class Wish:
    """How a client is to be erased: for a `reason` (None: the agreed time is over), also `on_server`."""

    reason: str | None = None
    on_server: bool = False


def plan(practice: Practice, code: str) -> Plan:
    """What erasing a client would remove. Nothing is changed.

    Raises ClientUnknown, VaultLocked, ProcessNotesLocked: what is in them is part of it.
    """
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        rule = retention.retentions(reader).get(client.identity)
        hold = retention.legal_holds(reader).get(client.identity)
        found = erasing.find(reader, client.identity)
        letters = [bytes.fromhex(digest) for digest in found.traces.letters]
        return Plan(
            record=kept_record(practice, reader, client, rule, hold),
            counts={**found.counts, "process_notes": _count_process_notes(practice, client.identity)},
            under_way=_letters_under_way(reader, client.identity),
            places=tuple(place for digest in letters for place in places.places_of(reader, digest)),
            backups=_backups(reader),
            called=found.called,
            aside=tuple(file.name for file in process_notes.set_aside(practice)),
        )


def refuse(planned: Plan, wish: Wish) -> None:
    """Raise what stops an erasure: UnderLegalHold, LetterUnderWay, StillKept, ReasonTells, UnusableInput."""
    code, record = planned.record.client.code, planned.record
    if record.hold:
        raise UnderLegalHold(code, f"{record.hold.since:%Y-%m-%d}")
    if planned.under_way:
        raise LetterUnderWay(code, planned.under_way[0])
    if wish.reason is not None:
        if planned.called.is_named_in([said_why(wish.reason)]):
            raise ReasonTells
    elif not record.is_due:
        until = record.keeping.kept_until
        raise StillKept(code, f"kept until {until}" if until else "kept: no time was agreed, or the work goes on")


def carry_out(practice: Practice, code: str, wish: Wish) -> JsonObject:
    """Erase a client; the certificate. What is asked for on the server comes first: if that fails, nothing is erased.

    Raises as `plan` and `refuse`, AnotherRun, NotRemovedThere, the errors of the mail host, FileUnusable: then the
    files are rewritten at the next unlock.
    """
    with only_run(practice.paths):
        planned = plan(practice, code)
        refuse(planned, wish)
        removed = remove_there(practice, planned.places) if wish.on_server else None
        begun = {
            "client": planned.record.client.identity,
            "reason": said_why(wish.reason) if wish.reason is not None else "",
            "reason_kind": (ReasonKind.REASON if wish.reason is not None else ReasonKind.RETENTION).value,
            "process_notes": planned.counts["process_notes"],
            "on_server": removed,
        }
        with practice.vault() as vault:
            _note(vault, erasing.BEGUN, json.dumps(begun))
            certified = _go_on(practice, vault)
    assert certified, "it was noted that there is one to erase"
    return certified


def finish_erasing(practice: Practice) -> JsonObject | None:
    """Go on with an erasure that was interrupted; the certificate, None where there was none to finish.

    Raises AnotherRun, ProcessNotesLocked, VaultLocked, FileUnusable where another process still reads the files,
    UnderLegalHold and LetterUnderWay for what came between.
    """
    with practice.vault() as vault:
        with vault.reading() as reader:
            if not erasing.is_unfinished(reader):
                return None
        with only_run(practice.paths):
            return _go_on(practice, vault)


def _go_on(practice: Practice, vault: Vault) -> JsonObject | None:
    certified = None
    if (noted := _noted(vault, erasing.BEGUN)) is not None:
        begun = json.loads(noted)
        with vault.reading() as reader:
            _refuse_what_came_between(reader, begun["client"])
        _erase_process_notes(practice, begun["client"])
        certified = _erase_record(practice, vault, begun)
    vault.scrub()
    remove_left_behind(practice.paths.home)
    _forget(practice, vault)
    return certified


def _erase_process_notes(practice: Practice, client: str) -> None:
    if not process_notes.exist(practice):
        return
    with process_notes.open_store(practice) as store:
        with store.writing() as writer:
            erasing.erase_process_notes(writer, client, practice.clock())
        store.scrub()


def _erase_record(practice: Practice, vault: Vault, begun: dict[str, Any]) -> JsonObject:
    now = practice.clock()
    with vault.writing() as writer:
        _refuse_what_came_between(writer, begun["client"])
        make = partial(_certified, begun=begun, now=now, backups=_backups(writer))
        certified = erasing.erase_client(writer, begun["client"], make, begun["reason"], now)
        writer.run("DELETE FROM meta WHERE name = ?", (erasing.BEGUN,))
        writer.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, '1')", (erasing.NOT_REWRITTEN,))
    return certified


def _refuse_what_came_between(reader: Reader, client: str) -> None:
    """Raise what stops an erasure and was not there when it was begun: that may have been long ago."""
    code = clients.client_by_identity(reader, client).code
    if hold := retention.legal_holds(reader).get(client):
        raise UnderLegalHold(code, f"{hold.since:%Y-%m-%d}")
    if under_way := _letters_under_way(reader, client):
        raise LetterUnderWay(code, under_way[0])


def _letters_under_way(reader: Reader, client: str) -> tuple[str, ...]:
    return tuple(
        str(each.draft) for each in outbox.entries(reader) if each.client == client and each.state in _UNDER_WAY
    )


def _certified(
    counts: dict[str, int], *, begun: dict[str, Any], now: datetime, backups: Sequence[EarlierBackup]
) -> JsonObject:
    why = ReasonKind(begun["reason_kind"])
    return certificate({**counts, "process_notes": begun["process_notes"]}, why, now, backups, begun["on_server"])


def _forget(practice: Practice, vault: Vault) -> None:
    """What this process and the run directory still know; last, that nothing is left to do."""
    forget_remembered_words()
    write_clients_keyring(practice)
    with vault.writing() as writer:
        writer.run("DELETE FROM meta WHERE name = ?", (erasing.NOT_REWRITTEN,))


def _note(vault: Vault, name: str, value: str) -> None:
    with vault.writing() as writer:
        writer.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


def _noted(vault: Vault, name: str) -> str | None:
    with vault.reading() as reader:
        row = reader.row("SELECT value FROM meta WHERE name = ?", (name,))
    return row[0] if row else None


def _count_process_notes(practice: Practice, client: str) -> int:
    if not process_notes.exist(practice):
        return 0
    with process_notes.open_store(practice) as store, store.reading() as reader:
        return erasing.count_process_notes(reader, client)


def _backups(reader: Reader) -> tuple[EarlierBackup, ...]:
    return tuple(EarlierBackup(each.made, each.sha256) for each in backups_made.backups(reader))
