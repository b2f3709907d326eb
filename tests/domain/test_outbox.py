"""The way out as a table: what no sequence of moves can do, and when a letter is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.draft import DraftName
from therapymail.domain.outbox import (
    COUNTED,
    LONGEST_OVERDUE,
    MOST_ATTEMPTS,
    MOVES,
    Move,
    Obstacle,
    OutboxEntry,
    OutboxState,
    can,
    recovered,
    wait_after,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
S, M = OutboxState, Move
# From the table's own words, not from its code: where the letter may be with the mail host, or is.
MAY_HAVE_LEFT = {S.OFFERED, S.UNCERTAIN, S.SENT}


def walk(state: OutboxState | None, moves: list[Move]) -> list[OutboxState | None]:
    """The states a letter passes, a move that does not exist being no move."""
    passed = [state]
    for move in moves:
        if state is not None and can(state, move):
            state = MOVES[state, move]
            passed.append(state)
    return passed


# --- the table -----------------------------------------------------------------------------------------


@given(st.sampled_from(S), st.lists(st.sampled_from(M), max_size=30))
def test_C13_nothing_leads_away_from_sent(start: OutboxState, moves: list[Move]) -> None:
    passed = walk(start, moves)
    if S.SENT in passed:
        assert set(passed[passed.index(S.SENT) :]) == {S.SENT}


@given(st.lists(st.sampled_from(M), max_size=30))
def test_uncertain_is_left_only_by_settling(moves: list[Move]) -> None:
    passed = walk(S.UNCERTAIN, moves)
    if len(passed) > 1:
        first = next(move for move in moves if can(S.UNCERTAIN, move))
        assert first in {M.SETTLE_SENT, M.SETTLE_NOT_SENT}
        assert passed[1] is (S.SENT if first is M.SETTLE_SENT else S.FAILED)


@pytest.mark.parametrize("state", S)
def test_C9_a_letter_is_taken_back_until_it_is_being_offered_and_not_later(state: OutboxState) -> None:
    waits = {S.HELD, S.RELEASED, S.REFUSED, S.FAILED}
    assert can(state, M.CANCEL) == (state in waits)
    if state in waits:
        assert MOVES[state, M.CANCEL] is None


@given(st.lists(st.sampled_from(M), max_size=30))
def test_C9_what_may_have_left_waits_again_only_where_it_surely_did_not(
    moves: list[Move],
) -> None:
    """From `offered` on, back to waiting leads only what says that the mail host surely does not have it."""
    surely_not = {M.DEFER, M.FAIL, M.SETTLE_NOT_SENT}
    state: OutboxState | None = S.OFFERED
    for move in moves:
        if state is None or not can(state, move):
            continue
        after = MOVES[state, move]
        if state in MAY_HAVE_LEFT and after not in MAY_HAVE_LEFT:
            assert move in surely_not
        state = after


@given(st.lists(st.sampled_from(M), max_size=30))
def test_C9_a_held_letter_leaves_only_after_its_release(moves: list[Move]) -> None:
    passed = walk(S.HELD, moves)
    for state in (S.OFFERING, S.OFFERED, S.SENT):
        if state in passed:
            assert S.RELEASED in passed[: passed.index(state)]


@given(st.lists(st.sampled_from(M), max_size=30))
def test_C14_sent_is_reached_only_from_the_mail_hosts_answer_or_a_settling(moves: list[Move]) -> None:
    state: OutboxState | None = S.HELD
    for move in moves:
        if state is None or not can(state, move):
            continue
        before, state = state, MOVES[state, move]
        if state is S.SENT:
            assert (before, move) in {(S.OFFERED, M.ACCEPT), (S.UNCERTAIN, M.SETTLE_SENT)}


@pytest.mark.parametrize("state", S)
def test_every_state_but_sent_has_a_way_on_for_the_therapist_or_the_program(state: OutboxState) -> None:
    ways = {move for from_, move in MOVES if from_ is state}
    assert bool(ways) == (state is not S.SENT)


@pytest.mark.parametrize("state", S)
def test_every_state_is_reached(state: OutboxState) -> None:
    entered = {S.HELD, S.RELEASED}
    while more := {target for (at, _), target in MOVES.items() if at in entered and target} - entered:
        entered |= more
    assert state in entered


# --- after the program has ended -----------------------------------------------------------------------


def test_C16_a_program_that_ended_while_sending_is_understood_by_the_next() -> None:
    """Before DATA nothing can have arrived, so it is tried again; after it, nobody knows."""
    understood = {state: recovered(state) for state in S if recovered(state)}
    assert understood == {S.OFFERING: M.DEFER, S.OFFERED: M.LOSE}
    assert MOVES[S.OFFERING, M.DEFER] is S.RELEASED
    assert MOVES[S.OFFERED, M.LOSE] is S.UNCERTAIN


# --- trying again --------------------------------------------------------------------------------------


def test_C15_a_letter_is_tried_a_bounded_number_of_times_ever_less_often() -> None:
    waits = [wait_after(attempts) for attempts in range(1, MOST_ATTEMPTS)]
    given_up = [wait_after(attempts) for attempts in range(MOST_ATTEMPTS, MOST_ATTEMPTS + 5)]
    known = [wait for wait in waits if wait]
    assert len(known) == len(waits)
    assert known == sorted(known)
    assert timedelta(minutes=1) <= known[0] <= known[-1] <= timedelta(hours=2)
    assert given_up == [None] * 5


@given(st.integers(-5, 100))
def test_C15_any_number_of_attempts_has_an_answer(attempts: int) -> None:
    wait = wait_after(attempts)
    assert wait is None or wait > timedelta(0)
    assert (wait is None) == (attempts >= MOST_ATTEMPTS)


# --- when it is due ------------------------------------------------------------------------------------

offsets = st.integers(-3, 3).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(st.sampled_from(S), offsets, st.none() | offsets)
def test_due_is_what_is_released_and_has_nothing_to_wait_for(
    state: OutboxState, leaves_at: datetime, tries_from: datetime | None
) -> None:
    entry = OutboxEntry(DraftName(1), "ab", "cd", "HERON", state, leaves_at, tries_from=tries_from)
    waits = leaves_at > NOW or (tries_from is not None and tries_from > NOW)
    assert entry.is_due(NOW) == (state is S.RELEASED and not waits)


def test_a_hold_that_is_over_lets_nothing_leave_by_itself() -> None:
    entry = OutboxEntry(DraftName(1), "ab", "cd", "HERON", S.HELD, NOW - timedelta(days=9), hold_ends=NOW)
    assert not entry.is_due(NOW)


def test_a_letter_has_its_tries_before_it_is_overdue() -> None:
    assert sum(filter(None, map(wait_after, range(1, MOST_ATTEMPTS))), timedelta()) < LONGEST_OVERDUE


def test_C15_being_offline_or_locked_counts_as_no_attempt() -> None:
    offline = {Obstacle.UNREACHABLE, Obstacle.NO_TRUST, Obstacle.LOGIN_REFUSED, Obstacle.NO_SECRET, Obstacle.LOCKED}
    assert offline.isdisjoint(COUNTED)
    assert {Obstacle.BUSY, Obstacle.NO_ROOM, Obstacle.CONNECTION_LOST} <= COUNTED
