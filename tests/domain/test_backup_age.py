"""When a backup is due, and how its age is told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from therapymail.domain.backup_age import backup_sentence, is_backup_due

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "begun", "days", "due"),
    [
        (7, 100, 7, False),
        (7.1, 100, 7, True),
        (400, 400, 0, False),  # never asked
        (None, 6, 7, False),  # a practice that has just begun
        (None, 8, 7, True),
        (None, None, 7, False),  # nothing to keep yet
        (-1, 100, 7, False),  # a clock that went back
    ],
)
def test_F37_a_backup_is_due_when_the_newest_is_older_than_was_wished(
    made: float | None, begun: float | None, days: float, *, due: bool
) -> None:
    moments = [None if ago is None else NOW - timedelta(days=ago) for ago in (made, begun)]
    assert is_backup_due(moments[0], moments[1], days, NOW) is due


def test_its_age_is_told_by_days_of_the_calendar() -> None:
    assert backup_sentence(None, NOW.date()) == "No backup is on the record yet."
    assert backup_sentence(date(2026, 5, 9), NOW.date()) == "The newest backup was made yesterday."


def test_C33_where_none_opens_with_the_key_of_today_one_is_due_at_once() -> None:
    assert is_backup_due(None, NOW, 7, NOW, is_shut=True)
    assert not is_backup_due(None, NOW, 0, NOW, is_shut=True)
    assert "present key" in backup_sentence(None, NOW.date(), is_shut=True)
