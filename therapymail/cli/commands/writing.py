"""The commands `write` and `reply`: what is written becomes a draft in the record, and nowhere else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from therapymail.cli.completing import complete_client, complete_letter, complete_letter_template
from therapymail.cli.surroundings import JsonOption, surroundings
from therapymail.domain.kinds import Kind

if TYPE_CHECKING:
    from therapymail.domain.draft import Draft
    from therapymail.practice.practice import Practice

BodyOption: TypeAlias = Annotated[
    Path | None, typer.Option("--body-file", metavar="F", help="The text, as UTF-8; - for standard input.")
]
SubjectOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--subject", metavar="TEXT", help="It is sealed inside. Visible in the shell's history; the editor asks."
    ),
]
EncloseOption: TypeAlias = Annotated[
    list[Path] | None, typer.Option("--enclose", metavar="FILE", help="Put a file in with it; may be given again.")
]
KINDS = ", ".join(kind for kind in Kind if kind is not Kind.BOUNCE) + "."
KindOption: TypeAlias = Annotated[Kind | None, typer.Option("--kind", metavar="KIND", help=KINDS)]
TemplateOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--template",
        metavar="NAME",
        help="Begin with holding-note, clarification, closing, absence, or one of your own, filled in as agreed.",
        autocompletion=complete_letter_template,
    ),
]
AgainOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--again",
        metavar="ID",
        help="Begin with a mail of yours that did not arrive: its text, kind, enclosures.",
        autocompletion=complete_letter,
    ),
]
InterleaveOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--interleave",
        help="Answer inside their text. With --body-file: a line [2] or [1,3-5] stands above each answer.",
    ),
]
ParagraphsOption: TypeAlias = Annotated[
    str, typer.Option("--paragraphs", metavar="NUMBERS", help="With --interleave: which to quote, like 1,3-5.")
]
EditOption: TypeAlias = Annotated[
    bool | None, typer.Option("--edit/--no-edit", help="Open the editor; default: unless --body-file is given.")
]


@dataclass(frozen=True)
class _Given:
    """What the command line says of what to write."""

    body_file: Path | None
    subject: str | None
    enclose: Sequence[Path]
    edit: bool | None


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("write")(write)
    app.command("reply")(reply)


def write(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The client's code.", autocompletion=complete_client)],
    *,
    body_file: BodyOption = None,
    template: TemplateOption = None,
    again: AgainOption = None,
    subject: SubjectOption = None,
    enclose: EncloseOption = None,
    kind: KindOption = None,
    edit: EditOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write to a client: a draft, kept in the record.

    On a terminal it opens your editor ($VISUAL, $EDITOR) on a file that lies in memory alone; each change is kept.

    \b
    Examples:
      therapymail write HERON
      therapymail write HERON --body-file - < letter.txt
      therapymail write HERON --enclose diary.pdf
      therapymail write HERON --template holding-note
      therapymail write HERON --again HERON-12
    """
    from therapymail.domain.draft import DraftContent
    from therapymail.practice import write as verb

    given = _Given(body_file, subject, enclose or (), edit)
    _refuse_two_texts({"--body-file": body_file, "--template": template, "--again": again})
    practice = surroundings(context).unlocked()
    if again is not None:
        _write_again(practice, code, again, given, kind, as_json=as_json)
        return
    body, files = _read(given)
    if template is None:
        draft = verb.start_draft(practice, code, DraftContent(subject or "", body or ""), kind)
    else:
        draft = _from_template(practice, code, template, subject, kind)
    _finish(practice, draft, given, files, as_json=as_json)


def reply(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help="The letter to answer, like HERON-12.", autocompletion=complete_letter),
    ],
    *,
    body_file: BodyOption = None,
    subject: SubjectOption = None,
    enclose: EncloseOption = None,
    interleave: InterleaveOption = False,
    paragraphs: ParagraphsOption = "",
    kind: KindOption = None,
    edit: EditOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a letter: a draft that quotes it.

    Only a letter that counts and was opened is quoted. The answer goes to the client's own address, whatever that
    mail said. With --body-file nothing is quoted: the file is the whole text.

    With --interleave its paragraphs are numbered and you choose which to answer: each is quoted with room under it, and
    one with nothing under it is left out when you close the editor. A line `>` between two keeps them together.

    \b
    Examples:
      therapymail reply HERON-12
      therapymail reply HERON-12 --interleave
      therapymail reply HERON-12 --interleave --paragraphs 1,3-5
      therapymail reply HERON-12 --body-file answer.txt
    """
    from therapymail.domain.draft import DraftContent
    from therapymail.errors import UnusableInput
    from therapymail.practice import write as verb

    if paragraphs and not interleave:
        raise UnusableInput("--paragraphs", "it goes with --interleave")
    given = _Given(body_file, subject, enclose or (), edit)
    around = surroundings(context)
    practice = around.unlocked()
    body, files = _read(given)
    if interleave:
        from therapymail.cli.interleaving import begin_interleaved, finished

        asks = not as_json and editor_is_wanted(edit=edit, body_file=body_file)
        letter, begun = begin_interleaved(around, practice, name, body=body, chosen=paragraphs, kind=kind, asks=asks)
        if subject is not None:
            begun = verb.save(practice, begun.name, DraftContent(subject, begun.content.text))
        _finish(practice, begun, given, files, as_json=as_json, after=lambda draft: finished(practice, letter, draft))
        return
    draft = verb.start_reply(practice, name, kind)
    content = DraftContent(
        draft.content.subject if subject is None else subject, draft.content.text if body is None else body
    )
    _finish(practice, verb.save(practice, draft.name, content), given, files, as_json=as_json)


def read_body(file: Path) -> str:
    """The text in `file`, or of standard input for `-`. Raises FileUnusable, UnusableInput."""
    from therapymail.cli.asking import read_input
    from therapymail.errors import UnusableInput

    try:
        return read_input(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableInput("--body-file", "its text must be UTF-8") from None


def editor_is_wanted(*, edit: bool | None, body_file: Path | None) -> bool:
    """Whether to open the editor. Raises UnusableInput where there is neither text nor a terminal."""
    from therapymail.cli.asking import somebody_answers
    from therapymail.errors import UnusableInput

    if edit is False or (edit is None and body_file is not None):
        return False
    if not somebody_answers():
        raise UnusableInput("--body-file", "it is needed where there is no terminal; - reads standard input")
    return True


def _refuse_two_texts(given: Mapping[str, object]) -> None:
    """Only one of these options can give the text. Raises UnusableInput."""
    from therapymail.errors import UnusableInput

    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise UnusableInput(names[1], f"it gives the text, and so does {names[0]}")


def _write_again(
    practice: "Practice", code: str, name: str, given: _Given, kind: Kind | None, *, as_json: bool
) -> None:
    """A draft that is whole as it is begun: the editor is opened only where that is asked for."""
    from therapymail.cli.asking import read_input
    from therapymail.domain.draft import DraftContent
    from therapymail.practice import write as verb
    from therapymail.practice.write_again import start_again

    files = [(file.name, read_input(file.expanduser())) for file in given.enclose]
    draft = start_again(practice, code, name)
    if given.subject is not None:
        draft = verb.save(practice, draft.name, DraftContent(given.subject, draft.content.text))
    if kind is not None:
        draft = verb.set_kind(practice, draft.name, kind)
    _finish(practice, draft, replace(given, edit=bool(given.edit)), files, as_json=as_json)


def _from_template(practice: "Practice", code: str, template: str, subject: str | None, kind: Kind | None) -> "Draft":
    """A draft begun by a template; a subject and a kind that were given come before its own."""
    from therapymail.domain.draft import DraftContent
    from therapymail.practice import write as verb
    from therapymail.practice.letter_templates import start_from_template

    draft = start_from_template(practice, code, template)
    if subject is not None:
        draft = verb.save(practice, draft.name, DraftContent(subject, draft.content.text))
    return draft if kind is None else verb.set_kind(practice, draft.name, kind)


def _read(given: _Given) -> tuple[str | None, list[tuple[str, bytes]]]:
    """The text and the enclosures, read before anything is begun. Raises FileUnusable, UnusableInput."""
    from therapymail.cli.asking import read_input

    editor_is_wanted(edit=given.edit, body_file=given.body_file)
    files = [(file.name, read_input(file.expanduser())) for file in given.enclose]
    return (read_body(given.body_file) if given.body_file is not None else None), files


def _finish(
    practice: "Practice",
    draft: "Draft",
    given: _Given,
    files: Sequence[tuple[str, bytes]],
    *,
    as_json: bool,
    after: "Callable[[Draft], Draft] | None" = None,
) -> None:
    """Enclose, let the therapist edit, and say what is kept. A draft in which nothing was written goes again.

    `after` is done to what came out of the editor.
    """
    from therapymail.cli.draft_view import narrate_kept
    from therapymail.cli.output import print_json
    from therapymail.practice import write as verb

    try:
        for filename, data in files:
            draft = verb.enclose(practice, draft.name, filename, data)
    except BaseException:
        verb.discard(practice, draft.name)  # it would be half of what was asked for
        raise
    if editor_is_wanted(edit=given.edit, body_file=given.body_file):
        draft = _edited(practice, draft)
        draft = after(draft) if after else draft
    if as_json:
        from therapymail.cli.shapes import draft_shape

        print_json(draft_shape(verb.show_draft(practice, draft.name)))
    else:
        narrate_kept(draft)


def _edited(practice: "Practice", begun: "Draft") -> "Draft":
    """The draft as the therapist left it. Raises NothingWritten, EditorFailed, NoEditor, FileUnusable."""
    from therapymail.cli.editing import edit_draft
    from therapymail.errors import EditorFailed, NoEditor, NothingWritten
    from therapymail.practice import write as verb

    try:
        draft = edit_draft(practice, begun)
    except BaseException as failure:
        if _is_untouched(practice, begun):
            verb.discard(practice, begun.name)
            if isinstance(failure, EditorFailed):
                raise NoEditor(failure.editor, "it ended with an error, and nothing was written") from None
        raise
    if draft.content == begun.content and not begun.enclosures:
        verb.discard(practice, draft.name)
        raise NothingWritten
    return draft


def _is_untouched(practice: "Practice", begun: "Draft") -> bool:
    from therapymail.errors import TherapymailError
    from therapymail.practice import write as verb

    try:
        return verb.show_draft(practice, begun.name).draft.content == begun.content
    except TherapymailError:  # locked, or gone: nothing of ours to remove
        return False
