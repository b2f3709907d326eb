"""Every mark stands for mails that are there, in the period that holds its day, whatever the record holds."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_timeline import LONDON, mail, mails
from therapymail.domain.agreement import Agreement, default_terms
from therapymail.domain.course import course
from therapymail.domain.drawing import text_of
from therapymail.domain.exchange import CountedMail
from therapymail.domain.kinds import Kind, Standing
from therapymail.domain.lanes import HIDDEN, Happened, Lane, Side
from therapymail.domain.letter import Letter
from therapymail.domain.text_width import columns_of
from therapymail.domain.timeline import Step, Timeline, timeline_of
from therapymail.domain.timeline_facts import TimelineFacts
from therapymail.domain.timeline_json import timeline_as_json
from therapymail.domain.timeline_text import explained_lines, periods_that_fit, timeline_text

TUESDAY = datetime(2025, 1, 7, 20, tzinfo=UTC)
AGREED = Agreement(
    "a1",
    "c1",
    1,
    datetime(2025, 1, 1, tzinfo=UTC),
    datetime(2025, 1, 1, tzinfo=UTC),
    default_terms("Europe/London", "Europe/London"),
)
# Wide, turned, combining, joined, hidden, steering: whatever a label or a tag can hold.
HOSTILE = (
    "睡眠不足",
    "שינה",
    "نوم",
    "ก็ดี",
    "e\u0301\u0302",
    "👩‍👩‍👧",
    "\x1b[31mred\x07",
    "\u202eturned",
    "a" * 90,
    "",
    "\n\t",
)


def facts_of(letters: Sequence[Letter], zone: ZoneInfo = LONDON, **more: object) -> TimelineFacts:
    """The facts of letters with an agreement, and the exchanges that they make."""
    counted = [
        CountedMail(each.digest, each.direction, each.kind, each.standing, each.received, each.words)
        for each in letters
    ]
    found = course(counted, [AGREED], {}, [])
    given: dict[str, object] = {"missed": found.missed, "agreements": [AGREED], **more}
    return TimelineFacts("HERON", zone, letters, found.exchanges, **given)  # type: ignore[arg-type]  # as each test names them


def marks_of(timeline: Timeline, lane: Lane) -> list[tuple[str, tuple[str, ...], int | None]]:
    return [(mark.kind, mark.ids, mark.amount) for mark in timeline.of(lane)]


def test_F14_late_and_long_letters_and_missed_days_are_marked_with_their_amounts() -> None:
    letters = [
        mail(1, TUESDAY, words=1200),
        mail(2, TUESDAY + timedelta(hours=70), kind=Kind.RESPONSE),
        mail(3, TUESDAY + timedelta(days=21), words=100),
    ]
    timeline = timeline_of(facts_of(letters), now=TUESDAY + timedelta(days=24))
    assert ("over-length", ("HERON-1",), 1200) in marks_of(timeline, Lane.LETTERS)
    gaps = marks_of(timeline, Lane.GAPS)
    assert ("late", ("HERON-1", "HERON-2"), 22) in gaps, "48 hours were promised"
    assert ("between", ("HERON-2", "HERON-3"), 18) in gaps
    assert ("waiting", ("HERON-3",), 72) in gaps
    assert [gap.late_hours for gap in timeline.gaps] == [22, 24]
    assert [mark.kind for mark in timeline.of(Lane.GAPS) if mark.side is Side.CLIENT] == ["missed", "missed", "between"]


def test_a_theme_counts_a_mail_once_whether_it_bears_the_tag_itself_in_passages_or_by_its_exchange() -> None:
    one, answer = mail(1, TUESDAY, tags=("grief",)), mail(2, TUESDAY + timedelta(days=1), kind=Kind.RESPONSE)
    facts = facts_of(
        [one, answer],
        passages={one.digest: ["grief", "grief", "sister"]},
        exchange_tags={answer.digest: ("ending", "grief")},
    )
    timeline = timeline_of(facts)
    assert timeline.periods[-1].tags == {"ending": 2, "grief": 2, "sister": 1}
    assert {(mark.label, mark.kind, mark.ids[0], mark.amount) for mark in timeline.of(Lane.THEMES)} == {
        ("grief", "letter", "HERON-1", 2),
        ("sister", "passage", "HERON-1", 1),
        ("ending", "exchange", "HERON-1", None),
        ("grief", "exchange", "HERON-2", None),
        ("ending", "exchange", "HERON-2", None),
    }


def test_a_tag_below_feeling_says_a_feeling_of_its_family() -> None:
    one = mail(1, TUESDAY, tags=("feeling/worn_out", "feeling/odd"))
    timeline = timeline_of(facts_of([one], family_of={"worn out": "tiredness"}))
    assert [(mark.label, mark.words) for mark in timeline.of(Lane.FEELINGS)] == [
        ("tiredness", ("worn out",)),
        ("odd", ("odd",)),
    ]
    assert timeline.of(Lane.THEMES) == ()


def test_a_rupture_is_bridged_to_its_repair_and_an_open_one_is_not() -> None:
    letters = [mail(week, TUESDAY + timedelta(weeks=week)) for week in range(5)]
    kinds = ((0, "rupture"), (2, "repair"), (4, "rupture"))
    happened = [Happened(Lane.MILESTONES, kind, TUESDAY + timedelta(weeks=week)) for week, kind in kinds]
    text = timeline_text(timeline_of(facts_of(letters, happened=happened)))
    assert next(line for line in text.splitlines() if line.startswith("milestones")).endswith("◆─────────◆    ·    ◆")
    assert "─ from rupture to repair" in text


def test_lanes_that_are_off_leave_no_mark_and_are_named() -> None:
    letters = [mail(1, TUESDAY, tags=("grief",)), mail(2, TUESDAY, kind=Kind.SAFETY)]
    assert timeline_of(facts_of(letters)).of(Lane.SAFETY) == ()
    for lane in Lane:
        timeline = timeline_of(facts_of(letters), off={lane})
        assert not timeline.of(lane)
        assert f"not shown      {lane.value}" in timeline_text(timeline)
    assert timeline_of(facts_of(letters), off=()).of(Lane.SAFETY)[0].ids == ("HERON-2",)


def test_a_screen_that_is_too_narrow_for_weeks_shows_months_and_then_years() -> None:
    letters = [mail(1, TUESDAY), mail(2, TUESDAY + timedelta(weeks=60))]
    assert timeline_of(facts_of(letters)).step is Step.WEEK
    assert timeline_of(facts_of(letters), most=periods_that_fit(80)).step is Step.MONTH
    assert timeline_of(facts_of(letters), most=periods_that_fit(160)).step is Step.WEEK
    long = [mail(1, TUESDAY), mail(2, TUESDAY + timedelta(days=365 * 9))]
    assert timeline_of(facts_of(long), most=periods_that_fit(80)).step is Step.YEAR


happenings = st.builds(
    Happened,
    st.sampled_from(Lane),
    st.sampled_from(["rupture", "repair", "note", "bounce", "review"]),
    st.datetimes(datetime(2018, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from([(), ("N-1",), ("M-2", "N-1")]),
    st.sampled_from(HOSTILE),
    st.none() | st.sampled_from(Side),
    st.none() | st.integers(0, 10_000),
    st.lists(st.sampled_from(HOSTILE), max_size=3).map(tuple),
    st.none() | st.integers(1, 99),
    st.none() | st.dates(date(2016, 1, 1), date(2034, 1, 1)),
)


@settings(max_examples=40)
@given(
    st.lists(mails, max_size=10, unique_by=lambda letter: letter.name),
    st.lists(happenings, max_size=6),
    st.lists(st.sampled_from(["a", "b/c", "feeling/sad", "שינה"]), max_size=3),
    st.sampled_from([LONDON, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/New_York")]),
    st.none() | st.sampled_from(Step),
    st.sets(st.sampled_from(Lane)),
    st.integers(0, 200),
    st.booleans(),
)
def test_every_mark_lies_in_the_period_of_its_day_and_names_what_is_there(
    letters: list[Letter],
    happened: list[Happened],
    tags: list[str],
    zone: ZoneInfo,
    step: Step | None,
    off: set[Lane],
    width: int,
    plain: bool,
) -> None:
    near = [letter for letter in letters if 2010 < letter.received.year < 2040]
    feelings: Mapping[bytes, Mapping[str, tuple[str, ...]]] = {
        each.digest: {family: ("sad", family)} for each, family in zip(near, HOSTILE, strict=False)
    }
    facts = facts_of(
        near, zone, happened=happened, feelings=feelings, passages={each.digest: tags for each in near[::2]}
    )
    timeline = timeline_of(facts, now=datetime(2025, 6, 1, tzinfo=UTC), step=step, off=off)
    known = {str(letter.name) for letter in near} | {name for each in happened for name in each.ids}
    for mark in timeline.marks:
        period = timeline.periods[mark.period - 1]
        assert period.first <= mark.day < period.end
        assert set(mark.ids) <= known
        assert mark.lane not in off
    assert json.loads(json.dumps(timeline_as_json(timeline)))["off"] == [lane.value for lane in Lane if lane in off]
    for text in (timeline_text(timeline, width=width, plain=plain), text_of(explained_lines(timeline, width=width))):
        assert all(columns_of(line) <= max(width, 40) for line in text.splitlines())
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_mails_that_do_not_count_are_marked_only_where_they_could_not_be_opened() -> None:
    proposed = mail(1, TUESDAY, standing=Standing.PROPOSED)
    assert timeline_of(facts_of([proposed])).marks[:1][0].lane is Lane.AGREEMENTS
    assert timeline_of(facts_of([proposed], agreements=[])).marks == ()


@pytest.mark.parametrize("lane", sorted(HIDDEN))
def test_what_others_in_the_room_should_not_see_is_off_unless_asked_for(lane: Lane) -> None:
    assert lane in timeline_of(facts_of([mail(1, TUESDAY)])).off
