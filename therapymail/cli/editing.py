"""Writing in the therapist's own editor: the file lies in memory alone, and each change goes into the vault within 2 s.

HAZARDS S20 and C12: a private directory on memory-backed storage, wiped at the end and by the next start; a killed
therapymail or a closed terminal loses what was written in the last two seconds at most.
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

from therapymail.cli.asking import ask_yes, ensure_unlocked
from therapymail.cli.editors import EditorRun, editor_run
from therapymail.cli.output import narrate
from therapymail.domain.draft import Draft
from therapymail.domain.draft_form import read_back, rendered
from therapymail.errors import (
    DraftChanged,
    DraftInOutbox,
    DraftUnknown,
    EditorFailed,
    FileUnusable,
    NotesPassphraseWrong,
    PassphraseWrong,
    TherapymailError,
    VaultLocked,
)
from therapymail.paths import PRIVATE_FILE
from therapymail.practice import write
from therapymail.practice.checks.machine import is_in_memory
from therapymail.practice.desk import keep_apart
from therapymail.practice.practice import Practice

LOOK_SECONDS = 0.5  # twice a look and the time that saving takes stay below the two seconds of C12
_END_SECONDS = 1.0


class Writing(Protocol):
    """What is written in the editor: how it looks in the file, and how what the file holds is kept.

    `parted` are the errors that say that what was begun went another way meanwhile: then `keep_apart` keeps the text.
    """

    parted: tuple[type[TherapymailError], ...]

    @property
    def name(self) -> str:
        """What it is called: D-3, N-3."""

    def shown(self) -> str:
        """What the file holds at first."""

    def keep(self, file: str) -> None:
        """Save what the file holds. Raises VaultLocked, one of `parted`, FileUnusable."""

    def keep_apart(self, file: str) -> str:
        """Save what the file holds as something of its own; its name."""

    def unlock(self) -> None:
        """Ask for what unlocks it. Raises VaultLocked, PassphraseWrong, NotesPassphraseWrong."""


@dataclass
class DraftWriting:
    """A draft of a letter in the editor; `draft` is what was last saved."""

    practice: Practice
    draft: Draft
    parted: tuple[type[TherapymailError], ...] = (DraftInOutbox, DraftUnknown, DraftChanged)

    def __post_init__(self) -> None:
        self._former = self.draft.content

    @property
    def name(self) -> str:
        """D-3."""
        return str(self.draft.name)

    def shown(self) -> str:
        """Subject and text."""
        return rendered(self._former)

    def keep(self, file: str) -> None:
        """Save the draft. Raises as `write.save`."""
        content = read_back(file, self._former)
        self.draft = write.save(self.practice, self.draft.name, content, self.draft.revision)

    def keep_apart(self, file: str) -> str:
        """A draft of its own: the one it came from is another by now, in the outbox, or gone."""
        self.draft = keep_apart(self.practice, self.draft, read_back(file, self._former))
        return str(self.draft.name)

    def unlock(self) -> None:
        """Unlock the practice."""
        ensure_unlocked(self.practice)


@dataclass
class _Kept:
    """What of the file is in the vault: how the file looked when it was last saved."""

    writing: Writing
    file: Path
    seen: tuple[int, int] | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def bring_up_to_date(self) -> None:
        """Save what the file holds now, if it changed. Raises as `Writing.keep`."""
        with self._guard:
            before = _look(self.file)
            if before is None or before == self.seen:
                return
            held = self.held()
            if _look(self.file) != before or (before[1] == 0 and self.seen and self.seen[1]):
                self.seen = before  # the editor is writing just now; the next look finds it whole
                return
            self.writing.keep(held)
            self.seen = before

    def held(self) -> str:
        """What the file holds."""
        return self.file.read_text("utf-8", "replace")


def edit_draft(practice: Practice, draft: Draft) -> Draft:
    """`draft` after the therapist has edited it, saved all the while. Raises as `edit`."""
    writing = DraftWriting(practice, draft)
    edit(practice, writing)
    return writing.draft


def edit(practice: Practice, writing: Writing) -> None:
    """Let the therapist write, what the file holds being saved all the while.

    Raises EditorFailed (all is kept as last written), NoEditor, FileUnusable where no memory can hold the file,
    KeyboardInterrupt where the terminal was closed.
    """
    with practice.run.process_directory() as directory:
        if not is_in_memory(directory):
            raise FileUnusable(str(directory), "it may lie on the disk, where no letter may ever stand unsealed")
        file = directory / f"{writing.name}.txt"
        run = editor_run(file, os.environ)
        if not run.is_known:
            narrate(f"{run.name} is not known here: what it writes elsewhere by itself, nobody can vouch for.")
        _write(file, writing.shown())
        kept = _Kept(writing, file, _look(file))
        with _saving(kept), until_hung_up() as hung_up:
            code = _run(run, directory, hung_up)
        _take_emergency_copy(file)
        _last_save(kept)
    if hung_up.is_set():
        raise KeyboardInterrupt
    if code:
        raise EditorFailed(run.name, writing.name)


def _run(run: EditorRun, directory: Path, hung_up: threading.Event) -> int:
    """The editor's exit code; it is ended where the terminal went away and it stays."""
    process = subprocess.Popen(run.command, env=run.environment, cwd=directory)
    while True:
        try:
            return process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            if hung_up.is_set():
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(_END_SECONDS)
                process.kill()


@contextlib.contextmanager
def _saving(kept: _Kept) -> Iterator[None]:
    """While this lasts, every change of the file is in the vault before two seconds have passed."""
    over = threading.Event()

    def look_again() -> None:
        while not over.wait(LOOK_SECONDS):
            with contextlib.suppress(TherapymailError, OSError):  # the last save says what is wrong
                kept.bring_up_to_date()

    saver = threading.Thread(target=look_again, name="draft saver", daemon=True)
    saver.start()
    try:
        yield
    finally:
        over.set()
        saver.join()


@contextlib.contextmanager
def until_hung_up() -> Iterator[threading.Event]:
    """Ctrl-C belongs to the editor meanwhile; a closed terminal, or a request to end, is noted and nothing lost."""
    ended = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    former = {number: signal.signal(number, note) for number in (signal.SIGHUP, signal.SIGTERM)}
    former[signal.SIGINT] = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield ended
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _last_save(kept: _Kept) -> None:
    """Save all that the file holds: whatever happened meanwhile, what was written is not lost."""
    while True:
        try:
            kept.bring_up_to_date()
        except VaultLocked:
            _unlock_again(kept.writing)
        except kept.writing.parted:
            before = kept.writing.name
            apart = kept.writing.keep_apart(kept.held())
            narrate(f"{before} was changed, sent or discarded elsewhere; what you wrote is kept as {apart}.")
            return
        else:
            return


def _unlock_again(writing: Writing) -> None:
    """Ask for the passphrase until the text can be kept, or the person gives it up. Raises VaultLocked."""
    narrate("The practice was locked while you wrote. Unlock it to keep what you wrote since.")
    while True:
        try:
            writing.unlock()
        except (PassphraseWrong, NotesPassphraseWrong):
            if not ask_yes("Try again? If not, what you wrote since is lost", default=False):
                raise VaultLocked from None
        else:
            return


def _take_emergency_copy(file: Path) -> None:
    """What an editor that was ended wrote beside the file (nano: D-3.txt.save), if it is newer."""
    for copy in file.parent.glob(f"{file.name}.save*"):
        with contextlib.suppress(OSError):
            if copy.stat().st_mtime_ns >= file.stat().st_mtime_ns:
                copy.replace(file)


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as opened:
        opened.write(text)


def _look(file: Path) -> tuple[int, int] | None:
    """When the file was written, and its size; None while an editor puts another in its place."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
