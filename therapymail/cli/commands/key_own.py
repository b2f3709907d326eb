"""The commands `key kit`, `replace` and `passphrase`: the way back to the own key, another one, another passphrase."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from therapymail.cli.surroundings import JsonOption, YesOption, surroundings

_CommandOption: TypeAlias = Annotated[
    str | None, typer.Option("--passphrase-command", metavar="COMMAND", help="Prints your key's present passphrase.")
]
_FileOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="FILE", help="Its first line is your key's present passphrase."),
]
_NewCommandOption: TypeAlias = Annotated[
    str | None, typer.Option("--new-passphrase-command", metavar="COMMAND", help="Prints the new passphrase.")
]
_NewFileOption: TypeAlias = Annotated[
    Path | None, typer.Option("--new-passphrase-file", metavar="FILE", help="Its first line is the new passphrase.")
]
_NoneOption: TypeAlias = Annotated[
    bool, typer.Option("--no-passphrase", help="None from now on: the disk alone protects the record.")
]
_KitOption: TypeAlias = Annotated[
    Path | None, typer.Option("--kit", metavar="FILE", help="Write a new recovery kit there, and test it.")
]


def kit(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where the page to print goes.")] = None,
    *,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", help="Test a kit instead: the page, or text scanned or typed from it."),
    ] = None,
    passphrase_command: _CommandOption = None,
    passphrase_file: _FileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a recovery kit of your own key: a page to print; or test one.

    It holds the secret key under its passphrase, a certificate that declares it void, and the steps. It counts once it
    was read back, its key opened with the passphrase you type, and the record with that key.

    \b
    Examples:
      therapymail key kit ~/recovery-kit.html
      therapymail key kit --check scanned.txt
    """
    from therapymail.cli.asking import read_input
    from therapymail.cli.output import narrate, print_json
    from therapymail.cli.own_key_view import kit_shape, say_kit, with_own_passphrase
    from therapymail.errors import UnusableInput
    from therapymail.practice.recovery_kit import check_kit, make_kit

    practice = surroundings(context).unlocked()
    if (file is None) == (check is None):
        raise UnusableInput("FILE", "say where the kit goes, or which one to --check")
    if check is not None:
        content = read_input(check)
        with_own_passphrase(passphrase_command, passphrase_file, lambda typed: check_kit(practice, content, typed))
        if as_json:
            print_json({**kit_shape(None), "fingerprint": practice.settings.own_key, "file": str(check)})
        else:
            narrate("That kit works: its key is yours, opens with this passphrase, and opens the record.")
        return
    place = file
    assert place is not None
    made = with_own_passphrase(passphrase_command, passphrase_file, lambda typed: make_kit(practice, place, typed))
    if as_json:
        print_json(kit_shape(made))
    else:
        say_kit(made)


def passphrase(
    context: typer.Context,
    *,
    passphrase_command: _CommandOption = None,
    passphrase_file: _FileOption = None,
    new_passphrase_command: _NewCommandOption = None,
    new_passphrase_file: _NewFileOption = None,
    no_passphrase: _NoneOption = False,
    kit: _KitOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change the passphrase of your own key, wherever it opens something.

    All of it changes at one moment: your own key, earlier ones that share it, and the process notes if their own
    passphrase is the same. A recovery kit, a backup's key or a copy made before opens with the old passphrase: make
    the kit anew, and destroy the old paper.

    \b
    Examples:
      therapymail key passphrase
      therapymail key passphrase --kit ~/recovery-kit.html
    """
    from therapymail.cli.output import print_json
    from therapymail.cli.own_key_view import kit_after, kit_shape, new_secret, say_passphrase, with_own_passphrase
    from therapymail.practice.own_passphrase import change_passphrase

    practice = surroundings(context).unlocked()
    new = new_secret(new_passphrase_command, new_passphrase_file, none=no_passphrase)
    done = with_own_passphrase(
        passphrase_command, passphrase_file, lambda typed: change_passphrase(practice, typed, new)
    )
    made = kit_after(practice, kit, new)
    if as_json:
        changed = {"earlier": list(done.earlier), "apart": list(done.apart), "process_notes": done.notes}
        own = {"fingerprint": practice.settings.own_key}
        print_json({**own, **changed, "kit": kit_shape(made) if made else None})
    else:
        say_passphrase(done, made)


def replace(
    context: typer.Context,
    *,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a new key for you.")] = False,
    key: Annotated[str | None, typer.Option(metavar="FPR", help="Copy this key from your own GnuPG home.")] = None,
    import_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Take your key from a file.")] = None,
    passphrase_command: _CommandOption = None,
    passphrase_file: _FileOption = None,
    new_passphrase_command: _NewCommandOption = None,
    new_passphrase_file: _NewFileOption = None,
    no_passphrase: _NoneOption = False,
    kit: _KitOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put another own key in the place of the present one.

    Record and process notes are sealed to the new key, and the record gets a key of its own anew. The old secret
    stays, under the new passphrase, for the letters sealed to it; what it signed stays yours. Clients seal to the old
    key until they have taken the new one: that is asked of each, and said at the end.

    \b
    Examples:
      therapymail key replace --new-key --kit ~/recovery-kit.html
      therapymail key replace --import-key new-secret.asc
    """
    from therapymail.cli.asking import ask_yes
    from therapymail.cli.output import print_json
    from therapymail.cli.own_key_view import (
        kit_after,
        kit_shape,
        other_key,
        replaced_shape,
        say_replaced,
        with_own_passphrase,
    )
    from therapymail.practice.own_key_replace import replace_own_key

    practice = surroundings(context).unlocked()
    choice = other_key((new_key, key, import_key), new_passphrase_command, new_passphrase_file, none=no_passphrase)
    question = "Every client has to take your new key, by another channel too. Replace your own key now?"
    if not yes and not ask_yes(question):
        raise typer.Abort
    now, done = with_own_passphrase(
        passphrase_command, passphrase_file, lambda typed: replace_own_key(practice, choice, typed)
    )
    made = kit_after(now, kit, choice.passphrase)
    if as_json:
        print_json({**replaced_shape(done), "kit": kit_shape(made) if made else None})
    else:
        say_replaced(done, made)
