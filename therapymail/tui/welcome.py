"""The first run: nobody has a practice here yet, so one is set up, or the fictional one is walked through."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from therapymail.tui.quiet_app import QuietApp
from therapymail.tui.themes import THEMES
from therapymail.tui.widgets.sheet import choice_text


class Begin(StrEnum):
    """How to begin."""

    SETUP = "setup"
    DEMO = "demo"


_WAYS = (
    (Begin.DEMO, "Look around first", "A fictional practice; nothing of yours is touched."),
    (Begin.SETUP, "Set up your practice", "Your mail account, and a key. Nothing is kept before the end."),
)
_PROMISE = "Sealed letters between therapist and client, on your machine."


class Welcome(QuietApp):
    """Asks how to begin; `chosen` is None where nothing was chosen."""

    TITLE = "therapymail"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,ctrl+q", "leave", show=False),
        Binding("j", "walk(1)", show=False),
        Binding("k", "walk(-1)", show=False),
    ]
    CSS = """
    Screen { align: center middle; }
    #welcome { width: 68; max-width: 100%; height: auto; padding: 1 2; border: round $border; }
    #welcome > * { height: auto; }
    #title { text-style: bold; }
    .quiet { color: $foreground-muted; }
    OptionList, OptionList:focus { border: none; padding: 0; margin: 1 0; background: $background; }
    OptionList:focus { background-tint: $background 0%; }
    """

    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.chosen: Begin | None = None

    def compose(self) -> ComposeResult:
        """The ways to begin."""
        with Vertical(id="welcome"):
            yield Static("Welcome to therapymail", id="title", markup=False)
            yield Static(_PROMISE, classes="quiet", markup=False)
            yield OptionList(*(Option(choice_text(headline, meaning), way.value) for way, headline, meaning in _WAYS))
            yield Static(Content("↑ ↓  choose      Enter  do it      Esc  leave"), classes="quiet")

    @on(OptionList.OptionSelected)
    def selected(self, event: OptionList.OptionSelected) -> None:
        """Begin so."""
        self.chosen = Begin(event.option_id) if event.option_id else None
        self.exit()

    def action_walk(self, by: int) -> None:
        """Down and up."""
        ways = self.query_one(OptionList)
        ways.action_cursor_down() if by > 0 else ways.action_cursor_up()

    def action_leave(self) -> None:
        """Begin nothing."""
        self.exit()


def ask_how_to_begin() -> Begin | None:
    """How the person at this terminal wants to begin; None where they leave. Raises what went wrong."""
    app = Welcome()
    app.run()
    if app.fault is not None:
        raise app.fault
    return app.chosen
