"""Letters on their way out: a draft, what is sealed of it, and each step up to the one a test is about."""

import hashlib
from typing import Any

from tests.vault.builders import NOW, filing
from therapymail.domain.checklist import CheckItem
from therapymail.domain.client import Client
from therapymail.domain.departure import Proof
from therapymail.domain.draft import Draft, DraftContent
from therapymail.domain.kinds import Direction, Kind
from therapymail.domain.letter import Filing
from therapymail.domain.outbox import Agreed, Move, OutboxEntry, OutboxState, Released, ReleasedHow
from therapymail.vault import drafts, outbox, sent
from therapymail.vault.connection import Writer

MESSAGE_ID = "<a-random-name@mail.example>"
AGREED = Agreed("hanna@clients.example", "F" * 40)
SECOND_READING = Released(ReleasedHow.SECOND_READING, answers={CheckItem.TONE: True, CheckItem.HELP: False})


def written(writer: Writer, client: Client, text: str = "Dear Hanna,\n\nthank you.", subject: str = "Week 3") -> Draft:
    content = DraftContent(subject, text)
    return drafts.new_draft(writer, client=client.identity, kind=Kind.RESPONSE, content=content, answers=None, now=NOW)


def held(writer: Writer, draft: Draft) -> OutboxEntry:
    return outbox.put(writer, draft.name, state=OutboxState.HELD, leaves_at=NOW, hold_ends=NOW, agreed=AGREED, now=NOW)


def released(writer: Writer, draft: Draft, how: Released = SECOND_READING) -> OutboxEntry:
    return outbox.put(
        writer,
        draft.name,
        state=OutboxState.RELEASED,
        leaves_at=NOW,
        hold_ends=None,
        agreed=AGREED,
        now=NOW,
        released=how,
    )


def sealed_bytes(draft: Draft) -> bytes:
    return f"sealed bytes of {draft.name}".encode() * 50


def payload_digest(draft: Draft) -> bytes:
    return hashlib.sha256(f"the payload of {draft.identity}".encode()).digest()


def proof(draft: Draft) -> Proof:
    raw = hashlib.sha256(sealed_bytes(draft)).hexdigest()
    return Proof(raw, payload_digest(draft).hex(), ("0123456789ABCDEF", "FEDCBA9876543210"), ("structure", "canaries"))


def keep(writer: Writer, draft: Draft, message_id: str = MESSAGE_ID) -> None:
    sent.keep_sealed(writer, draft.name, sealed_bytes(draft), proof(draft), message_id)


def moved(writer: Writer, seen: OutboxEntry, move: Move, **changes: Any) -> OutboxEntry:
    after = outbox.move(writer, seen, move, NOW, **changes)
    assert after is not None
    return after


def offered(writer: Writer, draft: Draft) -> OutboxEntry:
    """The draft with DATA begun: released, sealed and handed to the mail host."""
    entry = released(writer, draft)
    keep(writer, draft)
    return moved(writer, moved(writer, entry, Move.OFFER), Move.BEGIN_DATA)


def sent_filing(draft: Draft, client: Client, **changes: Any) -> Filing:
    """What the record is to say of the letter once it has left."""
    said = {
        "digest": payload_digest(draft),
        "direction": Direction.OUT,
        "kind": draft.kind,
        "message_id": MESSAGE_ID,
        "original": sealed_bytes(draft),
        "places": (),
    }
    return filing(1000 + draft.name.number, client, **{**said, **changes})
