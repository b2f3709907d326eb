"""The commands of `retention`: how long records are kept, what holds them, and what was erased (F32)."""

from typing import Annotated

import typer

from therapymail.cli.commands.client_status import Code
from therapymail.cli.commands.erasing import CertificateOption, MarkOption
from therapymail.cli.surroundings import JsonOption, surroundings
from therapymail.domain.retention import MinorRule

Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is journalled.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="How long records are kept, and what holds them.", no_args_is_help=True)
    for name, command in (("set", set_), ("show", show), ("list", list_), ("due", due), ("hold", hold), ("lift", lift)):
        group.command(name)(command)
    group.command("erased")(erased)
    app.add_typer(group, name="retention")


def set_(
    context: typer.Context,
    code: Code,
    *,
    years: Annotated[int | None, typer.Option("--years", metavar="N", help="After the end of the work.")] = None,
    months: Annotated[int | None, typer.Option("--months", metavar="N", help="The same in months.")] = None,
    minors: Annotated[
        MinorRule | None, typer.Option("--minors", metavar="RULE", help=f"For minors: {', '.join(MinorRule)}.")
    ] = None,
    born: Annotated[str | None, typer.Option("--born", metavar="DATE", help="Their day of birth.")] = None,
    ended: Annotated[
        str | None, typer.Option("--ended", metavar="DATE", help="When the work ended; default: when it was closed.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="A last day instead of a rule.")] = None,
    said: Annotated[str | None, typer.Option("--said", metavar="TEXT", help="What was agreed, in your words.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say how long a client's record is kept.

    So many years or months after the end of the work. Where they were under 18 then, 25th-birthday keeps it until that
    (the 26th, if they were 17), 3-years-of-age until they are 21, if that is later.

    \b
    Examples:
      therapymail retention set HERON --years 7
      therapymail retention set WREN --years 7 --minors 25th-birthday \\
        --born 2011-05-01
      therapymail retention set SLATE --months 12 --said "an enquiry"
    """
    from therapymail.cli.keeping_view import print_kept
    from therapymail.errors import UnusableInput
    from therapymail.practice.keeping import RetentionChange, agree

    if years is not None and months is not None:
        raise UnusableInput("how long", "say --years or --months, not both")
    practice = surroundings(context).unlocked()
    in_months = 12 * years if years is not None else months
    print_kept([agree(practice, RetentionChange(code, in_months, minors, born, ended, until, said))], as_json=as_json)


def show(context: typer.Context, code: Code, *, as_json: JsonOption = False) -> None:
    """Show how long one client's record is kept.

    \b
    Example:
      therapymail retention show HERON
    """
    from therapymail.cli.keeping_view import print_kept
    from therapymail.practice.keeping import kept_records

    print_kept(kept_records(surroundings(context).unlocked(), code), as_json=as_json)


def list_(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List every client with how long their record is kept, those first whose time is over.

    \b
    Example:
      therapymail retention list
    """
    from therapymail.cli.keeping_view import print_kept
    from therapymail.practice.keeping import kept_records

    print_kept(kept_records(surroundings(context).unlocked()), as_json=as_json)


def due(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the clients whose time is over. Nothing is erased by itself.

    \b
    Example:
      therapymail retention due
    """
    from therapymail.cli.keeping_view import print_kept
    from therapymail.practice.keeping import kept_records

    found = kept_records(surroundings(context).unlocked())
    print_kept([each for each in found if each.is_due], as_json=as_json)


def hold(context: typer.Context, code: Code, *, reason: Why, as_json: JsonOption = False) -> None:
    """Let nothing of a client be erased, whatever was agreed.

    \b
    Example:
      therapymail retention hold HERON --reason "a complaint is open"
    """
    from therapymail.cli.keeping_view import print_kept
    from therapymail.practice.keeping import hold as place_hold

    print_kept([place_hold(surroundings(context).unlocked(), code, reason)], as_json=as_json)


def lift(context: typer.Context, code: Code, *, reason: Why, as_json: JsonOption = False) -> None:
    """Let a legal hold go.

    \b
    Example:
      therapymail retention lift HERON --reason "the complaint is settled"
    """
    from therapymail.cli.keeping_view import print_kept
    from therapymail.practice.keeping import lift as lift_hold

    print_kept([lift_hold(surroundings(context).unlocked(), code, reason)], as_json=as_json)


def erased(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(metavar="N", help="Which; 1 is the latest.")] = None,
    *,
    certificate: CertificateOption = None,
    mark: MarkOption = "",
    as_json: JsonOption = False,
) -> None:
    """List what was erased, without whom, or one certificate again.

    \b
    Examples:
      therapymail retention erased
      therapymail retention erased 1 --certificate destroyed.txt
    """
    from therapymail.cli.keeping_view import print_erasures, write_certificate
    from therapymail.errors import NothingFound
    from therapymail.practice.keeping import erased_records

    found = erased_records(surroundings(context).unlocked())
    if number is not None:
        found = found[number - 1 : number] if number > 0 else []
        if not found:
            raise NothingFound("no such erasure")
    if certificate is not None:
        if not found:
            raise NothingFound("nothing was erased")
        write_certificate(certificate, found[0].certificate, mark)
    print_erasures(found, whole=number is not None, as_json=as_json)
