"""Pictures of the screens as they should look, compared byte by byte; they were looked at when they were made.

`THERAPYMAIL_PICTURES=make pytest tests/tui/test_pictures.py` makes them anew: look at them before you keep them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import LARGE, SMALL, play, settled
from tests.tui.picture import assert_as_kept, drawn_as_kept
from therapymail.domain.arrangement import arrangement_of
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Enclosure, Filing, Reading
from therapymail.domain.local_days import local_day
from therapymail.domain.seal import Protection, SealFacts
from therapymail.practice.demo.stage import Stage
from therapymail.practice.introduce import NewClient, add_client
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, list_letters, read_letter
from therapymail.tui.app import TherapymailApp
from therapymail.tui.screens.room import Room
from therapymail.tui.themes import DARK, LIGHT
from therapymail.tui.verdict import mark_of
from therapymail.vault.filing import file_letters

Scene = Callable[[TherapymailApp, Pilot[None], Stage], Awaitable[None]]


async def keys(app: TherapymailApp, pilot: Pilot[None], *pressed: str) -> None:
    for key in pressed:
        await pilot.press(key)
        await settled(app, pilot)


async def room(app: TherapymailApp, pilot: Pilot[None], stage: Stage) -> None:
    await keys(app, pilot, "h", "j", "enter", "j", "j")


async def reading(app: TherapymailApp, pilot: Pilot[None], stage: Stage) -> None:
    await opened(app, pilot, read_letter(stage.practice, stage.names["heron-w02-letter"]).judged.letter.digest)


async def not_sealed(app: TherapymailApp, pilot: Pilot[None], stage: Stage) -> None:
    (waiting, *_) = list_letters(stage.practice, LettersRequest(proposed=True))
    await opened(app, pilot, waiting.letter.digest)


async def unknown_key(app: TherapymailApp, pilot: Pilot[None], stage: Stage) -> None:
    letters = list_letters(stage.practice, LettersRequest(limit=500))
    await opened(app, pilot, next(each for each in letters if mark_of(each).word == "UNKNOWN KEY").letter.digest)


async def opened(app: TherapymailApp, pilot: Pilot[None], digest: bytes) -> None:
    assert isinstance(app.screen, Room)
    app.screen.open_letter(digest)
    await settled(app, pilot)


async def searching(app: TherapymailApp, pilot: Pilot[None], stage: Stage) -> None:
    await keys(app, pilot, "slash")
    app.screen.query_one(Input).value = "unlit room"
    await settled(app, pilot)
    await keys(app, pilot, "enter")


async def timeline(app: TherapymailApp, pilot: Pilot[None], stage: Stage) -> None:
    await keys(app, pilot, "h", "j", "T")


async def help_(app: TherapymailApp, pilot: Pilot[None], stage: Stage) -> None:
    await keys(app, pilot, "f1")


SCENES: tuple[Scene, ...] = (room, reading, not_sealed, unknown_key, searching, timeline, help_)
CASES = [(scene, size, DARK.name) for scene in SCENES for size in (SMALL, LARGE)]
CASES += [(scene, LARGE, LIGHT.name) for scene in (room, reading, not_sealed)]


@pytest.fixture(autouse=True)
def nothing_re_read_today(practice: Practice) -> None:
    """Opening an old letter is told the next time it is opened; a picture is drawn as if it were the first."""
    day = local_day(practice.clock(), practice.settings.zone).isoformat()
    with practice.vault() as vault, vault.writing() as writer:
        writer.run("DELETE FROM letter_reread WHERE day = ?", (day,))


def name_of(scene: Scene, size: tuple[int, int], theme: str) -> str:
    return f"{scene.__name__.strip('_')}-{size[0]}x{size[1]}-{theme.rpartition('-')[2]}"


@pytest.mark.parametrize(("scene", "size", "theme"), CASES, ids=[name_of(*case) for case in CASES])
def test_a_screen_looks_as_it_did_when_somebody_looked(
    practice: Practice,
    stage: Stage,
    scene: Scene,
    size: tuple[int, int],
    theme: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = ""

    async def draw(app: TherapymailApp, pilot: Pilot[None]) -> None:
        nonlocal drawn
        app.theme = theme
        monkeypatch.setattr(Input, "cursor_blink", False)
        await scene(app, pilot, stage)
        await pilot.pause(0.1)
        drawn = await drawn_as_kept(app, name_of(scene, size, theme))

    play(practice, draw, size)
    assert_as_kept(drawn, name_of(scene, size, theme), tmp_path)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_S8_what_is_quoted_and_what_is_unsealed_stand_apart(
    blank: Practice, size: tuple[int, int], tmp_path: Path
) -> None:
    """A letter with everything a reader shows apart, its quotation unfolded."""
    add_client(blank, NewClient("HERON", "Maren Holt", ("maren@mail.example",), None, "Europe/London"))
    moment = datetime(2025, 3, 31, 9, tzinfo=UTC)
    stretches = [
        (False, "Dear Orla,\n\n"),
        (True, "What became of the marigolds?\n"),
        (False, "I kept the marigolds. The rest is below, where you asked.\n\nMaren"),
        (True, "And who waters them, when you are away?"),
    ]
    reading_ = Reading(
        "Two questions",
        "".join(text for is_quoted, text in stretches if not is_quoted),
        "".join(text for is_quoted, text in stretches if is_quoted),
        "Sent from my telephone. Click here to see the photographs.",
        (Enclosure("marigolds.jpg", "image/jpeg", 48_211), Enclosure("", "application/pdf", 1_204_882)),
        arrangement=arrangement_of(stretches),
    )
    with blank.vault() as vault, vault.writing() as writer:
        (client,) = writer.row("SELECT identity FROM client") or ("",)
        filing = Filing(
            b"\x01" * 32, client, Direction.IN, Kind.LETTER, Standing.ACCEPTED, LetterState.OPENED, moment, moment,
            "<1@mail.example>", (), "maren@mail.example", SealFacts(Protection.PARTLY, notes=("unsealed-text",)),
            reading_, b"x", 1,
        )  # fmt: skip
        file_letters(writer, [filing], moment)
    drawn = ""

    async def draw(app: TherapymailApp, pilot: Pilot[None]) -> None:
        nonlocal drawn
        await keys(app, pilot, "enter", "z")
        drawn = await drawn_as_kept(app, f"apart-{size[0]}x{size[1]}-dark")

    play(replace(blank, clock=lambda: moment + timedelta(days=20)), draw, size)
    assert_as_kept(drawn, f"apart-{size[0]}x{size[1]}-dark", tmp_path)
