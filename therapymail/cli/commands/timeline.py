"""The command `timeline`."""

from typing import Annotated

import typer

from therapymail.cli.completing import complete_client
from therapymail.cli.surroundings import JsonOption, surroundings
from therapymail.domain.timeline import Step


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("timeline")(timeline)


def timeline(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)],
    *,
    step: Annotated[
        Step | None, typer.Option("--by", help="How long one column is; default: what fits, weeks first.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Look back on the letters with one client.

    Letters both ways, the time between them and the tags, week by week. Counts only; nothing is scored.

    \b
    Examples:
      therapymail timeline HERON
      therapymail --plain timeline HERON --by month
    """
    from therapymail.cli.output import print_json, print_text, terminal_width
    from therapymail.domain.timeline_json import timeline_as_json
    from therapymail.domain.timeline_text import timeline_text
    from therapymail.practice.look_back import client_timeline

    around = surroundings(context)
    found = client_timeline(around.unlocked(), code, step)
    if as_json:
        print_json(timeline_as_json(found))
    else:
        print_text(timeline_text(found, width=terminal_width(), plain=around.plain))
