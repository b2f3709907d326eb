"""Tags: giving them to a letter and taking them away, and those in use with how many letters bear each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from therapymail.domain.letter import Letter
from therapymail.domain.tag_text import bearers
from therapymail.errors import UnusableInput
from therapymail.practice.tag import CountedTag, list_tags, tag_letter
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.untrusted import line
from therapymail.tui.widgets.line_input import LineInput
from therapymail.tui.widgets.row_list import RowList

_WIDE = 60  # columns


class TagList(RowList[CountedTag]):
    """The tags in use, by name."""

    NOTHING = "No tags yet."

    def draw(self, row: CountedTag, width: int) -> Sequence[Content]:
        """The tag, and how many letters bear it; passages and exchanges too where there is room, or no letter does."""
        bearing = bearers(row)
        count = ", ".join(bearing if width >= _WIDE else bearing[:1])
        tag = line(row.tag).truncate(max(1, width - len(count) - 3), ellipsis=True)
        gap = " " * max(1, width - tag.cell_length - len(count) - 2)
        return [Content.assemble(" ", tag, gap, (count, "$foreground-muted"), " ")]


class TagsInUse(RoomScreen):
    """Gives a search for the letters with the tag that was chosen, or None."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "focused.choose", "Its letters", "Find the letters that bear the tag."),
        Command("escape", "leave", "Back", "Back to the letters."),
    )
    BINDINGS: ClassVar = bindings(HERE[1:])
    AUTO_FOCUS = "TagList"
    DEFAULT_CSS = """
    TagsInUse #title { height: 1; margin: 1 1 1 1; text-style: bold; }
    """

    def body(self) -> ComposeResult:
        """The tags."""
        yield Static("Tags in use", id="title", markup=False)
        yield TagList()

    def on_mount(self) -> None:
        """Count them."""
        self._count()

    @asking("tags")
    async def _count(self) -> None:
        self.query_one(TagList).show_rows(await self.room.ask(list_tags))

    @on(TagList.Chosen)
    def chosen(self, chosen: TagList.Chosen) -> None:
        """Find its letters."""
        if isinstance(chosen.row, CountedTag):
            self.dismiss(f"tag:{chosen.row.tag}")

    def action_leave(self) -> None:
        """Back to the letters."""
        self.dismiss(None)


class Tagging(RoomScreen):
    """Gives and takes tags of one letter. Gives True if any changed."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "change", "Give or take", "Carry out what is typed: grief gives a tag, -work takes one away."),
        Command("down", "into", "Tags in use", "Choose one of the tags in use."),
        Command("escape", "leave", "Back", "Back to the letter."),
    )
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "#change"
    DEFAULT_CSS = """
    Tagging #title { height: auto; margin: 1 2 0 2; }
    Tagging #change { border: none; height: 1; margin: 1 1 0 1; padding: 0 1; background: $surface; }
    Tagging #change:focus { background: $surface-lighten-1; }
    Tagging #answer { height: 1; padding: 0 2; margin-bottom: 1; color: $foreground-muted; }
    """
    _HOW = "grief gives a tag; -work takes one away; several with blanks between."

    def __init__(self, letter: Letter) -> None:
        super().__init__()
        self._letter_name, self._tags = str(letter.name), letter.tags
        self._changed = False

    def body(self) -> ComposeResult:
        """Its tags, what to change, and the tags in use."""
        yield Static(self._title(), id="title", markup=False)
        yield LineInput(id="change", placeholder="Tag", compact=True)
        yield Static(Content(self._HOW), id="answer", markup=False)
        yield TagList()

    def on_mount(self) -> None:
        """List the tags in use."""
        self._count()

    def action_change(self) -> None:
        """Carry out what is typed."""
        words = self.query_one("#change", Input).value.split()
        if words:
            self._carry_out([word if word[:1] in {"+", "-"} else f"+{word}" for word in words])

    @on(Input.Submitted, "#change")
    def submitted(self) -> None:
        """Carry out what is typed."""
        self.action_change()

    @on(TagList.Chosen)
    def chosen(self, chosen: TagList.Chosen) -> None:
        """Give the tag, or take it away where the letter bears it."""
        if isinstance(chosen.row, CountedTag):
            tag = chosen.row.tag
            self._carry_out([f"-{tag}" if tag in self._tags else f"+{tag}"])

    @asking("tagging", exclusive=False)
    async def _carry_out(self, changes: list[str]) -> None:
        answer = self.query_one("#answer", Static)
        try:
            judged = await self.room.ask(partial(tag_letter, name=self._letter_name, changes=changes))
        except UnusableInput as unusable:
            answer.update(Content.styled(f"{unusable.why[:1].upper()}{unusable.why[1:]}.", "$text-warning"))
            return
        before, self._tags, self._changed = self._tags, judged.letter.tags, True
        self._offer_undo(before, judged.letter.tags)
        self.query_one("#change", Input).value = ""
        self.query_one("#title", Static).update(self._title())
        answer.update(Content(self._HOW))
        self._count()

    def _offer_undo(self, before: Sequence[str], now: Sequence[str]) -> None:
        """Let the change be undone: what was given is taken away again, and what was taken is given back."""
        name = self._letter_name
        back = [*(f"-{tag}" for tag in now if tag not in before), *(f"+{tag}" for tag in before if tag not in now)]
        if back:
            undo = partial(tag_letter, name=name, changes=back)
            self.room.undoing.offer(f"{name}: tags changed.", undo, f"The tags of {name} are as they were.")

    @asking("tags")
    async def _count(self) -> None:
        tags = self.query_one(TagList)
        tags.show_rows(await self.room.ask(list_tags), tags.cursor)

    def _title(self) -> Content:
        tags = line(" ".join(self._tags), "$text-accent") if self._tags else Content.styled("no tags", "italic")
        return Content.assemble((self._letter_name, "bold"), "  ", tags)

    def action_into(self) -> None:
        """Choose one of the tags in use."""
        self.query_one(TagList).focus()

    def action_leave(self) -> None:
        """Back to the letter."""
        self.dismiss(self._changed)
