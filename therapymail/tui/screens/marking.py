"""Marking a letter that is read: a passage tagged, a milestone, a bookmark, each by one key and undone by another."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from therapymail.domain.milestone import MilestoneKind
from therapymail.practice import bookmark, milestone
from therapymail.practice.milestone import MilestoneRequest
from therapymail.practice.practice import Practice
from therapymail.practice.tag import PassageTags, tag_passage, tags_of_letter
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command
from therapymail.tui.screens.letter_commands import LetterCommands
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.letter_view import LetterView
from therapymail.tui.widgets.line_input import LineInput
from therapymail.tui.widgets.sheet import ChoiceSheet, LineSheet, Sheet

MARK_COMMANDS: tuple[Command, ...] = (
    Command("P", "passage", "Tag a passage", "Tag the words selected by v or the mouse, or others.", in_line=False),
    Command("M", "milestone", "Milestone", "Mark a milestone at the letter, or at the words selected.", in_line=False),
    Command(
        "B", "bookmark", "Bookmark", "Bookmark the letter or the words selected; again takes it away.", in_line=False
    ),
    Command("E", "enclosures", "Enclosures", "See what came with the letter, open or save it.", in_line=False),
)
_KINDS = {
    MilestoneKind.CONSENT: "the client agreed to the work, or to something in it",
    MilestoneKind.REVIEW: "you looked back together",
    MilestoneKind.DISCLOSURE: "something was told for the first time",
    MilestoneKind.RUPTURE: "something went wrong between you",
    MilestoneKind.REPAIR: "it was put right",
    MilestoneKind.INSIGHT: "something was seen in another way",
    MilestoneKind.UNIQUE_OUTCOME: "a time when the problem did not have its way",
    MilestoneKind.MODALITY: "the way of working changed",
    MilestoneKind.CLOSING: "the work was ended",
    MilestoneKind.OTHER: "in words of your own",
}


class Passage(NamedTuple):
    """Words of a letter, and the changes of its tags (`+grief`)."""

    words: str
    changes: tuple[str, ...]


class PassageSheet(Sheet[Passage]):
    """Asks for the words of a passage and its tags."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "on", show=False), Binding("up", "up", show=False)]

    def __init__(self, name: str, words: str) -> None:
        super().__init__(f"Tag a passage of {name}", "Enter  go on, at last tag it      Esc  go back")
        self._words = words

    def ask(self) -> ComposeResult:
        """Both lines."""
        says = "Words as they stand in the letter; first words ... last words means all between."
        yield Static(Content(says), classes="quiet")
        yield LineInput(" ".join(self._words.split()), placeholder="words of the letter", id="words")
        yield LineInput(placeholder="grief gives a tag, -work takes one away", id="tags")

    def on_mount(self) -> None:
        """Where something is to be typed."""
        self.query_one("#tags" if self._words.strip() else "#words").focus()

    def action_on(self) -> None:
        """To the tags."""
        self.query_one("#tags").focus()

    def action_up(self) -> None:
        """To the words."""
        self.query_one("#words").focus()

    @on(Input.Submitted, "#words")
    def words_said(self) -> None:
        """Go on to the tags."""
        self.action_on()

    @on(Input.Submitted, "#tags")
    def tags_said(self, event: Input.Submitted) -> None:
        """Both are there: that is it."""
        words = self.query_one("#words", Input).value.strip()
        changes = tuple(each if each[:1] in {"+", "-"} else f"+{each}" for each in event.value.split())
        if not words:
            self.action_up()
        elif changes:
            self.dismiss(Passage(words, changes))

    def forget(self) -> None:
        """Let go of the words."""
        self._words = ""


class MarkingLetters(LetterCommands):
    """A screen on which one letter is read in a LetterView."""

    @property
    def _marked(self) -> tuple[str, str]:
        """The name of the letter that is meant, and the words selected in it; both may be empty."""
        name = str(self.letter.letter.name or "") if self.letter else ""
        words = next((view.selected for view in self.query(LetterView)), "")
        return name, words

    @asking("marking")
    async def action_passage(self) -> None:
        """Ask for words and tags, and tag the passage."""
        name, words = self._marked
        if not name:
            return
        asked = await self.app.push_screen_wait(PassageSheet(name, words))
        if asked is None:
            return
        before, now = await self.room.ask(partial(_tagged, name=name, asked=asked))
        self.clear_selection()
        place = f"{name}:{now.passage.place[0]}-{now.passage.place[1]}" if now.passage.place else name
        back = [
            *(f"-{tag}" for tag in now.tags if tag not in before),
            *(f"+{tag}" for tag in before if tag not in now.tags),
        ]
        if back:
            undo = partial(tag_passage, place=place, words=None, changes=back)
            self.room.undoing.offer(f"{place}: tags changed.", undo, f"The tags of {place} are as they were.")
        else:
            self.room.say(f"{place} had these tags already.")
        self.letter_changed()

    @asking("marking")
    async def action_milestone(self) -> None:
        """Ask what kind, and mark it on the day of the letter."""
        name, words = self._marked
        if not name:
            return
        kinds = [(kind.value, kind.value.replace("-", " "), meaning) for kind, meaning in _KINDS.items()]
        at = "the selected words of " if words else ""
        kind = await self.app.push_screen_wait(ChoiceSheet(f"Which milestone at {at}{name}?", *kinds))
        if kind is None:
            return
        said: str | None = ""
        if kind == MilestoneKind.OTHER.value:
            said = await self.app.push_screen_wait(LineSheet("Which milestone?", "In a few words of your own."))
        if said is None:
            return
        request = MilestoneRequest(name, kind, said, words=words or None)
        made = await self.room.ask(partial(milestone.mark_milestone, asked=request))
        marked = str(made.milestone.name)
        undo = partial(milestone.remove_milestone, name=marked)
        self.clear_selection()
        self.room.undoing.offer(f"{marked} is marked at {name}.", undo, f"{marked} is gone.")
        self.letter_changed()

    @asking("marking")
    async def action_bookmark(self) -> None:
        """Set a bookmark, or take it away again."""
        name, words = self._marked
        if not name:
            return
        before, made = await self.room.ask(partial(_bookmarked, code=self.code, name=name, words=words))
        marked = str(made.bookmark.name)
        self.clear_selection()
        if before is None:
            undo = partial(bookmark.remove_bookmark, name=marked)
            self.room.undoing.offer(f"{marked} is set at {name}.", undo, f"{marked} is gone.")
        elif words:
            self.room.say(f"{marked} is there already.")
        else:
            await self.room.ask(partial(bookmark.remove_bookmark, name=marked))
            again = partial(bookmark.set_bookmark, place=name, said=before.bookmark.said)
            self.room.undoing.offer(f"{marked} at {name} is gone.", again, f"{name} is bookmarked again.")
        self.letter_changed()

    @on(LetterView.Marking)
    def marking_moved(self) -> None:
        """What can be done now may be something else."""
        self.query_one(KeyLine).look_again()

    def action_enclosures(self) -> None:
        """See what came with the letter."""
        from therapymail.tui.screens.enclosures_of_letter import EnclosuresOfLetter

        name, _ = self._marked
        if name:
            self.app.push_screen(EnclosuresOfLetter(name))


def _tagged(practice: Practice, name: str, asked: Passage) -> tuple[tuple[str, ...], PassageTags]:
    """The passage with its tags, and those it had before."""
    former = {each.passage.place: each.tags for each in tags_of_letter(practice, name).passages}
    now = tag_passage(practice, name, asked.words, asked.changes)
    return former.get(now.passage.place, ()), now


def _bookmarked(
    practice: Practice, code: str | None, name: str, words: str
) -> tuple[bookmark.BookmarkView | None, bookmark.BookmarkView]:
    """The bookmark at this place, and what it was before (None: there was none); what it said stays."""
    there = {each.bookmark.name: each for each in bookmark.list_bookmarks(practice, code)}
    whole = [each for each in there.values() if str(each.letter) == name and each.bookmark.passage is None]
    if whole and not words:
        return whole[0], whole[0]
    made = bookmark.set_bookmark(practice, name, "", words or None)
    return there.get(made.bookmark.name), made
