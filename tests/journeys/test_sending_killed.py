"""kill -9 and a failing network at random points of sending: each letter arrives once, none in clear."""

import pytest

from tests.journeys.killed_sending import tell_story
from tests.support.mailhost import dovecot_missing

LETTERS = 14


@pytest.mark.dovecot
@pytest.mark.skipif(bool(dovecot_missing()), reason="Dovecot is not installed")
@pytest.mark.parametrize("seed", [11, 12])
def test_C16_C13_every_letter_arrives_once_whatever_is_killed_or_cut(seed: int) -> None:
    outcome = tell_story(LETTERS, seed)
    assert outcome.is_right, outcome.table()
    assert sum(count for end, count in outcome.ends.items() if end != "ended by itself") >= 1
