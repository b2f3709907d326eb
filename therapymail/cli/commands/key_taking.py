"""The command `key import`: a client's key, inspected first, or an older one of one's own."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.completing import complete_client
from therapymail.cli.surroundings import AnotherAddressOption, JsonOption, YesOption, surroundings

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The key, armored or binary; - for standard input.")],
    *,
    client: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Take it as the key of this client.", autocompletion=complete_client),
    ] = None,
    own: Annotated[bool, typer.Option("--own", help="A secret key of yours, for opening older letters.")] = False,
    passphrase_command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="With --own: a command that prints its passphrase.")
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --own: a file whose first line is its passphrase.")
    ] = None,
    although_another_address: AnotherAddressOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take in a key, inspected first.

    Nothing is pinned without your word. Without --client it is kept as a candidate. A key that a client already has
    is brought up to date: a new end, new parts, a revocation; it stays verified, and nothing is forgotten by a copy
    that is older. Beside another key of theirs it waits for your decision: `client verify CODE --new`.

    \b
    Examples:
      therapymail key import heron.asc
      therapymail key import heron.asc --client HERON
      therapymail key import old-secret.asc --own
    """
    from therapymail.cli.asking import ask_yes, read_input
    from therapymail.cli.key_import import question_for, say_taken
    from therapymail.cli.key_view import print_key, print_keys_json
    from therapymail.practice import keys

    practice = surroundings(context).unlocked()
    material = read_input(file)
    inspected = keys.inspect_key(practice, material, own=own, to_pin=client is not None)
    before = None if own else keys.pinned_key(practice, inspected.fingerprint)
    if not yes and not as_json:
        print_key(inspected, err=True)
        if not ask_yes(question_for(before, client), default=True):
            raise typer.Abort
    if own:
        taken = keys.import_own_key(practice, material, _own_passphrase(passphrase_command, passphrase_file))
        _open_again(practice)
    else:
        taken = keys.import_key(practice, material, client, although_another_address=although_another_address)
    if as_json:
        print_keys_json([taken])
        return
    print_key(taken)
    if not own:
        say_taken(before, taken, inspected.fault, client)


def _own_passphrase(command: str | None, file: Path | None) -> str | None:
    from therapymail.cli.asking import ask_passphrase, passphrase_from, somebody_answers

    given = passphrase_from(command, file)
    if given is None and somebody_answers():
        return ask_passphrase("Passphrase of that key (empty: it has none): ") or None
    return given


def _open_again(practice: "Practice") -> None:
    """A new key may open letters that are kept unopened."""
    from therapymail.cli.output import narrate
    from therapymail.domain.wording import count_words
    from therapymail.practice.open_again import open_again

    again = open_again(practice)
    if again.tried:
        narrate(f"{count_words(again.tried, 'unopened letter')} tried again, {again.opened} opened.")
