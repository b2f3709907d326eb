"""The command `client erase`: what goes is shown first, and nothing goes without a yes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.commands.client_status import Code
from therapymail.cli.surroundings import JsonOption, surroundings

if TYPE_CHECKING:
    from therapymail.practice.erase import Plan, Wish
    from therapymail.practice.practice import Practice

CertificateOption = Annotated[
    Path | None, typer.Option("--certificate", metavar="FILE", help="Write the certificate to this new file.")
]
MarkOption = Annotated[
    str, typer.Option("--mark", metavar="TEXT", help="Your own reference on that file; it is kept nowhere else.")
]


def erase(
    context: typer.Context,
    code: Code,
    *,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why, before the agreed time is over; journalled.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    on_server: Annotated[
        bool, typer.Option("--on-server", help="Remove the letters on the mail host too; asked for apart.")
    ] = False,
    mails: Annotated[
        int | None,
        typer.Option("--mails", metavar="N", help="With --yes: how many mails on the host, as --dry-run says."),
    ] = None,
    certificate: CertificateOption = None,
    mark: MarkOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Erase a client for good: letters, notes, keys, everything.

    Only after the agreed time (`retention`), or with a reason, and never under a legal hold. The files are rewritten
    without them. Letters on the mail host stay there unless --on-server is given; so does what you exported.

    \b
    Examples:
      therapymail client erase HERON --dry-run
      therapymail client erase HERON --certificate destroyed.txt
      therapymail client erase HERON --reason "asked for it on 4 March" --yes
    """
    from therapymail.cli.keeping_view import certificate_shape, plan_shape, say_erased, say_plan, write_certificate
    from therapymail.cli.output import print_json
    from therapymail.practice import erase as erasing

    practice = surroundings(context).unlocked()
    wish = erasing.Wish(reason, on_server=on_server)
    planned = erasing.plan(practice, code)
    if dry_run:
        print_json(plan_shape(planned)) if as_json else say_plan(planned, on_server=on_server)
        return
    erasing.refuse(planned, wish)
    say_plan(planned, on_server=on_server)
    _agreed(planned, wish, mails, yes=yes)
    certified = _carried_out(practice, code, wish)
    if certificate is not None:
        write_certificate(certificate, certified, mark)
    print_json(certificate_shape(certified)) if as_json else say_erased(certified)


def _agreed(planned: "Plan", wish: "Wish", mails: int | None, *, yes: bool) -> None:
    """Ask, for the mail host apart. Raises UnusableInput where it was not agreed."""
    from therapymail.cli.asking import ask_line
    from therapymail.errors import UnusableInput

    code = planned.record.client.code
    if not yes and ask_line(f"Erase {code} for good? Type the code").upper() != code:
        raise UnusableInput("code", "it was not typed, and nothing was erased")
    if wish.on_server:
        there = len(planned.places)
        said = mails if yes else ask_line(f"And remove {there} mails on the mail host, for good? Type the number")
        if str(said) != str(there):
            raise UnusableInput("mails", f"there are {there} on the mail host; nothing was erased")


def _carried_out(practice: "Practice", code: str, wish: "Wish") -> dict[str, object]:
    from therapymail.cli.output import narrate
    from therapymail.practice.erase import carry_out

    narrate("Erasing. The files are rewritten; if it is stopped, the next unlock goes on with it.")
    return carry_out(practice, code, wish)
