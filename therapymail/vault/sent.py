"""The last steps of the way out: the bytes that leave, and the unit of work that makes them a letter of the record."""

import json
from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.checklist import stored_answers
from therapymail.domain.departure import Proof
from therapymail.domain.draft import Draft, DraftName
from therapymail.domain.journal import Entry
from therapymail.domain.kinds import LetterState, Standing
from therapymail.domain.letter import Filing
from therapymail.domain.outbox import Move, OutboxEntry, OutboxState, Released
from therapymail.errors import OutboxMoved
from therapymail.vault import journal, sent_copies
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.drafts import draft, empty_sent_draft
from therapymail.vault.filing import ERASED, FiledAs, file_letters, refile
from therapymail.vault.journal import Payload
from therapymail.vault.letters import letter_by_digest
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.outbox import entry_or_none, released_from, step, target_of
from therapymail.vault.projection import projects, record

# While nothing of it can have left, bytes may be sealed anew; those that were begun to be sent stay as they are.
_SEALABLE = (OutboxState.RELEASED, OutboxState.OFFERING)


@dataclass(frozen=True)
class KeptSealed:
    """The exact bytes of a letter on its way out, with the proof that was held over them."""

    raw: bytes
    proof: Proof
    message_id: str


@dataclass(frozen=True)
class Sending:
    """How a letter of the record was sent: when the mail host took it (UTC), its proof, and how it was released.

    `settled` says that the mail host's answer never came and it was found out later.
    """

    sent_at: datetime
    settled: bool
    proof: Proof
    released: Released


# --- the bytes that leave ------------------------------------------------------------------------------


def keep_sealed(writer: Writer, name: DraftName, raw: bytes, proof: Proof, message_id: str) -> None:
    """Keep what is about to leave, instead of what an earlier attempt kept; the Message-ID stays the first.

    Belongs in the unit of work that moves the letter on. Raises OutboxMoved where it is not in the outbox, or its
    bytes may have begun to leave, and ValueError for another Message-ID.
    """
    found = entry_or_none(writer, name)
    if found is None or found.state not in _SEALABLE:
        raise OutboxMoved(str(name))
    if found.message_id not in {"", message_id}:
        raise ValueError("a letter keeps its Message-ID, so that a copy that arrives twice is recognised")
    writer.run("UPDATE outbox SET message_id = ? WHERE draft = ?", (message_id, name.number))
    writer.run(
        "INSERT INTO outbox_sealed (draft, proof, raw) VALUES (?, ?, ?)"
        " ON CONFLICT (draft) DO UPDATE SET proof = excluded.proof, raw = excluded.raw",
        (name.number, _proof_json(proof), raw),
    )


def sealed(reader: Reader, name: DraftName) -> KeptSealed | None:
    """What `keep_sealed` kept, until the letter is sent or is surely not with the mail host."""
    row = reader.row(
        "SELECT raw, proof, message_id FROM outbox_sealed JOIN outbox USING (draft) WHERE draft = ?", (name.number,)
    )
    return KeptSealed(row[0], _proof(row[1]), row[2]) if row else None


# --- sent ----------------------------------------------------------------------------------------------


def mark_sent(
    writer: Writer, seen: OutboxEntry, filing: Filing, sent_at: datetime, now: datetime, *, move: Move = Move.ACCEPT
) -> FiledAs:
    """The mail host has taken a letter (`move` ACCEPT), or it was found out that it had (SETTLE_SENT).

    All in the caller's unit of work, which is to be durable: the row says sent, the letter is on the record
    with its proof, nothing of the draft is left, and its copy in Sent is pending. A copy that a sync filed
    before stays one letter; what we know of it as its author holds.
    Raises OutboxMoved where the row is not as it was seen, ValueError for another letter than the one kept.
    """
    if target_of(seen, move) is not OutboxState.SENT:
        raise ValueError("this move does not lead to being sent")
    sent = to_microseconds(sent_at)
    as_sent = {"sent": sent, "letter": filing.digest, "obstacle": None, "hindrances": "[]", "tries_from": None}
    step(writer, seen, OutboxState.SENT, now, **as_sent)
    written, kept = draft(writer, seen.draft), sealed(writer, seen.draft)
    if kept is None or kept.proof.payload_digest != filing.digest.hex():
        raise ValueError("sent is only the letter whose sealed bytes are kept")
    filed = _file(writer, filing, now)
    if ERASED not in filed.notes:
        about = _about(seen, written, kept, sent, settled=move is Move.SETTLE_SENT)
        record(writer, "letter.sent", filing.digest.hex(), about, now)
        sent_copies.await_copy(writer, filing.digest, kept.message_id, sent_at)
    empty_sent_draft(writer, seen.draft)
    writer.run("DELETE FROM outbox_sealed WHERE draft = ?", (seen.draft.number,))
    return filed


def _file(writer: Writer, filing: Filing, now: datetime) -> FiledAs:
    (filed,) = file_letters(writer, [filing], now)
    if filed.is_new or ERASED in filed.notes:
        return filed
    present = letter_by_digest(writer, filing.digest)
    as_we_know_it = (filing.client, filing.direction, Standing.ACCEPTED, LetterState.OPENED)
    if (present.client, present.direction, present.standing, present.state) == as_we_know_it:
        return filed
    return refile(writer, filing, now)


def _about(seen: OutboxEntry, written: Draft, kept: KeptSealed, sent: int, *, settled: bool) -> Payload:
    released = seen.released
    assert released, "nothing is offered that was not released"
    assert released.at, "the vault gives it"
    return {
        "sent": sent,
        "settled": settled,
        "proof": json.loads(_proof_json(kept.proof)),
        "released": {
            "at": to_microseconds(released.at),
            "how": released.how.value,
            "why": released.why,
            "answers": stored_answers(released.answers),
        },
        "draft": {
            "identity": seen.identity,
            "created": to_microseconds(written.created),
            "revision": written.revision,
        },
        "answers": written.answers.hex() if written.answers else None,
    }


@projects("letter.sent")
def _sent(writer: Writer, entry: Entry, payload: Payload) -> None:
    released = payload["released"]
    writer.run(
        "INSERT INTO letter_sent (digest, sent, settled, proof, released, released_how, released_why, released_answers)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            bytes.fromhex(entry.about),
            payload["sent"],
            int(payload["settled"]),
            json.dumps(payload["proof"], sort_keys=True, separators=(",", ":")),
            released["at"],
            released["how"],
            released["why"],
            json.dumps(released.get("answers", {}), sort_keys=True),  # entries of before schema 7 have none
        ),
    )


# --- what is known of it -------------------------------------------------------------------------------


def sending_of(reader: Reader, digest: bytes) -> Sending | None:
    """How the letter with this digest was sent; None where it did not leave from here."""
    row = reader.row(
        "SELECT sent, settled, proof, released, released_how, released_why, released_answers"
        " FROM letter_sent WHERE digest = ?",
        (digest,),
    )
    if row is None:
        return None
    sent, settled, proof, released, how, why, answers = row
    return Sending(
        from_microseconds(sent),
        bool(settled),
        _proof(proof),
        released_from(how, why, released, answers),
    )


def proof_of(reader: Reader, digest: bytes) -> Proof | None:
    """The proof before send that was held over the letter with this digest; None where it did not leave from here."""
    found = sending_of(reader, digest)
    return found.proof if found else None


def forget_sending(writer: Writer, digest: bytes, now: datetime) -> None:
    """Remove what only the outbox and the drafts' entries still know of a letter (erasure)."""
    for _, payload in journal.entries_about(writer, digest.hex()):
        if payload and "draft" in payload and "proof" in payload:
            _erase_said_of_draft(writer, payload["draft"]["identity"], now)
    sent_copies.forget_copy(writer, digest)
    drafts_of_it = writer.rows("SELECT draft FROM outbox WHERE letter = ?", (digest,))
    writer.run("DELETE FROM outbox WHERE letter = ?", (digest,))
    writer.run_many("DELETE FROM draft WHERE number = ?", drafts_of_it)


def _erase_said_of_draft(writer: Writer, identity: str, now: datetime) -> None:
    for said, _ in journal.entries_about(writer, identity):
        journal.erase(writer, said.device, said.sequence, now)


def _proof_json(proof: Proof) -> str:
    said = {
        "digest": proof.digest,
        "payload_digest": proof.payload_digest,
        "sealed_to": list(proof.sealed_to),
        "checks": list(proof.checks),
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def _proof(stored: str) -> Proof:
    said = json.loads(stored)
    return Proof(said["digest"], said["payload_digest"], tuple(said["sealed_to"]), tuple(said["checks"]))
