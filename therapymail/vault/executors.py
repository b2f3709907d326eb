"""Clinical executors, and the packs that were sealed to them, projected from the journal (DOMAIN: clinical will)."""

import base64
import secrets
from datetime import datetime

from therapymail.domain.executor import Executor, ExecutorPack, VaultKey
from therapymail.domain.journal import Entry
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable

NAMED, REMOVED = "executor.named", "executor.removed"
PACK_MADE, DRILLED = "executor.pack-made", "executor.drilled"
_EXECUTOR = "identity, name, contact, fingerprint, certificate, instructions, moment"
_PACK = "moment, executor, sha256, clients, with_vault_key, words, drilled"


def note_executor(writer: Writer, named: Executor, now: datetime) -> Executor:
    """Note an executor, new where `named.identity` is empty, else as they are from now on."""
    identity = named.identity or secrets.token_hex(16)
    payload: Payload = {
        "name": storable(named.name),
        "contact": storable(named.contact),
        "fingerprint": named.fingerprint,
        "certificate": base64.b64encode(named.certificate).decode("ascii"),
        "instructions": storable(named.instructions),
    }
    record(writer, NAMED, identity, payload, now)
    return next(each for each in executors(writer) if each.identity == identity)


def note_removed(writer: Writer, identity: str, now: datetime) -> None:
    """Note that somebody is an executor no more. Their packs stay on the record: the files are still out there."""
    record(writer, REMOVED, identity, {}, now)


def note_pack(writer: Writer, made: ExecutorPack, now: datetime) -> None:
    """Note that a pack was sealed to an executor."""
    payload: Payload = {
        "sha256": made.sha256,
        "clients": made.clients,
        "with_vault_key": made.vault_key is VaultKey.OPENS,
        "words": made.words,
    }
    record(writer, PACK_MADE, made.executor, payload, now)


def note_drill(writer: Writer, pack: ExecutorPack, how: str, now: datetime) -> None:
    """Note that the pack was shown to open with the executor's key alone; `how` is a word of ours."""
    record(writer, DRILLED, pack.executor, {"sha256": pack.sha256, "how": how}, now)


def executors(reader: Reader) -> tuple[Executor, ...]:
    """The executors, by name."""
    rows = reader.rows(f"SELECT {_EXECUTOR} FROM executor ORDER BY name, identity")  # noqa: S608 - fixed columns
    return tuple(
        Executor(identity, name, contact, fingerprint, certificate, instructions, from_microseconds(moment))
        for identity, name, contact, fingerprint, certificate, instructions, moment in rows
    )


def packs(reader: Reader) -> tuple[ExecutorPack, ...]:
    """Every pack that was made, newest first."""
    return tuple(_pack(row) for row in reader.rows(f"SELECT {_PACK} FROM executor_pack ORDER BY moment DESC"))  # noqa: S608


def _pack(row: Row) -> ExecutorPack:
    moment, executor, sha256, clients, vault_key, words, drilled = row
    return ExecutorPack(
        executor=executor,
        sha256=sha256.hex(),
        clients=clients,
        vault_key=VaultKey(vault_key),
        words=words,
        made=from_microseconds(moment),
        drilled=None if drilled is None else from_microseconds(drilled),
    )


@projects(NAMED)
def _named(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        f"INSERT OR REPLACE INTO executor ({_EXECUTOR}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - fixed columns
        (
            entry.about,
            payload["name"],
            payload["contact"],
            payload["fingerprint"],
            base64.b64decode(payload["certificate"]),
            payload["instructions"],
            entry.time,
        ),
    )


@projects(REMOVED)
def _removed(writer: Writer, entry: Entry, _payload: Payload) -> None:
    writer.run("DELETE FROM executor WHERE identity = ?", (entry.about,))


@projects(PACK_MADE)
def _pack_made(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        f"INSERT INTO executor_pack ({_PACK}) VALUES (?, ?, ?, ?, ?, ?, NULL)",  # noqa: S608 - fixed columns
        (
            entry.time,
            entry.about,
            bytes.fromhex(payload["sha256"]),
            payload["clients"],
            int(payload["with_vault_key"]),
            payload["words"],
        ),
    )


@projects(DRILLED)
def _drilled(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        "UPDATE executor_pack SET drilled = ? WHERE executor = ? AND sha256 = ?",
        (entry.time, entry.about, bytes.fromhex(payload["sha256"])),
    )
