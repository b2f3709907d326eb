"""The command `demo`."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("demo")(demo)


def demo(
    *,
    headless: Annotated[
        bool, typer.Option("--headless", help="Show clients, letters, a search and a timeline, and end.")
    ] = False,
) -> None:
    """Look around in a fictional practice.

    It has a post office of its own, and nothing of yours is touched.

    On a terminal it opens a shell in which `therapymail` means that practice; leaving the shell removes it.

    \b
    Examples:
      therapymail demo
      therapymail demo --headless
    """
    from therapymail.cli.stage_visit import visit

    raise typer.Exit(visit(headless=headless))
