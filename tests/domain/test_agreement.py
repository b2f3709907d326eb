"""Agreements: windows right across clock changes, what cannot be agreed, and terms read back as they were written."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.agreement import (
    Agreement,
    OverLength,
    Terms,
    Window,
    default_terms,
    in_force,
    problems,
    standing_versions,
)
from therapymail.domain.agreement_form import read_back, rendered
from therapymail.domain.agreement_terms import read_terms, terms_as_json, terms_from_json

LONDON, NEW_YORK = "Europe/London", "America/New_York"
DEFAULTS = default_terms(NEW_YORK, LONDON)
NOW = datetime(2025, 3, 1, tzinfo=UTC)

times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
windows = st.integers(1, 500).map(lambda hours: Window(hours=hours)) | st.tuples(
    st.integers(1, 60), st.none() | times
).map(lambda days: Window(None, *days))
terms = st.builds(
    Terms,
    client_zone=st.sampled_from([LONDON, NEW_YORK, "Asia/Kathmandu"]),
    own_zone=st.just(LONDON),
    rhythm_days=st.sampled_from([7, 14, 21]),
    letter_day=st.none() | st.integers(0, 6),
    window=windows,
    word_limit=st.integers(1, 5000),
    over_length=st.sampled_from(OverLength),
    block_size=st.integers(3, 20),
    block_carried=st.integers(0, 5),
    blocks=st.integers(1, 5),
    review_at=st.sets(st.integers(1, 3)).map(lambda places: tuple(sorted(places))),
    updates_a_week=st.none() | st.integers(0, 7),
    check_in_days=st.integers(1, 7),
    pause_days=st.integers(7, 30),
    fallback=st.sampled_from(["telephone", "ring: 000, then the surgery # first"]),
    fallback_after_days=st.none() | st.integers(1, 9),
    count_in_footer=st.booleans(),
)


@pytest.mark.parametrize(
    ("window", "since", "ends"),
    [
        (Window(hours=48), datetime(2025, 3, 29, 12, tzinfo=UTC), datetime(2025, 3, 31, 12, tzinfo=UTC)),
        # The clocks of London go on at 01:00 UTC on 30 March: the second day ends an hour earlier in UTC.
        (Window(local_days=2), datetime(2025, 3, 29, 12, tzinfo=UTC), datetime(2025, 3, 31, 23, tzinfo=UTC)),
        (Window(None, 2, time(18)), datetime(2025, 3, 29, 12, tzinfo=UTC), datetime(2025, 3, 31, 17, tzinfo=UTC)),
        (Window(None, 1, time(18)), datetime(2025, 10, 25, 12, tzinfo=UTC), datetime(2025, 10, 26, 18, tzinfo=UTC)),
        (Window(local_days=0), datetime(2025, 1, 7, 23, 59, tzinfo=UTC), datetime(2025, 1, 8, tzinfo=UTC)),
    ],
)
def test_F54_a_window_ends_by_hours_that_pass_or_by_local_days(window: Window, since: datetime, ends: datetime) -> None:
    assert window.ends(since, LONDON) == ends


def test_F28_over_length_is_more_than_a_tenth_above_the_limit() -> None:
    assert not replace(DEFAULTS, word_limit=200).limits(220)
    assert replace(DEFAULTS, word_limit=200).limits(221)
    assert not replace(DEFAULTS, word_limit=None).limits(10**6)


@given(terms=terms)
@settings(max_examples=60, deadline=None)
def test_F04_terms_are_read_back_as_they_were_written(terms: Terms) -> None:
    assert problems(terms) == ()
    assert terms_from_json(terms_as_json(terms)) == terms
    assert read_terms(terms_as_json(terms), DEFAULTS) == (terms, ())
    changes, starts, wrong = read_back(rendered("HERON", terms, "next-exchange"))
    assert (starts, wrong) == ("next-exchange", ())
    assert read_terms(changes, DEFAULTS) == (terms, ())


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3),
)


@given(given=st.dictionaries(st.sampled_from([*terms_as_json(DEFAULTS), "nonsense"]), anything, max_size=6))
@settings(max_examples=60, deadline=None)
def test_F04_whatever_is_given_is_terms_or_what_is_wrong_with_it(given: dict[str, Any]) -> None:
    found, wrong = read_terms(given, DEFAULTS)
    assert isinstance(found, Terms)
    assert all(wrong)
    if not wrong:
        assert terms_from_json(terms_as_json(found)) == found
        assert "nonsense" not in given


@given(file=st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_F04_whatever_a_form_holds_is_read_or_said(file: str) -> None:
    changes, starts, wrong = read_back(file)
    read_terms(changes, DEFAULTS)
    assert starts is None or starts
    assert all(wrong)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rhythm_days": 10, "letter_day": 1}, "whole weeks"),
        ({"window": Window(0)}, "the window must be 1 to"),
        ({"window": Window(None, None)}, "either hours"),
        ({"word_limit": None, "over_length": OverLength.DOUBLE}, "only where there is a word limit"),
        ({"block_size": 4}, "one of the 4 exchanges"),
        ({"check_in_days": 15}, "before the presumed pause"),
        ({"client_zone": "Mars/Base"}, "the client's zone must be a time zone name"),
        ({"own_zone": "../../etc/passwd"}, "the own zone must be a time zone name"),
        ({"fallback_after_days": 3}, "says no other channel"),
        ({"fallback": "two\nlines"}, "on one line"),
    ],
)
def test_F04_an_impossible_agreement_is_said_to_be_so(change: dict[str, Any], said: str) -> None:
    assert any(said in problem for problem in problems(replace(DEFAULTS, **change)))


def test_F04_every_problem_is_said_at_once() -> None:
    wrong = replace(DEFAULTS, rhythm_days=0, block_size=0, client_zone="Mars/Base", review_at=())
    assert len(problems(wrong)) == 3


def test_F04_of_versions_the_one_that_started_last_holds() -> None:
    def version(number: int, days: int, *, withdrawn: bool = False) -> Agreement:
        starts = NOW + timedelta(days=days)
        return Agreement(str(number), "c", number, starts, NOW, DEFAULTS, NOW if withdrawn else None)

    versions = [version(2, 10), version(1, 0), version(3, 5, withdrawn=True)]
    assert [each.version for each in standing_versions(versions)] == [1, 2]
    held = {days: in_force(versions, NOW + timedelta(days=days)) for days in (-1, 0, 6, 10)}
    assert {days: each.version if each else None for days, each in held.items()} == {-1: None, 0: 1, 6: 1, 10: 2}
