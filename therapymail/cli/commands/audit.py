"""The commands of `audit`: the journal proven whole, and read without what it says (F34)."""

from typing import Annotated

import typer

from therapymail.cli.completing import complete_client
from therapymail.cli.surroundings import JsonOption, surroundings


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="The journal: proven whole, and listed.", no_args_is_help=True)
    group.command("verify")(verify)
    group.command("list")(list_)
    app.add_typer(group, name="audit")


def verify(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Check that no entry of the journal was changed, removed or moved.

    Every device's chain is walked from its first entry, that of the process notes too where they are unlocked. What
    was erased has an entry that says so. Exit code 7 where something is wrong.

    \b
    Examples:
      therapymail audit verify
      therapymail audit verify --json
    """
    import time

    from therapymail.cli.audit_view import report_shape, say_report
    from therapymail.cli.output import print_json
    from therapymail.cli.progress import shown_progress
    from therapymail.errors import ExitCode
    from therapymail.practice.audit import verify as verify_journals

    around = surroundings(context)
    practice = around.unlocked()
    began = time.monotonic()
    with shown_progress("Verifying", "Reading the journal", plain=around.plain) as advance:
        report = verify_journals(
            practice,
            lambda _store, done, total: advance(done, total, done / max(time.monotonic() - began, 0.001)),
        )
    print_json(report_shape(report)) if as_json else say_report(report)
    if not report.is_whole:
        raise typer.Exit(ExitCode.NOT_OPENED)


def list_(
    context: typer.Context,
    *,
    client: Annotated[
        str | None, typer.Option("--client", metavar="CODE", help="About one client.", autocompletion=complete_client)
    ] = None,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Kinds that begin so, like letter or note.")] = "",
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="From this day on.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Up to and with this day.")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many, the newest.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List the journal's entries, the newest first; never what they say.

    \b
    Examples:
      therapymail audit list
      therapymail audit list --client HERON --kind letter.sent
      therapymail audit list --since 2025-03-01 --until 2025-03-31 --json
    """
    from datetime import time

    from therapymail.cli.audit_view import entry_shape, print_entries
    from therapymail.cli.output import print_json
    from therapymail.domain.audit import AuditQuery
    from therapymail.domain.local_days import end_of_day, moment_of
    from therapymail.domain.typed_day import typed_day
    from therapymail.practice.audit import entries

    practice = surroundings(context).unlocked()
    zone = practice.settings.zone
    first = None if since is None else moment_of(typed_day(since), time.min, zone)
    last = None if until is None else end_of_day(typed_day(until), zone)
    found = entries(practice, AuditQuery(client, kind, first, last, limit))
    print_json({"entries": [entry_shape(each) for each in found]}) if as_json else print_entries(found, zone)
