"""Sent: in one unit of work a letter of the record, with its proof, and no draft any more."""

import pytest

from therapymail.domain.kinds import Direction, Standing
from therapymail.domain.listing import ListFilter
from therapymail.domain.outbox import OutboxState
from therapymail.errors import DraftUnknown
from therapymail.vault import drafts, outbox, sent, sent_copies, texts
from therapymail.vault.connection import Vault
from therapymail.vault.letters import list_letters

from .builders import NOW, heron
from .departing import AGREED, MESSAGE_ID, offered, proof, sealed_bytes, sent_filing, written


def test_a_sent_letter_is_on_the_record_once_and_its_draft_is_gone(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = offered(writer, draft)
        filed = sent.mark_sent(writer, entry, sent_filing(draft, client), NOW, NOW)
    with vault.reading() as reader:
        (letter,) = list_letters(reader, ListFilter())
        assert (letter.name, letter.direction, letter.standing) == (filed.name, Direction.OUT, Standing.ACCEPTED)
        after = outbox.entry(reader, draft.name)
        assert (after.state, after.letter, after.sent_at) == (OutboxState.SENT, filed.name, NOW)
        assert (after.agreed, after.message_id) == (AGREED, MESSAGE_ID)
        with pytest.raises(DraftUnknown):
            drafts.draft(reader, draft.name)
        assert drafts.drafts(reader) == []
        assert sent.sealed(reader, draft.name) is None
        assert sent.proof_of(reader, filed.digest) == proof(draft)
        (copy,) = sent_copies.pending(reader)
        assert (copy.digest, copy.message_id, copy.since, copy.tries) == (filed.digest, MESSAGE_ID, NOW, 0)
        assert texts.original(reader, filed.digest) == sealed_bytes(draft)
