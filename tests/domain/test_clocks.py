"""F05, F50: how the work with a client stands, as clocks: what is owed, what is expected, what is left of the block."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from therapymail.domain.agreement import Agreement, Window, default_terms
from therapymail.domain.client import Client, ClientStatus
from therapymail.domain.clocks import Due, DueDateKind, clock_of, due_dates, due_state
from therapymail.domain.course import CourseStanding, course, standing_of
from therapymail.domain.exchange import CountedMail
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.statuses import StatusChange

LONDON, NEW_YORK = "Europe/London", "America/New_York"
TUESDAY = datetime(2025, 3, 4, 15, tzinfo=UTC)
DAY = timedelta(days=1)
CLIENT = Client("aa" * 16, "LINDEN", "T", "t@linden.example", (), (), NEW_YORK, ClientStatus.ACTIVE, TUESDAY)


def _mail(number: int, received: datetime, kind: Kind = Kind.LETTER) -> CountedMail:
    way = Direction.OUT if kind is Kind.RESPONSE else Direction.IN
    return CountedMail(b"%d" % number, way, kind, Standing.ACCEPTED, received, 100)


def _standing(*mails: CountedMail, now: datetime, statuses: tuple[StatusChange, ...] = ()) -> CourseStanding:
    terms = replace(default_terms(NEW_YORK, LONDON), letter_day=1, window=Window(hours=72), review_at=(2,))
    agreements = [Agreement("1", CLIENT.identity, 1, TUESDAY - DAY, TUESDAY, terms)]
    return standing_of(course(mails, agreements, {}, statuses), agreements, statuses, now)


def test_F05_a_letter_that_waits_is_owed_a_response_with_its_names_and_receipt() -> None:
    standing = _standing(_mail(1, TUESDAY), _mail(2, TUESDAY + DAY), now=TUESDAY + DAY)
    clock = clock_of(CLIENT, standing, {b"1": "LINDEN-1", b"2": "LINDEN-2"}, receipted={b"2"})
    [owed] = clock.owed
    assert (owed.exchange, owed.letters, owed.opened) == (1, ("LINDEN-1", "LINDEN-2"), TUESDAY)
    assert owed.due == TUESDAY + 4 * DAY  # three days after the last letter
    assert owed.receipted
    assert not clock_of(CLIENT, standing, {}, receipted={b"1"}).owed[0].receipted  # the newest has none yet
    assert clock.letter_due is None


def test_F05_a_client_whose_letter_is_answered_owes_the_next_on_their_letter_day() -> None:
    standing = _standing(_mail(1, TUESDAY), _mail(2, TUESDAY + DAY, Kind.RESPONSE), now=TUESDAY + 2 * DAY)
    clock = clock_of(CLIENT, standing, {}, ())
    assert clock.owed == ()
    assert clock.letter_due == datetime(2025, 3, 12, 4, tzinfo=UTC)  # the end of Tuesday in New York, in summer time
    assert clock.overdue(clock.letter_due) == ()
    assert clock.overdue(clock.letter_due + timedelta(seconds=1)) == (clock.letter_due,)
    assert clock.next_exchange == 2


def test_F05_the_days_that_passed_without_a_letter_are_counted_where_the_client_lives() -> None:
    now = datetime(2025, 3, 26, 12, tzinfo=UTC)
    standing = _standing(_mail(1, TUESDAY), _mail(2, TUESDAY + DAY, Kind.RESPONSE), now=now)
    assert standing.missed == (date(2025, 3, 11), date(2025, 3, 18))
    assert clock_of(CLIENT, standing, {}, ()).overdue(now) == (
        datetime(2025, 3, 12, 4, tzinfo=UTC),
        datetime(2025, 3, 19, 4, tzinfo=UTC),
        datetime(2025, 3, 26, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize("status", [ClientStatus.CLOSED, ClientStatus.REFERRED])
def test_F38_work_that_is_over_has_no_clock(status: ClientStatus) -> None:
    over = StatusChange(TUESDAY + DAY, status)
    standing = _standing(_mail(1, TUESDAY), now=TUESDAY + 30 * DAY, statuses=(over,))
    clock = clock_of(replace(CLIENT, status=status), standing, {}, ())
    assert (clock.owed, clock.letter_due, clock.missed, clock.review, clock.balance) == ((), None, (), None, None)
    assert due_dates([clock]) == ()
    assert not clock.ends_soon


def test_F50_what_is_agreed_ends_soon_within_two_exchanges() -> None:
    mails = [
        mail
        for week in range(6)
        for mail in (
            _mail(2 * week, TUESDAY + 7 * week * DAY),
            _mail(2 * week + 1, TUESDAY + (7 * week + 1) * DAY, Kind.RESPONSE),
        )
    ]
    told = {}
    for used in range(1, 7):
        standing = _standing(*mails[: 2 * used], now=TUESDAY + (7 * used - 5) * DAY)
        clock = clock_of(CLIENT, standing, {}, ())
        assert clock.balance is not None
        told[used] = (clock.balance.used, clock.balance.left, clock.ends_soon, clock.review)
    assert told == {
        1: (1, 5, False, None),
        2: (2, 4, False, 2),
        3: (3, 3, False, None),
        4: (4, 2, True, None),
        5: (5, 1, True, None),
        6: (6, 0, True, None),
    }


def test_F05_due_dates_are_responses_letters_and_reviews_in_order() -> None:
    waiting = clock_of(CLIENT, _standing(_mail(1, TUESDAY), now=TUESDAY), {}, ())
    answered = _standing(
        *(_mail(1, TUESDAY - DAY), _mail(2, TUESDAY, Kind.RESPONSE)),
        *(_mail(3, TUESDAY + 7 * DAY), _mail(4, TUESDAY + 8 * DAY, Kind.RESPONSE)),
        now=TUESDAY + 9 * DAY,
    )
    other = clock_of(replace(CLIENT, code="HERON", identity="bb" * 16), answered, {}, ())
    assert [(each.kind, each.code, each.exchange, each.moment) for each in due_dates([other, waiting])] == [
        (DueDateKind.RESPONSE, "LINDEN", 1, TUESDAY + 3 * DAY),
        (DueDateKind.REVIEW, "HERON", 2, TUESDAY + 10 * DAY),
        (DueDateKind.LETTER, "HERON", 3, datetime(2025, 3, 19, 4, tzinfo=UTC)),
    ]


def test_F05_at_the_very_moment_nothing_is_late() -> None:
    assert due_state(TUESDAY, TUESDAY) is Due.WITHIN_THE_DAY
    assert due_state(TUESDAY, TUESDAY + timedelta(microseconds=1)) is Due.LATE
    assert due_state(None, TUESDAY) is Due.LATER
