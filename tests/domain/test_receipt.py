"""F06: the line of a receipt: the promised moment on the client's clock, and nothing else."""

from datetime import UTC, datetime

import pytest

from therapymail.domain.receipt import receipt


@pytest.mark.parametrize(
    ("due", "zone", "by"),
    [
        (datetime(2025, 1, 9, 18, tzinfo=UTC), "Europe/London", "Thursday 9 January, 18:00"),
        (datetime(2025, 1, 9, 18, tzinfo=UTC), "America/New_York", "Thursday 9 January, 13:00"),
        (datetime(2025, 3, 29, 1, 12, tzinfo=UTC), "America/New_York", "Friday 28 March, 21:12"),
        (datetime(2025, 3, 30, 17, tzinfo=UTC), "Europe/London", "Sunday 30 March, 18:00"),
        (datetime(2025, 3, 30, 23, tzinfo=UTC), "Europe/London", "the end of Sunday 30 March"),
        (datetime(2025, 3, 9, 22, tzinfo=UTC), "America/New_York", "Sunday 9 March, 18:00"),
    ],
)
def test_F06_a_receipt_says_when_in_the_clients_own_time(due: datetime, zone: str, by: str) -> None:
    content = receipt(due, zone)
    assert content.text == f"Your letter has come. You will hear from me by {by} your time.\n"
    assert content.text.count("\n") == 1
    assert content.subject == "Received"
