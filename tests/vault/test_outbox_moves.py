"""Moves in the outbox: each sequence is one of the table, and of several at once exactly one is made (HAZARDS C9)."""

import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from therapymail.domain.client import Client
from therapymail.domain.draft import Draft
from therapymail.domain.outbox import (
    MOVES,
    Move,
    OutboxEntry,
    OutboxState,
)
from therapymail.errors import DraftInOutbox, DraftUnknown, OutboxMoved
from therapymail.vault import clients, drafts, journal, outbox, sent
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.letters import count_letters

from .builders import NOW, heron
from .conftest import TEST_KEY
from .departing import (
    SECOND_READING,
    held,
    keep,
    offered,
    released,
    sent_filing,
    written,
)

S = OutboxState
LEADS_TO_SENT = {Move.ACCEPT, Move.SETTLE_SENT}


@pytest.fixture
def client(vault: Vault) -> Client:
    return heron(vault)


def make(writer: Writer, draft: Draft, seen: OutboxEntry, move: Move) -> OutboxEntry | None:
    """Any move, with what belongs to it."""
    if move in LEADS_TO_SENT:
        (client,) = clients.clients(writer)
        sent.mark_sent(writer, seen, sent_filing(draft, client), NOW, NOW, move=move)
        return outbox.entry(writer, seen.draft)
    if move is Move.OFFER and seen.state is S.RELEASED:
        keep(writer, draft)
    return outbox.move(writer, seen, move, NOW, released=SECOND_READING if move is Move.RELEASE else None)


# --- every sequence of moves ---------------------------------------------------------------------------


class WayOut(RuleBasedStateMachine):
    """One letter on its way, moved by whoever holds an entry, fresh or old; the model is MOVES alone."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = tempfile.TemporaryDirectory(prefix="tm-outbox-")
        self.vault = Vault.create(Path(self._directory.name) / "vault.db", TEST_KEY, NOW)
        self.client = heron(self.vault)
        with self.vault.writing() as writer:
            self.draft = written(writer, self.client)
        self.state: OutboxState | None = None
        self.seen: OutboxEntry | None = None
        self.old: list[OutboxEntry] = []

    def teardown(self) -> None:
        self.vault.close()
        self._directory.cleanup()

    def now_at(self, entry: OutboxEntry | None) -> None:
        if self.seen is not None:
            self.old.append(self.seen)
        self.seen, self.state = entry, entry.state if entry else None

    @precondition(lambda self: self.state is None)
    @rule(at_once=st.booleans())
    def put(self, at_once: bool) -> None:
        with self.vault.writing(durable=False) as writer:
            self.now_at(released(writer, self.draft) if at_once else held(writer, self.draft))

    @precondition(lambda self: self.state is not None)
    @rule(move=st.sampled_from(Move))
    def move(self, move: Move) -> None:
        assert self.state is not None
        assert self.seen is not None
        before = self.seen
        try:
            with self.vault.writing(durable=False) as writer:
                self.now_at(make(writer, self.draft, before, move))
        except OutboxMoved:
            assert (before.state, move) not in MOVES
        else:
            assert self.state == MOVES[before.state, move]

    @precondition(lambda self: self.old)
    @rule(move=st.sampled_from(Move), which=st.integers(0, 20))
    def somebody_who_saw_it_earlier_comes_too_late(self, move: Move, which: int) -> None:
        late = self.old[which % len(self.old)]
        with pytest.raises(OutboxMoved), self.vault.writing(durable=False) as writer:
            make(writer, self.draft, late, move)

    @precondition(lambda self: self.state is not None)
    @rule()
    def it_cannot_be_put_in_twice(self) -> None:
        with pytest.raises((DraftInOutbox, DraftUnknown)), self.vault.writing(durable=False) as writer:
            held(writer, self.draft)

    @invariant()
    def the_row_is_what_the_moves_say(self) -> None:
        with self.vault.reading() as reader:
            found = outbox.entry_or_none(reader, self.draft.name)
            assert found == self.seen
            letters = sum(count_letters(reader).values())
            assert letters == (1 if self.state is S.SENT else 0), "a letter of the record, exactly when it is sent"
            assert bool(drafts.drafts(reader)) == (self.state is not S.SENT), "a draft, until it is sent"
            kept = sent.sealed(reader, self.draft.name) is not None
            assert kept == (self.state in {S.OFFERING, S.OFFERED, S.UNCERTAIN})


def test_C9_every_sequence_of_moves_is_one_of_the_table() -> None:
    run_state_machine_as_test(WayOut, settings=settings(max_examples=40, stateful_step_count=25, deadline=None))


# --- racing --------------------------------------------------------------------------------------------


def race(path: Path, draft: Draft, moves: list[tuple[OutboxEntry, Move]]) -> list[Move]:
    """Each move tried at once on a connection and a thread of its own; those that won."""
    start = threading.Barrier(len(moves))

    def one(seen: OutboxEntry, move: Move) -> Move | None:
        with Vault.open(path, TEST_KEY) as vault:
            start.wait()
            try:
                with vault.writing() as writer:
                    make(writer, draft, seen, move)
            except OutboxMoved:
                return None
            return move

    with ThreadPoolExecutor(len(moves)) as pool:
        return [won for won in pool.map(lambda each: one(*each), moves) if won]


def test_C9_of_a_cancel_and_a_departure_exactly_one_wins(vault: Vault, client: Client) -> None:
    for _ in range(12):
        with vault.writing() as writer:
            draft = written(writer, client)
            entry = released(writer, draft)
        (won,) = race(vault._path, draft, [(entry, Move.CANCEL), (entry, Move.OFFER), (entry, Move.CANCEL)])
        with vault.reading() as reader:
            after = outbox.entry_or_none(reader, draft.name)
            assert (after.state if after else None) == (S.OFFERING if won is Move.OFFER else None)


def test_C9_of_two_departures_exactly_one_begins(vault: Vault, client: Client) -> None:
    for _ in range(6):
        with vault.writing() as writer:
            draft = written(writer, client)
            entry = released(writer, draft)
        assert race(vault._path, draft, [(entry, Move.OFFER)] * 3) == [Move.OFFER]


def test_C9_of_two_answers_exactly_one_is_believed(vault: Vault, client: Client) -> None:
    with vault.writing() as writer:
        draft = written(writer, client)
        entry = offered(writer, draft)
    assert len(race(vault._path, draft, [(entry, Move.ACCEPT), (entry, Move.ACCEPT), (entry, Move.LOSE)])) == 1
    with vault.reading() as reader:
        assert len(outbox.entries(reader, sent_since=NOW)) == 1
        assert sum(count_letters(reader).values()) <= 1


def test_C9_a_second_reading_releases_only_what_was_read(vault: Vault, client: Client) -> None:
    """Cancelled, rewritten and held again meanwhile: the state is the same word, the letter another."""
    with vault.writing() as writer:
        draft = written(writer, client)
        read = held(writer, draft)
        outbox.move(writer, read, Move.CANCEL, NOW)
        held(writer, draft)
    with pytest.raises(OutboxMoved), vault.writing() as writer:
        outbox.move(writer, read, Move.RELEASE, NOW, released=SECOND_READING)
    with vault.reading() as reader:
        assert outbox.entry(reader, draft.name).state is S.HELD
        assert [each for each, _ in journal.entries(reader) if each.what == "draft.released"] == []


def test_C9_a_move_is_on_disk_before_it_is_said_to_be_made(vault: Vault) -> None:
    with vault.writing() as writer:
        assert writer.row("PRAGMA synchronous") == (2,), "FULL"
