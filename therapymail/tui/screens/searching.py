"""Searching as one types: hits with the passage that was found, and the letter of a hit in the reader."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from therapymail.domain.found import Hit, SearchResult, Snippet
from therapymail.domain.kinds import Direction
from therapymail.domain.query_text import as_typed
from therapymail.domain.sanitise import sanitise
from therapymail.domain.wording import count_words, coverage_sentence, local_text
from therapymail.errors import QueryUnreadable, explain
from therapymail.practice.find import SearchRequest, search_letters
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.untrusted import line
from therapymail.tui.verdict import PROPOSED_GLYPH
from therapymail.tui.widgets.line_input import LineInput
from therapymail.tui.widgets.row_list import RowList

_PAUSE_SECONDS = 0.06  # a fast typist's next key comes sooner; its search is the one that counts
_MOST = 100
_EXAMPLES = 'unlit room   "unlit room"   tag:grief   from:client   client:HERON   last:3m   @saved   room -bank'


class HitList(RowList[Hit]):
    """What was found, two lines each: the letter, and the passage with what was looked for marked."""

    NOTHING = ""  # the line above says it

    def __init__(self, zone: str) -> None:
        super().__init__(id="hits")
        self._zone = zone

    def lines_of_row(self) -> int:
        """Two."""
        return 2

    def draw(self, row: Hit, width: int) -> Sequence[Content]:
        """Name, direction, day and subject; below, the passage."""
        letter = row.letter
        arrow = "→" if letter.direction is Direction.OUT else "←"
        waits = (f"{PROPOSED_GLYPH} {letter.standing.value} ", "bold $text-warning")
        head = Content.assemble(
            f" {letter.name or '-'} {arrow} ",
            (local_text(letter.received, self._zone)[:10] + "  ", "$foreground-muted"),
            waits if letter.standing.value != "accepted" else "",
            line(letter.subject, "bold"),
        )
        return [head, Content.assemble("   ", passage(row.snippet, width - 4))]


def passage(snippet: Snippet, room: int) -> Content:
    """The passage, beginning so late that the first find is in its first half; finds are marked."""
    shown = Content.styled(sanitise(snippet.text), "$foreground-muted")
    for start, end in snippet.marks:
        shown = shown.stylize("bold underline $text-accent", start, end)
    begin = max(0, snippet.marks[0][0] - room // 2) if snippet.marks else 0
    begin = snippet.text.find(" ", begin - 1) + 1 if begin else 0
    before = "… " if snippet.cut_before or begin else ""
    return Content.assemble(before, shown[begin:], " …" if snippet.cut_after else "")


class FoundBy(NamedTuple):
    """The letter that was chosen, and where it was found: what was typed, and the hit's place."""

    digest: bytes
    query: str
    position: int


class Searching(RoomScreen):
    """Gives the letter that was chosen, or None. With a `position` it begins at that hit."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "into", "Open", "Go to the hits; open the letter."),
        Command("down", "into", "To the hits", "Go to the hits.", in_line=False),
        Command("slash", "words", "Words", "Change what is looked for.", in_line=False),
        Command("escape", "leave", "Back", "Back to the letters."),
    )
    BINDINGS: ClassVar = bindings(HERE)
    AUTO_FOCUS = "#words"
    DEFAULT_CSS = """
    Searching #words { border: none; height: 1; margin: 1 1 0 1; padding: 0 1; background: $surface; }
    Searching #words:focus { background: $surface-lighten-1; }
    Searching #answer { height: auto; min-height: 1; max-height: 3; padding: 0 2; margin-bottom: 1; }
    Searching #answer { color: $foreground-muted; }
    """

    def __init__(self, query: str = "", position: int | None = None) -> None:
        super().__init__()
        self._query, self._position = query, position

    def body(self) -> ComposeResult:
        """Words, answer, hits."""
        yield LineInput(self._query, id="words", placeholder="Search the letters", compact=True)
        yield Static(Content(_EXAMPLES), id="answer", markup=False)
        yield HitList(self.room.practice.settings.zone)

    @property
    def hits(self) -> HitList:
        """What was found."""
        return self.query_one(HitList)

    @on(Input.Changed, "#words")
    def typed(self, changed: Input.Changed) -> None:
        """Look for what stands there now."""
        self._search(changed.value)

    @asking("search")
    async def _search(self, text: str) -> None:
        if not text.strip():
            self.hits.forget()
            self._answer(Content(_EXAMPLES))
            return
        await asyncio.sleep(_PAUSE_SECONDS)
        try:
            found = await self.room.ask(partial(search_letters, asked=SearchRequest(as_typed(text), _MOST)))
        except QueryUnreadable as unreadable:
            self._answer(Content.styled(explain(unreadable).sentence, "$text-warning"))
            return
        self.hits.show_rows(found.hits, self._position or 0)
        if self._position is not None and found.hits:
            self.hits.focus()
        self._position = None
        self._answer(Content(_found_words(found)))

    def _answer(self, content: Content) -> None:
        self.query_one("#answer", Static).update(content)

    @on(Input.Submitted, "#words")
    def submitted(self) -> None:
        """Go on to the hits; a single one is opened."""
        self.action_into()

    def action_into(self) -> None:
        """Go to the hits."""
        if len(self.hits.rows) == 1:
            self.hits.action_choose()
        elif self.hits.rows:
            self.hits.focus()

    def action_words(self) -> None:
        """Change what is looked for."""
        self.query_one("#words").focus()

    @on(HitList.Chosen)
    def chosen(self, chosen: HitList.Chosen) -> None:
        """Open the letter."""
        if isinstance(chosen.row, Hit):
            query = self.query_one("#words", Input).value
            self.dismiss(FoundBy(chosen.row.letter.digest, query, self.hits.cursor))

    def action_leave(self) -> None:
        """Back to the letters."""
        self.dismiss(None)


def _found_words(found: SearchResult) -> str:
    if not found.hits:
        total = "No letter matches."
    else:
        total = count_words(found.total, "letter") if found.is_exact else f"At least {found.total} letters"
        total += f", the newest {len(found.hits)} shown." if len(found.hits) < found.total else "."
    return f"{total} {coverage_sentence(found.coverage)}".rstrip()
