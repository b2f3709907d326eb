"""What is made ready while nobody types: a place that was made stands at its key, and a lock takes it away unseen."""

from textual.pilot import Pilot

from tests.tui.conftest import LARGE, play, screen_text, settled
from therapymail.practice.practice import Practice
from therapymail.tui.app import TherapymailApp
from therapymail.tui.places import LETTERS, OUTBOX, SEARCH, TODAY
from therapymail.tui.warming import make_ready


def test_a_place_made_ready_is_the_one_that_is_shown(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        for name in (LETTERS, SEARCH, OUTBOX):
            await app.ways.prepare(name)
        made = set(app.ways.open_screens)
        await settled(app, pilot)
        assert app.place == TODAY
        await pilot.press("3")
        await settled(app, pilot)
        assert app.screen in made
        assert "HERON-" in screen_text(app)
        await pilot.press("slash")
        await settled(app, pilot)
        assert app.screen in made
        assert app.focused is not None
        assert app.focused.id == "words"

    play(practice, scene, size=LARGE, first=TODAY)


def test_a_lock_takes_what_was_made_ready_away_and_makes_nothing_more(practice: Practice) -> None:
    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        await app.ways.prepare(LETTERS)
        await settled(app, pilot)
        app.lock_room()
        await settled(app, pilot)
        await make_ready(app)
        await app.ways.prepare(SEARCH)
        assert not any(each.is_running for each in app.ways.open_screens if each not in app.screen_stack)
        assert not app.ways._places

    play(practice, scene, size=LARGE, first=TODAY)
