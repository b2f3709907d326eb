"""The commands of `outbox`: letters on their way out."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from therapymail.cli.completing import complete_queued
from therapymail.cli.surroundings import JsonOption, Surroundings, YesOption, surroundings

if TYPE_CHECKING:
    from therapymail.domain.checklist import Answers
    from therapymail.domain.draft import DraftName
    from therapymail.domain.outbox import OutboxEntry
    from therapymail.practice.outbox import LetterRead
    from therapymail.practice.practice import Practice

Name: TypeAlias = Annotated[
    str, typer.Argument(metavar="DRAFT", help="A draft's name, like D-3.", autocompletion=complete_queued)
]
SentOption: TypeAlias = Annotated[bool, typer.Option("--sent", help="Also what was sent in the last seven days.")]
_SENT_SHOWN = timedelta(days=7)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="Letters on their way out.", rich_markup_mode=None, invoke_without_command=True)
    group.callback()(outbox)
    commands = (
        ("list", list_),
        ("show", show),
        ("release", release),
        ("cancel", cancel),
        ("retry", retry),
        ("settle", settle),
    )
    for name, command in commands:
        group.command(name)(command)
    app.add_typer(group, name="outbox")


def outbox(context: typer.Context, *, sent: SentOption = False, as_json: JsonOption = False) -> None:
    """Letters on their way out. Without a further word, they are listed."""
    if context.invoked_subcommand is None:
        list_(context, sent=sent, as_json=as_json)


def list_(context: typer.Context, *, sent: SentOption = False, as_json: JsonOption = False) -> None:
    """List what is held, waits, or could not leave.

    \b
    Examples:
      therapymail outbox
      therapymail outbox list --sent --json
    """
    from therapymail.cli.outbox_view import print_outbox
    from therapymail.practice.outbox import list_outbox

    practice = surroundings(context).unlocked()
    found = list_outbox(practice, practice.clock() - _SENT_SHOWN if sent else None)
    if as_json:
        _print_json(*found)
    else:
        print_outbox(found, practice.clock(), practice.settings.zone)


def show(context: typer.Context, name: Name, *, as_json: JsonOption = False) -> None:
    """Show where one letter is, why, and what to do next.

    \b
    Example:
      therapymail outbox show D-3
    """
    from therapymail.cli.outbox_view import print_entry
    from therapymail.domain.draft import DraftName
    from therapymail.practice import outbox as verb

    practice = surroundings(context).unlocked()
    entry = verb.show(practice, DraftName.parse(name))
    if as_json:
        _print_json(entry)
    else:
        print_entry(entry, practice.clock(), practice.settings.zone)


def release(
    context: typer.Context,
    name: Name,
    *,
    early: Annotated[
        str | None, typer.Option("--early", metavar="WHY", help="Before its hold is over; why is noted in the journal.")
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read a held letter once more and let it go.

    On a terminal it is shown and you are asked; then there are some seconds in which Ctrl-C takes it back.

    \b
    Examples:
      therapymail outbox release D-3
      therapymail outbox release D-3 --early "she asked for an answer today" --yes
    """
    from therapymail.cli.asking import somebody_answers
    from therapymail.cli.leaving import let_leave
    from therapymail.domain.draft import DraftName
    from therapymail.errors import UnusableInput
    from therapymail.practice import outbox as verb

    around = surroundings(context)
    practice, draft = around.unlocked(), DraftName.parse(name)
    asks = not yes and not as_json
    if asks and not somebody_answers():
        raise UnusableInput("--yes", "it is needed where nobody can be asked")
    read, answers = None, None
    if asks:
        early, read, answers = _second_reading(around, practice, draft, early)
    entry = verb.release(practice, draft, early=early, undo=asks, read=read, answers=answers)
    entry = let_leave(practice, entry, quiet=as_json, plain=around.plain)
    if as_json:
        _print_json(entry)


def cancel(context: typer.Context, name: Name, *, as_json: JsonOption = False) -> None:
    """Take a letter out of the outbox: it is a draft again.

    \b
    Example:
      therapymail outbox cancel D-3
    """
    from therapymail.cli.output import narrate, print_json
    from therapymail.domain.draft import DraftName
    from therapymail.practice import outbox as verb
    from therapymail.practice.write import show_draft

    practice = surroundings(context).unlocked()
    draft = verb.cancel(practice, DraftName.parse(name))
    if as_json:
        from therapymail.cli.shapes import draft_shape

        print_json(draft_shape(show_draft(practice, draft.name)))
    else:
        narrate(f"{draft.name} to {draft.code} is a draft again.")


def retry(context: typer.Context, name: Name, *, as_json: JsonOption = False) -> None:
    """Try again now what was refused, not taken, or waits.

    On a terminal there are some seconds in which Ctrl-C takes it back.

    \b
    Example:
      therapymail outbox retry D-3
    """
    from therapymail.cli.asking import somebody_answers
    from therapymail.cli.leaving import let_leave
    from therapymail.domain.draft import DraftName
    from therapymail.practice import outbox as verb

    around = surroundings(context)
    practice = around.unlocked()
    tried = verb.retry(practice, DraftName.parse(name), undo=somebody_answers() and not as_json)
    entry = let_leave(practice, tried, quiet=as_json, plain=around.plain)
    if as_json:
        _print_json(entry)


def settle(
    context: typer.Context,
    name: Name,
    *,
    sent: Annotated[
        bool | None,
        typer.Option("--sent/--not-sent", help="You know whether it arrived; without either, Sent is searched for it."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Settle whether an uncertain letter was sent.

    Without --sent or --not-sent it is looked for in Sent and in what came back. That it is not found proves nothing:
    ask the client, then say which.

    \b
    Examples:
      therapymail outbox settle D-3
      therapymail outbox settle D-3 --not-sent
    """
    from therapymail.cli.output import narrate
    from therapymail.domain.draft import DraftName
    from therapymail.domain.outbox import OutboxState
    from therapymail.domain.outbox_text import next_step
    from therapymail.errors import Unsettled
    from therapymail.practice import settle as verb

    practice = surroundings(context).unlocked()
    outcome = None if sent is None else verb.SENT if sent else verb.NOT_SENT
    entry = verb.settle(practice, DraftName.parse(name), outcome)
    if as_json:
        _print_json(entry)
    if entry.state is OutboxState.UNCERTAIN:
        raise Unsettled(str(entry.draft))
    if not as_json:
        became = f"it was sent, as {entry.letter}" if entry.state is OutboxState.SENT else "it was not sent"
        narrate(f"{entry.draft} to {entry.code} is settled: {became}.")
        if step := next_step(entry, practice.clock()):
            narrate(step)


def _second_reading(
    around: Surroundings, practice: "Practice", name: "DraftName", early: str | None
) -> "tuple[str | None, LetterRead | None, Answers]":
    """Show the letter, go through the checklist, ask whether it shall go, and why if its hold is not over.

    The reason, what was read, and the answers.

    Raises Abort where it shall not.
    """
    from therapymail.cli.asking import ask_line, ask_yes
    from therapymail.cli.draft_view import print_draft
    from therapymail.cli.looking_over import ask_checklist
    from therapymail.cli.output import narrate
    from therapymail.domain.outbox_text import state_phrase
    from therapymail.practice.outbox import LetterRead, outlook
    from therapymail.practice.outbox import show as queued
    from therapymail.practice.write import show_draft

    queued(practice, name)  # what is no longer in the outbox is not shown as if it could leave
    now, zone = practice.clock(), practice.settings.zone
    decision = outlook(practice, name).decision
    view = show_draft(practice, name)
    print_draft(view, now, zone, around.gutter)
    narrate()
    entry = view.entry
    if entry is not None and entry.hold_ends is not None and entry.hold_ends > now and early is None:
        narrate(f"It is {state_phrase(entry, now, zone)}.")
        early = ask_line("Why shall it leave before (empty: let it wait)")
        if not early:
            raise typer.Abort
    answers = ask_checklist()
    if not ask_yes(f"Let it go to {view.draft.code}?"):
        raise typer.Abort
    return early, None if entry is None else LetterRead.of(entry, decision), answers


def _print_json(*entries: "OutboxEntry") -> None:
    from therapymail.cli.output import print_json
    from therapymail.cli.shapes import entry_shape

    print_json({"outbox": [entry_shape(entry) for entry in entries]})
