"""What the writing desk does with what is beside a draft: their letter, its paragraphs, the panel, the look over."""

from __future__ import annotations

import asyncio
from functools import partial

from textual.document._document import Document

from therapymail.domain.draft import Draft, DraftContent
from therapymail.practice.beside import Beside, beside_draft
from therapymail.practice.desk import Desk
from therapymail.practice.interleave import letter_in_paragraphs, quoted_in
from therapymail.practice.look_over import LookedOver, look_over
from therapymail.tui.asking import asking
from therapymail.tui.autosave import Autosave
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.widgets.answered_letter import AnsweredLetter
from therapymail.tui.widgets.letter_area import LetterArea
from therapymail.tui.widgets.sheet import LineSheet
from therapymail.tui.widgets.side_panel import SidePanel

_LOOK_OVER_SECONDS = 0.3


class WritingBeside(RoomScreen):
    """A screen with a draft, the letter it answers and a panel; a subclass writes and saves."""

    def __init__(self) -> None:
        super().__init__()
        self._desk: Desk | None = None
        self._draft: Draft | None = None
        self._autosave: Autosave | None = None
        self._beside: Beside | None = None
        self._looked: LookedOver | None = None

    @property
    def _area(self) -> LetterArea:
        return self.query_one(LetterArea)

    @property
    def _zone(self) -> str:
        return self.room.practice.settings.zone

    def _content(self) -> DraftContent:
        """What is written now."""
        raise NotImplementedError

    def _show_foot(self, fault: str = "") -> None:
        """Say how the draft stands."""
        raise NotImplementedError

    def forget(self) -> None:
        """Let go of the draft, and of all beside it."""
        self._desk = self._draft = self._autosave = self._beside = self._looked = None

    @asking("look-over")
    async def _look_over(self) -> None:
        """Look over what is saved, after a moment without a save: while one types on, the look before is dropped."""
        await asyncio.sleep(_LOOK_OVER_SECONDS)
        draft = self._draft
        if draft is None:
            return
        if self._beside is None:
            self._beside = await self.room.ask(partial(beside_draft, draft=draft))
        self._looked = await self.room.ask(partial(look_over, name=draft.name))
        self._show_beside()

    def _show_beside(self) -> None:
        self._show_foot()
        if self._beside is not None and self._autosave is not None and self.has_class("beside"):
            self.query_one(SidePanel).show(self._beside, self._looked, self._autosave.current, self._zone)

    def action_beside(self) -> None:
        """Show or hide the panel."""
        self.remove_class("theirs")
        self.toggle_class("beside")
        if self.has_class("beside") and not self.has_class("wide"):
            self.query_one(SidePanel).focus()
        else:
            self._area.focus()
        self._show_beside()

    @asking("interleave")
    async def action_interleave(self) -> None:
        """Ask for paragraphs of their letter, and quote them where the cursor is, with room under each."""
        desk, area = self._desk, self._area
        name = desk.answered.judged.letter.name if desk and desk.answered else None
        if name is None or area.read_only:
            return
        letter = await self.room.ask(partial(letter_in_paragraphs, name=str(name)))
        last = len(letter.paragraphs)
        says = f"{name} has paragraphs 1 to {last}. They are quoted where you write, with room under each."
        chosen = await self.app.push_screen_wait(LineSheet("Answer which paragraphs?", says, placeholder="2 or 1,3-5"))
        if chosen is None:
            return
        document = area.document
        assert isinstance(document, Document)
        at = document.get_index_from_location(area.cursor_location)
        content, place = quoted_in(letter, self._content(), at, chosen)
        area.replace(content.text, (0, 0), document.end)  # one edit, which ^Z takes back
        area.move_cursor(document.get_location_from_index(place))
        area.focus()

    def action_theirs(self) -> None:
        """Go to the letter that is answered, and back."""
        self.remove_class("beside")
        self.toggle_class("theirs")
        if self.has_class("theirs"):
            self.query_one(AnsweredLetter).focus_text()
        else:
            self._area.focus()
