"""The door: the passphrase of the own key is asked here, and nothing of any letter is behind it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from therapymail.errors import PassphraseNeeded, PassphraseWrong, TherapymailError, explain
from therapymail.tui.asking import asking
from therapymail.tui.commands import Command, bindings
from therapymail.tui.screens.base import RoomScreen
from therapymail.tui.widgets.chrome import Foot


class Cover(RoomScreen):
    """What is shown while the practice is being locked."""

    DEFAULT_CSS = "Cover { align: center middle; }"

    def compose(self) -> ComposeResult:
        """A word."""
        yield Static("Locking", markup=False)


class Unlocking(RoomScreen):
    """Asks for the passphrase. With `try_without` it first tries whether the own key has none."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("enter", "unlock", "Unlock", "Unlock with the passphrase typed."),
        Command("ctrl+q", "app.quit", "Leave", "Leave therapymail."),
    )
    BINDINGS: ClassVar = bindings(HERE[:1])
    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    Unlocking { align: center middle; }
    Unlocking #door { width: 56; max-width: 100%; height: auto; padding: 1 2; border: round $border; }
    Unlocking #door > * { height: auto; margin-bottom: 1; }
    Unlocking #door > .quiet { color: $foreground-muted; margin: 0; }
    Unlocking #passphrase { border: none; height: 1; padding: 0 1; background: $surface-lighten-1; }
    """

    def __init__(self, *, try_without: bool = False, why: str = "") -> None:
        """`why` says why it was locked, in our own words."""
        super().__init__()
        self._try_without, self._why = try_without, why

    def compose(self) -> ComposeResult:
        """The door."""
        with Vertical(id="door"):
            yield Static(self._why or "therapymail is locked.", id="why", markup=False)
            yield Static("Passphrase of your own key", classes="quiet", id="asked", markup=False)
            yield Input(password=True, id="passphrase", compact=True)
            yield Static(" ", classes="quiet", id="answer", markup=False)
        yield Foot()

    def on_mount(self) -> None:
        """Try at once whether the key opens without a passphrase."""
        if self._try_without:
            self._unlock(None)
        else:
            self._ask_fittingly()

    @asking("asking")
    async def _ask_fittingly(self) -> None:
        """Say so where no passphrase is needed."""
        from therapymail.practice.unlock import needs_passphrase

        practice = self.room.practice
        if not await self.room.aside(lambda: needs_passphrase(practice), "key"):
            for asked in self.query("#asked").results(Static):  # the door may have gone meanwhile
                asked.update(Content("Your own key has no passphrase: Enter opens it."))

    @on(Input.Submitted)
    def submitted(self) -> None:
        """Take what was typed."""
        self.action_unlock()

    def action_unlock(self) -> None:
        """Try the passphrase that was typed; none where the key has none."""
        field = self.query_one(Input)
        typed, field.value = field.value, ""
        self._unlock(typed or None)

    @asking("unlock")
    async def _unlock(self, passphrase: str | None) -> None:
        from therapymail.practice.unlock import unlock

        field = self.query_one(Input)
        field.disabled = True
        self._answer("Unlocking …" if passphrase else " ")
        try:
            await self.room.aside(lambda: unlock(self.room.practice, passphrase), "unlock")
        except PassphraseNeeded:
            self._answer(" ")
        except PassphraseWrong:
            self._answer("That was not it. Nothing was changed; try again.")
        except TherapymailError as refused:
            explained = explain(refused)
            self._answer(f"{explained.sentence} {explained.next_step}")
        else:
            self.room.open_room()
            return
        field.disabled = False
        field.focus()

    def _answer(self, sentence: str) -> None:
        self.query_one("#answer", Static).update(Content(sentence))
