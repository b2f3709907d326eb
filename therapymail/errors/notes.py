"""Errors of notes: unknown, locked against change, changed elsewhere; and process notes locked apart."""

from therapymail.errors.family import ExitCode, TherapymailError
from therapymail.errors.vault import VaultLocked


class NoteUnknown(TherapymailError):
    """No note has this name."""

    name: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "There is no note {name}."
    next_step = "See `therapymail note list`."


class NoteLocked(TherapymailError):
    """A note of the record that is older than what may be changed; `since` is the day it locked."""

    name: str
    since: str
    exit_code = ExitCode.USAGE
    sentence = "{name} is locked since {since}; what it says stays."
    next_step = "Add to it with `therapymail note amend {name}`."


class NoteChanged(TherapymailError):
    """What is being written of a note was saved elsewhere meanwhile: nothing was overwritten."""

    name: str
    exit_code = ExitCode.USAGE
    sentence = "{name} was changed elsewhere meanwhile; nothing was overwritten."
    next_step = "See `therapymail note show {name}`, then edit it again."


class ProcessNotesMissing(TherapymailError):
    """The key of the process notes is there, their store is not: nothing may quietly take its place."""

    exit_code = ExitCode.CONFIGURATION
    sentence = "Your process notes are missing: notes.key is there, notes.db is not."
    next_step = (
        "Restore notes.db from a backup. If there is none, `therapymail note begin-anew` sets the old key aside and "
        "begins new ones."
    )


class ProcessNotesLocked(VaultLocked):
    """The key of the process notes is not at hand: they have a passphrase of their own, or the practice is locked."""

    exit_code = ExitCode.LOCKED
    sentence = "Your process notes are locked."
    next_step = "Run `therapymail note unlock`."


class NotesPassphraseNeeded(ProcessNotesLocked):
    """The process notes have a passphrase of their own, and nobody can be asked for it."""

    sentence = "The passphrase of your process notes is needed."
    next_step = "Run `therapymail note unlock` on a terminal, or give --passphrase-command."


class NotesPassphraseWrong(TherapymailError):
    """The passphrase does not open the process notes."""

    exit_code = ExitCode.LOCKED
    sentence = "That passphrase does not open your process notes."
    next_step = "Try again; nothing was changed."
