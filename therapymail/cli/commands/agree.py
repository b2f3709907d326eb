"""The command `agree`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.completing import complete_client
from therapymail.cli.surroundings import JsonOption, YesOption, surroundings

if TYPE_CHECKING:
    from therapymail.practice.agree import NewTerms
    from therapymail.practice.practice import Practice


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("agree")(agree)


def agree(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)],
    *,
    show: Annotated[bool, typer.Option("--show", help="Show what holds now; nothing is made.")] = False,
    history: Annotated[bool, typer.Option("--history", help="List every version; nothing is made.")] = False,
    withdraw: Annotated[
        int | None, typer.Option("--withdraw", metavar="VERSION", help="Take a version back, before it was used.")
    ] = None,
    starts: Annotated[
        str | None,
        typer.Option("--starts", metavar="DATE", help="From which day on, or `next-exchange` (the default)."),
    ] = None,
    rhythm: Annotated[str | None, typer.Option("--rhythm", metavar="DAYS", help="A letter every 7d, 14d …")] = None,
    day: Annotated[str | None, typer.Option("--day", metavar="DAY", help="The letter's weekday, or none.")] = None,
    window: Annotated[
        str | None, typer.Option("--window", metavar="WINDOW", help="Until the response: 48h, 2d, 2d@18:00.")
    ] = None,
    words: Annotated[str | None, typer.Option("--words", metavar="N", help="Words of one exchange, or none.")] = None,
    over_length: Annotated[
        str | None, typer.Option("--over-length", metavar="flag|double", help="What a longer letter means.")
    ] = None,
    block: Annotated[str | None, typer.Option("--block", metavar="N", help="Exchanges in a block.")] = None,
    blocks: Annotated[str | None, typer.Option("--blocks", metavar="N", help="How many blocks are agreed.")] = None,
    carried: Annotated[
        str | None, typer.Option("--carried", metavar="N", help="Exchanges left over, on top of the first block.")
    ] = None,
    review: Annotated[
        str | None, typer.Option("--review", metavar="N,N", help="Reviews at these places of a block, or none.")
    ] = None,
    updates: Annotated[
        str | None, typer.Option("--updates", metavar="N", help="Brief news between exchanges, a week.")
    ] = None,
    check_in: Annotated[
        str | None, typer.Option("--check-in", metavar="DAYS", help="Be reminded to ask after so long a silence.")
    ] = None,
    pause: Annotated[
        str | None, typer.Option("--pause", metavar="DAYS", help="Be reminded of a pause after so long a silence.")
    ] = None,
    fallback: Annotated[
        str | None, typer.Option("--fallback", metavar="TEXT", help="The other channel if mail fails, in words.")
    ] = None,
    fallback_after: Annotated[
        str | None, typer.Option("--fallback-after", metavar="DAYS", help="When to think of it, or none.")
    ] = None,
    client_zone: Annotated[
        str | None, typer.Option("--client-zone", metavar="ZONE", help="Whose days the client's letters keep.")
    ] = None,
    own_zone: Annotated[
        str | None, typer.Option("--own-zone", metavar="ZONE", help="Whose days your responses keep.")
    ] = None,
    count_in_footer: Annotated[
        bool | None,
        typer.Option("--count-in-footer/--no-count-in-footer", help="Letters to them end with “n of m”."),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="Terms as JSON from a file, or `-`.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and make nothing.")] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Agree on terms with a client.

    Makes a new version of the agreement, from a day on, and shows it before that. Without any term it opens a form in
    your editor. Exchanges that began earlier keep the terms they were written under.

    \b
    Examples:
      therapymail agree HERON
      therapymail agree HERON --day tue --window 48h --words 800 --block 12
      therapymail agree LINDEN --updates 2 --starts 2025-03-11 --yes
      therapymail agree HERON --show
      cat terms.json | therapymail agree HERON --from - --yes --json
    """
    from therapymail.errors import UnusableInput
    from therapymail.practice.agree import NewTerms

    practice = surroundings(context).unlocked()
    if show or history or withdraw is not None:
        _tell(practice, code, withdraw, whole=show, as_json=as_json)
        return
    given = {
        "rhythm_days": rhythm,
        "letter_day": day,
        "window": window,
        "word_limit": words,
        "over_length": over_length,
        "block_size": block,
        "block_carried": carried,
        "blocks": blocks,
        "review_at": review,
        "updates_a_week": updates,
        "check_in_days": check_in,
        "pause_days": pause,
        "fallback": fallback,
        "fallback_after_days": fallback_after,
        "client_zone": client_zone,
        "own_zone": own_zone,
        "count_in_footer": count_in_footer,
    }
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if source is not None:
        read, starts = _from_json(source, starts)
        changes = {**read, **changes}
    elif not changes and starts is None:
        from therapymail.cli.agreement_form import asked_in_editor
        from therapymail.cli.asking import somebody_answers

        if not somebody_answers():
            raise UnusableInput(
                "terms", "give what is agreed as options or with --from; see `therapymail agree --help`"
            )
        wanted = asked_in_editor(practice, code)
        if wanted is None:
            return
        _make(practice, wanted, dry_run=dry_run, yes=yes, as_json=as_json)
        return
    _make(practice, NewTerms(code, changes, starts), dry_run=dry_run, yes=yes, as_json=as_json)


def _tell(practice: "Practice", code: str, withdraw: int | None, *, whole: bool, as_json: bool) -> None:
    from therapymail.cli import agreement_view
    from therapymail.cli.output import narrate, print_json
    from therapymail.practice.agree import show_agreement, take_back

    agreed = show_agreement(practice, code) if withdraw is None else take_back(practice, code, withdraw)
    if as_json:
        print_json(agreement_view.agreed_shape(agreed))
    elif whole:
        agreement_view.print_agreed(agreed)
    else:
        agreement_view.print_history(agreed)
    if withdraw is not None and not as_json:
        narrate(f"Version {withdraw} is taken back.")


def _from_json(source: str, starts: str | None) -> tuple[dict[str, object], str | None]:
    from therapymail.cli.asking import read_input
    from therapymail.errors import UnusableInput

    try:
        read = json.loads(read_input(Path(source)))
    except (ValueError, RecursionError):
        raise UnusableInput("JSON", "it cannot be read") from None
    if not isinstance(read, dict):
        raise UnusableInput("JSON", 'it must be an object, like {"word_limit": 800, "starts": "2025-03-11"}')
    said = read.pop("starts", None)
    if starts is None and said is not None and not isinstance(said, str):
        raise UnusableInput("starts", "it must be a day like 2025-03-11, or next-exchange")
    return read, starts if starts is not None else said


def _make(practice: "Practice", wanted: "NewTerms", *, dry_run: bool, yes: bool, as_json: bool) -> None:
    from therapymail.cli import agreement_view
    from therapymail.cli.asking import ask_yes, somebody_answers
    from therapymail.cli.output import narrate, print_json
    from therapymail.errors import UnusableInput
    from therapymail.practice import agree as agreeing

    proposal = agreeing.propose(practice, wanted)
    if not as_json:
        agreement_view.print_proposal(proposal)
    if dry_run and not as_json:
        narrate("Nothing was made: it is a dry run.")
    if not dry_run:
        if not yes:
            if not somebody_answers():
                raise UnusableInput("--yes", "it is needed where nobody can be asked; nothing was made")
            if not ask_yes("Make this version?"):
                narrate("Nothing was made.")
                return
        proposal = agreeing.agree(practice, wanted)
    if as_json:
        agreed = agreeing.show_agreement(practice, wanted.code)
        print_json(agreement_view.agreed_shape(agreed, proposal))
    elif not dry_run:
        narrate(f"Version {proposal.agreement.version} of the agreement with {proposal.client.code} is made.")
