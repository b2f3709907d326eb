"""Export from the room: a sheet that asks where to, in which form and whether sealed; the practice does the rest."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from therapymail.domain.exporting import FORMS, Exported, Form
from therapymail.domain.wording import bytes_words
from therapymail.errors import TherapymailError, VaultLocked, explain
from therapymail.practice.export import ExportRequest, Prepared, prepare_export, write_export
from therapymail.practice.export_file import Target
from therapymail.tui.asking import app_of, asking
from therapymail.tui.untrusted import line
from therapymail.tui.widgets.line_input import LineInput
from therapymail.tui.widgets.sheet import Sheet

_OWN = "own"
_ENDINGS = {Form.MBOX: "mbox", Form.EML: "zip"}


class ExportSheet(Sheet[bool]):
    """Asks for the file; F2 changes what, F3 the form, F4 whether it is sealed. What is in clear takes two Enters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "what", show=False),
        Binding("f3", "form", show=False),
        Binding("f4", "sealed", show=False),
    ]

    def __init__(self, code: str, what: Exported) -> None:
        super().__init__(f"Export of {code}", "Enter  write it      Esc  go back")
        self._code, self._what = code, what
        self._form = FORMS[what][0]
        self._sealed = True
        self._agreed: Prepared | None = None  # what would hold words in clear, and was said so

    def ask(self) -> ComposeResult:
        """What, and where to."""
        yield Static(id="what")
        yield LineInput(placeholder="File", id="file")
        yield Static(" ", id="answer")

    def on_mount(self) -> None:
        """Say what it would be."""
        self.query_one("#file", Input).value = str(Path.home() / f"{self._code.lower()}-{self._what}.{self._ending}")
        self._say()

    @property
    def _ending(self) -> str:
        return _ENDINGS.get(self._form, self._form.value) + (".gpg" if self._sealed else "")

    def _say(self) -> None:
        sealed = "sealed to your own key" if self._sealed else "IN CLEAR: whoever gets the file can read it"
        shown = Content.assemble(
            ("F2  ", "$text-accent"), f"the {self._what.value}\n", ("F3  ", "$text-accent"), f"as {self._form.value}\n",
            ("F4  ", "$text-accent"), (sealed, "" if self._sealed else "bold $text-warning"),
        )  # fmt: skip
        self.query_one("#what", Static).update(shown)

    def _answer(self, content: Content) -> None:
        self.query_one("#answer", Static).update(content)

    # --- what is asked -------------------------------------------------------------------------------------

    def action_what(self) -> None:
        """Something else of this client's."""
        kinds: list[Exported] = [each for each in Exported if each is not Exported.CALENDAR]
        self._what = kinds[(kinds.index(self._what) + 1) % len(kinds)]
        self._changed(FORMS[self._what][0])

    def action_form(self) -> None:
        """Another form."""
        forms = FORMS[self._what]
        self._changed(forms[(forms.index(self._form) + 1) % len(forms)])

    def action_sealed(self) -> None:
        """Sealed, or in clear."""
        self._sealed = not self._sealed
        self._changed(self._form)

    def _changed(self, form: Form) -> None:
        """The name of the file goes along, as long as it is the one that was offered."""
        self._form, self._agreed = form, None
        file = self.query_one("#file", Input)
        file.value = str(Path(file.value or "~").parent / f"{self._code.lower()}-{self._what}.{self._ending}")
        self._answer(Content(" "))
        self._say()

    @on(Input.Changed, "#file")
    def typed(self) -> None:
        """What was agreed to was another file."""
        self._agreed = None

    @on(Input.Submitted, "#file")
    def submitted(self, event: Input.Submitted) -> None:
        """Put it together; then write it."""
        if event.value.strip():
            self._write(event.value.strip())
        else:
            event.input.placeholder = "the name of a file is needed"

    @asking("exporting")
    async def _write(self, typed: str) -> None:
        room, target = app_of(self), Target(Path(typed).expanduser())
        try:
            prepared = self._agreed or await self._prepared(target)
            if prepared.readable and self._agreed is None:
                self._agreed = prepared
                asked = f"It would hold {prepared.readable} in clear. Enter again writes it."
                self._answer(Content.styled(asked, "$text-warning"))
                return
            made = await room.aside(partial(write_export, room.practice, prepared, target), "export")
        except VaultLocked:
            raise
        except TherapymailError as refused:
            self._agreed = None
            self._answer(line(explain(refused).sentence, "$text-error"))
            return
        room.say(f"Written: {bytes_words(made.size)}; only you can read the file.")
        self.dismiss(result=True)

    async def _prepared(self, target: Target) -> Prepared:
        room = app_of(self)
        self._answer(Content("Reading …"))
        request = ExportRequest(self._what, self._form, self._code, to=_OWN if self._sealed else None)

        def prepare() -> Prepared:
            target.require_free()
            return prepare_export(room.practice, request)

        return await room.aside(prepare, "export")

    def forget(self) -> None:
        """Let go of what was put together."""
        self._agreed = None
        self.query_one("#file", Input).value = ""
