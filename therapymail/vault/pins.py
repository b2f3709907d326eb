"""Which keys are clients' own, as rows: pinned, confirmed, retired; every change is a journal entry."""

from datetime import datetime

from therapymail.domain.client import Confirmation
from therapymail.domain.journal import Entry
from therapymail.domain.key_change import KeyResolution
from therapymail.domain.seal import Pin
from therapymail.errors import ClientUnknown, KeyRefused, KeyUnknown
from therapymail.vault import key_changes
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable

# --- reading -------------------------------------------------------------------------------------------


def pins_of(reader: Reader) -> dict[str, list[Pin]]:
    """Each client's pins, the latest first: letters are sealed to that one, to none where it is not used any more."""
    found: dict[str, list[Pin]] = {}
    for client, fingerprint, verified, part, retired in reader.rows(
        "SELECT client, fingerprint, verified, part, retired FROM pin LEFT JOIN pin_part USING (fingerprint)"
        " LEFT JOIN pin_retired USING (fingerprint) ORDER BY client, pinned DESC"
    ):
        since = None if retired is None else from_microseconds(retired)
        found.setdefault(client, []).append(Pin(fingerprint, verified is not None, part, since))
    return found


def confirmed_at(reader: Reader, fingerprint: str) -> datetime | None:
    """When the pin of `fingerprint` was confirmed by another channel (UTC), or None."""
    found = reader.row("SELECT verified FROM pin WHERE fingerprint = ?", (fingerprint,))
    return from_microseconds(found[0]) if found and found[0] is not None else None


def confirmations(reader: Reader) -> dict[str, Confirmation]:
    """By fingerprint, when and how each pin was confirmed by another channel; unconfirmed pins are left out."""
    rows = reader.rows("SELECT fingerprint, verified, verified_how FROM pin WHERE verified IS NOT NULL")
    return {fingerprint: Confirmation(from_microseconds(at), how) for fingerprint, at, how in rows}


# --- changing ------------------------------------------------------------------------------------------


def pin_key(
    writer: Writer, identity: str, fingerprint: str, now: datetime, *, although_another_address: bool = False
) -> None:
    """Pin a held key to a client, from now on the one that letters are sealed to; not verified by that.

    With `although_another_address` the journal says that it bears none of the client's addresses, and was chosen so.

    A key that was pinned before comes first again and keeps its verification.
    Raises ClientUnknown, KeyUnknown where no certificate is held, KeyRefused where it is another client's.
    """
    if not writer.row("SELECT 1 FROM client WHERE identity = ?", (identity,)):
        raise ClientUnknown(identity)
    if not writer.row("SELECT 1 FROM certificate WHERE fingerprint = ?", (fingerprint,)):
        raise KeyUnknown(fingerprint)
    pinned = writer.row("SELECT client FROM pin WHERE fingerprint = ?", (fingerprint,))
    if pinned and pinned[0] != identity:
        raise KeyRefused(fingerprint, "it is already the key of another client")
    payload: Payload = {"fingerprint": fingerprint}
    if although_another_address:
        payload["although"] = "another-address"
    record(writer, "client.key-pinned", identity, payload, now)


def unpin_key(writer: Writer, identity: str, fingerprint: str, now: datetime) -> None:
    """Take a pin away: that key's signature is no longer this client's. Raises KeyUnknown."""
    _require_pin(writer, identity, fingerprint)
    record(writer, "client.key-unpinned", identity, {"fingerprint": fingerprint}, now)


def retire_key(writer: Writer, identity: str, fingerprint: str, why: str, now: datetime) -> None:
    """Note that a pinned key is not used any more: of letters received from now on its signature says nothing.

    What came before stays attributed (HAZARDS C27). Pinning it again takes that back. Raises KeyUnknown.
    """
    _require_pin(writer, identity, fingerprint)
    payload: Payload = {"fingerprint": fingerprint, "why": storable(why), "at": to_microseconds(now)}
    record(writer, "client.key-retired", identity, payload, now)


def choose_part(writer: Writer, identity: str, fingerprint: str, part: str, now: datetime) -> None:
    """Let letters be sealed to one encryption part of a pinned key; an empty `part`: to the newest. Raises KeyUnknown.

    Whether the key has such a part is the caller's to look at (PGP.md K5).
    """
    _require_pin(writer, identity, fingerprint)
    record(writer, "client.key-part-chosen", identity, {"fingerprint": fingerprint, "part": part}, now)


def verify_key(writer: Writer, identity: str, fingerprint: str, how: str, now: datetime) -> None:
    """Note that the pinned key was confirmed by another channel, `how` in the therapist's words. Raises KeyUnknown."""
    _require_pin(writer, identity, fingerprint)
    payload: Payload = {"fingerprint": fingerprint, "how": storable(how), "at": to_microseconds(now)}
    record(writer, "client.key-verified", identity, payload, now)


def _require_pin(reader: Reader, identity: str, fingerprint: str) -> None:
    if not reader.row("SELECT 1 FROM pin WHERE client = ? AND fingerprint = ?", (identity, fingerprint)):
        raise KeyUnknown(fingerprint)


# --- carrying out --------------------------------------------------------------------------------------


@projects("client.key-pinned")
def _pinned(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        "INSERT INTO pin (fingerprint, client, pinned, verified, verified_how) VALUES (?, ?, ?, NULL, '')"
        " ON CONFLICT (fingerprint) DO UPDATE SET pinned = excluded.pinned",
        (payload["fingerprint"], entry.about, entry.time),
    )
    writer.run("DELETE FROM pin_retired WHERE fingerprint = ?", (payload["fingerprint"],))
    key_changes.resolve(writer, entry, payload["fingerprint"], KeyResolution.PINNED)


@projects("client.key-retired")
def _retired(writer: Writer, _entry: Entry, payload: Payload) -> None:
    writer.run(
        "INSERT INTO pin_retired (fingerprint, retired) SELECT fingerprint, ? FROM pin WHERE fingerprint = ?"
        " ON CONFLICT DO NOTHING",
        (payload["at"], payload["fingerprint"]),
    )


@projects("client.key-part-chosen")
def _part_chosen(writer: Writer, _entry: Entry, payload: Payload) -> None:
    writer.run("DELETE FROM pin_part WHERE fingerprint = ?", (payload["fingerprint"],))
    if payload["part"]:
        writer.run(
            "INSERT INTO pin_part (fingerprint, part) SELECT fingerprint, ? FROM pin WHERE fingerprint = ?",
            (payload["part"], payload["fingerprint"]),
        )


@projects("client.key-unpinned")
def _unpinned(writer: Writer, entry: Entry, payload: Payload) -> None:
    key_changes.forget(writer, entry.about, payload["fingerprint"])
    writer.run("DELETE FROM pin WHERE client = ? AND fingerprint = ?", (entry.about, payload["fingerprint"]))


@projects("client.key-verified")
def _verified(writer: Writer, entry: Entry, payload: Payload) -> None:
    writer.run(
        "UPDATE pin SET verified = ?, verified_how = ? WHERE client = ? AND fingerprint = ?",
        (payload["at"], payload["how"], entry.about, payload["fingerprint"]),
    )
