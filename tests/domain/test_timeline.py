"""The timeline counts accepted letters in the client's own days, whatever the clocks do, and names what it counts."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Letter
from therapymail.domain.names import LetterName
from therapymail.domain.periods import MOST_MONTHS, MOST_WEEKS, Step
from therapymail.domain.seal import Protection, SealFacts
from therapymail.domain.timeline import Timeline, timeline_of
from therapymail.domain.timeline_facts import TimelineFacts
from therapymail.domain.timeline_json import timeline_as_json

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")


def mail(
    number: int,
    received: datetime,
    *,
    kind: Kind = Kind.LETTER,
    words: int = 500,
    tags: tuple[str, ...] = (),
    standing: Standing = Standing.ACCEPTED,
    direction: Direction | None = None,
) -> Letter:
    """A filed mail; a response goes out, everything else comes in unless said otherwise."""
    way = direction or (Direction.OUT if kind is Kind.RESPONSE else Direction.IN)
    facts = SealFacts(Protection.SEALED)
    name = LetterName("HERON", number)
    state = LetterState.OPENED
    return Letter(
        name, b"%d" % number, "c1", "HERON", way, kind, standing, state, received, None, "", words, 0, facts, tags
    )


def timeline_of_letters(
    code: str, letters: Sequence[Letter], zone: tzinfo, *, until: date | None = None, step: Step | None = None
) -> Timeline:
    """The timeline of letters alone, up to noon of the day `until`."""
    now = datetime.combine(until, time(12), tzinfo=UTC) if until else None
    return timeline_of(TimelineFacts(code, zone, letters), now=now, step=step)


def test_letters_both_ways_are_counted_by_week_with_their_names() -> None:
    tuesday = datetime(2025, 1, 7, 20, tzinfo=UTC)
    timeline = timeline_of_letters(
        "HERON",
        [
            mail(2, tuesday + timedelta(hours=30), kind=Kind.RESPONSE, words=300),
            mail(1, tuesday, tags=("grief", "sleep")),
            mail(3, tuesday + timedelta(days=14), words=700, tags=("grief",)),
            mail(4, tuesday + timedelta(days=15), words=50, tags=("sister",)),
            mail(5, tuesday + timedelta(days=15), kind=Kind.ADMIN),
        ],
        LONDON,
    )
    assert [(period.number, period.first) for period in timeline.periods] == [
        (1, date(2025, 1, 6)),
        (2, date(2025, 1, 13)),
        (3, date(2025, 1, 20)),
    ]
    first, second, third = timeline.periods
    assert (first.client.letters, first.client.words, first.therapist.words) == (("HERON-1",), 500, 300)
    assert (second.client.letters, second.tags) == ((), {})
    assert (third.client.letters, third.client.words) == (("HERON-3", "HERON-4"), 750)
    assert third.others.letters == ("HERON-5",)
    assert third.tags == {"grief": 1, "sister": 1}
    assert timeline.tags == ("grief", "sister", "sleep")
    assert timeline.without_letter == (2,)


def test_a_gap_runs_from_the_first_letter_that_waited_to_the_response() -> None:
    start = datetime(2025, 1, 7, 20, tzinfo=UTC)
    timeline = timeline_of_letters(
        "HERON",
        [
            mail(1, start),
            mail(2, start + timedelta(hours=10)),
            mail(3, start + timedelta(hours=68), kind=Kind.RESPONSE),
            mail(4, start + timedelta(hours=70), kind=Kind.RESPONSE),
            mail(5, start + timedelta(days=7)),
        ],
        LONDON,
    )
    assert [(gap.letter, gap.response, gap.hours) for gap in timeline.gaps] == [
        ("HERON-1", "HERON-3", 68.0),
        ("HERON-5", None, None),
    ]
    assert timeline.waiting_since == "HERON-5"


@pytest.mark.parametrize("standing", [Standing.PROPOSED, Standing.SET_ASIDE])
def test_only_accepted_letters_count(standing: Standing) -> None:
    at = datetime(2025, 1, 7, tzinfo=UTC)
    timeline = timeline_of_letters("HERON", [mail(1, at), mail(2, at, standing=standing, tags=("x",))], LONDON)
    assert timeline.periods[0].client.letters == ("HERON-1",)
    assert timeline.tags == ()


def test_S30_a_letter_belongs_to_the_day_on_which_the_client_lives_it() -> None:
    # Sunday 23:30 in New York, after the clocks went forward there on that very day, is Monday 03:30 UTC.
    late = datetime(2025, 3, 10, 3, 30, tzinfo=UTC)
    assert timeline_of_letters("LINDEN", [mail(1, late)], NEW_YORK).periods[0].first == date(2025, 3, 3)
    assert timeline_of_letters("LINDEN", [mail(1, late)], UTC).periods[0].first == date(2025, 3, 10)


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK])
def test_weeks_with_a_change_of_clocks_are_seven_days_like_all_others(zone: ZoneInfo) -> None:
    letters = [mail(day, datetime(2025, 2, 24, 12, tzinfo=UTC) + timedelta(days=day)) for day in range(1, 60)]
    timeline = timeline_of_letters("HERON", letters, zone)
    assert {period.end - period.first for period in timeline.periods} == {timedelta(days=7)}
    assert sum(len(period.client.letters) for period in timeline.periods) == 59


def test_the_timeline_goes_on_to_today_where_that_is_asked() -> None:
    timeline = timeline_of_letters("HERON", [mail(1, datetime(2025, 1, 7, tzinfo=UTC))], UTC, until=date(2025, 1, 29))
    assert timeline.without_letter == (2, 3, 4)


def test_without_letters_there_is_an_empty_timeline() -> None:
    timeline = timeline_of_letters("HERON", [], UTC, until=date(2025, 1, 1))
    assert (timeline.periods, timeline.gaps, timeline.waiting_since) == ((), (), None)


@pytest.mark.parametrize(
    ("years", "step"), [(1, Step.WEEK), (3, Step.MONTH), (30, Step.YEAR)], ids=["weeks", "months", "years"]
)
def test_long_correspondences_go_by_months_or_years(years: int, step: Step) -> None:
    first = datetime(1990, 6, 1, tzinfo=UTC)
    timeline = timeline_of_letters("HERON", [mail(1, first), mail(2, first + timedelta(days=365 * years))], UTC)
    assert timeline.step is step
    assert len(timeline.periods) <= max(MOST_WEEKS + 1, MOST_MONTHS)


moments = st.datetimes(timezones=st.just(UTC))
mails = st.builds(
    mail,
    st.integers(1, 999),
    moments | st.datetimes(datetime(2025, 1, 1), datetime(2025, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    kind=st.sampled_from(Kind),
    words=st.integers(0, 3000),
    tags=st.lists(st.sampled_from(("a", "b/c", "睡眠")), unique=True).map(tuple),
    standing=st.sampled_from(Standing),
    direction=st.none() | st.sampled_from(Direction),
)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(mails, max_size=12, unique_by=lambda letter: letter.name),
    st.sampled_from([UTC, LONDON, NEW_YORK, ZoneInfo("Pacific/Kiritimati")]),
    st.none() | st.dates(),
)
def test_every_accepted_mail_is_counted_once_in_the_period_of_its_day(
    letters: list[Letter], zone: ZoneInfo, until: date | None
) -> None:
    timeline = timeline_of_letters("HERON", letters, zone, until=until)
    names = [
        name
        for period in timeline.periods
        for tally in (period.client, period.therapist, period.others)
        for name in tally.letters
    ]
    accepted = [letter for letter in letters if letter.standing is Standing.ACCEPTED]
    assert sorted(names) == sorted(str(letter.name) for letter in accepted)
    assert [period.number for period in timeline.periods] == list(range(1, len(timeline.periods) + 1))
    for one, following in zip(timeline.periods, timeline.periods[1:], strict=False):
        assert one.first < one.end == following.first
    assert len(timeline.periods) < 10_001
    assert json.loads(json.dumps(timeline_as_json(timeline)))["client"] == "HERON"
