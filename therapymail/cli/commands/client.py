"""The commands of `client`: adding, listing, showing and changing clients, and verifying their keys.

Pausing and closing are in `client_status`, inviting in `invite`, erasing in `erasing`.
"""

from pathlib import Path
from typing import Annotated

import typer

from therapymail.cli.commands.client_status import Code, close, pause, resume
from therapymail.cli.commands.erasing import erase
from therapymail.cli.commands.invite import invite
from therapymail.cli.commands.verifying import verify
from therapymail.cli.surroundings import AnotherAddressOption, JsonOption, YesOption, surroundings
from therapymail.errors import UnusableInput

SEEN_IN_HISTORY = "Visible in the shell's history; leave it out to be asked."


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(no_args_is_help=True, help="Clients: their codes, addresses and keys.", rich_markup_mode=None)
    for name, command in (("add", add), ("list", list_), ("show", show), ("edit", edit), ("verify", verify)):
        group.command(name)(command)
    for name, other in (
        ("invite", invite),
        ("pause", pause),
        ("resume", resume),
        ("close", close),
        ("erase", erase),
    ):
        group.command(name)(other)
    app.add_typer(group, name="client")


def add(
    context: typer.Context,
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="A short pseudonym, for example HERON.")] = None,
    addresses: Annotated[
        list[str] | None,
        typer.Argument(metavar="ADDRESS", help=f"The address we write to, then others. {SEEN_IN_HISTORY}"),
    ] = None,
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help=f"Their name. {SEEN_IN_HISTORY}")] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="Their public key; - for standard input.")] = None,
    zone: Annotated[str | None, typer.Option(metavar="ZONE", help="Their time zone; default: yours.")] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="Read it all as JSON; - for standard input.")
    ] = None,
    although_another_address: AnotherAddressOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Add a client and pin their key.

    The key is shown and pinned once you agree. Confirm its fingerprint by another channel, then use `client verify`.

    \b
    Examples:
      therapymail client add HERON
      therapymail client add HERON --from - < heron.json
      therapymail client add HERON heron@mail.example --name "A. Heron" \\
        --key heron.asc --zone Europe/London --yes
    As JSON, key and zone may be left out:
      {"name": "A. Heron", "addresses": ["heron@mail.example"],
       "key": "-----BEGIN PGP ...", "zone": "Europe/London"}
    """
    from therapymail.cli.client_answers import GivenClient, new_client
    from therapymail.cli.client_view import next_for, print_client
    from therapymail.cli.output import narrate
    from therapymail.practice.introduce import add_client

    practice = surroundings(context).unlocked()
    file = Path(source) if source is not None else None
    given = GivenClient(code, name, addresses or (), key, zone, file, yes, although_another_address)
    overview = add_client(practice, new_client(practice, given))
    print_client(overview, practice.clock(), as_json=as_json)
    if not as_json:
        narrate(next_for(overview))


def list_(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the clients: codes, keys and counts, no names.

    \b
    Examples:
      therapymail client list
      therapymail client list --json
    """
    from therapymail.cli.client_view import client_row
    from therapymail.cli.output import narrate, print_json, print_table
    from therapymail.practice import introduce

    practice = surroundings(context).unlocked()
    found = introduce.list_clients(practice)
    if as_json:
        from therapymail.cli.shapes import client_shape

        print_json({"clients": [client_shape(overview) for overview in found]})
    elif not found:
        narrate("No clients yet. See `therapymail client add --help`.")
    else:
        rows = [client_row(overview, practice.clock()) for overview in found]
        print_table(("CODE", "STATUS", "LETTERS", "KEY", "FINGERPRINT"), rows)


def show(
    context: typer.Context,
    code: Code,
    *,
    meter: Annotated[
        bool, typer.Option("--meter", help="List the letters behind every number of the boundary meter.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show one client, with name and addresses, and how the work with them stands.

    The block, what is due, and counts of the last twelve weeks: words against what is agreed, updates, hours of
    writing, mails to and fro. Counts only; nothing is scored.

    \b
    Examples:
      therapymail client show HERON
      therapymail client show HERON --meter
    """
    from therapymail.cli.client_view import print_client
    from therapymail.practice import introduce
    from therapymail.practice.work_with import work_with

    practice = surroundings(context).unlocked()
    overview = introduce.show_client(practice, code)
    print_client(overview, practice.clock(), as_json=as_json, work=work_with(practice, code), meter=meter)


def edit(
    context: typer.Context,
    code: Code,
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Their name.")] = None,
    zone: Annotated[str | None, typer.Option(metavar="ZONE", help="Their time zone.")] = None,
    write_to: Annotated[str | None, typer.Option(metavar="ADDRESS", help="The address we write to.")] = None,
    add_address: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="One more address they write from.")
    ] = None,
    drop_address: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="An address they no longer write from.")
    ] = None,
    pin: Annotated[
        str | None, typer.Option(metavar="FPR", help="Pin this held key: letters are sealed to it from now on.")
    ] = None,
    unpin: Annotated[str | None, typer.Option(metavar="FPR", help="This key is no longer theirs.")] = None,
    although_another_address: AnotherAddressOption = False,
    as_json: JsonOption = False,
) -> None:
    """Change what the record knows of a client.

    \b
    Examples:
      therapymail client edit HERON --add-address heron@work.example
      therapymail client edit HERON --pin 0123456789ABCDEF0123456789ABCDEF01234567
    """
    from therapymail.cli.client_view import print_client
    from therapymail.practice import introduce

    change = introduce.ClientChange(
        name=name,
        zone=zone,
        write_to=write_to,
        add_addresses=tuple(add_address or ()),
        drop_addresses=tuple(drop_address or ()),
        pin=pin,
        unpin=unpin,
        although_another_address=although_another_address,
    )
    if change == introduce.ClientChange(although_another_address=although_another_address):
        raise UnusableInput("change", "say what to change, for example --zone Europe/London")
    practice = surroundings(context).unlocked()
    print_client(introduce.edit_client(practice, code, change), practice.clock(), as_json=as_json)
