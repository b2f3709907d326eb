"""A small sheet over the screen that asks one thing; Escape always puts it away and changes nothing."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from therapymail.tui import untrusted
from therapymail.tui.everywhere import ABOVE_SHEETS
from therapymail.tui.widgets.line_input import LineInput

Chosen = TypeVar("Chosen")


class Sheet(ModalScreen[Chosen | None], Generic[Chosen]):
    """The frame of a sheet: a title, what `ask` yields, and a line that says how to go on and how to go back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("j", "walk(1)", show=False),
        Binding("k", "walk(-1)", show=False),
        # Textual asks nothing above a sheet for its bindings, and these hold everywhere.
        *(Binding(each.keys, f"app.{each.action}", show=False, priority=each.first) for each in ABOVE_SHEETS),
    ]
    DEFAULT_CSS = """
    Sheet { align: center middle; background: $background 60%; }
    Sheet > #sheet {
        width: 68; max-width: 100%; height: auto; max-height: 100%; padding: 1 2;
        background: $surface; border: round $border;
    }
    Sheet > #sheet > * { height: auto; }
    Sheet #title { text-style: bold; margin-bottom: 1; }
    Sheet #sheet-keys { margin-top: 1; color: $foreground-muted; }
    Sheet #said { max-height: 60vh; scrollbar-size-vertical: 1; }
    Sheet #said > Static { height: auto; }
    Sheet .quiet { color: $foreground-muted; }
    Sheet .refusal { color: $text-error; }
    Sheet OptionList { border: none; padding: 0; background: $surface; max-height: 14; }
    Sheet OptionList:focus { border: none; }
    Sheet Input { margin-top: 1; border: tall $border-blurred; background: $surface; }
    Sheet Input:focus { border: tall $border; }
    """

    def __init__(self, title: str, keys: str = "Enter  do it      Esc  go back") -> None:
        super().__init__()
        self._title, self._keys = title, keys

    def compose(self) -> ComposeResult:
        """The frame."""
        with Vertical(id="sheet"):
            yield Static(untrusted.line(self._title), id="title")
            yield from self.ask()
            yield Static(Content(self._keys), id="sheet-keys")

    def ask(self) -> ComposeResult:
        """What the sheet asks."""
        yield from ()

    def on_click(self, event: events.Click) -> None:
        """A click beside the sheet puts it away, too."""
        if event.widget is self:
            self.action_back()

    def action_walk(self, by: int) -> None:
        """Down and up in what can be chosen."""
        for choices in self.query(OptionList):
            choices.action_cursor_down() if by > 0 else choices.action_cursor_up()

    def action_back(self) -> None:
        """Put the sheet away; nothing is done."""
        self.dismiss(None)


class SayingSheet(Sheet[bool]):
    """Says something that needs more room than the status line; with `question`, Enter says yes to it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "agree", show=False)]

    def __init__(self, title: str, *paragraphs: Content, question: str = "") -> None:
        super().__init__(title, f"Enter  {question}      Esc  go back" if question else "Esc  go back")
        self._paragraphs, self._question = paragraphs, question

    def ask(self) -> ComposeResult:
        """The paragraphs."""
        with VerticalScroll(id="said"):
            yield Static(Content("\n\n").join(self._paragraphs))

    def action_agree(self) -> None:
        """Say yes, or put the sheet away where it asks nothing."""
        self.dismiss(bool(self._question))


class LineSheet(Sheet[str]):
    """Asks for one line of text, which must not be empty."""

    def __init__(self, title: str, explained: str, *, placeholder: str = "") -> None:
        super().__init__(title)
        self._explained, self._placeholder = explained, placeholder

    def ask(self) -> ComposeResult:
        """What it is for, and the line."""
        yield Static(Content.styled(self._explained), classes="quiet")
        yield LineInput(placeholder=self._placeholder, id="line")

    @on(Input.Submitted, "#line")
    def submitted(self, event: Input.Submitted) -> None:
        """Take the line, if there is one."""
        if event.value.strip():
            self.dismiss(event.value.strip())
        else:
            event.input.placeholder = "a word or two are needed"


class PassphraseSheet(LineSheet):
    """Asks for a passphrase, which is not shown."""

    def on_mount(self) -> None:
        """Show none of it."""
        self.query_one("#line", Input).password = True

    @on(Input.Submitted, "#line")
    def submitted(self, event: Input.Submitted) -> None:
        """Take it as it was typed, blanks with it."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.value or None)


class ChoiceSheet(Sheet[str]):
    """Asks to choose one of several things, each a name, a headline and a line that says what it means."""

    def __init__(self, title: str, *choices: tuple[str, str, str], explained: Content | None = None) -> None:
        super().__init__(title)
        self._choices, self._explained = choices, explained

    def ask(self) -> ComposeResult:
        """The choices."""
        if self._explained is not None:
            yield Static(self._explained, classes="quiet")
            yield Static(" ")
        yield OptionList(*(Option(choice_text(headline, meaning), name) for name, headline, meaning in self._choices))

    @on(OptionList.OptionSelected)
    def selected(self, event: OptionList.OptionSelected) -> None:
        """Take what was chosen."""
        self.dismiss(event.option_id)


def choice_text(headline: str, meaning: str) -> Content:
    """A choice as it stands in a list: what it is, and below it what it means."""
    first = untrusted.line(headline, "bold")
    return Content("\n").join([first, untrusted.line(meaning, "$foreground-muted")]) if meaning else first
