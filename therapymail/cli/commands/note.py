"""The commands of `note`: progress notes in the record, process notes apart from it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from therapymail.cli.completing import complete_client, complete_letter, complete_note
from therapymail.cli.surroundings import JsonOption, YesOption, surroundings
from therapymail.domain.note import NoteKind, NoteName, Purpose

if TYPE_CHECKING:
    from therapymail.practice.note import NoteKept
    from therapymail.practice.practice import Practice

Name: TypeAlias = Annotated[
    str, typer.Argument(metavar="NOTE", help="A note's name, like N-3 or P-3.", autocompletion=complete_note)
]
ProcessOption: TypeAlias = Annotated[bool, typer.Option("--process", help="Process notes: private, kept apart.")]
BodyOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--body-file", metavar="F", help="The text instead of the editor, as UTF-8; - for standard input."),
]
_DEFAULT = {NoteKind.PROGRESS: "soap", NoteKind.PROCESS: "four-readings"}


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    from therapymail.cli.commands import note_lock

    group = typer.Typer(help="Notes: in the record, and process notes apart from it.", rich_markup_mode=None)
    for name, command in (
        ("add", add),
        ("list", list_),
        ("show", show),
        ("edit", edit),
        ("amend", amend),
        ("discard", discard),
    ):
        group.command(name)(command)
    note_lock.add_to(group)
    app.add_typer(group, name="note")


def add(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)],
    *,
    process: ProcessOption = False,
    template: Annotated[
        str | None,
        typer.Option(
            "--format",
            "--template",
            metavar="NAME",
            help="soap, dap, birp, free; for process notes four-readings, gibbs, kolb, six-minute, free; one of yours.",
        ),
    ] = None,
    letter: Annotated[
        str | None,
        typer.Option("--letter", metavar="ID", help="The letter it is about.", autocompletion=complete_letter),
    ] = None,
    passage: Annotated[
        str | None,
        typer.Option("--passage", metavar="ID:FROM-TO", help="A passage of a letter's text, in characters from 0."),
    ] = None,
    exchange: Annotated[int | None, typer.Option("--exchange", min=1, metavar="N", help="The exchange.")] = None,
    prefill: Annotated[
        bool, typer.Option("--prefill", help="Fill Objective with what is observed: length, lateness, cues.")
    ] = False,
    body_file: BodyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a note about a client.

    A progress note is part of the record: factual, and locked after `note_lock_days` (7); then it is only amended. A
    process note is private: kept in a store of its own with its own key, and in no list or search unless you ask.
    Headings left empty are dropped. Your own templates are files `note-templates/NAME.txt` in the practice directory.

    \b
    Examples:
      therapymail note add HERON --letter HERON-12 --prefill
      therapymail note add HERON --format birp --exchange 4
      therapymail note add HERON --process --passage HERON-12:120-180
      therapymail note add HERON --process --template my-own --body-file -
    """
    from therapymail.cli.commands.writing import editor_is_wanted
    from therapymail.cli.note_writing import body_of, written
    from therapymail.practice import note as verb
    from therapymail.practice.note_links import LinkRequest

    kind = NoteKind.PROCESS if process else NoteKind.PROGRESS
    wants_editor = editor_is_wanted(edit=None, body_file=body_file)
    body = body_of(body_file)
    practice = _unlocked(context, kind)
    asked = verb.NoteRequest(
        code, kind, template or _DEFAULT[kind], LinkRequest(letter, passage, exchange), prefill=prefill
    )
    begun = verb.begin_note(practice, asked)
    _answer(practice, written(practice, begun, body=body, wants_editor=wants_editor), as_json=as_json)


def list_(
    context: typer.Context,
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="Only about this client.", autocompletion=complete_client)
    ] = None,
    *,
    process: ProcessOption = False,
    as_json: JsonOption = False,
) -> None:
    """List notes, newest first; what is being written stands on top.

    \b
    Examples:
      therapymail note list HERON
      therapymail note list --process
    """
    from therapymail.cli.output import print_json
    from therapymail.practice.note_reading import list_notes

    kind = NoteKind.PROCESS if process else NoteKind.PROGRESS
    practice = _unlocked(context, kind, makes=False)
    found = list_notes(practice, kind, code)
    if as_json:
        from therapymail.cli.note_view import note_shape

        print_json({"notes": [note_shape(view) for view in found]})
    else:
        from therapymail.cli.note_view import print_notes

        print_notes(found, practice.settings.zone)


def show(context: typer.Context, name: Name, *, as_json: JsonOption = False) -> None:
    """Show one note whole, with its amendments.

    \b
    Examples:
      therapymail note show N-3
      therapymail note show P-3 --json
    """
    from therapymail.cli.output import print_json
    from therapymail.practice.note_reading import read_note

    wanted = NoteName.parse(name)
    around = surroundings(context)
    practice = _unlocked(context, wanted.kind, makes=False)
    whole = read_note(practice, wanted)
    if as_json:
        from therapymail.cli.note_view import whole_note_shape

        print_json(whole_note_shape(whole))
    else:
        from therapymail.cli.note_view import print_note

        print_note(whole, practice.settings.zone, around.gutter)


def edit(context: typer.Context, name: Name, *, body_file: BodyOption = None, as_json: JsonOption = False) -> None:
    """Go on writing a note: one that was begun, or one that is not locked yet.

    \b
    Examples:
      therapymail note edit N-3
      therapymail note edit P-3 --body-file - < note.txt
    """
    _change(context, name, Purpose.EDIT, body_file, as_json=as_json)


def amend(context: typer.Context, name: Name, *, body_file: BodyOption = None, as_json: JsonOption = False) -> None:
    """Add to a note, with today's date; what it says stays.

    \b
    Examples:
      therapymail note amend N-3
      therapymail note amend N-3 --body-file - < addition.txt
    """
    _change(context, name, Purpose.AMENDMENT, body_file, as_json=as_json)


def discard(context: typer.Context, name: Name, *, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Remove a note for good: one that was only begun, or one that is not locked.

    The journal keeps that there was a note, and not a word of it.

    \b
    Examples:
      therapymail note discard N-3
      therapymail note discard P-3 --yes
    """
    from therapymail.cli.asking import ask_yes, somebody_answers
    from therapymail.cli.output import narrate, print_json
    from therapymail.errors import UnusableInput
    from therapymail.practice import note as verb
    from therapymail.practice.note_reading import read_note

    wanted = NoteName.parse(name)
    practice = _unlocked(context, wanted.kind, makes=False)
    whole = read_note(practice, wanted)
    if not yes and not whole.view.is_locked:
        if not somebody_answers():
            raise UnusableInput("--yes", "it is needed where nobody can be asked")
        if not ask_yes(f"Remove {wanted} about {whole.view.code} for good?"):
            raise typer.Abort
    verb.discard_note(practice, wanted)
    if as_json:
        from therapymail.cli.note_view import gone_shape

        print_json(gone_shape(wanted))
    else:
        narrate(f"{wanted} is gone.")


def _change(context: typer.Context, name: str, purpose: Purpose, body_file: Path | None, *, as_json: bool) -> None:
    from therapymail.cli.commands.writing import editor_is_wanted
    from therapymail.cli.note_writing import body_of, written
    from therapymail.practice import note as verb

    wanted = NoteName.parse(name)
    wants_editor = editor_is_wanted(edit=None, body_file=body_file)
    body = body_of(body_file)
    practice = _unlocked(context, wanted.kind, makes=False)
    begun = verb.begin_change(practice, wanted, purpose)
    _answer(practice, written(practice, begun, body=body, wants_editor=wants_editor), as_json=as_json)


def _unlocked(context: typer.Context, kind: NoteKind, *, makes: bool = True) -> "Practice":
    """The practice, unlocked, and its process notes where they are asked for and there are any, or are to be made."""
    practice = surroundings(context).unlocked()
    if kind is NoteKind.PROCESS:
        from therapymail.cli.note_writing import ensure_notes_unlocked
        from therapymail.practice.process_notes import exist

        if makes or exist(practice):
            ensure_notes_unlocked(practice)
    return practice


def _answer(practice: "Practice", kept: "NoteKept", *, as_json: bool) -> None:
    from therapymail.cli.note_view import narrate_kept, note_shape
    from therapymail.cli.output import print_json
    from therapymail.practice.note_reading import read_note

    if as_json:
        shape = note_shape(read_note(practice, kept.note.name).view)
        print_json({**shape, "belongs_in_record": list(kept.of_the_record)})
    else:
        narrate_kept(kept, practice.settings.zone)
