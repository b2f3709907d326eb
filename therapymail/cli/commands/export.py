"""The commands of `export`: letterbook, timeline, record, letters, exchanges and due dates as files of your own."""

from typing import Annotated, TypeAlias

import typer

from therapymail.cli.completing import complete_client
from therapymail.cli.export_options import (
    AnonymiseOption,
    FileOption,
    FormOption,
    LookedOverOption,
    ManifestOption,
    NamesOption,
    NotesOption,
    OverwriteOption,
    ProcessNotesOption,
    ReplacementsOption,
    ReplaceOption,
    ToOption,
    WhyOption,
)
from therapymail.cli.surroundings import JsonOption, YesOption, surroundings
from therapymail.domain.exporting import Exported, form_of

Code: TypeAlias = Annotated[
    str, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)
]
MaybeCode: TypeAlias = Annotated[
    str | None, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)
]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="Files of your own: letterbook, timeline, record, letters.", rich_markup_mode=None)
    for command in (letterbook, timeline, record, letters, exchanges, calendar):
        group.command(command.__name__)(command)
    group.command("list")(list_)
    app.add_typer(group, name="export")


def letterbook(
    context: typer.Context,
    code: Code,
    file: FileOption,
    *,
    form: FormOption = None,
    to: ToOption = None,
    to_client: Annotated[
        bool, typer.Option("--to-client", help="The client's own: letters alone, sealed to their key alone.")
    ] = False,
    with_notes: NotesOption = False,
    process_notes: ProcessNotesOption = False,
    why: WhyOption = "",
    names: NamesOption = False,
    anonymise: AnonymiseOption = False,
    replace: ReplaceOption = None,
    replacements: ReplacementsOption = None,
    looked_over: LookedOverOption = False,
    overwrite: OverwriteOption = False,
    manifest: ManifestOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the correspondence with a client as html, md or json, in order, complete in itself.

    It holds letters in clear unless it is sealed, and says so before it is written. With --anonymise the capitalised
    words that are left are listed first, for you to look over.

    \b
    Examples:
      therapymail export letterbook HERON --file heron.html
      therapymail export letterbook HERON --to-client --file letters.html.gpg
      therapymail export letterbook HERON --replace "Leeds=a city" --file a.md
    """
    from therapymail.cli import exporting
    from therapymail.practice.export import ExportRequest
    from therapymail.practice.export_value import NotesWanted

    request = ExportRequest(
        Exported.LETTERBOOK,
        form_of(Exported.LETTERBOOK, form, file),
        code,
        to=to,
        for_client=to_client,
        replacements=exporting.replacements(replace, replacements, anonymise=anonymise),
        notes=NotesWanted(with_notes, process_notes, why),
        names=names,
        reason=why,
    )
    where = exporting.Where(file, overwrite, manifest, looked_over, yes, as_json)
    exporting.run_export(surroundings(context), request, where)


def timeline(
    context: typer.Context,
    code: Code,
    file: FileOption,
    *,
    form: FormOption = None,
    with_letters: Annotated[
        bool, typer.Option("--letters", help="As html: with the letters below, each mark leading to its own.")
    ] = False,
    to: ToOption = None,
    why: WhyOption = "",
    anonymise: AnonymiseOption = False,
    replace: ReplaceOption = None,
    replacements: ReplacementsOption = None,
    looked_over: LookedOverOption = False,
    overwrite: OverwriteOption = False,
    manifest: ManifestOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the timeline of a client as html, md or json.

    \b
    Examples:
      therapymail export timeline HERON --file heron-timeline.html
      therapymail export timeline HERON --letters --to own --file heron.html.gpg
    """
    from therapymail.cli import exporting
    from therapymail.practice.export import ExportRequest

    request = ExportRequest(
        Exported.TIMELINE,
        form_of(Exported.TIMELINE, form, file),
        code,
        to=to,
        replacements=exporting.replacements(replace, replacements, anonymise=anonymise),
        letters=with_letters,
        reason=why,
    )
    where = exporting.Where(file, overwrite, manifest, looked_over, yes, as_json)
    exporting.run_export(surroundings(context), request, where)


def record(
    context: typer.Context,
    code: Code,
    file: FileOption,
    *,
    to: ToOption = None,
    process_notes: ProcessNotesOption = False,
    why: WhyOption = "",
    names: NamesOption = False,
    anonymise: AnonymiseOption = False,
    replace: ReplaceOption = None,
    replacements: ReplacementsOption = None,
    looked_over: LookedOverOption = False,
    overwrite: OverwriteOption = False,
    manifest: ManifestOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the whole record of a client as json: letters, notes, exchanges, agreements, tags and milestones.

    Process notes stay out of it unless you put them in with a reason, which is noted.

    \b
    Examples:
      therapymail export record HERON --file heron.json
      therapymail export record HERON --to own --why "a move" --file r.gpg
    """
    from therapymail.cli import exporting
    from therapymail.practice.export import ExportRequest
    from therapymail.practice.export_value import NotesWanted

    request = ExportRequest(
        Exported.RECORD,
        form_of(Exported.RECORD, None, file),
        code,
        to=to,
        replacements=exporting.replacements(replace, replacements, anonymise=anonymise),
        notes=NotesWanted(progress=True, process=process_notes, reason=why),
        names=names,
        reason=why,
    )
    where = exporting.Where(file, overwrite, manifest, looked_over, yes, as_json)
    exporting.run_export(surroundings(context), request, where)


def letters(
    context: typer.Context,
    code: Code,
    file: FileOption,
    *,
    form: FormOption = None,
    to: ToOption = None,
    why: WhyOption = "",
    overwrite: OverwriteOption = False,
    manifest: ManifestOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the letters with a client as they came, sealed: mbox, or eml (a zip archive with SHA256SUMS).

    Their words stay sealed; the addresses on the envelopes, and when each letter came, do not.

    \b
    Examples:
      therapymail export letters HERON --as mbox --file heron.mbox
      therapymail export letters HERON --as eml --file heron.zip
    """
    from therapymail.cli import exporting
    from therapymail.practice.export import ExportRequest

    chosen = form or ("eml" if file.lower().endswith((".zip", ".zip.gpg")) else None)
    request = ExportRequest(Exported.LETTERS, form_of(Exported.LETTERS, chosen, file), code, to=to, reason=why)
    where = exporting.Where(file, overwrite, manifest, yes=yes, as_json=as_json)
    exporting.run_export(surroundings(context), request, where)


def exchanges(
    context: typer.Context,
    code: Code,
    file: FileOption,
    *,
    form: FormOption = None,
    to: ToOption = None,
    why: WhyOption = "",
    anonymise: AnonymiseOption = False,
    overwrite: OverwriteOption = False,
    manifest: ManifestOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the exchanges with a client as csv or json: counts, days and names of letters, no word of any.

    This version keeps no measures, so there is no table of them yet.

    \b
    Examples:
      therapymail export exchanges HERON --file heron.csv
      therapymail export exchanges HERON --as json --file -
    """
    from therapymail.cli import exporting
    from therapymail.practice.export import ExportRequest

    request = ExportRequest(
        Exported.EXCHANGES,
        form_of(Exported.EXCHANGES, form, file),
        code,
        to=to,
        replacements=exporting.replacements(None, None, anonymise=anonymise),
        reason=why,
    )
    where = exporting.Where(file, overwrite, manifest, looked_over=True, yes=True, as_json=as_json)
    exporting.run_export(surroundings(context), request, where)


def calendar(
    context: typer.Context,
    file: FileOption,
    *,
    codes: Annotated[bool, typer.Option("--codes", help="Put client codes into the titles.")] = False,
    to: ToOption = None,
    overwrite: OverwriteOption = False,
    manifest: ManifestOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the due dates of all clients as a calendar, without names; `today --ics` does so too.

    \b
    Example:
      therapymail export calendar --file due.ics
    """
    from therapymail.cli import exporting
    from therapymail.practice.export import ExportRequest

    request = ExportRequest(Exported.CALENDAR, form_of(Exported.CALENDAR, None, file), to=to, codes=codes)
    where = exporting.Where(file, overwrite, manifest, yes=True, as_json=as_json)
    exporting.run_export(surroundings(context), request, where)


def list_(context: typer.Context, code: MaybeCode = None, *, as_json: JsonOption = False) -> None:
    """List the exports there were, newest first: what, in which form, to whom; never where to.

    \b
    Examples:
      therapymail export list
      therapymail export list HERON --json
    """
    from therapymail.cli.export_view import exports_shape, print_exports
    from therapymail.cli.output import print_json
    from therapymail.practice.export import list_exports

    practice = surroundings(context).unlocked()
    found = list_exports(practice, code)
    if as_json:
        print_json(exports_shape(found))
    else:
        print_exports(found, practice.settings.zone)
