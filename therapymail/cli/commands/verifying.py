"""The command `client verify`: a key confirmed by another channel, the pinned one or, with --new, the one beside it."""

from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.commands.client_status import Code
from therapymail.cli.surroundings import JsonOption, Surroundings, surroundings

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice


def verify(
    context: typer.Context,
    code: Code,
    *,
    how: Annotated[
        str | None, typer.Option(metavar="WORDS", help='By which other channel, for example "by phone".')
    ] = None,
    fingerprint: Annotated[
        str | None,
        typer.Option(metavar="FPR", help="What they gave, digits or words; it must be that key's."),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Of a key change: pin and confirm the other key, not the pinned one.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Note that a key was confirmed by another channel: by telephone, in person, or by a code word.

    It is shown in digits, in words, and as a QR code. Let them read it to you from their own program, or hold the code
    against theirs; a mail is no other channel. When and how it was confirmed stays on the record. With --new it is the
    other key of a key change: letters are sealed to it from then on; the key before stays for the letters it signed.

    \b
    Examples:
      therapymail client verify HERON
      therapymail client verify HERON --how "by phone" --fingerprint 0123...4567
      therapymail client verify HERON --new --how "the code word, by phone"
    """
    from therapymail.cli.client_answers import asked_how
    from therapymail.cli.client_view import print_client
    from therapymail.practice import introduce, key_changes

    around = surroundings(context)
    practice = around.unlocked()
    if fingerprint is None:
        fingerprint = _agreed(around, practice, code, new=new)
    confirm = key_changes.accept_new_key if new else introduce.verify_client
    verified = confirm(practice, code, fingerprint, how or asked_how())
    print_client(verified, practice.clock(), as_json=as_json)


def _agreed(around: Surroundings, practice: "Practice", code: str, *, new: bool) -> str:
    """The fingerprint that was shown and found to be theirs. Raises typer.Abort, KeyUnknown, UnusableInput."""
    from therapymail.cli.asking import ask_yes
    from therapymail.cli.fingerprint_view import print_fingerprint
    from therapymail.cli.output import narrate
    from therapymail.domain.wording import fingerprint_words
    from therapymail.practice import introduce, key_changes

    whose = code.upper()
    if new:
        change = key_changes.change_to_decide(practice, code)
        shown = change.fingerprint
        narrate(f"Pinned for {whose} until now: {fingerprint_words(change.pinned)}")
        narrate(f"The other key of {whose}:")
    else:
        shown = introduce.sealing_pin(practice, code).fingerprint
        narrate(f"The key pinned for {whose}:")
    print_fingerprint(shown, err=True, plain=around.plain)
    if not ask_yes("Is it, digit for digit or word for word, what they read to you?"):
        dismissing = f"; `therapymail key dismiss {whose}` if it is not theirs" if new else ""
        narrate(f"Nothing was changed. If the digits differ, ask {whose} for their key again{dismissing}.")
        raise typer.Abort
    return shown
