"""The keys of a client as a tab of the desk: fingerprints in words and as a QR code, and another key to decide on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from therapymail.domain.wording import fingerprint_words
from therapymail.exports.fingerprint_code import code_rows
from therapymail.practice import introduce, key_changes
from therapymail.practice.introduce import show_client
from therapymail.tui.asking import app_of, asking
from therapymail.tui.commands import Card, Command, bindings
from therapymail.tui.key_text import KeyRow, compared_text, key_rows, row_words, spoken_text, standing_text
from therapymail.tui.messages import RecordChanged
from therapymail.tui.screens.verifying import VerifyingSheet
from therapymail.tui.widgets.chrome import KeyLine
from therapymail.tui.widgets.row_list import RowList
from therapymail.tui.widgets.sheet import LineSheet

_BESIDE = 56  # columns of text from which digits and words stand on one line


class KeyList(RowList[KeyRow]):
    """The keys, what is to be decided first."""

    NOTHING = "No key yet: `therapymail client invite` asks them for it."

    def draw(self, row: KeyRow, width: int) -> Sequence[Content]:
        """What it is, and the end of its fingerprint."""
        glyph, word, look = row_words(row)
        end = fingerprint_words(row.fingerprint[-16:])
        said = Content.styled(f"{glyph} {word}", look).truncate(max(1, width - len(end) - 3), ellipsis=True)
        gap = " " * max(1, width - said.cell_length - len(end) - 2)
        return [Content.assemble(" ", said, gap, (end, "$foreground-muted"), " ")]


class KeysPane(VerticalScroll, can_focus=False):
    """A list of keys, and the one under the cursor whole."""

    HERE: ClassVar[tuple[Command, ...]] = (
        Command("v", "verify", "Verify", "Say that they confirmed this fingerprint by another channel."),
        Command("x", "dismiss", "Not theirs", "Decide that the other key is not used; the pinned one stays."),
        Command("R", "retire", "No longer used", "Note that they do not use this key any more.", in_line=False),
    )
    BINDINGS: ClassVar = bindings(HERE)
    CARD: ClassVar[Card] = Card(
        "Keys", "The fingerprint of a key in digits, in words to read aloud, and as a code to hold against theirs."
    )
    DEFAULT_CSS = """
    KeysPane { height: 1fr; scrollbar-size-vertical: 1; }
    KeysPane KeyList { height: auto; max-height: 6; min-height: 1; margin: 0 1; }
    KeysPane #whole { height: auto; margin: 1 2 0 2; }
    KeysPane #said { width: 1fr; height: auto; }
    KeysPane #code { width: auto; height: auto; color: black; background: white; margin-left: 2; }
    KeysPane.-other #code { display: none; }
    KeysPane.-none #code { display: none; }
    """

    def __init__(self, code: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._code = code

    def compose(self) -> ComposeResult:
        """The list, the words, the QR code."""
        yield KeyList()
        with Horizontal(id="whole"):
            yield Static(id="said", markup=False)
            yield Static(id="code", markup=False)

    @property
    def listed(self) -> KeyList:
        """The list."""
        return self.query_one(KeyList)

    def load(self) -> None:
        """Read them anew."""
        self._read()

    @asking("keys")
    async def _read(self) -> None:
        overview = await app_of(self).ask(partial(show_client, code=self._code))
        rows = key_rows(overview)
        before = self.listed.row
        chosen = before.fingerprint if before else ""
        at = next((at for at, each in enumerate(rows) if each.fingerprint == chosen), 0)
        self.listed.show_rows(rows, at)
        self.listed.styles.height = max(1, min(6, len(rows)))

    @on(KeyList.Moved)
    def moved(self) -> None:
        """Show the key under the cursor."""
        self._draw()
        self.screen.query_one(KeyLine).look_again()

    def on_resize(self) -> None:
        """Lay out for the width there is."""
        self._draw()

    def _draw(self) -> None:
        row = self.listed.row
        self.set_class(row is None, "-none")
        self.set_class(row is not None and row.change is not None, "-other")
        if row is None or not self.size.width:
            self.query_one("#said", Static).update("")
            self.query_one("#code", Static).update("")
            return
        now = app_of(self).practice.clock()
        standing = standing_text(row, self._code, now)
        if row.change is not None:
            compared = compared_text(row.change.pinned, row.fingerprint, self.size.width - 5)
            self.query_one("#said", Static).update(Content("\n\n").join([standing, compared]))
            return
        drawn = code_rows(row.fingerprint)
        wide = self.size.width - len(drawn[0]) - 8 >= _BESIDE
        self.query_one("#said", Static).update(
            Content("\n\n").join([standing, spoken_text(row.fingerprint, wide=wide)])
        )
        self.query_one("#code", Static).update(Content("\n".join(drawn)))

    def forget(self) -> None:
        """Let go of the keys."""
        self.listed.forget()
        self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the key under the cursor allows."""
        if action not in {"verify", "dismiss", "retire"}:
            return super().check_action(action, parameters)
        row = self.listed.row if self.query(KeyList) else None
        if row is None:
            return False
        if action == "dismiss":
            return row.is_open
        if action == "verify":
            return row.change is None or (row.is_open and row.change.is_here)
        return row.pin is not None and row.pin.retired is None

    def called(self, command: Command) -> str:
        """Another key is taken as theirs by verifying it."""
        row = self.listed.row
        return "It is theirs" if command.verb == "verify" and row is not None and row.change else command.name

    @asking("verifying")
    async def action_verify(self) -> None:
        """Ask what was told and how, and note it."""
        row, app, code = self.listed.row, app_of(self), self._code
        if row is None:
            return
        told = await app.push_screen_wait(VerifyingSheet(code, row.fingerprint))
        if told is None:
            return
        verb = introduce.verify_client if row.change is None else key_changes.accept_new_key
        # gpg takes a new key into the keyring, and letters are read again: that is done beside the record's thread.
        await app.aside(partial(verb, app.practice, code, told.fingerprint, told.how), "verifying")
        app.say(
            "It is noted as verified." if row.change is None else f"Letters to {code} are sealed to it from now on."
        )
        app.post_message(RecordChanged())

    @asking("verifying")
    async def action_dismiss(self) -> None:
        """Ask why, and decide that the other key is not used."""
        row, app, code = self.listed.row, app_of(self), self._code
        if row is None:
            return
        says = "Letters go on to the pinned key, and this one stops none any more. Why? It is kept in the journal."
        why = await app.push_screen_wait(LineSheet(f"Not a key of {code}'s?", says, placeholder="it was not them"))
        if why is None:
            return
        await app.aside(partial(key_changes.dismiss_keys, app.practice, code, [row.fingerprint], why), "dismissing")
        app.say("It is dismissed; the pinned key stays.")
        app.post_message(RecordChanged())

    @asking("verifying")
    async def action_retire(self) -> None:
        """Ask why, and note that they do not use the key any more."""
        row, app, code = self.listed.row, app_of(self), self._code
        if row is None:
            return
        says = "What it signed before stays theirs; of letters that come from now on its signature proves nothing. Why?"
        asked = LineSheet(f"Does {code} not use this key any more?", says, placeholder="telephone stolen")
        why = await app.push_screen_wait(asked)
        if why is None:
            return
        await app.ask(partial(key_changes.retire_key, code=code, name=row.fingerprint, why=why))
        app.say("It is noted.")
        app.post_message(RecordChanged())
