"""The commands of `key`: listing, showing, importing and exporting OpenPGP keys."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.commands.key_decisions import dismiss, retire
from therapymail.cli.completing import complete_client
from therapymail.cli.surroundings import AnotherAddressOption, JsonOption, YesOption, surroundings

if TYPE_CHECKING:
    from therapymail.practice.keys import HeldKey
    from therapymail.practice.practice import Practice

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
    from therapymail.cli.output import day_text, print_table
    from therapymail.practice import keys

    found = keys.list_keys(surroundings(context).unlocked())
    if as_json:
        _print_json(found)
        return
    rows = [(key.fingerprint, _whose(key), day_text(key.created), day_text(key.expires)) for key in found]
    print_table(("FINGERPRINT", "WHOSE", "MADE", "EXPIRES"), rows)


def show(context: typer.Context, fingerprint: Fingerprint, *, as_json: JsonOption = False) -> None:
    """Show one key: its names, and its fingerprint in digits, in words and as a QR code.

    \b
    Examples:
      therapymail key show HERON
      therapymail key show own
    """
    from therapymail.cli.fingerprint_view import print_fingerprint
    from therapymail.practice import keys

    around = surroundings(context)
    found = keys.show_key(around.unlocked(), fingerprint)
    if as_json:
        _print_json([found])
    else:
        _print_key(found)
        print_fingerprint(found.fingerprint, plain=around.plain)


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
    from therapymail.practice import keys

    practice = surroundings(context).unlocked()
    material = read_input(file)
    inspected = keys.inspect_key(practice, material, own=own, to_pin=client is not None)
    before = None if own else keys.pinned_key(practice, inspected.fingerprint)
    if not yes and not as_json:
        _print_key(inspected, err=True)
        if not ask_yes(question_for(before, client), default=True):
            raise typer.Abort
    if own:
        taken = keys.import_own_key(practice, material, _own_passphrase(passphrase_command, passphrase_file))
        _open_again(practice)
    else:
        taken = keys.import_key(practice, material, client, although_another_address=although_another_address)
    if as_json:
        _print_json([taken])
        return
    _print_key(taken)
    if not own:
        say_taken(before, taken, inspected.fault, client)


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
    from therapymail.practice import keys

    practice = surroundings(context).unlocked()
    if not yes and not as_json:
        _print_key(keys.show_key(practice, fingerprint), err=True)
        if not ask_yes(f"Pin it to {client.upper() if client else 'the client it belongs to, by their letters'}?"):
            raise typer.Abort
    pinned = keys.pin_key(practice, fingerprint, client, although_another_address=although_another_address, part=part)
    if as_json:
        _print_json([pinned])
    else:
        _print_key(pinned)


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
    from therapymail.practice.look_up_key import look_up_key, wanted_key

    practice = surroundings(context).unlocked()
    wanted = wanted_key(practice, whose)
    if not yes:
        require_yes(wanted.domain)
    found = look_up_key(practice, wanted)
    if as_json:
        _print_json(found.keys)
        return
    for key in found.keys:
        _print_key(key)
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
    from therapymail.practice import keys

    days = days_in(lasting)
    practice = surroundings(context).unlocked()
    extended = with_passphrase(lambda passphrase: keys.extend_own_key(practice, days, passphrase))
    if as_json:
        _print_json([extended])
    else:
        _print_key(extended)


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


def _whose(key: "HeldKey") -> str:
    from therapymail.cli.found_keys_view import whose_candidate

    if key.is_old:
        return "yours, for old letters"
    return key.pinned_to or whose_candidate(key.found, key.sent_by)


def _print_json(found: "list[HeldKey] | tuple[HeldKey, ...]") -> None:
    from therapymail.cli.output import print_json
    from therapymail.cli.shapes import key_shape

    print_json({"keys": [key_shape(key) for key in found]})


def _print_key(key: "HeldKey", *, err: bool = False) -> None:
    from therapymail.cli.client_view import confirmation_words
    from therapymail.cli.found_keys_view import place_phrase
    from therapymail.cli.output import day_text, narrate, print_line
    from therapymail.domain.wording import fingerprint_words

    say = narrate if err else print_line
    say(fingerprint_words(key.fingerprint))
    for uid in key.uids:
        say(f"  {uid}")
    say(f"  made {day_text(key.created)}, expires {day_text(key.expires)}, {'secret' if key.secret else 'public'}")
    say("  can be sealed to" if key.can_encrypt else "  CANNOT be sealed to: no valid encryption key in it")
    old = ", for the letters sealed to it before" if key.is_old else ""
    say(f"  whose: {key.pinned_to or 'candidate, nobody yet'}{old}")
    if key.pinned_to and not key.secret:
        say(f"  {confirmation_words(key.confirmed)}")
    for part in key.parts if len(key.parts) > 1 or key.part else ():
        chosen = part.fingerprint == (key.part or key.parts[0].fingerprint)
        say(f"  part {part.fingerprint}, made {day_text(part.created)}{', letters go to it' if chosen else ''}")
    for place in key.found:
        say(f"  {place_phrase(place)}")
    for problem in key.problems:
        say(f"  note: {problem}")
