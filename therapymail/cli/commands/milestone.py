"""The commands of `milestone`."""

from typing import Annotated

import typer

from therapymail.cli.completing import complete_client, complete_milestone, complete_place
from therapymail.cli.surroundings import JsonOption, surroundings
from therapymail.domain.milestone import MilestoneKind


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="Milestones: events of the work, marked on a day.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    group.command("remove")(remove)
    app.add_typer(group, name="milestone")


def _kinds(incomplete: str) -> list[str]:
    return [kind.value for kind in MilestoneKind if kind.value.startswith(incomplete.lower())]


def add(
    context: typer.Context,
    place: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A letter (HERON-12), a passage of it (HERON-12:120-180), or a client's code.",
            autocompletion=complete_place,
        ),
    ],
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help=f"One of {', '.join(MilestoneKind)}.", autocompletion=_kinds)
    ],
    said: Annotated[str, typer.Argument(metavar="TEXT", help="In your own words; `other` needs them.")] = "",
    *,
    words: Annotated[
        str | None,
        typer.Option("--words", metavar="TEXT", help="The passage of the letter with these words: 'first ... last'."),
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The client's day; default: the letter's, else today.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Mark a milestone: of a letter, of a passage, or of the work with a client.

    \b
    Examples:
      therapymail milestone add HERON-8 insight "a switch" --words "I found it"
      therapymail milestone add HERON-4 rupture
      therapymail milestone add HERON consent --on 2025-01-03
    """
    from therapymail.cli.mark_view import milestone_line, milestone_shape
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.milestone import MilestoneRequest, mark_milestone

    marked = mark_milestone(surroundings(context).unlocked(), MilestoneRequest(place, kind, said, on, words))
    if as_json:
        print_json({"milestones": [milestone_shape(marked)]})
    else:
        narrate(milestone_line(marked))


def list_(
    context: typer.Context,
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="Only of this client.", autocompletion=complete_client)
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List milestones in the order of their days.

    \b
    Example:
      therapymail milestone list HERON
    """
    from therapymail.cli.mark_view import milestone_shape, print_milestones
    from therapymail.cli.output import print_json
    from therapymail.practice.milestone import list_milestones

    found = list_milestones(surroundings(context).unlocked(), code)
    if as_json:
        print_json({"milestones": [milestone_shape(each) for each in found]})
    else:
        print_milestones(found)


def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, like M-3.", autocompletion=complete_milestone)],
    *,
    as_json: JsonOption = False,
) -> None:
    """Take a milestone away; to bring it back, mark it again.

    \b
    Example:
      therapymail milestone remove M-3
    """
    from therapymail.cli.mark_view import milestone_line, milestone_shape
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.milestone import remove_milestone

    gone = remove_milestone(surroundings(context).unlocked(), name)
    if as_json:
        print_json({"milestones": [milestone_shape(gone)]})
    else:
        narrate(f"Gone: {milestone_line(gone)}")
