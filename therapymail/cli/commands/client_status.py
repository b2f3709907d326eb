"""The commands of `client` that say where the work with one stands: pause, resume, close."""

from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.completing import complete_client
from therapymail.cli.surroundings import JsonOption, surroundings
from therapymail.domain.statuses import Ending

if TYPE_CHECKING:
    from therapymail.practice.standing import StandingChange

Code = Annotated[str, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="Since which day, like 2025-03-27; default: now.")]


def pause(context: typer.Context, code: Code, *, on: On = None, as_json: JsonOption = False) -> None:
    """Pause the work with a client: no letter leaves to them, and no clock runs, until `client resume`.

    Their letters still come in, and a notice can still be sent.

    \b
    Example:
      therapymail client pause HERON
    """
    from therapymail.domain.client import ClientStatus
    from therapymail.practice.standing import StandingChange

    _say(context, StandingChange(code, ClientStatus.PAUSED, on=on), as_json=as_json)


def resume(context: typer.Context, code: Code, *, on: On = None, as_json: JsonOption = False) -> None:
    """Take up the work with a client again, after a pause or a closing. A window that a pause stopped starts anew.

    \b
    Example:
      therapymail client resume HERON
    """
    from therapymail.domain.client import ClientStatus
    from therapymail.practice.standing import StandingChange

    _say(context, StandingChange(code, ClientStatus.ACTIVE, on=on), as_json=as_json)


def close(
    context: typer.Context,
    code: Code,
    *,
    ending: Annotated[
        Ending | None, typer.Option("--ending", metavar="TYPE", help=f"How it ends: {', '.join(Ending)}.")
    ] = None,
    announced: Annotated[
        bool, typer.Option("--announced", help="The ending is announced; letters and clocks go on until it is closed.")
    ] = False,
    referred: Annotated[
        bool, typer.Option("--referred", help="They went on to somebody else's care; as `--ending referred`.")
    ] = False,
    on: On = None,
    as_json: JsonOption = False,
) -> None:
    """Close the work with a client: no letter leaves to them any more; the record stays as it is.

    Mail that comes later is filed as coming after closing: no clock runs for it.

    \b
    Examples:
      therapymail client close HERON --announced --ending planned
      therapymail client close HERON --on 2025-03-27
      therapymail client close SLATE --ending referred
    """
    from therapymail.domain.client import ClientStatus
    from therapymail.practice.standing import StandingChange

    status = ClientStatus.CLOSING if announced else ClientStatus.CLOSED
    _say(context, StandingChange(code, status, Ending.REFERRED if referred else ending, on), as_json=as_json)


def _say(context: typer.Context, change: "StandingChange", *, as_json: bool) -> None:
    from therapymail.cli.client_view import print_client
    from therapymail.practice.standing import say_standing

    practice = surroundings(context).unlocked()
    print_client(say_standing(practice, change), practice.clock(), as_json=as_json)
