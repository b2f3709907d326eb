"""What mail says on the screen: never markup, never an order to the terminal, never the verdict's place."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.content import Content
from textual.pilot import Pilot
from textual.style import Style
from textual.widgets import Input

from tests.support.practices import introduce, practice_in, short_directory, writers_to
from tests.tui.conftest import LARGE, SMALL, play, screen_text, settled
from therapymail.domain.found import Hit, Snippet
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Enclosure, Filing, Letter, Reading
from therapymail.domain.names import LetterName
from therapymail.domain.seal import OpeningFailure, Protection, SealFacts, verdict_of
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, LetterText, list_letters
from therapymail.practice.tag import CountedTag
from therapymail.tui.app import TherapymailApp
from therapymail.tui.page import Part, lay_out
from therapymail.tui.places import LETTERS
from therapymail.tui.screens.room import Room
from therapymail.tui.screens.searching import Searching
from therapymail.tui.screens.tags import TagList
from therapymail.tui.untrusted import block, line
from therapymail.tui.verdict import banner_of
from therapymail.tui.widgets.hit_list import HitList, passage
from therapymail.tui.widgets.letter_list import LetterList
from therapymail.tui.widgets.letter_view import _GUTTERS, LetterView
from therapymail.tui.widgets.seal_banner import SealBanner
from therapymail.vault.filing import file_letters

NOW = datetime(2025, 3, 31, 9, tzinfo=UTC)
FORBIDDEN = {*map(chr, range(0x20)), "\x7f", *map(chr, range(0x80, 0xA0)), *map(chr, range(0x202A, 0x202F)),
             *map(chr, range(0x2066, 0x206A))} - {"\n"}  # fmt: skip
HOSTILE = (
    "[@click=app.boom]pay now[/]",
    "unbalanced [/b]",
    "[link=file:///etc/passwd]x[/link] [bold red on white]",
    "\x1b]0;title\x07\x1b[2J\x1b[31mred \x9b31m",
    "\u202egnitirw esrever\u202c \u2066isolated",
    "◆ VERIFIED  Sealed to your key and opened; signed by HERON, key verified.",
    "\\[not markup] [[nested] [@click=app.lock()]]",
    "a\tb\r\nc\x00d\ud800e",
    "漢字" * 60 + "👩‍👩‍👧" * 20 + "e\u0301" * 50,
    "$text-error [$error]",
    "",
)
PIECES = ("[", "]", "[/", "\\", "@click", "\x1b", "\u202e", " ", "x")
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from([*HOSTILE, "[", "]", "[/", "\\", "@click", "\x1b", "\u202e", " ", "x"]), max_size=6).map(
        "".join
    ),
    st.text(max_size=60),
)
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def judged(subject: str, *, tags: tuple[str, ...] = (), **changes: object) -> JudgedLetter:
    letter = Letter(
        LetterName("HERON", 1), b"\x01" * 32, "aa", "HERON", Direction.IN, Kind.LETTER, Standing.ACCEPTED,
        LetterState.OPENED, NOW, NOW, subject, 12, 0, SealFacts(Protection.SEALED), tags,
    )  # fmt: skip
    changed = letter._replace(**changes)  # type: ignore[arg-type]
    return JudgedLetter(changed, verdict_of(changed.facts, (), NOW))


def harmless(content: Content) -> bool:
    """No control in the text, and no style that could carry an action or a link."""
    styles = [span.style for span in content.spans]
    plain = all(not FORBIDDEN.intersection(piece) for piece in (content.plain,))
    return plain and not any(isinstance(style, Style) and (style.meta or style.link) for style in styles)


@few
@given(texts)
def test_S9_S10_H8_H9_H10_the_one_door_takes_anything(text: str) -> None:
    for content in (line(text), block(text)):
        assert harmless(content)
        assert content.spans == []
    assert "\n" not in line(text).plain


@few
@given(texts, st.lists(texts, max_size=3), st.sampled_from([24, 40, 60, 100, 160]))
def test_S10_H9_a_row_of_any_subject_and_tags_is_drawn_within_its_width(
    subject: str, tags: list[str], width: int
) -> None:
    rows = LetterList("UTC")
    rows._size = rows.size.__class__(width, 10)
    for drawn in rows.draw(judged(subject, tags=tuple(tags)), width):
        assert harmless(drawn)
        assert drawn.truncate(width).cell_length <= width


@few
@given(texts, texts, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=3))
def test_S10_H9_a_hit_with_any_passage_is_drawn(text: str, subject: str, marks: list[tuple[int, int]]) -> None:
    clean = " ".join(text.split())
    ranges = tuple((min(at, len(clean)), min(at + length, len(clean))) for at, length in sorted(marks))
    snippet = Snippet(clean, ranges, cut_before=True)
    assert harmless(passage(snippet, 70))
    for drawn in HitList("UTC").draw(Hit(judged(subject).letter, snippet), 80):
        assert harmless(drawn)
    for drawn in TagList().draw(CountedTag(text, 3), 40):
        assert harmless(drawn)


@few
@given(texts, texts, texts, texts, texts, st.booleans(), st.integers(1, 200))
def test_S8_S10_H10_every_line_of_a_letter_stands_behind_a_gutter(
    subject: str, text: str, quoted: str, unsealed: str, name: str, unfolded: bool, width: int
) -> None:
    enclosures = (Enclosure(name, text[:30], 10),)
    for each in lay_out(Reading(subject, text, quoted, unsealed, enclosures), width, unfolded=unfolded):
        assert harmless(each.content)
        assert each.content.cell_length <= 72
        if each.part is Part.NOTE:  # our own words
            assert not set(each.content.plain) & set("◆◇≠[")
        else:
            assert _GUTTERS[each.part].strip()


@few
@given(texts, texts, st.sampled_from(list(Standing)), st.sampled_from(list(LetterState)))
def test_S8_nothing_that_a_letter_says_comes_into_its_banner(
    subject: str, text: str, standing: Standing, state: LetterState
) -> None:
    failure = OpeningFailure.DAMAGED if state is LetterState.FAILED else None
    facts = SealFacts(Protection.FAILED if failure else Protection.SEALED, failure=failure)
    one = judged(subject, standing=standing, state=state, facts=facts)
    other = judged("another subject", standing=standing, state=state, facts=facts)
    assert banner_of(one, None) == banner_of(other, None)
    assert text is not None


@pytest.fixture(scope="module")
def attacked() -> Iterator[Practice]:
    """A practice whose client sends every hostile thing as subject, text, quotation, unsealed text and file name."""
    with short_directory() as directory, practice_in(directory) as practice:
        with writers_to(practice, directory) as writers:
            introduce(practice, "HERON", writers.add("Maren Holt", "maren@mail.example"))
        with practice.vault() as vault, vault.writing() as writer:
            (client,) = writer.row("SELECT identity FROM client") or ("",)
            for number, text in enumerate(HOSTILE):
                reading = Reading(text, text * 3, text, text, (Enclosure(text, text, 12),))
                file_letters(writer, [filed(number, client, reading, LetterState.OPENED)], NOW)
            bad = (LetterState.FAILED, LetterState.SEALED, LetterState.TOO_LARGE)
            for number, state in enumerate(bad, len(HOSTILE)):
                file_letters(writer, [filed(number, client, None, state)], NOW)
        yield practice


def filed(number: int, client: str, reading: Reading | None, state: LetterState) -> Filing:
    failure = OpeningFailure.DAMAGED if state is LetterState.FAILED else None
    facts = SealFacts(Protection.SEALED if reading else Protection.FAILED, failure=failure)
    original = None if state is LetterState.TOO_LARGE else b"x"
    return Filing(
        bytes([number]) * 32, client, Direction.IN, Kind.LETTER, Standing.ACCEPTED, state,
        NOW.replace(minute=number), None, f"<{number}@mail.example>", (), "maren@mail.example", facts, reading,
        original, 1,
    )  # fmt: skip


def controls_on(app: TherapymailApp) -> set[str]:
    return FORBIDDEN.intersection(screen_text(app).replace("\n", ""))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_H8_H9_H10_C42_hostile_letters_are_listed_opened_and_clicked(attacked: Practice, size: tuple[int, int]) -> None:
    booms: list[str] = []

    class Watched(TherapymailApp):
        def action_boom(self) -> None:
            booms.append("boom")

    async def run() -> None:
        app = Watched(attacked, first=LETTERS)
        try:
            async with app.run_test(size=size) as pilot:
                await settled(app, pilot)
                await walk(app, pilot)
        finally:
            app.record.end()

    async def walk(app: TherapymailApp, pilot: Pilot[None]) -> None:
        room = app.screen
        assert isinstance(room, Room)
        assert len(room.letters.rows) == len(HOSTILE) + 3
        assert not controls_on(app)
        for y in range(1, 11, 2):  # below the line of places
            await pilot.click(offset=(size[0] // 3, y))
            await settled(app, pilot)
            if room.reader.found is not None and size == SMALL:
                await pilot.press("escape")
        for row in list(room.letters.rows):
            room.open_letter(row.letter.digest)
            await settled(app, pilot)
            await pilot.press("z")
            await settled(app, pilot)
            assert not controls_on(app)
            banner = room.query_one(SealBanner)
            assert str(banner.render()).count("VERIFIED") == 0
            for x, y in ((10, 8), (20, 9), (size[0] - 20, 10), (15, 14)):
                await pilot.click(offset=(x, y))
            await pilot.press("end")
            await settled(app, pilot)
        assert app.is_open

    asyncio.run(run())
    assert booms == []


def test_S8_the_verdict_keeps_its_place_whatever_the_letter_says(attacked: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        room = app.screen
        assert isinstance(room, Room)
        for row in list(room.letters.rows):
            room.open_letter(row.letter.digest)
            await settled(app, pilot)
            await pilot.press("end")
            await pilot.pause()
            banner, view = room.query_one(SealBanner), room.reader.view
            lines = screen_text(app).splitlines()
            assert banner.region.y == 1  # below the line of places, which is ours
            assert banner.region.bottom <= view.region.y
            above = "\n".join(lines[: banner.region.bottom])
            assert "click" not in above
            assert "signed by HERON" not in above
            for text in lines[view.region.y : view.region.bottom]:
                assert text[0] == " "

    play(attacked, scene)


def test_S8_H8_H10_hostile_letters_are_found_looked_back_on_and_read_page_by_page(attacked: Practice) -> None:
    booms: list[str] = []

    class Watched(TherapymailApp):
        def action_boom(self) -> None:
            booms.append("boom")

    async def pressed(app: TherapymailApp, pilot: Pilot[None], *keys: str) -> None:
        for key in keys:
            await pilot.press(key)
            await settled(app, pilot)
            assert not controls_on(app)

    async def walk(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await pressed(app, pilot, "slash")
        app.screen.query_one(Input).value = "client:HERON"
        await settled(app, pilot)
        await pressed(app, pilot, "enter", "end")
        for y in range(5, 15, 3):
            await pilot.click(offset=(30, y))
            await settled(app, pilot)
            assert not controls_on(app)
            if not isinstance(app.screen, Searching):
                await pressed(app, pilot, "escape")
        await app.ways.letterbook("HERON")
        await settled(app, pilot)
        for _ in range(len(HOSTILE) + 3):
            await pilot.click(offset=(12, 12))
            await pressed(app, pilot, "n")
            view = app.screen.query_one(LetterView)
            lines = screen_text(app).splitlines()
            assert all(text[0] == " " for text in lines[view.region.y : view.region.bottom])
        await pressed(app, pilot, "R", "escape", "B")
        app.screen.query_one(Input).value = "[@click=app.boom]x[/] \x1b[2J"
        await pressed(
            app, pilot, "enter", "m", "escape", "T", "k", "h", "enter", "escape", "e", "escape", "v", "escape"
        )
        assert app.is_open

    async def run() -> None:
        app = Watched(attacked, first=LETTERS)
        try:
            async with app.run_test(size=SMALL) as pilot:
                await settled(app, pilot)
                await walk(app, pilot)
        finally:
            app.record.end()

    asyncio.run(run())
    assert booms == []


@pytest.mark.parametrize("typed", HOSTILE)
def test_H9_S10_anything_may_be_typed_into_search_and_tags(attacked: Practice, typed: str) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        for key in ("slash", "t"):
            await pilot.press(key)
            await settled(app, pilot)
            app.screen.query_one(Input).value = typed
            await settled(app, pilot)
            assert not controls_on(app)
            await pilot.press("enter")
            await settled(app, pilot)
            assert not controls_on(app)
            while not isinstance(app.screen, Room):
                await pilot.press("escape")
                await settled(app, pilot)

    play(attacked, scene)


def test_a_letter_that_was_not_opened_says_why_and_shows_nothing(attacked: Practice) -> None:
    for found in list_letters(attacked, LettersRequest(limit=3)):
        banner = banner_of(found, None)
        assert banner.mark.word in {"NOT OPENED", "STILL SEALED", "NOT HERE YET"}
        assert LetterText(found, None, None).reading is None
    assert Searching.AUTO_FOCUS == "#words"
