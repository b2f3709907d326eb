"""The commands `letters`, `read`, `accept` and `kind`."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.completing import complete_client, complete_letter
from therapymail.cli.surroundings import JsonOption, LimitOption, PieceOption, SaveOption, most_shown, surroundings
from therapymail.domain.kinds import Kind

if TYPE_CHECKING:
    from therapymail.practice.judging import JudgedLetter

Name = Annotated[
    str, typer.Argument(metavar="ID", help="A letter's name, like HERON-12.", autocompletion=complete_letter)
]


_HEADINGS = ("ID", "RECEIVED", "KIND", "SEAL", "WORDS", "SUBJECT", "TAGS")
_NARROW = 100  # columns; with fewer the day alone is shown, and the hour makes room for the subject


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("letters")(letters)
    app.command("read")(read)
    app.command("accept")(accept)
    app.command("kind")(kind)


def letters(
    context: typer.Context,
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="Only this client's.", autocompletion=complete_client)
    ] = None,
    *,
    query: Annotated[str | None, typer.Option("--query", "-q", metavar="Q", help="Only those a search finds.")] = None,
    proposed: Annotated[bool, typer.Option("--proposed", help="Only those that wait to be accepted.")] = False,
    set_aside: Annotated[bool, typer.Option("--set-aside", help="Only those that are nobody's.")] = False,
    limit: LimitOption = None,
    as_json: JsonOption = False,
) -> None:
    """List letters, newest first.

    \b
    Examples:
      therapymail letters
      therapymail letters HERON --limit 10
      therapymail letters --query "tag:grief after:2025-01"
    """
    from therapymail.cli.catching_up import shown_catching_up
    from therapymail.cli.output import print_json
    from therapymail.practice.read import LettersRequest, list_letters

    practice = surroundings(context).unlocked()
    most = most_shown(limit, as_json=as_json)
    asked = LettersRequest(client=code, query=query, proposed=proposed, set_aside=set_aside, limit=most + 1)
    with shown_catching_up(plain=surroundings(context).plain) as told:
        found = list_letters(practice, asked, told)
    if as_json:
        from therapymail.cli.shapes import letter_shape

        print_json({"letters": [letter_shape(judged) for judged in found[:most]]})
    else:
        _print(found[:most], practice.settings.zone, more=len(found) > most)


def _print(found: "Sequence[JudgedLetter]", zone: str, *, more: bool) -> None:
    from therapymail.cli.output import narrate, print_table, terminal_width
    from therapymail.domain.wording import local_text

    if not found:
        narrate("No letters.")
        return
    shown = 10 if sys.stdout.isatty() and terminal_width() < _NARROW else None
    rows = [_row(judged, local_text(judged.letter.received, zone)[:shown]) for judged in found]
    headings, rows = _without_empty(_HEADINGS, rows)
    print_table(headings, rows, flexible=headings.index("SUBJECT") if "SUBJECT" in headings else None)
    if more:
        narrate(f"The newest {len(found)}; `--limit N` shows more.")


def read(
    context: typer.Context,
    name: Name,
    *,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch it first: for a letter that was too large to come by itself.")
    ] = False,
    piece: PieceOption = None,
    save: SaveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read a letter and what its seal proved.

    A letter that is shown counts as read; one that came more than a week ago as re-read, once a day.

    \b
    Examples:
      therapymail read HERON-12
      therapymail read HERON-12 --json
      therapymail read HERON-12 --piece 1
    """
    from therapymail.cli.cue_view import cue_shape, cues_or_none, readings_shape, released_shape
    from therapymail.cli.output import print_json
    from therapymail.practice.read import read_letter

    around = surroundings(context)
    practice = around.unlocked()
    if fetch:
        from therapymail.practice.open_again import fetch_by_name

        fetch_by_name(practice, name)
    if piece is not None or save is not None:
        from therapymail.cli.piece_view import answer_with_piece
        from therapymail.domain.piece_path import PiecePath
        from therapymail.practice.open_piece import open_piece_of_letter

        wanted = PiecePath.parse(piece) if piece is not None else PiecePath()
        answer_with_piece(open_piece_of_letter(practice, name, wanted), around.gutter, save, as_json=as_json)
        return
    found = read_letter(practice, name)
    cues = cues_or_none(practice, found)
    if as_json:
        from therapymail.cli.shapes import letter_shape, proof_shape, reading_shape

        print_json(
            {
                **letter_shape(found.judged),
                **reading_shape(found.reading, found.files),
                "reason": found.not_opened().reason if found.reading is None else None,
                "proof": proof_shape(found.proof),
                "released": released_shape(found),
                "cues": [cue_shape(cue) for cue in cues],
                **readings_shape(found),
            }
        )
    else:
        from therapymail.cli.letter_view import print_letter
        from therapymail.domain.local_days import local_day
        from therapymail.practice.rereading import note_opened

        zone = practice.settings.zone
        print_letter(found, zone, around.gutter, cues, local_day(practice.clock(), zone))
        sys.stdout.flush()
        note_opened(practice, [found.judged.letter.digest])
    if found.reading is None:
        raise found.not_opened()


def accept(context: typer.Context, name: Name, *, as_json: JsonOption = False) -> None:
    """Accept a proposed letter: from now on it counts.

    \b
    Example:
      therapymail accept HERON-12
    """
    from therapymail.practice.accept import accept_letter

    _answer(accept_letter(surroundings(context).unlocked(), name), "accepted", as_json=as_json)


def kind(
    context: typer.Context,
    name: Name,
    word: Annotated[Kind | None, typer.Argument(metavar="KIND", help=", ".join(Kind) + ".")] = None,
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last change of its kind back.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what kind of mail a letter is.

    Only letters and responses make exchanges; every other kind starts no clock and is never counted.

    \b
    Examples:
      therapymail kind HERON-12 admin
      therapymail kind HERON-13 letter
      therapymail kind HERON-13 --undo
    """
    from therapymail.errors import UnusableInput
    from therapymail.practice.accept import set_kind, undo_kind

    practice = surroundings(context).unlocked()
    if (word is None) is not undo:
        raise UnusableInput("kind", "say which it is, or --undo")
    judged = undo_kind(practice, name) if word is None else set_kind(practice, name, word)
    _answer(judged, f"now of kind {judged.letter.kind.value}", as_json=as_json)


def _answer(judged: "JudgedLetter", done: str, *, as_json: bool) -> None:
    from therapymail.cli.output import narrate, print_json

    if as_json:
        from therapymail.cli.shapes import letter_shape

        print_json({"letters": [letter_shape(judged)]})
    else:
        narrate(f"{judged.letter.name} is {done}.")


def _row(judged: "JudgedLetter", received: str) -> tuple[str, ...]:
    from therapymail.domain.wording import seal_short, state_words

    letter = judged.letter
    state = state_words(letter.state, letter.standing)
    return (
        str(letter.name or "-"),
        received,
        letter.kind.value,
        seal_short(judged.verdict, letter.state),
        str(letter.words),
        f"({state}) {letter.subject}" if state else letter.subject,
        " ".join(letter.tags),
    )


def _without_empty(
    headings: tuple[str, ...], rows: list[tuple[str, ...]]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The table without columns in which no row has anything: room for the subject on a narrow terminal."""
    kept = [column for column in range(len(headings)) if any(row[column] for row in rows)]
    return tuple(headings[column] for column in kept), [tuple(row[column] for column in kept) for row in rows]
