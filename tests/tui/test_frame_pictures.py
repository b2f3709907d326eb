"""Pictures of the frame and of the first places, in every size and light, taken in few runs of the interface.

`THERAPYMAIL_PICTURES=make pytest tests/tui/test_frame_pictures.py` makes them anew: look at them before you keep them.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import LARGE, SMALL, play, settled
from tests.tui.desk_practice import MORNING, DeskPractice, desk, made
from tests.tui.picture import assert_as_kept, drawn_as_kept
from therapymail.domain.client import Client, ClientStatus
from therapymail.domain.clocks import DueDate, DueDateKind, Silence
from therapymail.domain.course import Balance
from therapymail.domain.today import Item, Matter, Progress, Section
from therapymail.practice.client_rows import ClientRow
from therapymail.practice.today import Today
from therapymail.tui.app import TherapymailApp
from therapymail.tui.places import TODAY
from therapymail.tui.screens.clients import ClientsScreen
from therapymail.tui.screens.today import TodayScreen
from therapymail.tui.themes import CONTRAST, DARK, LIGHT

__all__ = ["desk", "made"]

NEW_YORK, LONDON = "America/New_York", "Europe/London"


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


ITEMS = (
    Item(
        Section.PROPOSED, Matter.PROPOSED, "LINDEN", NEW_YORK, since=MORNING - hours(3), letters=("LINDEN-9",),
    ),
    Item(
        Section.LATE, Matter.RESPONSE, "SLATE", LONDON, at=MORNING - hours(5), since=MORNING - hours(53),
        letters=("SLATE-31",), exchange=4, draft="D-7", progress=Progress.TO_READ_AGAIN,
    ),
    Item(
        Section.WITHIN_THE_DAY, Matter.RESPONSE, "HERON", LONDON, at=MORNING + hours(7), since=MORNING - hours(41),
        letters=("HERON-12", "HERON-13"), exchange=6, receipted=True, progress=Progress.NOT_BEGUN,
    ),
    Item(
        Section.LETTER_OVERDUE, Matter.LETTER, "MARSH", LONDON, at=MORNING - hours(30), since=MORNING - hours(198),
        number=2, silence=Silence.CHECK_IN,
    ),
    Item(
        Section.NOT_ARRIVED, Matter.UNCERTAIN, "FERN", LONDON, since=MORNING - hours(1), draft="D-5",
        why="the mail host's last answer never came",
    ),
    Item(Section.KEYS, Matter.KEY_CHANGE, "BIRCH", LONDON, since=MORNING - hours(26)),
    Item(Section.REVIEWS, Matter.REVIEW, "HERON", LONDON, exchange=6, place=6, size=12),
    Item(Section.STRANGERS, Matter.STRANGERS, number=2),
    Item(Section.COMING, Matter.LETTER, "BIRCH", LONDON, at=MORNING + hours(50)),
)  # fmt: skip


def row(code: str, status: ClientStatus, letters: int, **more: object) -> ClientRow:
    client = Client(code * 4, code, "Nobody", "nobody@mail.example", (), (), LONDON, status, MORNING)
    standing: dict[str, object] = {"proposed": 0, "unread": 0, "owed": 0, "due": None, "balance": None, **more}
    return ClientRow(client, letters, **standing)  # type: ignore[arg-type]


def due(code: str, kind: DueDateKind, in_hours: float) -> DueDate:
    return DueDate(kind, code * 4, code, 3, MORNING + hours(in_hours))


ROWS = (
    row("BIRCH", ClientStatus.ACTIVE, 24, due=due("BIRCH", DueDateKind.LETTER, 50)),
    row("FERN", ClientStatus.CLOSING, 61, due=due("FERN", DueDateKind.REVIEW, 200)),
    row("HERON", ClientStatus.ACTIVE, 113, unread=2, owed=1, due=due("HERON", DueDateKind.RESPONSE, 7),
        balance=Balance(1, 6, 12, 6)),
    row("LINDEN", ClientStatus.ACTIVE, 8, proposed=1),
    row("MARSH", ClientStatus.PAUSED, 240),
    row("SLATE", ClientStatus.ACTIVE, 31, owed=1, due=due("SLATE", DueDateKind.RESPONSE, -5)),
    row("ALDER", ClientStatus.CLOSED, 96),
    row("QUINCE", ClientStatus.REFERRED, 12),
)  # fmt: skip


def show_today(app: TherapymailApp, items: tuple[Item, ...]) -> None:
    assert isinstance(app.screen, TodayScreen)
    app.screen._show(Today(MORNING, items, ()))


def show_clients(app: TherapymailApp) -> None:
    assert isinstance(app.screen, ClientsScreen)
    app.screen.listed.show_clients(ROWS, MORNING)
    app.screen.listed.cursor = 2


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_the_first_places_look_as_they_did_when_somebody_looked(
    desk: DeskPractice, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: dict[str, str] = {}
    monkeypatch.setattr(Input, "cursor_blink", False)

    async def scene(app: TherapymailApp, pilot: Pilot[None]) -> None:
        async def shot(name: str) -> None:
            for theme in (LIGHT, CONTRAST, DARK):
                app.theme = theme.name
                await pilot.pause(0.05)
                picture = f"frame-{name}-{size[0]}x{size[1]}-{theme.name.rpartition('-')[2]}"
                drawn[picture] = await drawn_as_kept(app, picture)

        async def press(key: str) -> None:
            await pilot.press(key)
            await settled(app, pilot)

        app.pulse.forget()
        app.due, app.coverage, app.mailbox = (
            "HERON: response in 7 hours",
            "412 of 415 searchable",
            "nothing new at 09:29",
        )
        show_today(app, ITEMS)
        await press("j")
        await shot("today")
        await press("question_mark")
        await shot("explained")
        await press("escape")
        show_today(app, ())
        await shot("nothing-waits")
        await press("2")
        show_clients(app)
        await shot("clients")
        await press("1")
        await press("f9")
        await shot("hidden")
        await press("f9")
        await press("2")
        await press("N")
        await shot("name")
        await press("ctrl+l")
        await settled(app, pilot)
        await shot("door")

    play(desk.practice, scene, size, first=TODAY)
    for name, svg in drawn.items():
        assert_as_kept(svg, name, tmp_path)
