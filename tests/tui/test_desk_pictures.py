"""Pictures of the writing desk and the outbox in each state, as they were looked at and found good.

`THERAPYMAIL_PICTURES=make pytest tests/tui/test_desk_pictures.py` takes them anew: look at every one before keeping it.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.screen import Screen
from textual.widgets import Input

from tests.tui.desk_practice import OURS, DeskPractice, at_desk, desk, made, settled
from tests.tui.picture import assert_as_kept, drawn_as_kept
from therapymail.domain.draft import DraftContent, DraftName
from therapymail.practice import outbox, write
from therapymail.practice.outbox import SendRequest
from therapymail.tui.screens.outbox import OutboxScreen
from therapymail.tui.screens.second_reading import SecondReading
from therapymail.tui.screens.writing import WritingScreen

__all__ = ["desk", "made"]

SIZES = ((80, 24), (120, 40))
REPLY, UNCONFIRMED, HELD = DraftName(1), DraftName(2), DraftName(3)


@pytest.fixture
def told(desk: DeskPractice) -> DeskPractice:
    """A reply with an enclosure, a draft that may not leave, and a held letter."""
    practice = desk.practice
    begun = write.start_reply(practice, "HERON-1")
    write.save(practice, begun.name, DraftContent(begun.content.subject, OURS.text.rstrip() + begun.content.text))
    write.enclose(practice, begun.name, "walks.txt", b"along the river")
    write.start_draft(practice, "LINDEN", DraftContent("Next Tuesday", "Dear Tomas,\n\nI am away on Tuesday.\n"))
    held = write.start_draft(practice, "HERON", OURS)
    outbox.send(practice, SendRequest(held.name))
    return desk


SCENES: dict[str, tuple[Callable[[], Screen[None]], tuple[str, ...]]] = {
    "reply": (lambda: WritingScreen(REPLY), ()),
    "their-letter": (lambda: WritingScreen(REPLY), ("ctrl+t",)),
    "enclosures": (lambda: WritingScreen(REPLY), ("ctrl+o",)),
    "holding": (lambda: WritingScreen(REPLY), ("ctrl+g",)),
    "may-not-leave": (lambda: WritingScreen(UNCONFIRMED), ()),
    "refused": (lambda: WritingScreen(UNCONFIRMED), ("ctrl+g",)),
    "only-to-be-read": (lambda: WritingScreen(HELD), ()),
    "outbox": (OutboxScreen, ()),
    "discard": (OutboxScreen, ("G", "delete")),
    "second-reading": (lambda: SecondReading(HELD), ()),
    "early": (lambda: SecondReading(HELD), ("r",)),
    "checklist": (lambda: SecondReading(HELD), ("r", *"asked", "enter", "y", "n")),
}
IN_LIGHT = ("reply", "holding", "may-not-leave", "outbox")
CASES = [(scene, size, "dark") for scene in SCENES for size in SIZES]
CASES += [(scene, SIZES[1], "light") for scene in IN_LIGHT]


@pytest.mark.parametrize(("scene", "size", "theme"), CASES, ids=[f"{c[0]}-{c[1][0]}-{c[2]}" for c in CASES])
def test_it_looks_as_it_did_when_somebody_looked(
    told: DeskPractice, scene: str, size: tuple[int, int], theme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drawn() -> str:
        screen, keys = SCENES[scene]
        async with at_desk(told.practice, screen(), size) as pilot:
            pilot.app.theme = f"therapymail-{theme}"
            monkeypatch.setattr(Input, "cursor_blink", False)
            for key in keys:
                await pilot.press(key)
                await settled(pilot)
            await pilot.pause(0.1)
            return await drawn_as_kept(pilot.app, picture)

    picture = f"desk-{scene}-{size[0]}x{size[1]}-{theme}"
    assert_as_kept(asyncio.run(drawn()), picture, tmp_path)
