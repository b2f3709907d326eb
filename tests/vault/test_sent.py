"""Sent: in one unit of work a letter of the record, with its proof, and no draft any more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from therapymail.domain.client import Client
from therapymail.domain.departure import Proof
from therapymail.domain.draft import Draft, DraftContent
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Place
from therapymail.domain.listing import ListFilter
from therapymail.domain.names import LetterName
from therapymail.domain.outbox import Move, Obstacle, OutboxState, Released, ReleasedHow
from therapymail.errors import DraftUnknown, OutboxMoved
from therapymail.vault import drafts, journal, outbox, sent, sent_copies, texts
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.decisions import erase_letter
from therapymail.vault.filing import ERASED, file_letters
from therapymail.vault.index import count_searchable
from therapymail.vault.letters import letter_by_digest, list_letters
from therapymail.vault.rebuild import PROJECTIONS, rebuild

from .builders import NOW, add_wren, digest_of, filing, heron, reading, unopened
from .departing import (
    AGREED,
    MESSAGE_ID,
    keep,
    moved,
    offered,
    payload_digest,
    proof,
    released,
    sealed_bytes,
    sent_filing,
    written,
)

LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def client(vault: Vault) -> Client:
    return heron(vault)


def sent_now(vault: Vault, client: Client) -> Draft:
    with vault.writing() as writer:
        draft = written(writer, client)
        sent.mark_sent(writer, offered(writer, draft), sent_filing(draft, client), NOW, LATER)
    return draft


def tables(writer: Writer) -> dict[str, list[Any]]:
    bring_courses_up_to_date(writer)
    working = ("draft", "draft_text", "draft_enclosure", "outbox", "outbox_sealed", "sent_copy")
    return {table: sorted(writer.rows(f"SELECT * FROM {table}"), key=repr) for table in (*PROJECTIONS, *working)}


# --- one unit of work ----------------------------------------------------------------------------------


def test_C13_a_sent_letter_is_on_the_record_once_and_its_draft_is_gone(vault: Vault, client: Client) -> None:
    draft = sent_now(vault, client)
    with vault.reading() as reader:
        (letter,) = list_letters(reader, ListFilter())
        assert (letter.name, letter.direction) == (LetterName("HERON", 1), Direction.OUT)
        assert (letter.kind, letter.standing) == (Kind.RESPONSE, Standing.ACCEPTED)
        after = outbox.entry(reader, draft.name)
        assert (after.state, after.letter, after.sent_at) == (OutboxState.SENT, letter.name, NOW)
        assert (after.agreed, after.message_id, after.changed) == (AGREED, MESSAGE_ID, LATER)
        with pytest.raises(DraftUnknown):
            drafts.draft(reader, draft.name)
        assert drafts.drafts(reader) == []
        assert sent.sealed(reader, draft.name) is None
        assert texts.original(reader, letter.digest) == sealed_bytes(draft)
        assert count_searchable(reader) == 1


def test_C14_a_copy_is_due_once_the_letter_is_sent_and_not_before(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = offered(writer, draft)
        moved(writer, entry, Move.LOSE)
        assert sent_copies.pending(writer) == []
    draft = sent_now(vault, client)
    with vault.reading() as reader:
        (copy,) = sent_copies.pending(reader)
        assert (copy.digest, copy.message_id, copy.since) == (payload_digest(draft), MESSAGE_ID, NOW)
        assert (copy.tries, copy.tried) == (0, None)


def test_nothing_of_it_happens_where_a_part_fails(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = offered(writer, draft)
        before = tables(writer)
    foreign = sent_filing(draft, client, digest=digest_of(4))
    with pytest.raises(ValueError, match="kept"), vault.writing() as writer:
        sent.mark_sent(writer, entry, foreign, NOW, NOW)
    with pytest.raises(OutboxMoved), vault.writing() as writer:
        sent.mark_sent(writer, entry, sent_filing(draft, client), NOW, NOW, move=Move.SETTLE_SENT)
    with pytest.raises(ValueError, match="move"), vault.writing() as writer:
        sent.mark_sent(writer, entry, sent_filing(draft, client), NOW, NOW, move=Move.LOSE)
    with vault.writing() as writer:
        assert tables(writer) == before
        assert outbox.entry(writer, draft.name) == entry


# --- proof and journal ---------------------------------------------------------------------------------


@pytest.mark.parametrize("settled", [False, True])
def test_how_a_letter_was_sent_stays_with_it(vault: Vault, client: Client, settled: bool) -> None:
    early = Released(ReleasedHow.EARLY, "her exam is tomorrow")
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = released(writer, draft, early)
        keep(writer, draft)
        entry = moved(writer, moved(writer, entry, Move.OFFER), Move.BEGIN_DATA)
        if settled:
            entry = moved(writer, entry, Move.LOSE, obstacle=Obstacle.ANSWER_LOST)
        move = Move.SETTLE_SENT if settled else Move.ACCEPT
        filed = sent.mark_sent(writer, entry, sent_filing(draft, client), NOW, LATER, move=move)
        sending = sent.sending_of(writer, filed.digest)
        assert sending == sent.Sending(NOW, settled, proof(draft), replace(early, at=NOW))
        assert sent.proof_of(writer, filed.digest) == proof(draft)
        assert outbox.entry(writer, draft.name).obstacle is None
        said = [entry.what for entry, _ in journal.entries_about(writer, filed.digest.hex())]
        assert said == ["letter.filed", "letter.sent"]
        before = tables(writer)
        rebuild(writer)
        assert tables(writer) == before
        assert sent.sending_of(writer, filed.digest) == sending
        assert journal.verify(writer).problems == ()


def test_a_letter_that_did_not_leave_from_here_has_no_proof(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client)], NOW)
        assert sent.proof_of(writer, digest_of(1)) is None
        assert sent.sending_of(writer, digest_of(2)) is None


def test_the_entry_keeps_what_the_draft_knew(vault: Vault, client: Client) -> None:
    """When it was begun (F16) and which letter it answers: the draft itself is gone."""
    with vault.writing() as writer:
        draft = drafts.new_draft(
            writer,
            client=client.identity,
            kind=Kind.RESPONSE,
            content=DraftContent("Re: Week 1", "x"),
            answers=digest_of(1),
            now=NOW,
        )
        drafts.save_draft(writer, draft.name, DraftContent("Re: Week 1", "xy"), builds_on=1, now=NOW)
        filed = sent.mark_sent(writer, offered(writer, draft), sent_filing(draft, client), LATER, LATER)
        ((_, payload),) = [
            (entry, payload)
            for entry, payload in journal.entries_about(writer, filed.digest.hex())
            if entry.what == "letter.sent"
        ]
    assert payload
    assert payload["answers"] == digest_of(1).hex()
    assert payload["draft"]["identity"] == draft.identity
    assert payload["draft"]["revision"] == 2
    assert payload["sent"] - payload["draft"]["created"] == 120_000_000


# --- a copy that was filed before ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "known_as", ["opened", "sealed", "accepted unopened", "another's", "set aside", "proposed", "too large"]
)
def test_C13_a_copy_that_a_sync_filed_first_stays_one_letter(vault: Vault, client: Client, known_as: str) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = moved(writer, offered(writer, draft), Move.LOSE)
        filing_of_ours = sent_filing(draft, client)
        there: dict[str, Any] = {
            "digest": filing_of_ours.digest,
            "places": (Place("me@mail.example", "Sent", 1, 9),),
            "original": b"Received: by the mail host\r\n" + sealed_bytes(draft),
        }
        copies = {
            "opened": replace(filing_of_ours, **there),
            "sealed": unopened(3, client, direction=Direction.OUT, **there),
            "accepted unopened": unopened(3, client, standing=Standing.ACCEPTED, **there),
            "another's": filing(3, add_wren(writer), **there),
            "set aside": filing(3, None, **there),
            "proposed": filing(3, client, standing=Standing.PROPOSED, **there),
            "too large": unopened(3, client, state=LetterState.TOO_LARGE, **{**there, "original": None}),
        }
        (first,) = file_letters(writer, [copies[known_as]], NOW)
        filed = sent.mark_sent(writer, entry, filing_of_ours, NOW, LATER, move=Move.SETTLE_SENT)
        (letter,) = list_letters(writer, ListFilter())
        assert (letter.name, letter.client) == (filed.name, client.identity)
        assert (letter.direction, letter.standing, letter.state) == (
            Direction.OUT,
            Standing.ACCEPTED,
            LetterState.OPENED,
        )
        assert first.name in {None, letter.name, LetterName("WREN", 1)}
        assert sent.proof_of(writer, letter.digest) == proof(draft)
        assert outbox.entry(writer, draft.name).letter == letter.name
        assert texts.original(writer, letter.digest) is not None
        assert len(sent_copies.pending(writer)) == 1
        before = tables(writer)
        rebuild(writer)
        assert tables(writer) == before


def test_a_copy_found_after_it_is_sent_only_gets_a_place(vault: Vault, client: Client) -> None:
    draft = sent_now(vault, client)
    with vault.writing() as writer:
        found = sent_filing(draft, client, places=(Place("me@mail.example", "Sent", 1, 9),))
        (again,) = file_letters(writer, [found], LATER)
        assert not again.is_new
        assert len(list_letters(writer, ListFilter())) == 1
        assert sent.proof_of(writer, again.digest) == proof(draft)


# --- erasing -------------------------------------------------------------------------------------------


def test_H14_an_erased_letter_takes_its_way_out_with_it(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = released(writer, draft, Released(ReleasedHow.EARLY, "because of the quetzalcoatlus"))
        keep(writer, draft)
        entry = moved(writer, moved(writer, entry, Move.OFFER), Move.BEGIN_DATA)
        filed = sent.mark_sent(writer, entry, sent_filing(draft, client), NOW, NOW)
        other = written(writer, client)
        kept = outbox.put(
            writer, other.name, state=OutboxState.HELD, leaves_at=NOW, hold_ends=NOW, agreed=None, now=NOW
        )
        erase_letter(writer, filed.digest, LATER)
        assert sent.sending_of(writer, filed.digest) is None
        assert sent_copies.pending(writer) == []
        assert outbox.entries(writer, sent_since=NOW) == [kept]
        assert [name for (name,) in writer.rows("SELECT identity FROM draft")] == [other.identity]
        said = [payload for entry, payload in journal.entries(writer) if entry.about in _names_of(draft, filed.digest)]
        assert [payload for payload in said if payload] == [{"names": [[client.identity, 1]]}]
        before = tables(writer)
        rebuild(writer)
        assert tables(writer) == before
        assert journal.verify(writer).problems == ()
        assert written(writer, client).name.number == 3, "no number is given again"
    vault.scrub()
    assert vault.damage() == ()


def _names_of(draft: Draft, digest: bytes) -> set[str]:
    return {draft.identity, digest.hex()}


def test_a_letter_erased_before_it_was_settled_stays_erased(vault: Vault, client: Client) -> None:
    """A sync found it in Sent, the therapist erased it there, and only then says that it was sent."""
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = moved(writer, offered(writer, draft), Move.LOSE)
        file_letters(writer, [sent_filing(draft, client)], NOW)
        erase_letter(writer, payload_digest(draft), NOW)
        filed = sent.mark_sent(writer, entry, sent_filing(draft, client), NOW, LATER, move=Move.SETTLE_SENT)
        assert (filed.name, filed.notes) == (None, (ERASED,))
        assert list_letters(writer, ListFilter()) == []
        assert texts.original(writer, filed.digest) is None
        assert sent_copies.pending(writer) == []
        assert sent.proof_of(writer, filed.digest) is None
        after = outbox.entry(writer, draft.name)
        assert (after.state, after.letter) == (OutboxState.SENT, None)
        before = tables(writer)
        rebuild(writer)
        assert tables(writer) == before


def test_a_draft_of_the_same_words_is_another_letter(vault: Vault, client: Client) -> None:
    first, second = sent_now(vault, client), sent_now(vault, client)
    with vault.reading() as reader:
        assert first.identity != second.identity
        names = [str(letter_by_digest(reader, payload_digest(each)).name) for each in (first, second)]
        assert names == ["HERON-1", "HERON-2"]
        assert reading(1).text
        assert isinstance(sent.proof_of(reader, payload_digest(second)), Proof)
