"""The command `notice`, and `client invite`: the two mails that leave unsealed, shown and agreed to before."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.commands.client_status import Code
from therapymail.cli.surroundings import JsonOption, YesOption, surroundings
from therapymail.errors import UnusableInput

if TYPE_CHECKING:
    from therapymail.practice.notify import Absence, Preview, Told

_KINDS = "cannot-open, key-missing, please-ring, absence"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("notice")(notice)


def notice(
    context: typer.Context,
    code: Code,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {_KINDS}.")],
    *,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day away, with absence: 2025-04-14.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="The last day away, with absence.")
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Send a client a short note in a fixed wording, unsealed.

    It says nothing of anybody and takes no words of yours, so it can always be sent: without a key, and to a
    client who is paused or closed. It is shown before it leaves.

    \b
    Examples:
      therapymail notice HERON cannot-open
      therapymail notice HERON absence --from 2025-04-14 --until 2025-04-21
    """
    from therapymail.practice import notify

    practice = surroundings(context).unlocked()
    try:
        wanted = notify.NoticeKind(kind)
    except ValueError:
        raise UnusableInput("KIND", f"it must be one of {_KINDS}") from None
    absence = _absence(first, last)
    preview = notify.preview_notice(practice, code, wanted, absence)
    _agreed_and_sent(
        preview, lambda: notify.send_notice(practice, code, wanted, absence), gutter=_gutter(context), yes=yes,
        as_json=as_json,
    )  # fmt: skip


def invite(context: typer.Context, code: Code, *, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Send a client your public key and the first steps, unsealed.

    The mail says nothing of them. It is shown before it leaves; read your fingerprint to them by another channel.

    \b
    Example:
      therapymail client invite HERON
    """
    from therapymail.practice import notify

    practice = surroundings(context).unlocked()
    preview = notify.preview_invitation(practice, code)
    _agreed_and_sent(preview, lambda: notify.invite(practice, code), gutter=_gutter(context), yes=yes, as_json=as_json)


def _gutter(context: typer.Context) -> str:
    return surroundings(context).gutter


def _absence(first: str | None, last: str | None) -> "Absence | None":
    """The days away; the last is the first where only one is given. Raises UnusableInput."""
    if first is None and last is None:
        return None
    from therapymail.practice.notify import Absence

    return Absence(_day("--from", first), _day("--until", last or first))


def _day(option: str, text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise UnusableInput(option, "it must be a day like 2025-04-14") from None


def _agreed_and_sent(preview: "Preview", send: "Callable[[], Told]", *, gutter: str, yes: bool, as_json: bool) -> None:
    """Show the mail, ask, send it, say so. Raises UnusableInput where nobody can be asked, Abort for a no."""
    from therapymail.cli.asking import ask_yes, somebody_answers
    from therapymail.cli.output import narrate, print_json, utc_text

    narrate(f"To {preview.code}, {preview.recipient}; subject: {preview.subject}")
    for line in preview.text.rstrip("\n").split("\n"):
        narrate(gutter + line)
    if preview.enclosure:
        narrate(f"With it: {preview.enclosure}, your public key.")
    narrate("It leaves unsealed: mail hosts on the way can read it.")
    if not yes:
        if not somebody_answers():
            raise UnusableInput("--yes", "it is needed where nobody can be asked; nothing was sent")
        if not ask_yes("Send it?"):
            narrate("Nothing was sent.")
            return
    told = send()
    if as_json:
        name = str(told.letter) if told.letter else None
        print_json({"client": told.code, "kind": told.kind, "letter": name, "sent": utc_text(told.sent_at)})
    else:
        narrate(f"Sent; it is {told.letter} on the record.")
