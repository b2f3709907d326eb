"""The commands of `backup`: the whole practice in one sealed file, read again, and put back."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from therapymail.cli.surroundings import JsonOption, surroundings

FileArgument: TypeAlias = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="Backups: the whole practice in one sealed file.", rich_markup_mode=None)
    for command in (create, verify, restore):
        group.command(command.__name__)(command)
    group.command("list")(list_)
    app.add_typer(group, name="backup")


def create(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The new file, or a directory to put it in.")],
    *,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to", metavar="FPR", help="Seal it to this key too; again for more. It opens no letter with it."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file of that name.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a backup of everything: letters, notes, keys, settings.

    It is sealed to your own key and signed by it, then opened again and compared before it gets its name. Sync may go
    on meanwhile. Your key, from your recovery kit, and its passphrase are all that a restore needs besides.

    \b
    Examples:
      therapymail backup create /media/stick
      therapymail backup create ~/practice.backup --overwrite
    """
    from therapymail.cli.backup_view import made_shape, say_made, told_in_megabytes
    from therapymail.cli.output import print_json
    from therapymail.practice.backup import create as create_backup
    from therapymail.practice.backup import file_name
    from therapymail.practice.backup_recipients import recipients_named
    from therapymail.practice.export_file import Target

    around = surroundings(context)
    practice = around.unlocked()
    path = target.expanduser().absolute()
    if path.is_dir():
        path /= file_name(practice)
    others = recipients_named(practice, to or ())
    with told_in_megabytes("Backing up", plain=around.plain) as tell:
        made = create_backup(practice, Target(path, overwrite=overwrite), others, tell)
    if as_json:
        print_json(made_shape(made))
    else:
        say_made(made, practice.settings.zone)


def verify(context: typer.Context, file: FileArgument, *, as_json: JsonOption = False) -> None:
    """Read a backup whole and compare all that it holds with what it says.

    \b
    Example:
      therapymail backup verify /media/stick/therapymail-20260503-101112.backup
    """
    from therapymail.cli.backup_view import say_verified, told_in_megabytes, verified_shape
    from therapymail.cli.output import print_json
    from therapymail.practice.backup import verify as verify_backup

    around = surroundings(context)
    practice = around.unlocked()
    path = file.expanduser().absolute()
    with told_in_megabytes("Reading", plain=around.plain) as tell:
        found = verify_backup(practice, path, tell)
    if as_json:
        print_json(verified_shape(found, path))
    else:
        say_verified(found, path, practice.settings.own_key, practice.settings.zone)


def list_(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the backups on the record, newest first.

    Which file is which its SHA-256 says; where they lie is written down nowhere.

    \b
    Example:
      therapymail backup list
    """
    from therapymail.cli.backup_view import backups_shape, print_backups
    from therapymail.cli.output import print_json
    from therapymail.practice.backup import list_backups

    practice = surroundings(context).unlocked()
    found = list_backups(practice)
    if as_json:
        print_json(backups_shape(found))
    else:
        print_backups(found, practice.settings.zone)


def restore(
    context: typer.Context,
    file: FileArgument,
    *,
    key: Annotated[str | None, typer.Option(metavar="FPR", help="Your key, in your own GnuPG home.")] = None,
    import_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your secret key in a file, as from your recovery kit.")
    ] = None,
    passphrase_command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Prints your key's passphrase; run once.")
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its first line is your key's passphrase.")
    ] = None,
    no_passphrase: Annotated[bool, typer.Option("--no-passphrase", help="Your key has no passphrase.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back, into an empty place.

    It needs the file, your secret key and its passphrase. Every letter is compared before anything stands there.
    What was on its way out is stopped: it may have left since the backup was made.

    \b
    Examples:
      therapymail backup restore /media/stick/practice.backup
      therapymail --home ~/restored backup restore practice.backup \\
        --import-key my-key.asc --passphrase-file passphrase
    """
    from therapymail.cli.backup_restoring import restore_as_asked
    from therapymail.cli.backup_view import restored_shape, say_restored
    from therapymail.cli.output import print_json
    from therapymail.cli.setup_answers import Answers

    answers = Answers(
        key=key,
        import_key=import_key,
        passphrase_command=passphrase_command,
        passphrase_file=passphrase_file,
        no_passphrase=no_passphrase,
        yes=as_json,
    )
    around, path = surroundings(context), file.expanduser().absolute()
    practice, done = restore_as_asked(around.home, path, answers, plain=around.plain)
    if as_json:
        print_json(restored_shape(done, path, practice))
    else:
        say_restored(done, practice, practice.settings.zone)
