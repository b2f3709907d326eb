"""The end of a key is told 60, 30 and 7 days before, and once it is over (C25)."""

from datetime import UTC, datetime, timedelta

import pytest

from therapymail.domain.expiry import expires_within, expiry_phrase, expiry_step

NOW = datetime(2025, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "within"),
    [(61, None), (60, None), (59, 60), (30, 60), (29, 30), (7, 30), (6, 7), (0.1, 7), (0, 0), (-400, 0)],
)
def test_C25_a_key_is_warned_of_60_30_and_7_days_before_its_end(days: float, within: int | None) -> None:
    assert expires_within(NOW + timedelta(days=days), NOW) == within


def test_C25_a_list_says_when_and_nothing_of_keys_without_end() -> None:
    assert expires_within(None, NOW) is None
    assert expiry_phrase(None, NOW) == expiry_phrase(NOW + timedelta(days=90), NOW) == ""
    assert expiry_phrase(NOW + timedelta(days=5), NOW) == "expires 2025-03-09"
    assert expiry_phrase(NOW - timedelta(days=5), NOW) == "expired 2025-02-27"
    assert "`therapymail key extend`" in expiry_step("own")
    assert "--client HERON" in expiry_step("HERON")
