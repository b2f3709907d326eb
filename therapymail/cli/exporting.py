"""One export from question to answer: put together, looked over, agreed to, written, and said."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from therapymail.cli.asking import ask_yes, read_input, somebody_answers
from therapymail.cli.output import narrate, print_json
from therapymail.cli.progress import shown_progress
from therapymail.domain.anonymise import Replacement, read_replacement, read_replacements
from therapymail.domain.exporting import IN_CLEAR, Exported
from therapymail.domain.wording import bytes_words, count_words
from therapymail.errors import ExportInClear, ExportNotLookedOver, UnusableInput
from therapymail.practice.export import ExportRequest, Prepared, hand_out_export, prepare_export, write_export
from therapymail.practice.export_file import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from therapymail.cli.progress import Advance
    from therapymail.cli.surroundings import Surroundings
    from therapymail.practice.export_file import Made

STANDARD_OUTPUT = "-"


@dataclass(frozen=True)
class Where:
    """Where an export goes, and what the person has agreed to beforehand."""

    file: str
    overwrite: bool = False
    manifest: bool = False
    looked_over: bool = False
    yes: bool = False
    as_json: bool = False

    def target(self) -> Target | None:
        """The file; None for standard output. Raises UnusableInput, FileUnusable."""
        if self.file == STANDARD_OUTPUT:
            if self.as_json or self.manifest:
                raise UnusableInput("--file", "standard output holds the export alone")
            if sys.stdout.isatty():
                raise UnusableInput("--file", "no export is printed on a terminal; give a file, or a pipe")
            return None
        target = Target(Path(self.file).expanduser(), self.overwrite, self.manifest)
        target.require_free()
        return target


def replacements(given: Sequence[str] | None, file: str | None, *, anonymise: bool) -> tuple[Replacement, ...] | None:
    """What is replaced beside names and addresses; None where nothing is anonymised. Raises UnusableInput."""
    if not (anonymise or given or file):
        return None
    of_file: tuple[Replacement, ...] = ()
    if file:
        try:
            of_file = read_replacements(read_input(Path(file).expanduser()).decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise UnusableInput("--replacements", "its text must be UTF-8") from None
    return (*map(read_replacement, given or ()), *of_file)


def run_export(around: Surroundings, request: ExportRequest, where: Where) -> None:
    """Write the export, once it is agreed to. Raises ExportNotLookedOver, ExportInClear, and as practice.export."""
    practice, target = around.unlocked(), where.target()
    if request.notes.process:
        from therapymail.cli.note_writing import ensure_notes_unlocked

        ensure_notes_unlocked(practice)
    watched = _Watched(plain=around.plain)
    with watched.shown("Reading"):
        prepared = prepare_export(practice, request, watched.tell)
    _look_over(prepared, where)
    _agree(prepared, where)
    if target is None:
        hand_out_export(practice, prepared, _to_standard_output)
        return
    with watched.shown("Writing"):
        made = write_export(practice, prepared, target)
    if where.as_json:
        print_json(export_shape(prepared, made, target))
    else:
        _say(prepared, made, target)


class _Watched:
    """How far an export is, shown while it is put together and again while it is written; between them it asks."""

    def __init__(self, *, plain: bool) -> None:
        self._plain = plain
        self._advance: Advance | None = None
        self._began = 0.0

    @contextmanager
    def shown(self, waiting: str) -> Iterator[None]:
        """Show what is told while this lasts."""
        with shown_progress("Exporting", waiting, plain=self._plain) as self._advance:
            self._began = time.monotonic()
            yield
        self._advance = None

    def tell(self, done: int, total: int) -> None:
        """So many of so many letters are done."""
        if self._advance is not None:
            self._advance(done, total, done / max(time.monotonic() - self._began, 0.001))


def _look_over(prepared: Prepared, where: Where) -> None:
    """The capitalised words that are left, before anything is written (F31)."""
    if not prepared.unknown or where.looked_over:
        return
    narrate("Left as they are, and perhaps names:")
    narrate("  " + ", ".join(f"{each.word} ({each.times})" for each in prepared.unknown))
    if somebody_answers():
        if ask_yes("Does none of them tell who anybody is?"):
            return
    elif where.as_json:
        print_json({"unknown": [each._asdict() for each in prepared.unknown]})
    raise ExportNotLookedOver(len(prepared.unknown))


def _agree(prepared: Prepared, where: Where) -> None:
    held = prepared.readable
    if not held or where.yes:
        return
    if somebody_answers() and ask_yes(f"It would hold {held} in clear, for whoever gets the file. Write it?"):
        return
    raise ExportInClear(held)


def _to_standard_output(content: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(content)


def _say(prepared: Prepared, made: Made, target: Target) -> None:
    held = [count_words(prepared.letters, "letter")] if prepared.letters else []
    held += [count_words(prepared.notes, "note")] if prepared.notes else []
    held += [count_words(prepared.process_notes, "process note")] if prepared.process_notes else []
    what = f" ({', '.join(held)})" if held else ""
    narrate(f"Written: {target.path}, {bytes_words(made.size)}{what}; only you can read the file.")
    if prepared.key is not None:
        narrate(f"Sealed to {prepared.key.fingerprint} alone.")
    elif prepared.request.what is Exported.LETTERS:
        unsealed = f" {prepared.unsealed} of them came unsealed." if prepared.unsealed else ""
        narrate(f"Addresses and days stand in clear, letters as they came.{unsealed}")
    elif prepared.in_clear or prepared.request.what in IN_CLEAR:
        narrate("It is in clear: seal what you hand on, and remove what you no longer need.")
    if prepared.missing:
        narrate(f"Not here as they came, so not in it: {', '.join(prepared.missing)}.")


def export_shape(prepared: Prepared, made: Made, target: Target) -> dict[str, Any]:
    """What was written, as `--json` gives it."""
    request = prepared.request
    return {
        "export": request.what.value,
        "as": request.form.value,
        "client": request.code.upper() or None,
        "file": str(target.path),
        "manifest": str(target.manifest_path) if target.manifest else None,
        "size": made.size,
        "sha256": made.sha256,
        "letters": prepared.letters,
        "notes": prepared.notes,
        "process_notes": prepared.process_notes,
        "to": prepared.key.fingerprint if prepared.key else None,
        "to_client": request.for_client,
        "anonymised": request.replacements is not None,
        "in_clear": prepared.in_clear,
        "missing": list(prepared.missing),
    }
