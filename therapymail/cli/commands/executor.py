"""The commands of `executor`: who takes over if the therapist cannot work, and what is sealed to them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from therapymail.cli.surroundings import JsonOption, YesOption, surroundings

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice

_Name: TypeAlias = Annotated[str, typer.Argument(metavar="NAME", help="The executor's name, or its beginning.")]
_File: TypeAlias = Annotated[Path, typer.Argument(metavar="FILE", help="Where the sealed file goes.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    help_text = "Clinical executors: who takes over if you cannot work."
    group = typer.Typer(no_args_is_help=True, help=help_text, rich_markup_mode=None)
    for name, command in (
        ("add", add),
        ("list", list_),
        ("show", show),
        ("remove", remove),
        ("pack", pack),
        ("drill", drill),
        ("give-vault-key", give_vault_key),
        ("take-back-vault-key", take_back_vault_key),
    ):
        group.command(name)(command)
    app.add_typer(group, name="executor")


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who it is: a colleague, not family.")],
    *,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="Their public OpenPGP key.")] = None,
    contact: Annotated[str, typer.Option(metavar="TEXT", help="How they are reached.")] = "",
    instructions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What you ask of them, as text; - for standard input.")
    ] = None,
    change: Annotated[bool, typer.Option("--change", help="Say something else of one who is named already.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Name a clinical executor, with their key and what you ask of them.

    Compare the key's fingerprint with them by another channel: who holds that key can open the pack.

    \b
    Examples:
      therapymail executor add "Dr Birk" --key birk.asc --contact "0123 456"
      therapymail executor add "Dr Birk" --change --instructions will.txt
    """
    from therapymail.cli.asking import read_input
    from therapymail.cli.executor_view import print_executor
    from therapymail.domain.executor import Executor
    from therapymail.practice.executors import executor_packs, name_executor

    practice = surroundings(context).unlocked()
    asked = read_input(instructions).decode("utf-8", "replace") if instructions else ""
    material = read_input(key) if key else None
    named = name_executor(practice, Executor("", name, contact, "", b"", asked), material, change=change)
    if as_json:
        _print_list(practice, named.name)
    else:
        print_executor(*executor_packs(practice, named.name))


def list_(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the clinical executors, and how it stands with their packs.

    \b
    Example:
      therapymail executor list
    """
    from therapymail.cli.output import day_text, print_table
    from therapymail.practice.executors import executor_states

    practice = surroundings(context).unlocked()
    if as_json:
        _print_list(practice)
        return
    states = executor_states(practice)
    rows = [
        (each.executor.name, day_text(each.pack.made) if each.pack else "none", each.says or "in order")
        for each in states
    ]
    print_table(("NAME", "PACK", "HOW IT STANDS"), rows)


def show(context: typer.Context, name: _Name, *, as_json: JsonOption = False) -> None:
    """Show one clinical executor, what is asked of them, and what they were given.

    \b
    Example:
      therapymail executor show "Dr Birk"
    """
    from therapymail.cli.executor_view import executor_shape, pack_shape, print_executor
    from therapymail.cli.output import print_json
    from therapymail.practice.executors import executor_packs, executor_states

    practice = surroundings(context).unlocked()
    executor, packs = executor_packs(practice, name)
    if not as_json:
        print_executor(executor, packs)
        return
    [state] = [each for each in executor_states(practice) if each.executor == executor]
    packed = [pack_shape(each) for each in packs]
    print_json({"executors": [{**executor_shape(state), "instructions": executor.instructions, "packs": packed}]})


def remove(context: typer.Context, name: _Name, *, as_json: JsonOption = False) -> None:
    """Let somebody be a clinical executor no more.

    What they were given stays with them: ask for it back. A key of the vault is taken back by
    `executor take-back-vault-key`.

    \b
    Example:
      therapymail executor remove "Dr Birk"
    """
    from therapymail.cli.output import narrate
    from therapymail.practice.executors import remove_executor

    practice = surroundings(context).unlocked()
    removed, holds = remove_executor(practice, name)
    if as_json:
        _print_list(practice)
        return
    narrate(f"{removed.name} is no clinical executor any more. Ask them to destroy the pack they have.")
    if holds:
        narrate("THEY HOLD A KEY THAT OPENS THE VAULT: `therapymail executor take-back-vault-key` ends that.")


def pack(context: typer.Context, name: _Name, file: _File, *, as_json: JsonOption = False) -> None:
    """Seal a pack to an executor's key alone: clients, contacts, instructions; no letters, no notes.

    In it stand the clients whose work is not over: code, name, addresses, the other channel you agreed on, time zone;
    your instructions; and where records and keys are. Make it anew when that changes, and once a year.

    \b
    Example:
      therapymail executor pack "Dr Birk" birk.gpg
    """
    from therapymail.cli.executor_view import made_shape, say_made
    from therapymail.cli.output import print_json
    from therapymail.practice.executors import make_pack

    made = make_pack(surroundings(context).unlocked(), name, file)
    if as_json:
        print_json(made_shape(made))
    else:
        say_made(made)


def drill(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="FILE|NAME", help="The pack; with --words, the executor.")],
    *,
    home_of_key: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A GnuPG home with the executor's secret key; it is only read."),
    ] = None,
    words: Annotated[
        str | None, typer.Option(metavar="WORDS", help="The words in the pack, as the executor read them to you.")
    ] = None,
    passphrase_command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Prints the passphrase of the executor's key.")
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its first line is the passphrase of the executor's key.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show that a pack opens with the executor's key alone; once a year.

    Either they open it where they are, by gpg, and read the six words in it to you; or they sit beside you with their
    key in a GnuPG home of its own: it is opened in an empty home with that key, and goes again.

    \b
    Examples:
      therapymail executor drill "Dr Birk" --words "one two three four five six"
      therapymail executor drill birk.gpg --home-of-key /media/stick/gnupg
    """
    from therapymail.cli import asking
    from therapymail.cli.output import narrate
    from therapymail.errors import PassphraseNeeded, UnusableInput
    from therapymail.practice.executors import drill_with_key, drill_with_words

    practice = surroundings(context).unlocked()
    if (home_of_key is None) == (words is None):
        raise UnusableInput("--words", "either the words, or the home of the executor's key")
    if words is not None:
        done = drill_with_words(practice, what, words)
    else:
        assert home_of_key is not None
        sealed = asking.read_input(Path(what))
        home = home_of_key.expanduser().absolute()
        given = asking.passphrase_from(passphrase_command, passphrase_file)
        try:
            done = drill_with_key(practice, sealed, home, given)
        except PassphraseNeeded:
            typed = asking.ask_passphrase("Passphrase of the executor's key: ")
            done = drill_with_key(practice, sealed, home, typed)
    if as_json:
        _print_list(practice, done.name)
    else:
        narrate(f"It opens with the key of {done.name}, and with that alone. This is noted.")


def give_vault_key(
    context: typer.Context, name: _Name, file: _File, *, yes: YesOption = False, as_json: JsonOption = False
) -> None:
    """Seal the vault's key to an executor: with it and your disk they can read every letter.

    A choice of its own, apart from the pack, and noted. Most executors need no letter: whom to reach is in the pack.

    \b
    Example:
      therapymail executor give-vault-key "Dr Birk" vault-key.gpg
    """
    from therapymail.cli.asking import ask_yes
    from therapymail.cli.executor_view import made_shape
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.executors import executor_packs
    from therapymail.practice.executors import give_vault_key as give

    practice = surroundings(context).unlocked()
    executor, _ = executor_packs(practice, name)
    question = f"With this file {executor.name} can read the whole record of every client. Seal it to them?"
    if not yes and not ask_yes(question):
        raise typer.Abort
    made = give(practice, executor.name, file)
    if as_json:
        print_json(made_shape(made))
    else:
        narrate(f"The vault's key is sealed to {made.executor.name} alone: {made.file}. This is noted.")
        narrate("`therapymail executor take-back-vault-key` gives the vault another key.")


def take_back_vault_key(
    context: typer.Context,
    *,
    passphrase_command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Prints your key's passphrase.")
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its first line is your key's passphrase.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Give the vault another key: every key of it that was given away opens it no more.

    A copy of the vault that was made before still opens with the key that was given then: taking back holds for the
    vault as it is from now on. Packs say nothing of it and stay as they are. It takes as long as copying the vault.

    \b
    Example:
      therapymail executor take-back-vault-key
    """
    from therapymail.cli.output import narrate, print_json
    from therapymail.cli.own_key_view import with_own_passphrase
    from therapymail.practice.vault_key_taken_back import take_back_vault_key as take_back

    practice = surroundings(context).unlocked()
    with_own_passphrase(passphrase_command, passphrase_file, lambda typed: take_back(practice, typed))
    if as_json:
        print_json({"rekeyed": True})
    else:
        narrate("The vault has another key. Copies of it made before still open with the old one.")


def _print_list(practice: "Practice", name: str = "") -> None:
    from therapymail.cli.executor_view import executor_shape
    from therapymail.cli.output import print_json
    from therapymail.practice.executors import executor_states

    found = [each for each in executor_states(practice) if not name or each.executor.name == name]
    print_json({"executors": [executor_shape(each) for each in found]})
