"""The sheet in which a key is verified: what they read out, and by which other channel (PRODUCT M06, HAZARDS C29)."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from therapymail.domain.spoken_fingerprint import told_fingerprint
from therapymail.errors import UnusableInput
from therapymail.tui.widgets.line_input import LineInput
from therapymail.tui.widgets.sheet import Sheet

_SAYS = (
    "Let them read you the fingerprint from their own program, in digits or in words, and type it; or leave it empty if"
    " you have compared it yourself with what stands here. A mail is no other channel."
)


class Told(NamedTuple):
    """What was confirmed, and how: a fingerprint in digits, the therapist's words."""

    fingerprint: str
    how: str


class VerifyingSheet(Sheet[Told]):
    """Gives what was told and how; a fingerprint that differs from the one shown is refused here already."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "on", show=False), Binding("up", "up", show=False)]
    DEFAULT_CSS = """
    VerifyingSheet #answer { color: $text-error; }
    """

    def __init__(self, code: str, fingerprint: str) -> None:
        super().__init__(f"Verify the key of {code}", "Enter  go on, at last verify      Esc  go back")
        self._fingerprint = fingerprint

    def ask(self) -> ComposeResult:
        """Both lines."""
        yield Static(Content(_SAYS), classes="quiet")
        yield LineInput(placeholder="what they read to you; empty: you compared it", id="told")
        yield LineInput(placeholder="by which channel: by phone, in person, the code word by phone", id="how")
        yield Static(id="answer")

    def on_mount(self) -> None:
        """Begin with what they read."""
        self.query_one("#told").focus()

    def action_on(self) -> None:
        """To the second line."""
        self.query_one("#how").focus()

    def action_up(self) -> None:
        """To the first line."""
        self.query_one("#told").focus()

    @on(Input.Submitted, "#told")
    def told(self) -> None:
        """Look whether it is the key's, and go on."""
        if self._checked() is not None:
            self.action_on()

    @on(Input.Submitted, "#how")
    def how(self, event: Input.Submitted) -> None:
        """Both are there: that is it."""
        told = self._checked()
        if told is None:
            self.action_up()
        elif not event.value.strip():
            self._answer("Say by which other channel; it stays on the record.")
        else:
            self.dismiss(Told(told, event.value.strip()))

    def _checked(self) -> str | None:
        """The fingerprint that was told, None where it is another one or none."""
        typed = self.query_one("#told", Input).value
        try:
            told = told_fingerprint(typed) if typed.strip() else self._fingerprint
        except UnusableInput as unusable:
            self._answer(f"{unusable.why[:1].upper()}{unusable.why[1:]}.")
            return None
        if told != self._fingerprint:
            self._answer("That is not the fingerprint shown. Read it to each other once more; do not use this key.")
            return None
        self._answer("")
        return told

    def _answer(self, sentence: str) -> None:
        self.query_one("#answer", Static).update(Content(sentence))
