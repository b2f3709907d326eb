"""How long a record is kept: the rules of DOMAIN.md in tables, minors, days that a month has not, holds (F32)."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.retention import Keeping, MinorRule, RetentionRule, kept_until, months_after, years_after

CHILD, OF_AGE = MinorRule.TWENTY_FIFTH_BIRTHDAY, MinorRule.THREE_YEARS_OF_AGE
ENDED = date(2025, 3, 4)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("months", "until"),
    [
        (3, date(2025, 6, 4)),  # process notes, as one practice has it
        (12, date(2026, 3, 4)),  # an enquiry that was not taken up
        (60, date(2030, 3, 4)),  # Pennsylvania
        (72, date(2031, 3, 4)),  # Arizona
        (84, date(2032, 3, 4)),  # most of the UK, California, APA
        (0, ENDED),
    ],
)
def test_F32_a_record_is_kept_so_long_after_the_end_of_the_work(months: int, until: date) -> None:
    assert kept_until(RetentionRule(months), ENDED) == until


@pytest.mark.parametrize(
    ("rule", "born", "ended", "until"),
    [
        (CHILD, date(2010, 5, 1), date(2025, 3, 4), date(2035, 5, 1)),  # 14 at the end: the 25th birthday
        (CHILD, date(2008, 3, 4), date(2025, 3, 4), date(2034, 3, 4)),  # 17 that day: the 26th
        (CHILD, date(2008, 3, 5), date(2025, 3, 4), date(2033, 3, 5)),  # 16 still
        (CHILD, date(2007, 3, 5), date(2025, 3, 4), date(2033, 3, 5)),  # 17 for one day more
        (CHILD, date(2007, 3, 4), date(2025, 3, 4), date(2032, 3, 4)),  # 18 that day: seven years
        (CHILD, date(1990, 1, 1), date(2025, 3, 4), date(2032, 3, 4)),
        (CHILD, None, date(2025, 3, 4), date(2032, 3, 4)),
        (CHILD, date(2008, 2, 29), date(2024, 2, 29), date(2033, 3, 1)),  # a birthday that 2033 has not
        (OF_AGE, date(2010, 5, 1), date(2025, 3, 4), date(2032, 3, 4)),  # 2031 would be earlier than seven years
        (OF_AGE, date(2015, 5, 1), date(2025, 3, 4), date(2036, 5, 1)),
        (MinorRule.NONE, date(2015, 5, 1), date(2025, 3, 4), date(2032, 3, 4)),
    ],
)
def test_F32_minors_are_kept_longer_by_the_rule_that_was_agreed(
    rule: MinorRule, born: date | None, ended: date, until: date
) -> None:
    assert kept_until(RetentionRule(84, rule, born), ended) == until


def test_F32_nothing_is_due_while_the_work_goes_on() -> None:
    assert kept_until(RetentionRule(84), None) is None
    assert not Keeping(None).is_due(date(9999, 1, 1))


def test_F32_what_was_said_of_the_end_and_of_the_day_comes_first() -> None:
    assert kept_until(RetentionRule(12, ended=date(2020, 1, 1)), ENDED) == date(2021, 1, 1)
    assert kept_until(RetentionRule(12, ended=date(2020, 1, 1)), None) == date(2021, 1, 1)
    assert kept_until(RetentionRule(12, CHILD, date(2015, 5, 1), until=date(2026, 1, 1)), None) == date(2026, 1, 1)


def test_F32_a_record_is_due_the_day_after_and_not_while_it_is_held() -> None:
    until = date(2032, 3, 4)
    assert not Keeping(until).is_due(until)
    assert Keeping(until).is_due(date(2032, 3, 5))
    assert not Keeping(until, held=True).is_due(date(2032, 3, 5))


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2025, 1, 31), 1, date(2025, 3, 1)),
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 12, 31), 2, date(2026, 3, 1)),
        (date(2025, 10, 31), 2, date(2025, 12, 31)),
    ],
)
def test_F32_where_a_month_has_no_such_day_it_is_the_day_after_never_before(
    day: date, months: int, after: date
) -> None:
    assert months_after(day, months) == after


@settings(max_examples=60)
@given(ended=days, born=days, months=st.integers(0, 1200), rule=st.sampled_from(MinorRule))
def test_F32_no_rule_ends_earlier_than_what_it_asks_for(ended: date, born: date, months: int, rule: MinorRule) -> None:
    until = kept_until(RetentionRule(months, rule, born), ended)
    assert until is not None
    assert until >= months_after(ended, months) >= ended
    was_minor = born <= ended < years_after(born, 18)
    if was_minor and rule is CHILD:
        assert until >= years_after(born, 25)
    if was_minor and rule is OF_AGE:
        assert until >= years_after(born, 21)
