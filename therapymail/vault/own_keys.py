"""The therapist's own keys over time, as entries of the journal: earlier ones, a replacement, another passphrase."""

from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.domain.seal import Pin
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds
from therapymail.vault.projection import projects, record

HELD, REPLACED, PASSPHRASE = "own-key.held", "own-key.replaced", "own-key.passphrase"
VAULT_REKEYED = "vault.rekeyed"


def note_earlier(writer: Writer, fingerprint: str, now: datetime) -> None:
    """Note that the secret key `fingerprint`, which is here beside the own one, is the therapist's too."""
    record(writer, HELD, fingerprint, {}, now)


def note_replaced(writer: Writer, old: str, new: str, now: datetime) -> None:
    """Note that the key `new` is the own one from now on, and `old` was it until now."""
    record(writer, REPLACED, new, {"old": old}, now)


def note_passphrase_changed(writer: Writer, fingerprint: str, now: datetime) -> None:
    """Note that the own key opens with another passphrase: a kit with the key as it was opens with the one before."""
    record(writer, PASSPHRASE, fingerprint, {}, now)


def note_vault_rekeyed(writer: Writer, now: datetime) -> None:
    """Note that the vault is under a new key: one that was given away opens it no more."""
    record(writer, VAULT_REKEYED, "", {}, now)


def earlier(reader: Reader) -> tuple[Pin, ...]:
    """The earlier own keys as pins: each speaks for what was received until it was replaced."""
    rows = reader.rows("SELECT fingerprint, until FROM own_key_past ORDER BY since, fingerprint")
    return tuple(
        Pin(fingerprint, verified=True, retired=None if until is None else from_microseconds(until))
        for fingerprint, until in rows
    )


def own_pins(reader: Reader, own_key: str) -> tuple[Pin, ...]:
    """The pins of the therapist: the own key, then the earlier ones."""
    return (Pin(own_key, verified=True), *(pin for pin in earlier(reader) if pin.fingerprint != own_key))


@projects(HELD)
def _held(writer: Writer, entry: Entry, _payload: Payload) -> None:
    writer.run(
        "INSERT OR IGNORE INTO own_key_past (fingerprint, since) VALUES (?, ?)",
        (entry.about, entry.time),
    )


@projects(REPLACED)
def _replaced(writer: Writer, entry: Entry, payload: Payload) -> None:
    moment = entry.time
    writer.run("DELETE FROM own_key_past WHERE fingerprint IN (?, ?)", (entry.about, payload["old"]))
    writer.run(
        "INSERT INTO own_key_past (fingerprint, since, until) VALUES (?, ?, ?)", (payload["old"], moment, moment)
    )


@projects(PASSPHRASE)
def _passphrase(writer: Writer, entry: Entry, _payload: Payload) -> None:
    writer.run("DELETE FROM recovery_kit WHERE fingerprint = ?", (entry.about,))


@projects(VAULT_REKEYED)
def _rekeyed(writer: Writer, _entry: Entry, _payload: Payload) -> None:
    writer.run("UPDATE executor_pack SET with_vault_key = 2 WHERE with_vault_key = 1")
