"""Key changes: another key beside a client's pinned one, when and how it was found, and what was decided.

Every sign and every decision is a journal entry about the client; pinning the key resolves it too (vault/clients.py).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from therapymail.domain.journal import Entry
from therapymail.domain.key_change import (
    KeyChange,
    KeyEvent,
    KeyResolution,
    KeySign,
    NoticedKey,
    is_blocking,
    is_named,
    is_stronger,
    is_worn_out,
)
from therapymail.domain.names import LetterName
from therapymail.errors import KeyUnknown, UnusableInput
from therapymail.vault import journal
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.letters import names_of
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable

FOUND, DISMISSED = "client.key-change-found", "client.key-change-dismissed"
RECOGNISED = "client.key-change-recognised"
MOST_OPEN = 10  # of each client, those that stop letters and those that do not: a stranger fills no journal
MAX_WHY_CHARACTERS = 500
CLOCKS_DIFFER = timedelta(
    minutes=5
)  # the mail host tells when a mail came, in whole seconds; we, when a key was pinned
_KEPT = (
    *("client.key-pinned", "client.key-verified", "client.key-unpinned", "client.key-retired"),
    *("client.key-part-chosen", FOUND, DISMISSED, RECOGNISED, "certificate.held"),
)
_ALL = (
    "SELECT client, fingerprint, pinned, sign, named, letter, found, resolved, resolution, why,"
    " EXISTS (SELECT 1 FROM certificate WHERE certificate.fingerprint = key_change.fingerprint)"
    " OR EXISTS (SELECT 1 FROM key_candidate WHERE key_candidate.client = key_change.client"
    " AND key_candidate.fingerprint = key_change.fingerprint) FROM key_change"
)


class NoticedIn(NamedTuple):
    """The mail that gave a sign of another key: its digest, when it came (UTC), whether it answers a letter of ours."""

    digest: bytes
    received: datetime
    answers_us: bool


# --- reading -------------------------------------------------------------------------------------------


def changes(reader: Reader, client: str | None = None) -> list[KeyChange]:
    """Every key change, or those of one client (by identity), resolved ones too, the earliest first."""
    rows = reader.rows(f"{_ALL} WHERE ?1 IS NULL OR client = ?1 ORDER BY client, found, fingerprint", (client,))
    named = names_of(reader, [row[5] for row in rows if row[5] is not None])
    return [_change(row, named[row[5]][0] if row[5] in named else None) for row in rows]


def open_changes(reader: Reader, client: str | None = None) -> list[KeyChange]:
    """Those that the therapist has not decided."""
    return [each for each in changes(reader, client) if each.is_open]


def is_blocked(reader: Reader, client: str) -> bool:
    """Whether a key change keeps letters from leaving to the client (identity)."""
    rows = reader.rows("SELECT sign FROM key_change WHERE client = ? AND resolved IS NULL", (client,))
    return any(is_blocking(KeySign(sign)) for (sign,) in rows)


def history(reader: Reader, client: str, fingerprints: Collection[str]) -> list[KeyEvent]:
    """What the journal says of a client's keys, the earliest first: of `fingerprints` also each copy that was taken."""
    return [
        _event(entry, payload)
        for entry, payload in journal.entries_of(reader, (client, "", *fingerprints), _KEPT)
        if payload is not None and (entry.about or payload["fingerprint"] in fingerprints)
    ]


def _event(entry: Entry, payload: Payload) -> KeyEvent:
    what = entry.what.partition(".")[2]
    detail = next(
        (payload[key] for key in ("how", "why", "although", "sign", "part", "part_of") if payload.get(key)), ""
    )
    return KeyEvent(from_microseconds(entry.time), what, payload.get("fingerprint", entry.about), detail)


# --- changing ------------------------------------------------------------------------------------------


def note(writer: Writer, noticed: NoticedKey, mail: NoticedIn | None, now: datetime) -> bool:
    """Note a sign of another key, which the `mail` gave (None: the therapist); whether it was news.

    Nothing of a client without a pinned key, of their pinned keys, of a mail from before the key that is sealed to was
    pinned, of a key that was decided upon, and of more than MOST_OPEN keys. A stronger sign takes a weaker one's place.
    """
    sealing = writer.row(
        "SELECT fingerprint, pinned FROM pin WHERE client = ? ORDER BY pinned DESC LIMIT 1", (noticed.client,)
    )
    if sealing is None or (mail is not None and to_microseconds(mail.received + CLOCKS_DIFFER) < sealing[1]):
        return False
    pinned = [fingerprint for (fingerprint,) in writer.rows("SELECT fingerprint FROM pin WHERE client = ?",
                                                            (noticed.client,))]  # fmt: skip
    known = {each.fingerprint: each for each in changes(writer, noticed.client)}
    if mail is not None and not mail.answers_us and is_worn_out(noticed.sign, known.values()):
        noticed = noticed._replace(sign=KeySign.OFFERED)
    if is_named(noticed.fingerprint, pinned) or not _is_news(noticed, known):
        return False
    payload: Payload = {
        "fingerprint": noticed.fingerprint,
        "pinned": sealing[0],
        "sign": noticed.sign.value,
        "named": noticed.named,
        "letter": mail.digest.hex() if mail else None,
    }
    record(writer, FOUND, noticed.client, payload, now)
    return True


def _is_news(noticed: NoticedKey, known: dict[str, KeyChange]) -> bool:
    before = known.get(noticed.fingerprint)
    if before is not None:
        return before.is_open and is_stronger(noticed.sign, before.sign)
    decided = [each for each in known.values() if not each.is_open]
    if any(is_named(each.fingerprint, (noticed.fingerprint, noticed.named)) for each in decided):
        return False  # decided upon by the id its signature gave, before the key itself came
    alike = [each for each in known.values() if each.is_open and each.blocks == is_blocking(noticed.sign)]
    return len(alike) < MOST_OPEN or noticed.named in known


def recognise(writer: Writer, client: str, fingerprint: str, parts: Collection[str], now: datetime) -> None:
    """Say of open changes that only a signature's id stands for that they are about this key, which is at hand now.

    `fingerprint` is its primary one, `parts` all of its fingerprints. Where it is pinned to that client, a part of it
    had only not been known: that resolves them.
    """
    is_pinned = writer.row("SELECT 1 FROM pin WHERE client = ? AND fingerprint = ?", (client, fingerprint))
    for each in open_changes(writer, client):
        if each.fingerprint == fingerprint or not is_named(each.fingerprint, parts):
            continue
        if is_pinned:
            record(writer, RECOGNISED, client, {"fingerprint": each.fingerprint, "part_of": fingerprint}, now)
        else:
            payload: Payload = {
                "fingerprint": fingerprint,
                "pinned": each.pinned,
                "sign": each.sign.value,
                "named": each.fingerprint,
                "letter": None,
            }
            record(writer, FOUND, client, payload, now)


def dismiss(writer: Writer, client: str, fingerprint: str, why: str, now: datetime) -> None:
    """Decide that this key is not used for the client: it stops no letter, now or later. It can still be pinned.

    Raises KeyUnknown where nothing of it was noticed, UnusableInput where it is pinned or `why` is no reason.
    """
    reason = " ".join(why.split())
    if not reason or len(reason) > MAX_WHY_CHARACTERS or not reason.isprintable():
        raise UnusableInput("why", 'say why in a few words, for example "she has no other key"')
    found = next((each for each in changes(writer, client) if each.fingerprint == fingerprint), None)
    if found is None:
        raise KeyUnknown(fingerprint)
    if found.resolution is KeyResolution.PINNED:
        raise UnusableInput("fingerprint", "it is pinned; `therapymail key retire` lets it no longer count")
    record(writer, DISMISSED, client, {"fingerprint": fingerprint, "why": storable(reason)}, now)


def _change(row: Row, letter: LetterName | None) -> KeyChange:
    client, fingerprint, pinned, sign, named, _, found, resolved, resolution, why, is_here = row
    return KeyChange(
        client=client,
        fingerprint=fingerprint,
        pinned=pinned,
        sign=KeySign(sign),
        found=from_microseconds(found),
        letter=letter,
        named=named,
        resolved=None if resolved is None else from_microseconds(resolved),
        resolution=None if resolution is None else KeyResolution(resolution),
        why=why,
        is_here=bool(is_here),
    )


# --- carrying out --------------------------------------------------------------------------------------


@projects(FOUND)
def _found(writer: Writer, entry: Entry, payload: Payload) -> None:
    ids = dict.fromkeys((payload["fingerprint"], payload["named"]))
    before = [row for row in (_taken_out(writer, entry.about, each) for each in ids) if row]
    letters = [bytes.fromhex(payload["letter"])] if payload["letter"] else []
    letters += [letter for _, letter in before if letter is not None]
    writer.run(
        "INSERT INTO key_change (client, fingerprint, pinned, sign, named, letter, found, why)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING",
        (
            entry.about,
            payload["fingerprint"],
            payload["pinned"],
            payload["sign"],
            payload["named"],
            letters[0] if letters else None,
            min([entry.time, *(found for found, _ in before)]),
        ),
    )


def _taken_out(writer: Writer, client: str, fingerprint: str) -> tuple[int, bytes | None] | None:
    """When an undecided change was found and by which letter; its row makes room for what is known now."""
    row = writer.row(
        "SELECT found, letter FROM key_change WHERE client = ? AND fingerprint = ? AND resolved IS NULL",
        (client, fingerprint),
    )
    if row is None:
        return None
    writer.run("DELETE FROM key_change WHERE client = ? AND fingerprint = ?", (client, fingerprint))
    return row[0], row[1]


@projects(DISMISSED)
def _dismissed(writer: Writer, entry: Entry, payload: Payload) -> None:
    resolve(writer, entry, payload["fingerprint"], KeyResolution.DISMISSED, payload["why"])


@projects(RECOGNISED)
def _recognised(writer: Writer, entry: Entry, payload: Payload) -> None:
    resolve(writer, entry, payload["fingerprint"], KeyResolution.PINNED)


def resolve(writer: Writer, entry: Entry, fingerprint: str, resolution: KeyResolution, why: str = "") -> None:
    """Carry out that `entry` decides upon a key; for projections."""
    writer.run(
        "UPDATE key_change SET resolved = ?, resolution = ?, why = ? WHERE client = ? AND fingerprint = ?",
        (entry.time, resolution.value, why, entry.about, fingerprint),
    )


def forget(writer: Writer, client: str, fingerprint: str) -> None:
    """Carry out that a key is no longer the client's: another letter under it is news again; for projections."""
    writer.run("DELETE FROM key_change WHERE client = ? AND fingerprint = ?", (client, fingerprint))
