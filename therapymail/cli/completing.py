"""Shell completion: codes and names of letters and drafts, only while unlocked, never asking and never failing."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice

MOST_OFFERED = 50


def complete_client(context: typer.Context, incomplete: str) -> list[str]:
    """The client codes that begin as typed."""
    return _offered(context, incomplete, _codes)


def complete_letter(context: typer.Context, incomplete: str) -> list[str]:
    """The letter names that begin as typed, newest first."""
    return _offered(context, incomplete, _letter_names)


def complete_draft(context: typer.Context, incomplete: str) -> list[str]:
    """The names of drafts that begin as typed, newest first."""
    return _offered(context, incomplete, _draft_names)


def complete_queued(context: typer.Context, incomplete: str) -> list[str]:
    """The names of drafts in the outbox that begin as typed."""
    return _offered(context, incomplete, _queued_names)


def complete_note(context: typer.Context, incomplete: str) -> list[str]:
    """The names of notes that begin as typed; of process notes only once P is typed and they are unlocked."""
    return _offered(context, incomplete, _process_names if incomplete[:1].upper() == "P" else _note_names)


def _offered(context: typer.Context, incomplete: str, names: "Callable[[Practice], list[str]]") -> list[str]:
    """Nothing unless the practice is unlocked already; whatever is wrong, a shell prompt is no place to say it."""
    from therapymail.bootstrap import open_practice
    from therapymail.errors import TherapymailError

    home = context.find_root().params.get("home")
    try:
        practice = open_practice(home if isinstance(home, Path) else None, None, os.environ)
        found = names(practice) if practice.session.is_open() else []
    except (TherapymailError, OSError):
        return []
    return [name for name in found if name.startswith(incomplete.upper())]


def complete_letter_template(context: typer.Context, incomplete: str) -> list[str]:
    """The names of templates of letters that begin as typed."""
    return _offered(context, incomplete, _letter_template_names)


def _codes(practice: "Practice") -> list[str]:
    from therapymail.practice.introduce import list_clients

    return [overview.client.code for overview in list_clients(practice)]


def _letter_names(practice: "Practice") -> list[str]:
    from therapymail.practice.read import LettersRequest, list_letters

    return [str(item.letter.name) for item in list_letters(practice, LettersRequest(limit=MOST_OFFERED))]


def _draft_names(practice: "Practice") -> list[str]:
    from therapymail.practice.write import list_drafts

    return [str(view.draft.name) for view in list_drafts(practice)]


def _queued_names(practice: "Practice") -> list[str]:
    from therapymail.practice.outbox import list_outbox

    return [str(entry.draft) for entry in list_outbox(practice)]


def _note_names(practice: "Practice") -> list[str]:
    from therapymail.domain.note import NoteKind
    from therapymail.practice.note_reading import list_notes

    return [str(view.name) for view in list_notes(practice, NoteKind.PROGRESS)]


def _process_names(practice: "Practice") -> list[str]:
    from therapymail.domain.note import NoteKind
    from therapymail.practice.note_reading import list_notes
    from therapymail.practice.process_notes import notes_session

    if not notes_session(practice).is_open():
        return []
    return [str(view.name) for view in list_notes(practice, NoteKind.PROCESS)]


def _letter_template_names(practice: "Practice") -> list[str]:
    from therapymail.practice.letter_templates import letter_template_names

    return list(letter_template_names(practice))
