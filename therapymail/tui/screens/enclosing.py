"""The sheet for enclosures: what goes with a draft, another file by its path, and taking one out."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from therapymail.domain.draft import Draft, without_words
from therapymail.errors import FileUnusable, TherapymailError, UnusableInput, explain
from therapymail.paths import error_phrase
from therapymail.practice import write
from therapymail.tui import desk_text, untrusted
from therapymail.tui.asking import app_of, asking
from therapymail.tui.widgets.line_input import LineInput
from therapymail.tui.widgets.sheet import Sheet

_KEYS = "Enter  put in      Esc  done"
_KEYS_WITH = "Enter  put in      Tab, Del  take out      Esc  done"


class EnclosuresSheet(Sheet[Draft]):
    """Gives back the draft with its enclosures as they are now; each change is in the vault at once."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("delete,backspace,x", "take_out", show=False)]
    DEFAULT_CSS = """
    EnclosuresSheet #answer { color: $text-error; }
    EnclosuresSheet OptionList { margin-bottom: 1; }
    EnclosuresSheet.none OptionList { display: none; }
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"Enclosures of {draft.name}", _KEYS)
        self._draft = draft

    def ask(self) -> ComposeResult:
        """The enclosures there are, and a line for the path of another."""
        yield Static(id="none")
        yield OptionList(id="enclosed")
        yield LineInput(placeholder="path of a file to put in, such as ~/letters/plan.pdf", id="path")
        yield Static(id="answer")

    def on_mount(self) -> None:
        """Show what there is."""
        self._show()
        self.query_one("#path").focus()

    def _show(self, answer: str = "") -> None:
        enclosed = self.query_one(OptionList)
        enclosed.clear_options()
        enclosed.add_options(
            [Option(untrusted.line(desk_text.enclosure_phrase(item))) for item in self._draft.enclosures]
        )
        if self._draft.enclosures:
            enclosed.highlighted = 0
        self.set_class(not self._draft.enclosures, "none")
        keys = _KEYS_WITH if self._draft.enclosures else _KEYS
        self.query_one("#sheet-keys", Static).update(Content(keys))
        none = "Nothing is enclosed." if not self._draft.enclosures else "They are sealed with the letter."
        self.query_one("#none", Static).update(Content.styled(none, "$foreground-muted"))
        self.query_one("#answer", Static).update(untrusted.line(answer))

    @on(Input.Submitted, "#path")
    def submitted(self, event: Input.Submitted) -> None:
        """Put the file in; an empty line is done."""
        if event.value.strip():
            self._enclose(event.value.strip())
        else:
            self.action_back()

    @asking("enclose")
    async def _enclose(self, typed: str) -> None:
        app, name = app_of(self), self._draft.name
        try:
            data = await app.aside(lambda: _bytes_of(typed), "enclosure")
            self._draft = await app.ask(lambda practice: write.enclose(practice, name, Path(typed).name, data))
        except (FileUnusable, UnusableInput) as refused:
            self._show(_sentence(refused))
        else:
            self.query_one("#path", Input).value = ""
            self._show()

    def action_take_out(self) -> None:
        """Take the enclosure under the cursor out again."""
        position = self.query_one(OptionList).highlighted
        if position is not None and self.query_one(OptionList).has_focus:
            self._take_out(position)

    @asking("enclose")
    async def _take_out(self, position: int) -> None:
        name = self._draft.name
        self._draft = await app_of(self).ask(lambda practice: write.remove_enclosure(practice, name, position))
        self._show()
        self.query_one("#path").focus()

    def forget(self) -> None:
        """Let go of the draft."""
        self._draft = without_words(self._draft)

    def action_back(self) -> None:
        """Done."""
        self.dismiss(self._draft)


def _bytes_of(typed: str) -> bytes:
    """The file that was named. Raises FileUnusable, UnusableInput where it is too large."""
    path = Path(typed).expanduser()
    try:
        with path.open("rb") as file:
            data = file.read(write.MAX_ENCLOSURE_BYTES + 1)
    except (OSError, RuntimeError, ValueError) as error:
        raise FileUnusable(typed, error_phrase(error) if isinstance(error, OSError) else "no such file") from None
    if len(data) > write.MAX_ENCLOSURE_BYTES:
        raise UnusableInput("enclosure", "it is larger than 25 MB, which few mail hosts take")
    return data


def _sentence(refused: TherapymailError) -> str:
    return explain(refused).sentence
