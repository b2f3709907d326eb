"""What the status line says where there is little room."""

from datetime import UTC, datetime, timedelta

from therapymail.domain.clocks import DueDate, DueDateKind
from therapymail.domain.found import Coverage
from therapymail.tui.status import Said, coverage_phrase, due_phrase, fitting

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def test_what_matters_least_goes_first_and_the_order_stays() -> None:
    parts = (Said("due", 4), Said("waits", 2), Said("covered", 1), Said("", 9), Said("mailbox", 3))
    assert fitting(parts, 100) == "due  ·  waits  ·  covered  ·  mailbox"
    assert fitting(parts, 30) == "due  ·  waits  ·  mailbox"
    assert fitting(parts, 15) == "due  ·  mailbox"
    assert fitting(parts, 3) == "due"
    assert fitting(parts, 2) == ""


def test_M08_C35_the_coverage_is_said_in_numbers() -> None:
    assert coverage_phrase(Coverage(412, 415)) == "412 of 415 searchable"
    assert coverage_phrase(Coverage(415, 415)) == "415 searchable"
    assert coverage_phrase(Coverage(0, 0)) == ""
    assert coverage_phrase(None) == ""


def test_F05_what_is_due_next_is_said_by_code_and_span() -> None:
    def due(hours: float) -> DueDate:
        return DueDate(DueDateKind.RESPONSE, "aa", "HERON", 3, NOW + timedelta(hours=hours))

    assert due_phrase(due(3), NOW) == "HERON: response in 3 hours"
    assert due_phrase(due(-2), NOW) == "HERON: response 2 hours late"
    assert due_phrase(None, NOW) == ""
