"""The command `send`: a draft into the outbox."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.commands.drafts import Name
from therapymail.cli.surroundings import JsonOption, YesOption, surroundings

if TYPE_CHECKING:
    from therapymail.domain.draft import DraftName
    from therapymail.practice.outbox import Queued, SendRequest
    from therapymail.practice.practice import Practice

OFFICE = "office"
_A_MOMENT = timedelta(minutes=1)


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("send")(send)


def send(
    context: typer.Context,
    name: Name,
    *,
    at_once: Annotated[
        bool,
        typer.Option(
            "--at-once",
            help="No hold and no second reading: it leaves once the seconds to take it back are over, which is noted.",
        ),
    ] = False,
    hold: Annotated[
        str | None, typer.Option("--hold", metavar="DURATION", help="How long to hold it: 12h, 30m; 0 for no hold.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="TIME",
            help="When it leaves, on your clock: 9:00, tue 14:30, 2026-03-01 09:00, or office.",
        ),
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Put a draft into the outbox.

    It is held for a while and leaves once you have read it a second time: `therapymail outbox release`. It is sealed
    and proven when it leaves. Whatever stands in its way keeps it a draft; nothing is ever sent unsealed.

    \b
    Examples:
      therapymail send D-3
      therapymail send D-3 --hold 2h
      therapymail send D-3 --at "tomorrow 9:00"
      therapymail send D-3 --at-once
    """
    from therapymail.cli.asking import somebody_answers
    from therapymail.cli.looking_over import remark_sentences
    from therapymail.cli.output import narrate, print_json
    from therapymail.domain.draft import DraftName
    from therapymail.errors import NotSent
    from therapymail.practice import outbox as verb

    around = surroundings(context)
    practice = around.unlocked()
    waits = somebody_answers() and not yes and not as_json
    request = verb.SendRequest(
        DraftName.parse(name), at_once=at_once, hold=_hold(hold), at=_moment(at, practice), undo=at_once and waits
    )
    try:
        queued = verb.send(practice, request)
    except NotSent:
        if not as_json:
            _say_where_others_are_named(practice, request.draft)
        raise
    entry = queued.entry
    if not as_json:
        for sentence in remark_sentences(practice, request.draft):
            narrate(sentence)
        _say_queued(practice, queued, request)
    if at_once:
        from therapymail.cli.leaving import let_leave

        entry = let_leave(practice, entry, quiet=as_json, plain=around.plain)
    if as_json:
        from therapymail.cli.shapes import entry_shape

        print_json({"outbox": [entry_shape(entry)]})


def _hold(text: str | None) -> timedelta | None:
    """The hold that `text` means. Raises UnusableInput."""
    if text is None:
        return None
    from therapymail.cli.durations import hours_in

    return timedelta(0) if text.strip() == "0" else timedelta(hours=hours_in(text))


def _moment(text: str | None, practice: "Practice") -> datetime | None:
    """The moment that `text` means on the therapist's clock; within office hours they are in a minute.

    Raises UnusableInput.
    """
    if text is None:
        return None
    from therapymail.domain.holding import next_office_moment, office_spans
    from therapymail.domain.typed_moment import typed_moment

    now, zone = practice.clock(), practice.settings.zone
    if text.strip().lower() == OFFICE:
        return next_office_moment(now + _A_MOMENT, office_spans(practice.settings.office_hours), zone)
    return typed_moment(text, now, zone)


def _say_where_others_are_named(practice: "Practice", draft: "DraftName") -> None:
    from therapymail.cli.output import narrate
    from therapymail.domain.looking_over_text import foreign_sentences
    from therapymail.practice.look_over import look_over

    sentences = foreign_sentences(look_over(practice, draft).foreign)
    for sentence in sentences:
        narrate(sentence)
    if sentences:
        narrate(f"A word that means nobody is let pass with `therapymail drafts allow {draft} WORD`.")


def _say_queued(practice: "Practice", queued: "Queued", request: "SendRequest") -> None:
    from therapymail.cli.output import day_text, narrate
    from therapymail.domain.outbox import OutboxState
    from therapymail.domain.outbox_text import next_step, state_phrase

    entry, now = queued.entry, practice.clock()
    if queued.permit.client_expires_soon is not None:
        narrate(f"Their key expires on {day_text(queued.permit.client_expires_soon)}; ask them for a renewed one.")
    if entry.state is OutboxState.HELD:
        narrate(f"{entry.draft} to {entry.code}: {state_phrase(entry, now, practice.settings.zone)}.")
        narrate(next_step(entry, now) or f"Then `therapymail outbox release {entry.draft}` shows it once more.")
    elif entry.leaves_at > now and not request.at_once:
        when = state_phrase(entry, now, practice.settings.zone)
        narrate(
            f"{entry.draft} to {entry.code} {when} if `therapymail sync --watch` runs then, else with the next sync."
        )
