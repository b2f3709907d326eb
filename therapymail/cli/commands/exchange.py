"""The commands of `exchange`."""

from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.commands.client_status import Code
from therapymail.cli.commands.letters import Name
from therapymail.cli.surroundings import JsonOption, Surroundings, surroundings

if TYPE_CHECKING:
    from therapymail.practice.exchanges import ExchangesWith


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="Exchanges: a client's letters and the response to them.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("split")(split)
    group.command("join")(join)
    group.command("undo")(undo)
    app.add_typer(group, name="exchange")


def list_(context: typer.Context, code: Code, *, as_json: JsonOption = False) -> None:
    """List the exchanges with a client, oldest first.

    \b
    Examples:
      therapymail exchange list HERON
      therapymail exchange list HERON --json
    """
    from therapymail.practice.exchanges import list_exchanges

    around = surroundings(context)
    _answer(list_exchanges(around.unlocked(), code), around, as_json=as_json)


def show(
    context: typer.Context,
    code: Code,
    number: Annotated[int, typer.Argument(metavar="N", help="The exchange's number.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Show one exchange: its letters, its response, and how both kept to what was agreed.

    \b
    Example:
      therapymail exchange show HERON 3
    """
    from therapymail.cli.exchange_view import exchange_shape, print_exchange
    from therapymail.cli.output import print_json
    from therapymail.practice.exchanges import show_exchange

    practice = surroundings(context).unlocked()
    found, exchange = show_exchange(practice, code, number)
    if as_json:
        print_json({"client": found.client.code, "exchanges": [exchange_shape(found, exchange)]})
    else:
        print_exchange(found, exchange, practice.settings.zone)


def split(context: typer.Context, name: Name, *, as_json: JsonOption = False) -> None:
    """Let a letter begin an exchange of its own, and not belong to the one before.

    \b
    Example:
      therapymail exchange split HERON-14
    """
    from therapymail.practice.exchanges import split as split_before

    around = surroundings(context)
    _answer(split_before(around.unlocked(), name), around, as_json=as_json)


def join(context: typer.Context, name: Name, *, as_json: JsonOption = False) -> None:
    """Let the exchange that begins with a letter belong to the one before.

    \b
    Example:
      therapymail exchange join HERON-14
    """
    from therapymail.practice.exchanges import join as join_to_former

    around = surroundings(context)
    _answer(join_to_former(around.unlocked(), name), around, as_json=as_json)


def undo(context: typer.Context, code: Code, *, as_json: JsonOption = False) -> None:
    """Take the last split or join of a client's exchanges back.

    \b
    Example:
      therapymail exchange undo HERON
    """
    from therapymail.practice.exchanges import undo as take_back

    around = surroundings(context)
    _answer(take_back(around.unlocked(), code), around, as_json=as_json)


def _answer(found: "ExchangesWith", around: Surroundings, *, as_json: bool) -> None:
    from therapymail.cli.exchange_view import exchanges_shape, print_exchanges
    from therapymail.cli.output import print_json

    if as_json:
        print_json(exchanges_shape(found))
    else:
        print_exchanges(found, around.unlocked().settings.zone)
