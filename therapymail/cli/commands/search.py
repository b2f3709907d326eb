"""The command `search`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.completing import complete_search
from therapymail.cli.surroundings import JsonOption, LimitOption, most_shown, surroundings
from therapymail.domain.found import Order
from therapymail.errors import NothingFound, QueryUnreadable

if TYPE_CHECKING:
    from therapymail.practice.find import SearchRequest
    from therapymail.practice.practice import Practice


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    # `-word` leaves letters out: what begins with a hyphen is part of the query here, not an option.
    app.command("search", context_settings={"ignore_unknown_options": True})(search)


def search(
    context: typer.Context,
    query: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUERY",
            help="What to look for; a single - reads it from standard input.",
            autocompletion=complete_search,
        ),
    ] = None,
    *,
    limit: LimitOption = None,
    notes: Annotated[bool, typer.Option("--notes", help="Search the progress notes (in:notes).")] = False,
    process_notes: Annotated[
        bool, typer.Option("--process-notes", help="Search the process notes, which else nothing does (in:process).")
    ] = False,
    save: Annotated[
        str | None, typer.Option("--save", metavar="NAME", help="Keep the search as @NAME instead of searching.")
    ] = None,
    saved: Annotated[bool, typer.Option("--saved", help="List the searches that were kept.")] = False,
    forget: Annotated[str | None, typer.Option("--forget", metavar="NAME", help="Keep @NAME no longer.")] = None,
    by: Annotated[Order, typer.Option("--by", help="The newest first, or those that say it most.")] = Order.DATE,
    as_json: JsonOption = False,
) -> None:
    """Search the letters, or the notes.

    All words have to occur, in any of their forms. Quote the whole search in the shell, so that its own quotes,
    brackets and asterisks reach therapymail. docs/searching.md tells everything.

    \b
    unlit room              both words
    '"unlit room"'          these words together
    'unlit*'                words that begin so
    'room -bank'            without a word
    '(grief OR loss) room'  one or the other
    client:HERON            letters with this client
    from:me, from:client    by you, by the client
    kind:letter  tag:grief  of a kind, with a tag
    feeling:sadness         shown in brackets, by emoji or by a tag
    cue:sigh                a word in brackets, like [sighs]
    exchange:12             of exchange 12; is:overlength, is:unanswered
    is:unread               neither opened here nor answered
    has:enclosure           with a file; has:note: with a progress note
    'words:>800'            longer than 800 words; also 300..800
    is:proposed             waiting to be accepted; also is:set-aside
    last:3m                 of three months; also 10d, 6w, 2y
    on:2025-03              in March; also on:2025 and on:2025-03-31
    before:2025-03          until the end of February
    after:2025-03           from 1 April on
    in:notes                progress notes, not letters; in:process: process notes
    @garden                 a search that was kept, and more words if you like

    \b
    Examples:
      therapymail search unlit room
      therapymail search '"the unlit room" client:heron'
      therapymail search 'tag:grief after:2025-01 before:2025-07'
      therapymail search --save waiting 'is:unanswered -kind:admin'
      therapymail search @waiting last:2w
      therapymail search - < query.txt
    """
    from therapymail.cli.asking import read_input
    from therapymail.cli.catching_up import shown_catching_up
    from therapymail.cli.found_view import print_letters_found, remark
    from therapymail.cli.output import narrate, print_json
    from therapymail.domain.query import Searched
    from therapymail.practice.find import SearchRequest, search_everything

    text = " ".join(query or ())
    if text == "-":
        text = read_input(Path("-")).decode("utf-8", "replace").strip()
    practice = surroundings(context).unlocked()
    if saved or forget is not None or save is not None:
        from therapymail.cli.saved_searches import forget_search, list_searches, save_search

        if save is not None:
            with _told_in_json(as_json=as_json):
                save_search(practice, save, text, as_json=as_json)
        elif forget is not None:
            forget_search(practice, forget, as_json=as_json)
        else:
            list_searches(practice, as_json=as_json)
        return
    flags = ((Searched.NOTES, notes), (Searched.PROCESS, process_notes))
    searched = tuple(each for each, wanted in flags if wanted)
    asked = SearchRequest(text, most_shown(limit, as_json=as_json), by, searched)
    with _told_in_json(as_json=as_json):
        _unlock_process_notes(practice, asked)
        with shown_catching_up(plain=surroundings(context).plain) as told:
            found = search_everything(practice, asked, told)
    answer, of_notes = found.letters, [each for _, each in found.notes]
    codes = _codes(practice) if of_notes else {}
    if as_json:
        from therapymail.cli.note_view import note_hit_shape
        from therapymail.cli.shapes import search_shape

        hits = [note_hit_shape(hit, codes) for each in of_notes for hit in each.hits]
        print_json(
            {
                "query": found.read_as,
                **search_shape(answer),
                "note_hits": hits,
                "note_total": sum(each.total for each in of_notes),
            }
        )
    else:
        from therapymail.cli.note_view import print_found

        if answer.hits or not of_notes:
            print_letters_found(answer, practice.settings.zone, plain=surroundings(context).plain)
        for kind, each in found.notes:
            print_found(each, codes, practice.settings.zone, f"{kind.value} note")
    if not answer.hits and not any(each.hits for each in of_notes):
        if meant := remark(text):
            narrate(meant)
        raise NothingFound("no note matches" if of_notes else "no letter matches")


@contextmanager
def _told_in_json(*, as_json: bool) -> Iterator[None]:
    """Where a search cannot be read, its place is told as JSON too."""
    try:
        yield
    except QueryUnreadable as unreadable:
        if as_json:
            from therapymail.cli.output import print_json

            print_json({"unreadable": {"position": unreadable.position, "why": unreadable.why}})
        raise


def _unlock_process_notes(practice: "Practice", asked: "SearchRequest") -> None:
    """Where the search names them and there are any: their own passphrase is asked for, if they have one."""
    from therapymail.domain.query import Searched, searched_in
    from therapymail.practice.find import query_of

    if Searched.PROCESS not in searched_in(query_of(practice, asked)):
        return
    from therapymail.cli.note_writing import ensure_notes_unlocked
    from therapymail.practice.process_notes import exist

    if exist(practice):
        ensure_notes_unlocked(practice)


def _codes(practice: "Practice") -> "dict[str, str]":
    from therapymail.practice.note_reading import codes_by_identity

    return codes_by_identity(practice)
