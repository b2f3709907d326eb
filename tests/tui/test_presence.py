"""When the room locks by itself: after idleness, and when the machine was away."""

import pytest

from therapymail.tui.presence import Absence, Clocks, Presence

START = Clocks(1000.0, 900.0, 1_700_000_000.0)


def later(before: Clocks, seconds: float, *, asleep: float = 0.0, put_forward: float = 0.0) -> Clocks:
    passed = seconds + asleep
    return Clocks(before.counting_sleep + passed, before.running + seconds, before.wall + passed + put_forward)


def test_S26_nothing_happens_while_somebody_is_there() -> None:
    presence, now = Presence(START), START
    for _ in range(100):
        now = later(now, 1.0)
        presence.touch(now.counting_sleep)
        assert presence.look(now, 5.0) is None


def test_S26_it_locks_after_so_many_seconds_without_a_key_and_never_for_0() -> None:
    presence, now = Presence(START), START
    seen = []
    for _ in range(8):
        now = later(now, 1.0)
        seen.append(presence.look(now, 5.0))
        assert presence.look(now, 0.0) is None
    assert seen == [None] * 5 + [Absence.IDLE] * 3


@pytest.mark.parametrize(
    ("seconds", "asleep", "put_forward"),
    [(1.0, 3.0, 0.0), (1.0, 4000.0, 0.0), (60.0, 0.0, 0.0), (1.0, 0.0, 600.0)],
    ids=["a short sleep", "a long one", "stopped", "the clock jumps, as that of a machine that wakes"],
)
def test_S26_it_locks_when_the_machine_was_away_though_somebody_had_just_been_there(
    seconds: float, asleep: float, put_forward: float
) -> None:
    presence = Presence(START)
    presence.touch(START.counting_sleep)
    away = later(START, seconds, asleep=asleep, put_forward=put_forward)
    assert presence.look(away, 900.0) is Absence.AWAY
    assert presence.look(later(away, 1.0), 900.0) is None or seconds + asleep > 900


def test_a_clock_that_is_set_right_by_a_little_or_put_back_locks_nothing() -> None:
    for put_forward in (1.0, 30.0, -5.0, -86_400.0):
        assert Presence(START).look(later(START, 1.0, put_forward=put_forward), 900.0) is None
