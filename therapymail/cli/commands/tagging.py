"""The commands `tag` and `tags`."""

from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.completing import complete_place, complete_tag, complete_tag_change
from therapymail.cli.surroundings import JsonOption, YesOption, surroundings

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    # `-work` takes a tag away: what begins with a hyphen is a tag here, not an option.
    app.command("tag", context_settings={"ignore_unknown_options": True})(tag)
    group = typer.Typer(help="List the tags in use and what bears each.", rich_markup_mode=None)
    group.callback(invoke_without_command=True)(_listed)
    group.command("list")(list_)
    group.command("rename")(rename)
    app.add_typer(group, name="tags")


def tag(
    context: typer.Context,
    place: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A letter (HERON-12), a passage of it (HERON-12:120-180), or a client for --exchange.",
            autocompletion=complete_place,
        ),
    ],
    changes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="+TAG|-TAG",
            help="Tags to give and to take away; without any, they are shown.",
            autocompletion=complete_tag_change,
        ),
    ] = None,
    *,
    words: Annotated[
        str | None,
        typer.Option("--words", metavar="TEXT", help="The passage of the letter with these words: 'first ... last'."),
    ] = None,
    exchange: Annotated[int | None, typer.Option("--exchange", min=1, metavar="N", help="An exchange.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Give tags to letters, passages and exchanges.

    A minus takes a tag away; without tags, those that are there are shown.
    A slash puts a tag below another: grief/father is found as grief, too. Tags below feeling/ name feelings.

    \b
    Examples:
      therapymail tag HERON-12 +grief
      therapymail tag HERON-12 +grief/father -work
      therapymail tag HERON-2 --words "unlit room" +image
      therapymail tag HERON-12:120-180 +grief
      therapymail tag HERON --exchange 3 +sister
      therapymail tag HERON-12
    """
    from therapymail.errors import UnusableInput

    if exchange is not None and words is not None:
        raise UnusableInput("--exchange", "a passage is one of a letter; say one or the other")
    practice = surroundings(context).unlocked()
    if exchange is not None:
        _tag_exchange(practice, place, exchange, changes or [], as_json=as_json)
    elif changes and (words is not None or ":" in place):
        _tag_passage(practice, place, words, changes, as_json=as_json)
    else:
        _tag_letter(practice, place, words, changes or [], as_json=as_json)


def _tag_exchange(practice: "Practice", code: str, number: int, changes: list[str], *, as_json: bool) -> None:
    from therapymail.cli.mark_view import exchange_line, tags_shape
    from therapymail.cli.output import narrate, print_json, print_line
    from therapymail.practice import tag as verb

    borne = (
        verb.tag_exchange(practice, code, number, changes) if changes else verb.exchange_tags_of(practice, code, number)
    )
    if as_json:
        print_json(tags_shape(None, borne))
    else:
        (narrate if changes else print_line)(exchange_line(borne))


def _tag_passage(practice: "Practice", place: str, words: str | None, changes: list[str], *, as_json: bool) -> None:
    from therapymail.cli.mark_view import passage_line, tags_shape
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice import tag as verb

    tagged = verb.tag_passage(practice, place, words, changes)
    if as_json:
        found = verb.tags_of_letter(practice, str(tagged.letter))
        print_json(tags_shape(found, found.exchange))
    else:
        narrate(passage_line(tagged))


def _tag_letter(practice: "Practice", name: str, words: str | None, changes: list[str], *, as_json: bool) -> None:
    from therapymail.cli.mark_view import print_tags, tags_shape
    from therapymail.cli.output import narrate, print_json
    from therapymail.errors import UnusableInput
    from therapymail.practice import tag as verb

    if words is not None or ":" in name:
        raise UnusableInput("tag", "write +grief to give a tag to the passage and -work to take one away")
    if changes:
        judged = verb.tag_letter(practice, name, changes)
        if not as_json:
            narrate(f"{judged.letter.name}: {', '.join(judged.letter.tags) or 'no tags'}")
            return
    found = verb.tags_of_letter(practice, name)
    if as_json:
        print_json(tags_shape(found, found.exchange))
    else:
        print_tags(found)


# --- all tags ------------------------------------------------------------------------------------------


def _listed(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the tags in use and what bears each."""
    if context.invoked_subcommand is None:
        list_(context, as_json=as_json)


def list_(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the tags in use: how many letters, passages and exchanges bear each, or one below it.

    \b
    Examples:
      therapymail tags
      therapymail tags list --json
    """
    from therapymail.cli.mark_view import branch_shape, print_branches
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.tag import tag_branches

    found = tag_branches(surroundings(context).unlocked())
    if as_json:
        print_json({"tags": [branch_shape(each) for each in found]})
    elif not found:
        narrate("No tags yet. See `therapymail tag --help`.")
    else:
        print_branches(found)


def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The tag as it is called.", autocompletion=complete_tag)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What it shall be called.", autocompletion=complete_tag)],
    *,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Call a tag otherwise, everywhere, with those below it; where NEW is in use, the two become one.

    \b
    Examples:
      therapymail tags rename grieving grief
      therapymail tags rename father grief/father
    """
    from therapymail.cli.asking import ask_yes, somebody_answers
    from therapymail.cli.mark_view import narrate_renamed, renamed_shape
    from therapymail.cli.output import print_json
    from therapymail.errors import UnusableInput
    from therapymail.practice import tag as verb

    practice = surroundings(context).unlocked()
    joined = verb.renaming_of(practice, old, new).joins
    if joined and not yes:
        if not somebody_answers():
            raise UnusableInput("--yes", "it is needed where two tags become one and nobody can be asked")
        if not ask_yes(f"{', '.join(joined)} is in use already. Let them become one? They cannot be told apart again"):
            raise typer.Abort
    renamed, searches = verb.rename_tag(practice, old, new)
    if as_json:
        print_json(renamed_shape(renamed, searches))
    else:
        narrate_renamed(renamed, searches)
