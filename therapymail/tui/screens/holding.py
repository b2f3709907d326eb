"""The sheet that asks how a letter is to leave: held (the default), held until a time, or now."""

from __future__ import annotations

from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from therapymail.config import Settings
from therapymail.domain.draft import Draft, without_words
from therapymail.domain.looking_over_text import foreign_sentences
from therapymail.domain.sealing import Refusal
from therapymail.domain.typed_moment import typed_moment
from therapymail.errors import UnusableInput
from therapymail.practice.desk import Desk
from therapymail.practice.outbox import SendRequest, default_hold_ends
from therapymail.tui import desk_text, untrusted
from therapymail.tui.widgets.line_input import LineInput
from therapymail.tui.widgets.sheet import SayingSheet, Sheet, choice_text

_HOLD, _UNTIL, _NOW = "hold", "until", "now"


class HoldingSheet(Sheet[SendRequest]):
    """How a draft leaves. Nothing happens before Enter, and holding comes first (F16)."""

    DEFAULT_CSS = """
    HoldingSheet #until { display: none; }
    HoldingSheet.asks-time #until { display: block; }
    HoldingSheet #unusable { color: $text-error; display: none; }
    HoldingSheet.unusable #unusable { display: block; }
    """

    def __init__(self, desk: Desk, settings: Settings, now: datetime) -> None:
        super().__init__(
            f"{desk.draft.name} to {desk.draft.code}", "↑ ↓  choose      Enter  do it      Esc  go on writing"
        )
        self._draft: Draft = desk.draft
        self._key = desk_text.key_sentence(desk, settings.zone).replace(f"{desk.draft.code}'s key ", "")
        self._settings, self._now = settings, now
        self._remarks = desk_text.remark_sentences(desk)

    def ask(self) -> ComposeResult:
        """The three ways, the time of the second, and the key it will be sealed to."""
        yield OptionList(*(Option(choice_text(*words), name) for name, *words in self._ways()))
        yield LineInput(placeholder="tomorrow 9:00, tue 14:30, 2025-04-01 09:00 or 3h", id="until")
        yield Static(id="unusable")
        yield Static(Content.styled(f"\n{self._key}."), classes="quiet")
        if self._remarks:
            yield Static(Content("\n").join([Content(), *map(untrusted.line, self._remarks)]), classes="quiet")

    def forget(self) -> None:
        """Let go of the draft."""
        self._draft = without_words(self._draft)
        self._remarks = ()

    def _ways(self) -> list[tuple[str, str, str]]:
        undo = self._settings.undo_seconds
        ends = default_hold_ends(self._settings, self._now)
        held = (
            "No hold, but a second reading"
            if ends <= self._now
            else f"Hold until {desk_text.hold_phrase(self._now, ends, self._settings.zone)}"
        )
        back = f"{undo:g} seconds to take it back" if undo else "no taking back"
        return [
            (
                _HOLD,
                held,
                "You read it once more before it leaves.",
            ),
            (_UNTIL, "Hold until another time", "The same, but you say until when."),
            (_NOW, "Leave now", f"No second reading; {back}."),
        ]

    @on(OptionList.OptionSelected)
    def selected(self, event: OptionList.OptionSelected) -> None:
        """Take the way that was chosen; the second asks for its time first."""
        if event.option_id == _UNTIL:
            self.add_class("asks-time")
            self.query_one("#until", Input).focus()
        elif event.option_id == _NOW:
            self.dismiss(SendRequest(self._draft.name, as_read=self._draft, at_once=True, undo=True))
        else:
            self.dismiss(SendRequest(self._draft.name, as_read=self._draft))

    @on(Input.Submitted, "#until")
    def typed(self, event: Input.Submitted) -> None:
        """Take the time that was typed, or say what is wrong with it."""
        try:
            until = typed_moment(event.value, self._now, self._settings.zone)
        except UnusableInput as refused:
            self.query_one("#unusable", Static).update(Content(f"{refused.what.capitalize()}: {refused.why}."))
            self.add_class("unusable")
            return
        self.dismiss(SendRequest(self._draft.name, as_read=self._draft, hold=until - self._now))


def refusal_sheet(desk: Desk) -> SayingSheet | None:
    """The sheet that says why a draft may not leave today and what to do; None where it may."""
    if not isinstance(desk.decision, Refusal):
        return None
    names = {"draft": str(desk.draft.name), "code": desk.draft.code}
    why, step = desk_text.refusal_sentences(desk.decision.hindrances, **names)
    kept = Content.styled("The draft is kept.", "$foreground-muted")
    places = [untrusted.line(sentence) for sentence in foreign_sentences(desk.looked_over.foreign)]
    if places:
        let_pass = f"If a word means nobody: `therapymail drafts allow {desk.draft.name} WORD`."
        step_said = Content("\n").join([*places, Content(let_pass)])
    else:
        step_said = Content(step)
    return SayingSheet(f"{desk.draft.name} to {desk.draft.code}", Content.styled(why, "bold"), step_said, kept)
