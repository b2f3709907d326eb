"""The sheet with the second reading's questions: y or n answers the one in focus, Enter lets the letter go."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from therapymail.domain.checklist import QUESTIONS, Answers, CheckItem
from therapymail.tui.widgets.sheet import Sheet

_MARK = {True: "yes", False: "no ", None: " · "}
_ITEMS = tuple(CheckItem)


class ChecklistSheet(Sheet[Answers]):
    """Asks the questions of the checklist; each may stay unanswered, and no answer keeps the letter back (F16)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", show=False),
        Binding("n", "answer(False)", show=False),
        Binding("backspace", "answer(None)", show=False),
    ]

    def __init__(self, title: str) -> None:
        super().__init__(title, "y  yes   n  no   ↑ ↓  choose   Enter  let it go   Esc  go back")
        self._answers: dict[CheckItem, bool] = {}

    def ask(self) -> ComposeResult:
        """The questions."""
        yield OptionList(*(Option(self._line(item), item.value) for item in _ITEMS))

    def action_answer(self, answer: bool | None) -> None:  # noqa: FBT001 - Textual hands over what the binding says
        """Answer the question in focus and go to the next."""
        questions = self.query_one(OptionList)
        place = questions.highlighted or 0
        item = _ITEMS[place]
        if answer is None:
            self._answers.pop(item, None)
        else:
            self._answers[item] = answer
        questions.replace_option_prompt_at_index(place, self._line(item))
        if answer is not None and place + 1 < len(_ITEMS):
            questions.action_cursor_down()

    @on(OptionList.OptionSelected)
    def selected(self) -> None:
        """Let it go, with the answers there are."""
        self.dismiss(dict(self._answers))

    def _line(self, item: CheckItem) -> Content:
        answer = self._answers.get(item)
        style = "bold" if answer is not None else "$foreground-muted"
        return Content.assemble((f"{_MARK[answer]}  ", style), QUESTIONS[item])
