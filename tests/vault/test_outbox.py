"""The outbox: what a row says, when it is due, and which bytes are kept of it."""

import itertools
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.client import Client
from therapymail.domain.draft import Draft, DraftName
from therapymail.domain.outbox import (
    MOVES,
    Agreed,
    Move,
    Obstacle,
    OutboxState,
    Released,
    ReleasedHow,
)
from therapymail.errors import DraftUnknown, NotInOutbox, OutboxMoved
from therapymail.vault import journal, outbox, sent
from therapymail.vault.connection import Vault, Writer

from .builders import NOW, heron
from .conftest import TEST_KEY
from .departing import (
    AGREED,
    MESSAGE_ID,
    SECOND_READING,
    held,
    keep,
    moved,
    offered,
    payload_digest,
    released,
    sent_filing,
    written,
)

S = OutboxState


@pytest.fixture
def client(vault: Vault) -> Client:
    return heron(vault)


# --- what a move says ----------------------------------------------------------------------------------


def test_a_move_says_how_it_is_from_now_on(vault: Vault, client: Client) -> None:
    later = NOW + timedelta(minutes=5)
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = moved(writer, released(writer, draft), Move.OFFER)
        waiting = moved(writer, entry, Move.DEFER, obstacle=Obstacle.BUSY, tries_from=later, attempts=3)
        assert (waiting.obstacle, waiting.tries_from, waiting.attempts) == (Obstacle.BUSY, later, 3)
        assert (waiting.leaves_at, waiting.agreed) == (NOW, AGREED)
        again = moved(writer, waiting, Move.RETRY, leaves_at=later, agreed=Agreed("new@clients.example", "E" * 40))
        assert (again.obstacle, again.tries_from, again.attempts) == (None, None, 3)
        assert (again.leaves_at, again.agreed) == (later, Agreed("new@clients.example", "E" * 40))
        offering = moved(writer, again, Move.OFFER)
        refused = moved(writer, offering, Move.REFUSE, hindrances=("key-expired", "client-paused"))
        assert refused.hindrances == ("key-expired", "client-paused")
        assert outbox.entry(writer, draft.name) == refused
        assert moved(writer, refused, Move.RETRY).hindrances == ()


@pytest.mark.parametrize("how", ReleasedHow)
def test_F16_every_release_is_journalled_about_its_draft(vault: Vault, client: Client, how: ReleasedHow) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        if how in {ReleasedHow.SECOND_READING, ReleasedHow.EARLY}:
            entry = moved(writer, held(writer, draft), Move.RELEASE, released=Released(how, "it cannot wait"))
        else:
            entry = released(writer, draft, Released(how, "it cannot wait"))
        assert entry.released == Released(how, "it cannot wait", NOW)
        ((said, payload),) = journal.entries_about(writer, draft.identity)
        assert said.what == "draft.released"
        assert payload
        assert (payload["how"], payload["why"]) == (how.value, "it cannot wait")
        assert payload["at"] == payload["leaves_at"]
        assert journal.verify(writer).problems == ()


def test_what_makes_no_sense_is_a_fault_of_ours(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
    wrong: list[dict[str, Any]] = [
        {"state": S.RELEASED},
        {"state": S.HELD, "released": SECOND_READING},
        {"state": S.SENT, "released": SECOND_READING},
        {"state": S.OFFERING},
    ]
    for each in wrong:
        with pytest.raises(ValueError, match="outbox"), vault.writing() as writer:
            outbox.put(writer, draft.name, leaves_at=NOW, hold_ends=None, agreed=None, now=NOW, **each)
    with vault.writing() as writer:
        entry = held(writer, draft)
        with pytest.raises(ValueError, match="released"):
            outbox.move(writer, entry, Move.RELEASE, NOW)
        with pytest.raises(ValueError, match="released"):
            outbox.move(writer, entry, Move.CANCEL, NOW, released=SECOND_READING)
        going = offered(writer, written(writer, client))
        with pytest.raises(ValueError, match="filing"):
            outbox.move(writer, going, Move.ACCEPT, NOW)
        offering = moved(writer, released(writer, written(writer, client)), Move.OFFER)
        with pytest.raises(ValueError, match="kept"):
            outbox.move(writer, offering, Move.BEGIN_DATA, NOW)


def test_a_draft_that_is_not_in_the_outbox_is_said(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        assert outbox.entry_or_none(writer, draft.name) is None
        for name in (draft.name, DraftName(99)):
            with pytest.raises(NotInOutbox):
                outbox.entry(writer, name)
        with pytest.raises(OutboxMoved):
            keep(writer, draft)
        with pytest.raises(DraftUnknown):
            outbox.put(writer, DraftName(99), state=S.HELD, leaves_at=NOW, hold_ends=NOW, agreed=None, now=NOW)


# --- when --------------------------------------------------------------------------------------------------

minutes = st.integers(-3, 3)


@given(
    letters=st.lists(
        st.tuples(st.sampled_from(["held", "waiting", "offering"]), minutes, st.none() | minutes), max_size=5
    )
)
@settings(max_examples=40, deadline=None)
def test_what_is_due_is_what_the_entries_say(letters: list[tuple[str, int, int | None]]) -> None:
    with tempfile.TemporaryDirectory(prefix="tm-due-") as directory, _vault(directory) as vault:
        client = heron(vault)
        with vault.writing(durable=False) as writer:
            for what, leaves, tries in letters:
                _waiting(writer, written(writer, client), what, leaves, tries)
        with vault.reading() as reader:
            everything = outbox.entries(reader)
            assert len(everything) == len(letters)
            for offset in range(-4, 5):
                now = NOW + timedelta(minutes=offset)
                due = outbox.due(reader, now)
                assert due == [each for each in everything if each.is_due(now)]
            first = outbox.next_due(reader)
            assert first is None or outbox.due(reader, first)
            just_before = first and first - timedelta(microseconds=1)
            assert outbox.due(reader, just_before or NOW + timedelta(days=99)) == []


def _vault(directory: str) -> Vault:
    return Vault.create(Path(directory) / "vault.db", TEST_KEY, NOW)


def _waiting(writer: Writer, draft: Draft, what: str, leaves: int, tries: int | None) -> None:
    leaves_at = NOW + timedelta(minutes=leaves)
    if what == "held":
        outbox.put(writer, draft.name, state=S.HELD, leaves_at=leaves_at, hold_ends=leaves_at, agreed=None, now=NOW)
        return
    entry = outbox.put(
        writer,
        draft.name,
        state=S.RELEASED,
        leaves_at=leaves_at,
        hold_ends=None,
        agreed=AGREED,
        now=NOW,
        released=SECOND_READING,
    )
    offering = moved(writer, entry, Move.OFFER)
    if what == "waiting":
        tries_from = None if tries is None else NOW + timedelta(minutes=tries)
        moved(writer, offering, Move.DEFER, obstacle=Obstacle.BUSY, tries_from=tries_from)


def test_what_was_sent_is_listed_only_when_asked_for(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        sent.mark_sent(writer, offered(writer, draft), sent_filing(draft, client), NOW, NOW)
        waits = held(writer, written(writer, client))
        assert outbox.entries(writer) == [waits]
        assert [each.draft for each in outbox.entries(writer, sent_since=NOW)] == [draft.name, waits.draft]
        assert outbox.entries(writer, sent_since=NOW + timedelta(seconds=1)) == [waits]


# --- the bytes that leave ------------------------------------------------------------------------------


def test_C9_what_has_begun_to_leave_is_not_sealed_anew(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = held(writer, draft)
        with pytest.raises(OutboxMoved):
            keep(writer, draft)
        entry = moved(writer, entry, Move.RELEASE, released=SECOND_READING)
        keep(writer, draft)
        entry = moved(writer, entry, Move.OFFER)
        keep(writer, draft)
        entry = moved(writer, entry, Move.BEGIN_DATA)
        for _ in range(2):
            with pytest.raises(OutboxMoved):
                keep(writer, draft)
            entry = moved(writer, entry, Move.LOSE) if entry.state is S.OFFERED else entry


def test_a_letter_keeps_its_message_id_from_attempt_to_attempt(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = released(writer, draft)
        assert entry.message_id == ""
        keep(writer, draft)
        entry = moved(writer, moved(writer, entry, Move.OFFER), Move.DEFER)
        assert entry.message_id == MESSAGE_ID
        assert sent.sealed(writer, draft.name) is None
        with pytest.raises(ValueError, match="Message-ID"):
            keep(writer, draft, "<another@mail.example>")
        outbox.move(writer, entry, Move.CANCEL, NOW)
        assert released(writer, draft).message_id == "", "another letter by then"


def test_every_pair_of_state_and_move_is_answered(vault: Vault, client: Client) -> None:
    """In a row forced into each state: what the table does not know is OutboxMoved and changes nothing."""
    for state, move in itertools.product(S, Move):
        if (state, move) in MOVES:
            continue
        with vault.writing() as writer:
            draft = written(writer, client)
            entry = released(writer, draft)
            letter = payload_digest(draft) if state is S.SENT else None
            writer.run(
                "UPDATE outbox SET state = ?, sent = ?, letter = ? WHERE draft = ?",
                (state.value, 0 if letter else None, letter, draft.name.number),
            )
            forced = outbox.entry(writer, draft.name)
            with pytest.raises(OutboxMoved):
                outbox.move(writer, forced, move, NOW, released=SECOND_READING if move is Move.RELEASE else None)
            assert outbox.entry(writer, draft.name) == forced
            assert entry.draft == forced.draft
