"""The commands of `client` that say where the work with one stands: pause, resume, close."""

from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.completing import complete_client
from therapymail.cli.surroundings import JsonOption, surroundings

if TYPE_CHECKING:
    from therapymail.domain.client import ClientStatus

Code = Annotated[str, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)]


def pause(context: typer.Context, code: Code, *, as_json: JsonOption = False) -> None:
    """Pause the work with a client: no letter leaves to them until `client resume`.

    Their letters still come in, and a notice can still be sent.

    \b
    Example:
      therapymail client pause HERON
    """
    from therapymail.domain.client import ClientStatus

    _set(context, code, ClientStatus.PAUSED, as_json=as_json)


def resume(context: typer.Context, code: Code, *, as_json: JsonOption = False) -> None:
    """Take up the work with a client again, after a pause or a closing.

    \b
    Example:
      therapymail client resume HERON
    """
    from therapymail.domain.client import ClientStatus

    _set(context, code, ClientStatus.ACTIVE, as_json=as_json)


def close(
    context: typer.Context,
    code: Code,
    *,
    referred: Annotated[bool, typer.Option("--referred", help="They went on to somebody else's care.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Close the work with a client: no letter leaves to them any more; the record stays as it is.

    \b
    Examples:
      therapymail client close HERON
      therapymail client close SLATE --referred
    """
    from therapymail.domain.client import ClientStatus

    _set(context, code, ClientStatus.REFERRED if referred else ClientStatus.CLOSED, as_json=as_json)


def _set(context: typer.Context, code: str, status: "ClientStatus", *, as_json: bool) -> None:
    from therapymail.cli.client_view import print_client
    from therapymail.practice import introduce

    practice = surroundings(context).unlocked()
    changed = introduce.edit_client(practice, code, introduce.ClientChange(status=status))
    print_client(changed, practice.clock(), as_json=as_json)
