"""Writing notes at the command line: in the editor, saved all the while, or from a file."""

from dataclasses import dataclass
from pathlib import Path

from therapymail.cli.asking import ATTEMPTS, ask_passphrase, ensure_unlocked, somebody_answers
from therapymail.cli.editing import edit
from therapymail.cli.output import narrate
from therapymail.domain.note import NoteDraft, NoteKind
from therapymail.errors import (
    EditorFailed,
    NoEditor,
    NoteChanged,
    NotesPassphraseNeeded,
    NotesPassphraseWrong,
    NoteUnknown,
    NothingWritten,
    ProcessNotesLocked,
    TherapymailError,
)
from therapymail.practice import note as verb
from therapymail.practice import process_notes
from therapymail.practice.note import NoteKept
from therapymail.practice.practice import Practice

NOTES_PROMPT = "Passphrase of your process notes: "


@dataclass
class NoteWriting:
    """A note in the editor; `draft` is what was last saved."""

    practice: Practice
    draft: NoteDraft
    parted: tuple[type[TherapymailError], ...] = (NoteChanged, NoteUnknown)

    @property
    def name(self) -> str:
        """N-3."""
        return str(self.draft.name)

    def shown(self) -> str:
        """The text as it stands."""
        return self.draft.text

    def keep(self, file: str) -> None:
        """Save what is being written. Raises as `note.save_note`."""
        self.draft = verb.save_note(self.practice, self.draft.name, file, self.draft.revision)

    def keep_apart(self, file: str) -> str:
        """A note of its own: the one it came from was changed, kept or discarded elsewhere."""
        self.draft = verb.keep_apart(self.practice, self.draft, file)
        return str(self.draft.name)

    def unlock(self) -> None:
        """Unlock the practice, and the process notes where this is one."""
        ensure_unlocked(self.practice)
        if self.draft.name.kind is NoteKind.PROCESS:
            ensure_notes_unlocked(self.practice)


def written(practice: Practice, begun: NoteDraft, *, body: str | None, wants_editor: bool) -> NoteKept:
    """What was begun, written and kept: with `body` as its text, or as the editor left it.

    A note in which nothing was written goes again; one that was begun before stays. Raises NothingWritten,
    EditorFailed, NoEditor, NoteChanged, FileUnusable, VaultLocked.
    """
    name = begun.name
    is_fresh = begun.revision == 1
    try:
        if body is not None:
            begun = verb.save_note(practice, name, body, begun.revision)
        if wants_editor:
            writing = NoteWriting(practice, begun)
            edit(practice, writing)
            name = writing.draft.name
        return verb.keep_note(practice, name)
    except NothingWritten:
        verb.discard_begun(practice, name)
        raise
    except BaseException as failure:
        if is_fresh and _is_untouched(practice, begun):
            verb.discard_begun(practice, begun.name)
            if isinstance(failure, EditorFailed):
                raise NoEditor(failure.editor, "it ended with an error, and nothing was written") from None
        raise


def ensure_notes_unlocked(practice: Practice) -> None:
    """Unlock the process notes, asking for their own passphrase at most three times. Raises ProcessNotesLocked."""
    session = process_notes.notes_session(practice)
    if session.is_open():
        return
    try:
        process_notes.unlock_process_notes(practice, None)
    except NotesPassphraseNeeded:
        if not somebody_answers():
            raise ProcessNotesLocked from None
        with_notes_passphrase(practice, None)


def with_notes_passphrase(practice: Practice, hours: float | None) -> process_notes.NotesUnlocked:
    """Unlock the process notes by a passphrase typed in three attempts. Raises NotesPassphraseWrong after the third."""
    for _ in range(ATTEMPTS - 1):
        try:
            return process_notes.unlock_process_notes(practice, ask_passphrase(NOTES_PROMPT), hours)
        except NotesPassphraseWrong:
            narrate("That was not it. Try again.")
    return process_notes.unlock_process_notes(practice, ask_passphrase(NOTES_PROMPT), hours)


def _is_untouched(practice: Practice, begun: NoteDraft) -> bool:
    try:
        return verb.is_untouched(practice, begun)
    except TherapymailError:  # locked, or gone: nothing of ours to remove
        return False


def body_of(file: Path | None) -> str | None:
    """The text in `file`, or None where none is given. Raises FileUnusable, UnusableInput."""
    if file is None:
        return None
    from therapymail.cli.commands.writing import read_body

    return read_body(file)
