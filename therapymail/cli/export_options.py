"""The options that every export has."""

from typing import Annotated, TypeAlias

import typer

from therapymail.domain.exporting import FORMS, Exported


def complete_form(context: typer.Context, incomplete: str) -> list[str]:
    """The forms that begin as typed, of the export that is being typed."""
    known = {each.value: each for each in Exported}
    what = known.get(context.info_name or "")
    forms = FORMS[what] if what else sorted({form for forms in FORMS.values() for form in forms})
    return [form.value for form in forms if form.startswith(incomplete.lower())]


def complete_own(incomplete: str) -> list[str]:
    """The own key, by its name."""
    return [each for each in ("own",) if each.startswith(incomplete.lower())]


FileOption: TypeAlias = Annotated[
    str, typer.Option("--file", "-f", metavar="FILE", help="Where to write it; - for standard output.")
]
FormOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="FORM", help="The form; default: as FILE ends, else the first.", autocompletion=complete_form
    ),
]
ToOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="FINGERPRINT",
        help="Seal it to this key, which is held: a whole fingerprint, or own.",
        autocompletion=complete_own,
    ),
]
AnonymiseOption: TypeAlias = Annotated[
    bool, typer.Option("--anonymise", help="Replace names, addresses and codes of everybody here.")
]
ReplaceOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--replace", metavar="WORD=OTHER", help="Also replace a word or phrase; as often as needed."),
]
ReplacementsOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--replacements", metavar="FILE", help="Also replace what a file says: one WORD=OTHER a line."),
]
LookedOverOption: TypeAlias = Annotated[
    bool, typer.Option("--looked-over", help="You have looked over the capitalised words that are left.")
]
NotesOption: TypeAlias = Annotated[bool, typer.Option("--with-notes", help="With the progress notes.")]
ProcessNotesOption: TypeAlias = Annotated[
    bool, typer.Option("--process-notes", help="With the process notes; needs --why.")
]
WhyOption: TypeAlias = Annotated[
    str, typer.Option("--why", metavar="REASON", help="Why it is exported: noted in the journal.")
]
NamesOption: TypeAlias = Annotated[bool, typer.Option("--names", help="With the names of your client and yourself.")]
OverwriteOption: TypeAlias = Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")]
ManifestOption: TypeAlias = Annotated[
    bool, typer.Option("--manifest", help="Also write FILE.sha256, for `sha256sum -c`.")
]
