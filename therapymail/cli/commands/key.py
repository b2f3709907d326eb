"""The commands of `key`: listing, showing, importing and exporting OpenPGP keys."""

from pathlib import Path
from typing import Annotated

import typer

from therapymail.cli.commands.key_decisions import dismiss, retire
from therapymail.cli.commands.key_own import kit, passphrase, replace
from therapymail.cli.commands.key_taking import import_
from therapymail.cli.completing import complete_client
from therapymail.cli.surroundings import AnotherAddressOption, JsonOption, YesOption, surroundings

Fingerprint = Annotated[str, typer.Argument(metavar="FPR", help="Fingerprint, its last 16 digits, or a client code.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(no_args_is_help=True, help="OpenPGP keys: yours and your clients'.", rich_markup_mode=None)
    for name, command in (
        ("list", list_),
        ("show", show),
        ("import", import_),
        ("pin", pin),
        ("dismiss", dismiss),
        ("retire", retire),
        ("find", find),
        ("export", export),
        ("extend", extend),
        ("kit", kit),
        ("passphrase", passphrase),
        ("replace", replace),
    ):
        group.command(name)(command)
    app.add_typer(group, name="key")


def list_(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the keys held: your own, your clients', and candidates.

    \b
    Examples:
      therapymail key list
      therapymail key list --json
    """
    from therapymail.cli.key_view import print_keys_json, whose_words
    from therapymail.cli.output import day_text, print_table
    from therapymail.practice import keys

    found = keys.list_keys(surroundings(context).unlocked())
    if as_json:
        print_keys_json(found)
        return
    rows = [(key.fingerprint, whose_words(key), day_text(key.created), day_text(key.expires)) for key in found]
    print_table(("FINGERPRINT", "WHOSE", "MADE", "EXPIRES"), rows)


def show(context: typer.Context, fingerprint: Fingerprint, *, as_json: JsonOption = False) -> None:
    """Show one key: its names, and its fingerprint in digits, in words and as a QR code.

    \b
    Examples:
      therapymail key show HERON
      therapymail key show own
    """
    from therapymail.cli.fingerprint_view import print_fingerprint
    from therapymail.cli.key_view import print_key, print_keys_json
    from therapymail.practice import keys

    around = surroundings(context)
    found = keys.show_key(around.unlocked(), fingerprint)
    if as_json:
        print_keys_json([found])
    else:
        print_key(found)
        print_fingerprint(found.fingerprint, plain=around.plain)


def pin(
    context: typer.Context,
    fingerprint: Annotated[
        str, typer.Argument(metavar="FPR", help="Fingerprint of a held key or a candidate, or a client code.")
    ],
    *,
    client: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help="Whose it is; else whose letters it came with.", autocompletion=complete_client
        ),
    ] = None,
    part: Annotated[
        str | None,
        typer.Option(metavar="FPR", help="Seal to this part of it alone; `newest` for the one made last."),
    ] = None,
    although_another_address: AnotherAddressOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Pin a key to a client: letters are sealed to it from now on, and its signature counts as theirs.

    A key that came with a letter is nobody's until you say so here. Ask the client by another channel first; a mail is
    no other channel. Keys that were pinned before stay pinned, for the letters they signed: `key retire` ends that for
    later ones, `client edit --unpin` for all. A key may have several parts that can be sealed to, one on each device:
    --part says which letters are sealed to.

    \b
    Examples:
      therapymail key pin 0123456789ABCDEF0123456789ABCDEF01234567 --client HERON
      therapymail key pin HERON --part 89ABCDEF01234567
    """
    from therapymail.cli.asking import ask_yes
    from therapymail.cli.key_view import print_key, print_keys_json
    from therapymail.practice import keys

    practice = surroundings(context).unlocked()
    if not yes and not as_json:
        print_key(keys.show_key(practice, fingerprint), err=True)
        if not ask_yes(f"Pin it to {client.upper() if client else 'the client it belongs to, by their letters'}?"):
            raise typer.Abort
    pinned = keys.pin_key(practice, fingerprint, client, although_another_address=although_another_address, part=part)
    if as_json:
        print_keys_json([pinned])
    else:
        print_key(pinned)


def find(
    context: typer.Context,
    whose: Annotated[
        str, typer.Argument(metavar="CODE|ADDRESS", help="A client, or an address.", autocompletion=complete_client)
    ],
    *,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Look a client's key up where the host of their address publishes keys (Web Key Directory).

    This is the one command that asks a stranger's host for anything, so it says so and asks first. What it finds is a
    candidate: nobody but that host vouches for it. Nothing is looked up by any other command.

    \b
    Examples:
      therapymail key find HERON
      therapymail key find ann@client.example --yes
    """
    from therapymail.cli.found_keys_view import print_looked_up, require_yes
    from therapymail.cli.key_view import print_key, print_keys_json
    from therapymail.practice.look_up_key import look_up_key, wanted_key

    practice = surroundings(context).unlocked()
    wanted = wanted_key(practice, whose)
    if not yes:
        require_yes(wanted.domain)
    found = look_up_key(practice, wanted)
    if as_json:
        print_keys_json(found.keys)
        return
    for key in found.keys:
        print_key(key)
    print_looked_up(found)


def export(
    context: typer.Context,
    fingerprint: Fingerprint = "own",
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it here, not to standard output.")
    ] = None,
) -> None:
    """Write a public key, armored; yours unless another is named.

    \b
    Examples:
      therapymail key export > my-key.asc
      therapymail key export HERON
    """
    import sys

    from therapymail.cli.output import narrate
    from therapymail.paths import write_private_file
    from therapymail.practice import keys

    armored = keys.export_key(surroundings(context).unlocked(), fingerprint)
    if output is None:
        sys.stdout.write(armored)
    else:
        write_private_file(output, armored.encode("ascii"))
        narrate(f"Written to {output}.")


def extend(
    context: typer.Context,
    *,
    lasting: Annotated[
        str, typer.Option("--for", metavar="DURATION", help="How long from now: 2y, 18m, 90d, or never.")
    ] = "2y",
    as_json: JsonOption = False,
) -> None:
    """Let your own key be valid for longer.

    Your clients need the new copy: `therapymail key export`.

    \b
    Examples:
      therapymail key extend
      therapymail key extend --for 90d
    """
    from therapymail.cli.asking import with_passphrase
    from therapymail.cli.durations import days_in
    from therapymail.cli.key_view import print_key, print_keys_json
    from therapymail.practice import keys

    days = days_in(lasting)
    practice = surroundings(context).unlocked()
    extended = with_passphrase(lambda passphrase: keys.extend_own_key(practice, days, passphrase))
    if as_json:
        print_keys_json([extended])
    else:
        print_key(extended)
