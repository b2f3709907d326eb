"""The commands of `drafts`: what is written and not yet sent."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from therapymail.cli.commands.writing import KINDS
from therapymail.cli.completing import complete_draft
from therapymail.cli.surroundings import JsonOption, YesOption, surroundings
from therapymail.domain.kinds import Kind

if TYPE_CHECKING:
    from therapymail.domain.draft import Draft
    from therapymail.practice.look_over import LookedOver
    from therapymail.practice.practice import Practice

Name: TypeAlias = Annotated[
    str, typer.Argument(metavar="DRAFT", help="A draft's name, like D-3.", autocompletion=complete_draft)
]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(
        help="Drafts: what is written and not yet sent.", rich_markup_mode=None, invoke_without_command=True
    )
    group.callback()(drafts)
    commands = (
        ("list", list_),
        ("show", show),
        ("edit", edit),
        ("enclose", enclose),
        ("kind", kind),
        ("check", check),
        ("allow", allow),
        ("discard", discard),
    )
    for name, command in commands:
        group.command(name)(command)
    app.add_typer(group, name="drafts")


def drafts(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Drafts: what is written and not yet sent. Without a further word, they are listed."""
    if context.invoked_subcommand is None:
        list_(context, as_json=as_json)


def list_(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the drafts, newest changed first.

    \b
    Examples:
      therapymail drafts
      therapymail drafts list --json
    """
    from therapymail.cli.draft_view import print_drafts
    from therapymail.cli.output import print_json
    from therapymail.practice.write import list_drafts

    practice = surroundings(context).unlocked()
    found = list_drafts(practice)
    if as_json:
        from therapymail.cli.shapes import draft_shape

        print_json({"drafts": [draft_shape(view) for view in found]})
    else:
        print_drafts(found, practice.clock(), practice.settings.zone)


def show(context: typer.Context, name: Name, *, as_json: JsonOption = False) -> None:
    """Show one draft whole.

    \b
    Examples:
      therapymail drafts show D-3
      therapymail drafts show D-3 --json
    """
    from therapymail.cli.draft_view import print_draft
    from therapymail.cli.output import print_json
    from therapymail.domain.draft import DraftName
    from therapymail.practice.write import show_draft

    around = surroundings(context)
    practice = around.unlocked()
    view = show_draft(practice, DraftName.parse(name))
    if as_json:
        from therapymail.cli.shapes import whole_draft_shape

        print_json(whole_draft_shape(view))
    else:
        print_draft(view, practice.clock(), practice.settings.zone, around.gutter)


def edit(
    context: typer.Context,
    name: Name,
    *,
    body_file: Annotated[
        Path | None,
        typer.Option("--body-file", metavar="F", help="The new text instead of the editor; - for standard input."),
    ] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="TEXT", help="The new subject. Visible in the shell's history.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Go on writing: in the editor, or with a new text or subject.

    \b
    Examples:
      therapymail drafts edit D-3
      therapymail drafts edit D-3 --body-file - < letter.txt
    """
    from therapymail.cli.commands.writing import editor_is_wanted, read_body
    from therapymail.domain.draft import DraftContent, DraftName
    from therapymail.errors import DraftInOutbox
    from therapymail.practice import write as verb

    practice = surroundings(context).unlocked()
    given = body_file is not None or subject is not None
    editor_is_wanted(edit=False if given else None, body_file=None)
    text = read_body(body_file) if body_file is not None else None
    view = verb.show_draft(practice, DraftName.parse(name))
    if view.entry is not None:
        raise DraftInOutbox(str(view.draft.name), view.entry.state.value)
    former = view.draft.content
    if given:
        content = DraftContent(former.subject if subject is None else subject, former.text if text is None else text)
        draft = verb.save(practice, view.draft.name, content, view.draft.revision)
    else:
        from therapymail.cli.editing import edit_draft

        draft = edit_draft(practice, view.draft)
    _answer(practice, draft, as_json=as_json)


def enclose(
    context: typer.Context,
    name: Name,
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE", help="Files to put in with it.")] = None,
    *,
    remove: Annotated[
        int | None, typer.Option("--remove", min=1, metavar="N", help="Take the enclosure of this number out again.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Put files in with a draft, or take one out.

    The client sees a file's last name alone. What a picture says of camera and place is taken out of it.

    \b
    Examples:
      therapymail drafts enclose D-3 diary.pdf sleep.jpg
      therapymail drafts enclose D-3 --remove 1
    """
    from therapymail.cli.asking import read_input
    from therapymail.domain.draft import DraftName
    from therapymail.errors import UnusableInput
    from therapymail.practice import write as verb

    if not files and remove is None:
        raise UnusableInput("FILE", "say which file, or --remove N")
    practice = surroundings(context).unlocked()
    draft_name = DraftName.parse(name)
    read = [(file.name, read_input(file.expanduser())) for file in files or ()]
    draft = verb.show_draft(practice, draft_name).draft
    if remove is not None:
        draft = verb.remove_enclosure(practice, draft_name, remove - 1)
    for filename, data in read:
        draft = verb.enclose(practice, draft_name, filename, data)
    _answer(practice, draft, as_json=as_json)


def kind(
    context: typer.Context,
    name: Name,
    word: Annotated[Kind, typer.Argument(metavar="KIND", help=KINDS)],
    *,
    as_json: JsonOption = False,
) -> None:
    """Say what kind of mail a draft is.

    \b
    Example:
      therapymail drafts kind D-3 admin
    """
    from therapymail.cli.output import narrate, print_json
    from therapymail.domain.draft import DraftName
    from therapymail.practice import write as verb

    practice = surroundings(context).unlocked()
    draft = verb.set_kind(practice, DraftName.parse(name), word)
    if as_json:
        from therapymail.cli.shapes import draft_shape

        print_json(draft_shape(verb.show_draft(practice, draft.name)))
    else:
        narrate(f"{draft.name} is now of kind {word.value}.")


def check(context: typer.Context, name: Name, *, as_json: JsonOption = False) -> None:
    """Look over a draft before it is sent: whether it names another client, and what may be missing.

    Another client's name, code, address or key stops it (exit code 6). The rest is only said.

    \b
    Examples:
      therapymail drafts check D-3
      therapymail drafts check D-3 --json
    """
    from therapymail.domain.draft import DraftName
    from therapymail.errors import ExitCode
    from therapymail.practice.look_over import look_over

    found = look_over(surroundings(context).unlocked(), DraftName.parse(name))
    _say_looked_over(found, as_json=as_json)
    if found.foreign:
        raise typer.Exit(ExitCode.NOT_SENT)


def allow(
    context: typer.Context,
    name: Name,
    word: Annotated[str, typer.Argument(metavar="WORD", help="The word as it stands in the draft.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Say that a word in this draft means nobody, though another client is called so: a rose, a place, a month.

    It holds for this draft alone. The word stays visible in the shell's history.

    \b
    Example:
      therapymail drafts allow D-3 Rose
    """
    from therapymail.domain.draft import DraftName
    from therapymail.practice.look_over import let_word_pass

    _say_looked_over(let_word_pass(surroundings(context).unlocked(), DraftName.parse(name), word), as_json=as_json)


def _say_looked_over(found: "LookedOver", *, as_json: bool) -> None:
    from therapymail.cli.looking_over import looked_over_shape, narrate_looked_over
    from therapymail.cli.output import narrate, print_json

    if as_json:
        print_json(looked_over_shape(found))
        return
    narrate_looked_over(found)
    if not found.foreign and not found.remarks:
        narrate("Nothing stands out.")


def discard(context: typer.Context, name: Name, *, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Throw a draft away for good.

    \b
    Examples:
      therapymail drafts discard D-3
      therapymail drafts discard D-3 --yes
    """
    from therapymail.cli.asking import ask_yes, somebody_answers
    from therapymail.cli.output import narrate, print_json
    from therapymail.domain.draft import DraftName
    from therapymail.domain.wording import count_words
    from therapymail.errors import UnusableInput
    from therapymail.practice import write as verb

    practice = surroundings(context).unlocked()
    view = verb.show_draft(practice, DraftName.parse(name))
    draft = view.draft
    if view.entry is None and not yes:
        if not somebody_answers():
            raise UnusableInput("--yes", "it is needed where nobody can be asked")
        written = count_words(draft.content.words, "word")
        if not ask_yes(f"Throw {draft.name} to {draft.code} away for good ({written})?"):
            raise typer.Abort
    verb.discard(practice, draft.name)
    if as_json:
        print_json({"draft": str(draft.name), "client": draft.code, "discarded": True})
    else:
        narrate(f"{draft.name} is gone.")


def _answer(practice: "Practice", draft: "Draft", *, as_json: bool) -> None:
    from therapymail.cli.draft_view import narrate_kept, print_enclosures
    from therapymail.cli.output import print_json
    from therapymail.practice.write import show_draft

    if as_json:
        from therapymail.cli.shapes import draft_shape

        print_json(draft_shape(show_draft(practice, draft.name)))
    else:
        print_enclosures(draft.enclosures)
        narrate_kept(draft)
