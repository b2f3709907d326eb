"""The command `images`."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from therapymail.cli.completing import complete_client
from therapymail.cli.surroundings import JsonOption, surroundings

if TYPE_CHECKING:
    from therapymail.practice.images import ImagesOf, Occurrence, Recurring


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("images")(images)


def images(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)],
    phrase: Annotated[
        str | None, typer.Argument(metavar="PHRASE", help="This one alone, kept or not; a word in any of its forms.")
    ] = None,
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the phrase as an image of this client.")] = False,
    also: Annotated[
        list[str] | None, typer.Option("--also", metavar="PHRASE", help="Another phrase for it; may be given again.")
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Keep it no longer.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Images that recur in the letters with one client.

    Each with the letters of both that say it in their own words, oldest first; what they quote is not counted.

    \b
    Examples:
      therapymail images HERON
      therapymail images HERON "unlit room"
      therapymail images HERON door --keep --also threshold
    """
    from therapymail.cli.output import print_json
    from therapymail.errors import UnusableInput
    from therapymail.practice.images import forget_image, keep_image, recurring_images

    if (keep or also or forget) and phrase is None:
        raise UnusableInput("image", "say which phrase")
    if forget and (keep or also):
        raise UnusableInput("image", "keep it or forget it, not both")
    practice = surroundings(context).unlocked()
    if forget:
        found = forget_image(practice, code, phrase or "")
    elif keep or also:
        found = keep_image(practice, code, phrase or "", also or ())
    else:
        found = recurring_images(practice, code, phrase)
    if as_json:
        print_json(images_shape(found))
    else:
        _print(found, practice.settings.zone)


def images_shape(found: "ImagesOf") -> dict[str, Any]:
    """The images of a client, each with the letters that say it."""
    return {"client": found.code, "images": [_shape(each) for each in found.images]}


def _shape(image: "Recurring") -> dict[str, Any]:
    from therapymail.cli.output import utc_text

    return {
        "phrase": image.phrase,
        "variants": list(image.variants),
        "kept": image.kept,
        "said_in": [
            {
                "letter": str(each.letter.name),
                "direction": each.letter.direction.value,
                "exchange": each.exchange,
                "received": utc_text(each.letter.received),
                "snippet": each.snippet.text,
                "marks": [list(mark) for mark in each.snippet.marks],
            }
            for each in image.occurrences
        ],
    }


def _print(found: "ImagesOf", zone: str) -> None:
    from therapymail.cli.output import narrate, print_line, print_table

    if not found.images:
        narrate(f"No images of {found.code} are kept. `therapymail images {found.code} PHRASE --keep` keeps one.")
    for number, image in enumerate(found.images):
        if number:
            print_line()
        print_line(_heading(image))
        if image.occurrences:
            print_table(("ID", "DAY", "BY", "EXCHANGE", "PASSAGE"), [_row(each, zone) for each in image.occurrences])


def _heading(image: "Recurring") -> str:
    from therapymail.domain.wording import count_words

    also = f", also {', '.join(image.variants)}" if image.variants else ""
    kept = "" if image.kept else " (not kept)"
    said = count_words(len(image.occurrences), "letter") if image.occurrences else "no letter"
    return f"{image.phrase}{also}{kept}: {said}"


def _row(each: "Occurrence", zone: str) -> tuple[str, ...]:
    from therapymail.cli.found_view import marked
    from therapymail.cli.output import terminal_width
    from therapymail.domain.kinds import Direction
    from therapymail.domain.wording import local_text

    letter = each.letter
    by = "you" if letter.direction is Direction.OUT else letter.code
    room = terminal_width() - _BESIDE if sys.stdout.isatty() else 0
    exchange = str(each.exchange) if each.exchange else "-"
    return (str(letter.name), local_text(letter.received, zone)[:10], by, exchange, marked(each.snippet, room))


_BESIDE = 42  # columns of the table before the passage
