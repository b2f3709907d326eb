"""The command `client invite`: the onboarding kit, as a mail that leaves unsealed and as a page to print."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.commands.client_status import Code
from therapymail.cli.surroundings import JsonOption, YesOption, surroundings
from therapymail.errors import UnusableInput

if TYPE_CHECKING:
    from therapymail.practice.notify import MailProgram

PROGRAMS = ("thunderbird", "k9", "apple", "gpgol", "mailvelope", "proton", "flowcrypt", "deltachat", "other")


def complete_program(incomplete: str) -> list[str]:
    """The programs that begin as typed."""
    return [name for name in PROGRAMS if name.startswith(incomplete.lower())]


def invite(
    context: typer.Context,
    code: Code,
    *,
    program: Annotated[
        str | None,
        typer.Option(
            metavar="PROGRAM", help=f"What they read mail in: {', '.join(PROGRAMS)}.", autocompletion=complete_program
        ),
    ] = None,
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="The language of the texts: en.")] = "en",
    page: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write a page to print there: HTML, complete in itself.")
    ] = None,
    send: Annotated[
        bool, typer.Option("--send/--show", help="Send the mail once it was shown, or only show it.")
    ] = True,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Send a client your public key and the first steps in their mail program, unsealed.

    Mail and page say nothing of them, nor what the writing is for. The mail is shown before it leaves; read your
    fingerprint to them by another channel, or hand them the printed page.

    \b
    Examples:
      therapymail client invite HERON --program thunderbird
      therapymail client invite HERON --program k9 --page for-heron.html
      therapymail client invite HERON --program proton --page kit.html --show
    """
    from therapymail.cli.output import narrate, print_json, print_text
    from therapymail.cli.unsealed_view import agreed_and_sent, invited_shape
    from therapymail.practice import notify

    around = surroundings(context)
    practice = around.unlocked()
    wanted = notify.KitWanted(_program(program), language)
    preview = notify.preview_invitation(practice, code, wanted, to_send=send)
    if page is not None:
        from therapymail.practice.kit_page import write_kit_page

        write_kit_page(practice, wanted, page)
        narrate(f"Written: {page}. Print it, or open it in a browser; look it over before you hand it on.")
    told = None
    if send:
        told = agreed_and_sent(
            preview, lambda: notify.invite(practice, code, wanted), gutter=around.gutter, yes=yes
        )  # fmt: skip
    elif not as_json:
        print_text(preview.text, around.gutter)
    if as_json and (told or not send):
        print_json(invited_shape(preview, wanted, page, told))


def _program(named: str | None) -> "MailProgram":
    """The program by its name, or chosen from a list. Raises UnusableInput."""
    from therapymail.practice.notify import MailProgram

    if named is None:
        return MailProgram(PROGRAMS[_chosen()])
    try:
        return MailProgram(named.lower())
    except ValueError:
        raise UnusableInput("--program", f"it must be one of {', '.join(PROGRAMS)}") from None


def _chosen() -> int:
    from therapymail.cli.asking import ask_choice, somebody_answers

    if not somebody_answers():
        raise UnusableInput("--program", f"say what they read mail in: one of {', '.join(PROGRAMS)}")
    from therapymail.domain.kit import LANGUAGES, program_names

    known = {program.value: name for program, name in program_names(LANGUAGES[0])}
    known["other"] = "another program that knows OpenPGP"
    width = max(map(len, PROGRAMS))
    return ask_choice("What do they read mail in?", [f"{name:<{width}}  {known[name]}" for name in PROGRAMS])
