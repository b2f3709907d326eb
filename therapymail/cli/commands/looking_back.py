"""The commands `thread`, `compare` and `review`: looking back on the work with one client more closely."""

from typing import Annotated

import typer

from therapymail.cli.completing import complete_client, complete_tag
from therapymail.cli.surroundings import JsonOption, surroundings

_Code = Annotated[str, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)]
_LETTER = "A letter's name, or the number of an exchange: the letter that opened it."


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("thread")(thread)
    app.command("compare")(compare)
    app.command("review")(review)


def thread(
    context: typer.Context,
    code: _Code,
    theme: Annotated[str, typer.Argument(metavar="THEME", help="A tag, or feeling/NAME.", autocompletion=complete_tag)],
    *,
    as_json: JsonOption = False,
) -> None:
    """Follow one theme through the letters with a client.

    When it first appeared, every letter and response that bears it (itself, in a passage, or by its exchange) with
    what stands there, and how long it was silent between. A tag takes those below it along: grief is grief/father
    too. feeling/sad follows a feeling, or a family of them, as cues and tags name it.

    \b
    Examples:
      therapymail thread HERON grief
      therapymail thread HERON feeling/sadness
    """
    from therapymail.cli.drawn import print_drawing
    from therapymail.cli.output import print_json, terminal_width
    from therapymail.domain.thread import thread_as_json
    from therapymail.domain.thread_text import thread_lines
    from therapymail.practice.thread import theme_thread

    around = surroundings(context)
    found = theme_thread(around.unlocked(), code, theme)
    if as_json:
        print_json(thread_as_json(found))
    else:
        print_drawing(thread_lines(found, width=terminal_width(), plain=around.plain), plain=around.plain)


def compare(
    context: typer.Context,
    code: _Code,
    one: Annotated[str, typer.Argument(metavar="ONE", help=_LETTER)],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="As ONE.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Look at two letters side by side: letter 1 beside letter 12.

    Length, time to the answer, greeting and sign-off, themes, feelings, cues and questions; no text is judged. On a
    narrow screen one stands below the other.

    \b
    Examples:
      therapymail compare HERON 1 12
      therapymail compare HERON HERON-5 HERON-40
    """
    from therapymail.cli.drawn import print_drawing
    from therapymail.cli.output import print_json, terminal_width
    from therapymail.domain.compared import compared_as_json
    from therapymail.domain.compared_text import compared_lines
    from therapymail.practice.compare import compare_letters

    around = surroundings(context)
    found = compare_letters(around.unlocked(), code, one, other)
    if as_json:
        print_json(compared_as_json(found))
    else:
        print_drawing(compared_lines(found, width=terminal_width()), plain=around.plain)


def review(
    context: typer.Context,
    code: _Code,
    *,
    at: Annotated[
        int | None, typer.Option("--at", min=1, metavar="N", help="Up to exchange N; default: the latest.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Prepare a review: what the exchanges since the last one held.

    Exchanges and lateness, the rhythm beside the one before, themes, feelings, milestones, images that recur, questions
    of the client that no response takes up, what responses say will be done, and letters not read again yet.

    \b
    Examples:
      therapymail review HERON
      therapymail review HERON --at 6
    """
    from therapymail.cli.drawn import print_drawing
    from therapymail.cli.output import print_json, terminal_width
    from therapymail.domain.review_text import review_as_json, review_lines
    from therapymail.practice.review import review_of

    around = surroundings(context)
    found = review_of(around.unlocked(), code, at)
    if as_json:
        print_json(review_as_json(found))
    else:
        print_drawing(review_lines(found, width=terminal_width()), plain=around.plain)
