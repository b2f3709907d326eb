"""What can be done with the letter or client that is meant: what a screen of letters offers, whatever it looks like."""

from __future__ import annotations

from functools import partial

from textual.content import Content

from therapymail.domain.kinds import Direction
from therapymail.practice.accept import accept_letter
from therapymail.practice.judging import JudgedLetter
from therapymail.tui.asking import asking, saying_refusals
from therapymail.tui.places import OUTBOX
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.widgets.sheet import SayingSheet


class LetterCommands(RoomScreen):
    """A screen of letters. A subclass says which client and which letter are meant, and opens letters."""

    @property
    def code(self) -> str | None:
        """The client that is meant."""
        raise NotImplementedError

    @property
    def writes_to(self) -> str | None:
        """The client that a new letter is for: one that was chosen, never one that a cursor happens to stand on."""
        raise NotImplementedError

    @property
    def letter(self) -> JudgedLetter | None:
        """The letter that is meant."""
        raise NotImplementedError

    def open_digest(self, digest: bytes) -> None:
        """Open the letter with this digest."""
        raise NotImplementedError

    def letter_changed(self) -> None:
        """A letter's tags, kind or standing changed."""
        raise NotImplementedError

    def action_accept(self) -> None:
        """Accept a proposed letter."""
        if self.letter is not None and self.letter.letter.name is not None:
            self._ask_whether_to_accept(str(self.letter.letter.name))

    def _ask_whether_to_accept(self, name: str) -> None:
        def decided(yes: bool | None) -> None:  # noqa: FBT001 - what a sheet gives
            if yes:
                self._accept(name)

        says = "From now on it counts as a letter of this client, and can be quoted. Nothing is said to the client."
        self.app.push_screen(SayingSheet(f"Accept {name}?", Content(says), question="accept it"), decided)

    @asking("deciding")
    async def _accept(self, name: str) -> None:
        await self.room.ask(partial(accept_letter, name=name))
        self.room.say(f"{name} is accepted.")
        self.letter_changed()

    @asking("pieces")
    async def action_pieces(self) -> None:
        """Ask which of the sealed pieces inside the letter is opened, by itself."""
        from therapymail.practice.open_piece import pieces_of_letter
        from therapymail.tui.screens.sealed_pieces import choose_piece

        if self.letter is None:
            return
        digest = self.letter.letter.digest
        found = await self.room.aside(partial(pieces_of_letter, self.room.practice, digest), "pieces")
        if found:
            choose_piece(self, digest, found)
        else:
            self.room.say("Nothing sealed stands inside this letter.")

    def action_tags(self) -> None:
        """See the tags in use, and find letters by one."""
        from therapymail.tui.screens.tags import TagsInUse

        self.app.push_screen(TagsInUse(), self._search_for)

    def _search_for(self, query: str | None) -> None:
        if query:
            self.room.in_own_context(saying_refusals(self.room, self.room.ways.search(query)), "go")

    def action_tag(self) -> None:
        """Give and take tags."""
        from therapymail.tui.screens.tags import Tagging

        if self.letter is not None and self.letter.letter.name is not None:
            self.app.push_screen(Tagging(self.letter.letter), self._tagged)

    def action_kind(self) -> None:
        """Say what kind of mail the letter is."""
        from therapymail.tui.screens.kinds import ChoosingKind

        if self.letter is not None and self.letter.letter.name is not None:
            self.app.push_screen(ChoosingKind(self.letter), self._tagged)

    def _tagged(self, changed: bool | None) -> None:  # noqa: FBT001 - what a screen gives
        if changed:
            self.letter_changed()

    def action_timeline(self) -> None:
        """Look back."""
        from therapymail.tui.screens.looking_back import LookingBack

        if self.code:
            self.app.push_screen(LookingBack(self.code))
        else:
            self.room.say("Choose a client first.")

    # --- writing -------------------------------------------------------------------------------------------

    def action_write(self) -> None:
        """Write a new letter to the client."""
        if self.writes_to:
            self._write(self.writes_to)
        else:
            self.room.say("Choose a client first.")

    def action_reply(self) -> None:
        """Answer the letter."""
        if self.letter is None or self.letter.letter.name is None:
            return
        if self.letter.letter.direction is Direction.OUT:
            self.room.say("You wrote this one yourself: w begins a new letter.")
            return
        self._reply(str(self.letter.letter.name))

    def action_outbox(self) -> None:
        """See what is held, waits or has left."""
        self.room.action_go(OUTBOX)

    @asking("writing")
    async def _write(self, code: str) -> None:
        await self.room.ways.write(code)

    @asking("writing")
    async def _reply(self, name: str) -> None:
        await self.room.ways.reply(name)
