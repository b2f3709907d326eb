"""The commands of `enclosure`: what came with a letter."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from therapymail.cli.completing import complete_letter
from therapymail.cli.surroundings import JsonOption, surroundings

if TYPE_CHECKING:
    from therapymail.practice.enclosures import OpenedEnclosure

Name: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="A letter's name, like HERON-12.", autocompletion=complete_letter)
]
Number: TypeAlias = Annotated[int, typer.Argument(metavar="N", min=1, help="The enclosure's number in the list.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="Enclosures of letters: look at, open or save one.", rich_markup_mode=None)
    group.command("list")(list_)
    group.command("open")(open_)
    group.command("save")(save)
    app.add_typer(group, name="enclosure")


def list_(context: typer.Context, name: Name, *, as_json: JsonOption = False) -> None:
    """List the enclosures of a letter: what each is called, and what it truly is by its content.

    \b
    Example:
      therapymail enclosure list HERON-12
    """
    from therapymail.cli.output import narrate, print_json, print_table
    from therapymail.domain.wording import bytes_words
    from therapymail.practice.enclosures import list_enclosures

    found = list_enclosures(surroundings(context).unlocked(), name)
    if as_json:
        print_json({"files": [_shape(each) for each in found]})
        return
    if not found:
        narrate("No enclosures.")
        return
    rows = [
        (str(each.number), each.name, bytes_words(each.size), each.declared, each.true.media_type or "not known",
         "not what it says" if each.contradicts else "")
        for each in found
    ]  # fmt: skip
    print_table(("N", "NAME", "SIZE", "SAYS IT IS", "IS", ""), rows)
    for each in found:
        if remark := _remark(each):
            narrate(f"{each.number}: {remark}")


def open_(
    context: typer.Context,
    name: Name,
    number: Number,
    *,
    opener: Annotated[
        str | None, typer.Option("--with", metavar="COMMAND", help="What opens it; default: $OPENER, or xdg-open.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Open one enclosure with the program that this machine has for it.

    It lies in memory alone, for you alone, under a name that tells nothing (enclosure-1.pdf), and is removed when that
    program ends, or with the lock. What would be run is not opened at all, and what may tell its sender that it was
    opened only by a program that you name.

    \b
    Examples:
      therapymail enclosure open HERON-12 1
      therapymail enclosure open HERON-12 1 --with "feh -F"
    """
    from therapymail.cli.enclosure_opening import look_at
    from therapymail.cli.output import print_json
    from therapymail.practice.enclosures import find_enclosure

    practice = surroundings(context).unlocked()
    found = find_enclosure(practice, name, number)
    _say(found)
    look_at(practice, found, opener)
    if as_json:
        print_json(_shape(found))


def save(
    context: typer.Context,
    name: Name,
    number: Number,
    *,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where to; default: here.")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write one enclosure, opened, to a new file that only you can read.

    From then on it lies on your disk in clear: remove it when you are done with it.

    \b
    Examples:
      therapymail enclosure save HERON-12 1
      therapymail enclosure save HERON-12 1 --to ~/Documents
    """
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.enclosures import find_enclosure, save_enclosure

    practice = surroundings(context).unlocked()
    found = find_enclosure(practice, name, number)
    _say(found)
    file = save_enclosure(found, to.expanduser())
    if as_json:
        print_json({**_shape(found), "file": str(file)})
    else:
        narrate(f"Written to {file}, in clear.")


def _say(found: "OpenedEnclosure") -> None:
    from therapymail.cli.output import narrate

    if remark := _remark(found):
        narrate(remark)


def _remark(found: "OpenedEnclosure") -> str:
    """What a person should know before they open it; empty where there is nothing."""
    true = "a program" if found.true.is_program else found.true.media_type
    if found.runs and not found.true.is_program:
        return f"{found.name} would be run, not shown."
    if found.contradicts or found.true.is_program:
        return f"{found.name} says it is {found.declared}, but it is {true}."
    return "It stood outside the seal." if found.outside else ""


def _shape(found: "OpenedEnclosure") -> dict[str, Any]:
    return {
        "number": found.number,
        "name": found.name,
        "type": found.declared,
        "true_type": found.true.media_type or None,
        "contradicts": found.contradicts,
        "size": found.size,
        "outside": found.outside,
    }
