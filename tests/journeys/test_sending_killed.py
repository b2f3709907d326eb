"""kill -9 and a failing network at random points of sending: each letter arrives once, none in clear."""

import time
from contextlib import ExitStack

import pytest

from tests.journeys.killed_sending import counted, opened, settle_all, tell_story
from tests.support.mailhost import dovecot_missing
from therapymail.domain.outbox import OutboxState

LETTERS = 8
STEPS = range(3, 48, 5)  # of one letter: from the first look into the outbox to the copy in Sent

pytestmark = [
    pytest.mark.dovecot,
    pytest.mark.skipif(bool(dovecot_missing()), reason="Dovecot is not installed"),
]


def test_C16_C13_every_letter_arrives_once_whatever_is_killed_or_cut() -> None:
    outcome = tell_story(LETTERS, 12, look_each_time=True)
    assert outcome.is_right, outcome.table()
    assert sum(count for end, count in outcome.ends.items() if end != "ended by itself") >= 1


def test_C16_after_a_kill_at_each_step_the_outbox_says_what_is_so() -> None:
    """What it says surely has not left is with nobody; the rest is sent, or said to be uncertain and not sent again."""
    began = time.monotonic()
    with ExitStack() as stack:
        story, host = opened(stack, len(STEPS), 1)
        for step in STEPS:
            story.depart("killed at a step", 1, step)
            assert story.arrived_unsaid() == []
        assert story.ends["killed at a step"] > len(STEPS) / 2
        for _ in range(3 * len(STEPS)):
            if not story.entries(OutboxState.RELEASED, OutboxState.OFFERING, OutboxState.OFFERED):
                break
            assert story.depart("", len(STEPS), 0) == 0
            settle_all(story)
        outcome = counted(story, host, len(STEPS), began)
    assert outcome.is_right, outcome.table()
