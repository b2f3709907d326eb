"""F14, F56: the timeline as a page: every mark is drawn, said in words, and leads to what it stands for."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.support.hostile_letters import WORDS, hostile_book
from tests.support.html_page import STEERING, Read, body_of, is_inert
from tests.support.looking_back import OWN_ZONE, letter_with, story_letterbook, story_notes, story_timeline
from therapymail.domain.lanes import Happened, Lane, Side
from therapymail.domain.names import LetterName
from therapymail.domain.periods import Step
from therapymail.domain.timeline import Timeline, timeline_of
from therapymail.domain.timeline_facts import TimelineFacts
from therapymail.exports.picture import NARROW, WIDE, Layout
from therapymail.exports.timeline_drawing import bands_of
from therapymail.exports.timeline_page import timeline_page
from therapymail.exports.timeline_view import NAMES, TimelineTargets, table_of

NOWHERE = TimelineTargets(())


def text_of(html: str) -> str:
    return " ".join(Read(body_of(html)).text.split())


def long_timeline(days: int, every: int) -> Timeline:
    """A letter every so many days, each answered on the next."""
    entry = letter_with("An unlit room. " * 40)
    first = datetime(2015, 1, 6, 18, tzinfo=UTC)
    letters = [
        entry.letter._replace(name=LetterName("HERON", at + 1), digest=at.to_bytes(32, "big"), tags=("grief",),
                received=first + timedelta(days=at * every), order=at)
        for at in range(days // every)
    ]  # fmt: skip
    return timeline_of(TimelineFacts(code="HERON", zone=ZoneInfo(OWN_ZONE), letters=letters))


@pytest.mark.parametrize("code", ["HERON", "LINDEN", "SLATE"])
def test_F56_every_mark_of_the_picture_is_in_the_table(code: str) -> None:
    timeline = story_timeline(code, off=frozenset())
    rows = {row.anchor: row for row in table_of(timeline, NOWHERE)}
    for mark in timeline.marks:
        lanes = rows[f"period-{mark.period}"].lanes
        named = {name for lane in lanes for said in lane.said for name, _ in said.names}
        assert set(mark.ids) <= named
        words = " ".join(said.words for lane in lanes for said in lane.said)
        assert all(word in words for word in mark.words)
    said = {lane.name for row in rows.values() for lane in row.lanes}
    assert said == {NAMES.get(lane, lane.value) for lane in timeline.lanes}
    assert all(f"<b>{name}</b>" in timeline_page(timeline) for name in said)


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
def test_F14_every_letter_and_milestone_is_drawn_once_and_leads_somewhere(layout: Layout) -> None:
    timeline = story_timeline("LINDEN")
    shapes = [shape for band in bands_of(timeline, layout, NOWHERE) for shape in band.shapes]
    for kind, side in (("letter", Side.CLIENT), ("response", Side.THERAPIST)):
        marks = [mark for mark in timeline.of(Lane.LETTERS) if mark.kind == kind]
        bars = [shape for shape in shapes if shape.form == "rect" and shape.style == side.value]
        assert len(bars) == len(marks)
        assert [bar.href for bar in bars] == [f"#period-{mark.period}" for mark in marks]
    assert len([shape for shape in shapes if shape.style == "stone"]) == len(timeline.of(Lane.MILESTONES))
    assert len([shape for shape in shapes if shape.style == "over"]) == 3
    assert [shape.text for shape in shapes if shape.style == "late-letter"] == ["+2d", "+4d"]
    assert len([shape for shape in shapes if shape.style == "bridge"]) == 1  # from the rupture to the repair


def test_F14_a_late_response_and_a_missed_letter_stand_out() -> None:
    heron = [shape for band in bands_of(story_timeline("HERON"), WIDE, NOWHERE) for shape in band.shapes]
    assert [shape.text for shape in heron if shape.style == "late hours"] == ["68!"]
    assert any(shape.title.endswith("20 hours late") for shape in heron)
    slate = [shape for band in bands_of(story_timeline("SLATE"), WIDE, NOWHERE) for shape in band.shapes]
    assert [shape.text for shape in slate if shape.style == "missed"] == ["\u00d7"]


def test_longer_letters_are_higher() -> None:
    timeline = story_timeline("LINDEN")
    marks = [mark for mark in timeline.of(Lane.LETTERS) if mark.kind in {"letter", "response"}]
    bars = [
        shape
        for band in bands_of(timeline, WIDE, NOWHERE)
        for shape in band.shapes
        if shape.form == "rect" and shape.style in {"client", "therapist"}
    ]
    by_title = {bar.title: bar.at[3] for bar in bars}
    height = [next(high for title, high in by_title.items() if mark.ids[0] + ":" in title) for mark in marks]
    ordered = sorted(zip((mark.amount or 0 for mark in marks), height, strict=True))
    assert all(one[1] <= other[1] for one, other in pairwise(ordered))


def test_marks_lead_to_their_letters_where_these_are_on_the_page() -> None:
    alone = timeline_page(story_timeline("LINDEN"))
    assert not re.search(r'href="#LINDEN-', alone)
    whole = timeline_page(story_timeline("LINDEN"), story_letterbook("LINDEN"), notes=story_notes("LINDEN"))
    read = Read(whole)
    targets = {lead.removeprefix("#") for lead in read.all("href")}
    assert targets <= set(read.all("id"))
    assert {f"LINDEN-{number}" for number in range(1, 43)} <= targets
    assert "N-3" in targets
    assert len(read.all("id")) == len(set(read.all("id")))


def test_titles_carry_the_code_alone_and_what_is_left_out_is_said() -> None:
    html = timeline_page(story_timeline("SLATE"))
    assert "<title>SLATE: timeline</title>" in html
    assert "Left out: safety, process notes" in text_of(html)
    assert "safety mail" not in html
    assert "safety mail" in timeline_page(story_timeline("SLATE", off=frozenset({Lane.PROCESS})))


def test_a_client_without_letters_has_a_page() -> None:
    assert "no letters yet" in text_of(timeline_page(timeline_of(TimelineFacts("HERON", ZoneInfo(OWN_ZONE)))))


@pytest.mark.parametrize(("days", "every", "step"), [(700, 7, Step.WEEK), (3650, 4, Step.MONTH), (9000, 30, Step.YEAR)])
@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
def test_long_work_is_drawn_in_pictures_below_each_other_and_nothing_leaves_them(
    days: int, every: int, step: Step, layout: Layout
) -> None:
    timeline = long_timeline(days, every)
    assert timeline.step is step
    bands = bands_of(timeline, layout, NOWHERE)
    bars = [shape for band in bands for shape in band.shapes if shape.style == "client"]
    assert len(bars) == days // every
    for band in bands:
        for shape in band.shapes:
            across = shape.at[0] + (shape.at[2] if shape.form == "rect" else 0)
            assert 0 <= shape.at[0] <= across <= band.width
            assert 0 <= shape.at[1] <= band.height


def test_periods_without_anything_share_a_row() -> None:
    rows = table_of(long_timeline(600, 100), NOWHERE)
    assert [row.heading for row in rows][:3] == ["Week 1", "Week 2 to 14", "Week 15"]
    assert rows[1].lanes == ()


def test_S9_tags_labels_and_milestones_add_nothing_to_the_picture_but_words() -> None:
    entry = letter_with("An unlit room.", subject=WORDS[0])
    letter = entry.letter._replace(tags=WORDS)
    at = letter.received
    happened = [
        *(Happened(Lane.MILESTONES, "other", at, ("HERON-1",), word) for word in WORDS),
        *(Happened(Lane.FEELINGS, "cue", at, ("HERON-1",), word, Side.CLIENT, 1, (word,)) for word in WORDS),
        *(Happened(Lane.TECHNOLOGY, "not-opened", at, ("HERON-1",), word) for word in WORDS),
    ]
    timeline = timeline_of(TimelineFacts(code="HERON", zone=ZoneInfo(OWN_ZONE), letters=[letter], happened=happened))
    html = timeline_page(timeline, hostile_book())
    known = Read(timeline_page(story_timeline("LINDEN"), story_letterbook("HERON"))).tags
    read = Read(html)
    assert is_inert(html)
    assert read.tags <= known | {"mark", "sup"}
    assert not STEERING.search(html)
    assert " ".join(WORDS[4].split()) in " ".join(read.text.split())
