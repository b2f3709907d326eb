"""The commands `note unlock`, `lock`, `passphrase` and `begin-anew`: the process notes, locked apart, and lost."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from therapymail.cli.surroundings import JsonOption, surroundings

CommandOption: TypeAlias = Annotated[
    str | None, typer.Option("--passphrase-command", metavar="COMMAND", help="A command that prints the passphrase.")
]
FileOption: TypeAlias = Annotated[
    Path | None, typer.Option("--passphrase-file", metavar="FILE", help="A file whose first line is the passphrase.")
]


def add_to(group: typer.Typer) -> None:
    """Add the commands to the group `note`."""
    group.command("unlock")(unlock)
    group.command("lock")(lock)
    group.command("passphrase")(passphrase)
    group.command("begin-anew")(begin_anew)


def unlock(
    context: typer.Context,
    *,
    hours: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help="How long: 2h, 30m (default from the settings).")
    ] = None,
    passphrase_command: CommandOption = None,
    passphrase_file: FileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Unlock the process notes with the passphrase of their own.

    They stay unlocked for `note_unlock_hours` (1), and never longer than the practice. Without a passphrase of their
    own they are unlocked with it.

    \b
    Examples:
      therapymail note unlock
      therapymail note unlock --for 20m
    """
    from therapymail.cli.asking import passphrase_from
    from therapymail.cli.durations import hours_in, hours_words
    from therapymail.cli.note_writing import with_notes_passphrase
    from therapymail.cli.output import narrate, print_json
    from therapymail.errors import NotesPassphraseNeeded
    from therapymail.practice.process_notes import unlock_process_notes

    practice = surroundings(context).unlocked()
    lasting = hours_in(hours) if hours else None
    given = passphrase_from(passphrase_command, passphrase_file)
    try:
        done = unlock_process_notes(practice, given, lasting)
    except NotesPassphraseNeeded:
        from therapymail.cli.asking import somebody_answers

        if not somebody_answers():
            raise
        done = with_notes_passphrase(practice, lasting)
    if as_json:
        print_json({"locked": False, "own_passphrase": done.own, "hours": done.hours})
    else:
        lasts = hours_words(done.hours) if done.hours is not None else "as long as the practice is"
        narrate(f"Your process notes are unlocked {'for ' if done.hours is not None else ''}{lasts}.")


def lock(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Lock the process notes alone; `therapymail lock` locks them with everything.

    \b
    Example:
      therapymail note lock
    """
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.process_notes import has_passphrase, lock_process_notes

    practice = surroundings(context).practice()
    own = practice.session.is_open() and has_passphrase(practice)
    lock_process_notes(practice)
    if as_json:
        print_json({"locked": True, "own_passphrase": own})
    else:
        narrate("Your process notes are locked.")
        if practice.session.is_open() and not own:
            narrate("But they have no passphrase of their own: the next command unlocks them again.")


def passphrase(
    context: typer.Context,
    *,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take it away: they are unlocked with the practice.")
    ] = False,
    passphrase_command: CommandOption = None,
    passphrase_file: FileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give the process notes a passphrase of their own, another one, or none.

    Both are then needed, your own key and this passphrase; nobody can bring back notes whose passphrase is lost. A
    copy of notes.key that was made before still opens with what held then.

    \b
    Examples:
      therapymail note passphrase
      therapymail note passphrase --passphrase-command "pass notes"
      therapymail note passphrase --remove
    """
    from therapymail.cli.asking import passphrase_from, somebody_answers
    from therapymail.cli.note_writing import ensure_notes_unlocked
    from therapymail.cli.output import narrate, print_json
    from therapymail.errors import NotesPassphraseNeeded, UnusableInput
    from therapymail.practice.process_notes import set_passphrase

    practice = surroundings(context).unlocked()
    new = passphrase_from(passphrase_command, passphrase_file)
    if remove and new is not None:
        raise UnusableInput("--remove", "it takes the passphrase away; no other is taken with it")
    ensure_notes_unlocked(practice)
    if not remove and new is None:
        if not somebody_answers():
            raise NotesPassphraseNeeded
        from therapymail.cli.new_passphrase import own_words

        narrate("A new passphrase for your process notes. Without it nobody opens them, not even you.")
        new = own_words()
    set_passphrase(practice, None if remove else new)
    if as_json:
        print_json({"own_passphrase": not remove})
    else:
        narrate("They have no passphrase of their own any more." if remove else "The passphrase is set.")


def begin_anew(
    context: typer.Context,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Give up process notes that are lost: their file or its key is gone, and in no backup.

    What is left of them is set aside, not deleted; the next process note begins new ones.

    \b
    Example:
      therapymail note begin-anew
    """
    from therapymail.cli.asking import ask_yes, somebody_answers
    from therapymail.cli.output import narrate, print_json
    from therapymail.errors import UnusableInput
    from therapymail.practice.process_notes import begin_anew as verb

    practice = surroundings(context).unlocked()
    if not yes:
        if not somebody_answers():
            raise UnusableInput("--yes", "it is needed where nobody can be asked; nothing was changed")
        if not ask_yes("Are both notes.db and notes.key in no backup? Begin new process notes?", default=False):
            narrate("Nothing was changed.")
            return
    aside = verb(practice)
    if as_json:
        print_json({"set_aside": str(aside)})
    else:
        narrate(f"What was left is now {aside.name}. The next process note begins new ones.")
