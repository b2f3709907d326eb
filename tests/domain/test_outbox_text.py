"""Every place in the outbox and every obstacle has calm words, and a next step where one helps."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.cli.app import COMMANDS
from therapymail.domain.draft import DraftName
from therapymail.domain.outbox import Move, Obstacle, OutboxEntry, OutboxState, can
from therapymail.domain.outbox_text import (
    departure_error,
    next_step,
    obstacle_phrase,
    reason_phrase,
    state_phrase,
    waiting_phrase,
)
from therapymail.domain.sealing import Hindrance
from therapymail.errors import ExitCode, explain

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
ENTRY = OutboxEntry(
    draft=DraftName(3), identity="0" * 32, client="1" * 32, code="HERON", state=OutboxState.HELD, leaves_at=NOW
)
ZONE = "Europe/London"

_STEPS = {"release": Move.RELEASE, "cancel": Move.CANCEL, "retry": Move.RETRY, "settle": Move.SETTLE_SENT}

entries = st.builds(
    replace,
    st.just(ENTRY),
    state=st.sampled_from(OutboxState),
    leaves_at=st.sampled_from([NOW - timedelta(hours=1), NOW + timedelta(hours=1)]),
    hold_ends=st.sampled_from([None, NOW - timedelta(hours=1), NOW + timedelta(hours=1)]),
    tries_from=st.sampled_from([None, NOW + timedelta(hours=2)]),
    obstacle=st.none() | st.sampled_from(Obstacle),
    hindrances=st.lists(st.sampled_from([*Hindrance, "of-a-later-version"]), max_size=2).map(tuple),
    sent_at=st.sampled_from([None, NOW]),
)


@given(entries)
@settings(max_examples=200)
def test_C15_whatever_the_state_there_are_words_without_gaps(entry: OutboxEntry) -> None:
    for words in (state_phrase(entry, NOW, ZONE), reason_phrase(entry), next_step(entry, NOW)):
        assert "{" not in words
        assert "None" not in words
    assert state_phrase(entry, NOW, ZONE)
    step = next_step(entry, NOW)
    assert not step or step.endswith(".")
    for command in re.findall(r"`therapymail ([a-z]+)", step):
        assert command in COMMANDS


@given(entries)
@settings(max_examples=200)
def test_C15_what_leaves_no_more_by_itself_says_what_to_do(entry: OutboxEntry) -> None:
    stopped = entry.state in {OutboxState.REFUSED, OutboxState.FAILED, OutboxState.UNCERTAIN}
    error = departure_error(entry, NOW, ZONE)
    if stopped:
        assert next_step(entry, NOW)
        assert error is not None
        assert explain(error).next_step
    assert error is None or error.exit_code in {ExitCode.NOT_SENT, ExitCode.UNREACHABLE, ExitCode.UNSETTLED}


@given(entries)
@settings(max_examples=200)
def test_C15_no_step_asks_for_what_the_state_does_not_allow(entry: OutboxEntry) -> None:
    step = next_step(entry, NOW)
    for word, move in _STEPS.items():
        if f"outbox {word}" in step:
            assert can(entry.state, move)


@pytest.mark.parametrize("obstacle", Obstacle)
def test_each_obstacle_is_a_phrase(obstacle: Obstacle) -> None:
    phrase = obstacle_phrase(obstacle)
    assert phrase
    assert not phrase.endswith(".")
    assert not re.search(r"\b[45]\d\d\b|SMTP|DATA", phrase), "plain words, no codes"


def test_a_hold_is_told_on_the_therapists_clock() -> None:
    held = replace(ENTRY, hold_ends=datetime(2026, 7, 1, 6, 30, tzinfo=UTC))
    assert state_phrase(held, NOW, ZONE) == "held until 2026-07-01 07:30"
    assert next_step(held, NOW) == ""
    assert state_phrase(held, NOW + timedelta(days=365), ZONE) == "waits for its second reading"
    assert "outbox release D-3" in next_step(held, NOW + timedelta(days=365))


def test_one_that_is_tried_again_says_when_and_why() -> None:
    waiting = replace(
        ENTRY,
        state=OutboxState.RELEASED,
        obstacle=Obstacle.BUSY,
        tries_from=NOW + timedelta(minutes=5),
    )
    assert state_phrase(waiting, NOW, "UTC") == "tried again at 2026-03-03 09:05"
    error = departure_error(waiting, NOW, "UTC")
    assert error is not None
    assert explain(error).sentence == "D-3 has not left yet: the mail host asks to try again later."
    assert error.exit_code is ExitCode.UNREACHABLE


def test_C5_an_uncertain_letter_is_settled_and_never_simply_retried() -> None:
    uncertain = replace(ENTRY, state=OutboxState.UNCERTAIN, obstacle=Obstacle.ANSWER_LOST)
    error = departure_error(uncertain, NOW, ZONE)
    assert error is not None
    assert error.exit_code is ExitCode.UNSETTLED
    assert "settle D-3" in next_step(uncertain, NOW)
    assert "retry" not in next_step(uncertain, NOW)


def test_the_rules_that_keep_it_back_are_said_all_of_them_before_any_other_reason() -> None:
    refused = replace(
        ENTRY,
        state=OutboxState.REFUSED,
        hindrances=(Hindrance.KEY_EXPIRED, "of-a-later-version"),
        obstacle=Obstacle.SEALING_FAILED,
    )
    assert reason_phrase(refused) == "their key has expired; of a later version"


def test_what_only_waits_for_its_time_is_no_failure() -> None:
    assert departure_error(replace(ENTRY, state=OutboxState.RELEASED), NOW, ZONE) is None
    assert departure_error(replace(ENTRY, state=OutboxState.HELD), NOW, ZONE) is None


def test_C5_a_letter_of_which_another_process_sends_the_last_bytes_is_not_said_to_be_unsent() -> None:
    error = departure_error(replace(ENTRY, state=OutboxState.OFFERED), NOW, ZONE)
    assert error is not None
    assert error.exit_code is ExitCode.UNSETTLED


def test_C16_what_waits_is_counted_the_most_pressing_first() -> None:
    held = replace(ENTRY, hold_ends=NOW + timedelta(hours=1))
    entries = [
        held,
        held,
        replace(ENTRY, hold_ends=NOW),
        *(replace(ENTRY, state=state) for state in OutboxState if state is not OutboxState.HELD),
    ]
    said = waiting_phrase(12, entries, NOW)
    assert said == "1 uncertain, 2 kept back, 1 to read again, 3 on the way, 2 held, 3 drafts"
    assert waiting_phrase(0, [], NOW) == ""
    assert waiting_phrase(1, [], NOW) == "1 draft"
    assert waiting_phrase(1, [held], NOW) == "1 held"
