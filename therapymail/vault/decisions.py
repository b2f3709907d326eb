"""What the therapist decides about a filed letter: that it counts, what kind it is, that it shall be gone."""

from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.domain.kinds import Kind, Standing
from therapymail.domain.letter import Letter
from therapymail.domain.names import LetterName
from therapymail.errors import NothingToUndo, UnusableInput
from therapymail.vault import journal, texts
from therapymail.vault.connection import Writer
from therapymail.vault.exchange_tags import hand_on
from therapymail.vault.filed_letters import raise_counter
from therapymail.vault.indexing import bring_index_up_to_date, take_from_index
from therapymail.vault.journal import Payload
from therapymail.vault.letters import letter, row_id
from therapymail.vault.projection import projects, record
from therapymail.vault.sent import forget_sending
from therapymail.vault.stale import mark_stale, mark_stale_of

_KIND_SET = "letter.kind-set"


def accept(writer: Writer, name: LetterName, now: datetime) -> Letter:
    """Let a proposed letter count; nothing happens where it counts already. Raises LetterUnknown, UnusableInput."""
    found = letter(writer, name)
    if found.standing is Standing.SET_ASIDE:
        raise UnusableInput("letter", "it is set aside and no client's; only a proposed letter can be accepted")
    if found.standing is Standing.PROPOSED:
        record(writer, "letter.accepted", found.digest.hex(), {}, now)
    return letter(writer, name)


def set_kind(writer: Writer, name: LetterName, kind: Kind, now: datetime) -> Letter:
    """Say what kind of mail a letter is. Raises LetterUnknown."""
    found = letter(writer, name)
    if found.kind is not kind:
        record(writer, _KIND_SET, found.digest.hex(), {"kind": kind.value, "was": found.kind.value}, now)
    return letter(writer, name)


def undo_kind(writer: Writer, name: LetterName, now: datetime) -> Letter:
    """Take the last change of a letter's kind back, and the one before it where that is said again.

    Raises NothingToUndo, LetterUnknown.
    """
    found = letter(writer, name)
    standing: list[str] = []  # the kinds it had before each change that was not taken back
    for entry, payload in journal.entries_about(writer, found.digest.hex()):
        if entry.what == _KIND_SET and payload and "was" in payload:
            standing.append(payload["was"])
            if payload.get("undoes"):
                del standing[-2:]
    if not standing:
        raise NothingToUndo(f"the kind of {name} was not changed")
    payload = {"kind": standing[-1], "was": found.kind.value, "undoes": True}
    record(writer, _KIND_SET, found.digest.hex(), payload, now)
    return letter(writer, name)


def erase_letter(writer: Writer, digest: bytes, now: datetime) -> None:
    """Remove a letter for good: original, text, index, tags, places, its way out, and what the journal says of it.

    The journal keeps that there was a letter of this digest and that it was erased; its names are not
    given again, and the same mail met again on the mail host is not filed again. `Vault.scrub` then rewrites
    the file without it (HAZARDS H14). Raises LetterUnknown.
    """
    row_id(writer, digest)
    about = digest.hex()
    said = journal.entries_about(writer, about)
    # Every name it ever had, also under a client it was taken for before: none of them is given again.
    names = {(payload["client"], payload["number"]) for _, payload in said if payload and payload.get("client")}
    hand_on(writer, digest, now)
    record(writer, "letter.erased", about, {"names": sorted([client, number] for client, number in names)}, now)
    # Not part of carrying the entry out: a rebuild must never take an original away.
    forget_sending(writer, digest, now)
    texts.forget(writer, digest)
    for entry, _ in said:
        if entry.what.startswith("letter.") and entry.what != "letter.erased":
            journal.erase(writer, entry.device, entry.sequence, now)
    writer.run("DELETE FROM place WHERE digest = ?", (digest,))


@projects("letter.accepted")
def _accepted(writer: Writer, entry: Entry, _payload: Payload) -> None:
    letter_id = row_id(writer, bytes.fromhex(entry.about))
    writer.run("UPDATE letter SET standing = ? WHERE id = ?", (Standing.ACCEPTED.value, letter_id))
    mark_stale_of(writer, bytes.fromhex(entry.about))
    bring_index_up_to_date(writer, letter_id)


@projects(_KIND_SET)
def _kind_set(writer: Writer, entry: Entry, payload: Payload) -> None:
    letter_id = row_id(writer, bytes.fromhex(entry.about))
    writer.run("UPDATE letter SET kind = ? WHERE id = ?", (payload["kind"], letter_id))
    mark_stale_of(writer, bytes.fromhex(entry.about))
    bring_index_up_to_date(writer, letter_id)


@projects("letter.erased")
def _erased(writer: Writer, entry: Entry, payload: Payload) -> None:
    """In a rebuild the letter's own entries are erased and there is nothing left to remove but its number."""
    digest = bytes.fromhex(entry.about)
    row = writer.row("SELECT id, client FROM letter WHERE digest = ?", (digest,))
    if row:
        take_from_index(writer, row[0], digest)
        mark_stale(writer, row[1])
        writer.run("DELETE FROM letter WHERE id = ?", (row[0],))
    writer.run("INSERT INTO erased_letter (digest) VALUES (?) ON CONFLICT DO NOTHING", (digest,))
    for client, number in payload["names"]:
        raise_counter(writer, client, number)
