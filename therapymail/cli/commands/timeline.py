"""The command `timeline`."""

from typing import Annotated

import typer

from therapymail.cli.completing import complete_client
from therapymail.cli.surroundings import JsonOption, surroundings
from therapymail.domain.lanes import HIDDEN, Lane
from therapymail.domain.periods import Step


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
    without: Annotated[
        list[Lane] | None, typer.Option("--without", metavar="LANE", help="Leave a lane out, for example feelings.")
    ] = None,
    within: Annotated[
        list[Lane] | None,
        typer.Option("--with", metavar="LANE", help="Show a lane that is not shown unasked: safety, process."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Every mark with what it stands for and the words counted.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Look back on the work with one client.

    Letters both ways, the time between them, themes, feelings, milestones and what else happened, in lanes, week by
    week. Counts only; nothing is scored. Safety mails and process notes are shown when asked for.

    \b
    Lanes: letters gaps themes feelings milestones agreements safety
           notes process re-reads technology

    \b
    Examples:
      therapymail timeline HERON
      therapymail timeline HERON --without feelings --by month
      therapymail timeline HERON --with safety --explain
      therapymail --plain timeline HERON
    """
    from therapymail.cli.drawn import print_drawing
    from therapymail.cli.output import print_json, terminal_width
    from therapymail.domain.timeline_json import timeline_as_json
    from therapymail.domain.timeline_text import explained_lines, periods_that_fit, timeline_lines
    from therapymail.practice.look_back import client_timeline

    around, width = surroundings(context), terminal_width()
    off = (HIDDEN - set(within or ())) | set(without or ())
    most = None if as_json else periods_that_fit(width)
    found = client_timeline(around.unlocked(), code, step, off=off, most=most)
    if as_json:
        print_json(timeline_as_json(found))
    elif explain:
        print_drawing(explained_lines(found, width=width), plain=around.plain)
    else:
        print_drawing(timeline_lines(found, width=width, plain=around.plain), plain=around.plain)
