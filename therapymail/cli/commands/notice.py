"""The command `notice`: a mail in a fixed wording that leaves unsealed, shown and agreed to before."""

from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.commands.client_status import Code
from therapymail.cli.surroundings import JsonOption, YesOption, surroundings
from therapymail.errors import UnusableInput

if TYPE_CHECKING:
    from therapymail.practice.notify import Absence

_KINDS = "cannot-open, key-missing, please-ring, absence"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("notice")(notice)


def notice(
    context: typer.Context,
    code: Code,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {_KINDS}.")],
    *,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day away, with absence: 2025-04-14.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="The last day away, with absence.")
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Send a client a short note in a fixed wording, unsealed.

    It says nothing of anybody and takes no words of yours, so it can always be sent: without a key, and to a
    client who is paused or closed. It is shown before it leaves.

    \b
    Examples:
      therapymail notice HERON cannot-open
      therapymail notice HERON absence --from 2025-04-14 --until 2025-04-21
    """
    from therapymail.cli.output import print_json
    from therapymail.cli.unsealed_view import agreed_and_sent, told_shape
    from therapymail.practice import notify

    around = surroundings(context)
    practice = around.unlocked()
    try:
        wanted = notify.NoticeKind(kind)
    except ValueError:
        raise UnusableInput("KIND", f"it must be one of {_KINDS}") from None
    absence = _absence(first, last)
    preview = notify.preview_notice(practice, code, wanted, absence)
    told = agreed_and_sent(
        preview, lambda: notify.send_notice(practice, code, wanted, absence), gutter=around.gutter, yes=yes
    )
    if told and as_json:
        print_json(told_shape(told))


def _absence(first: str | None, last: str | None) -> "Absence | None":
    """The days away; the last is the first where only one is given. Raises UnusableInput."""
    if first is None and last is None:
        return None
    from therapymail.domain.typed_day import typed_day
    from therapymail.practice.notify import Absence

    return Absence(typed_day(first or "", "--from"), typed_day(last or first or "", "--until"))
