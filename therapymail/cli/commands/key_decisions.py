"""The commands that decide upon a client's keys: `key dismiss` and `key retire`."""

from typing import Annotated

import typer

from therapymail.cli.commands.client_status import Code
from therapymail.cli.surroundings import JsonOption, surroundings


def dismiss(
    context: typer.Context,
    code: Code,
    fingerprints: Annotated[
        list[str] | None, typer.Argument(metavar="FPR...", help="Which; its last 16 digits are enough. None: all open.")
    ] = None,
    *,
    why: Annotated[str, typer.Option(metavar="WORDS", help='For the record, for example "she rang: not hers".')],
    as_json: JsonOption = False,
) -> None:
    """Decide that another key of a client is not used: letters leave again, sealed to the pinned one.

    A dismissed key never stops a letter again, however often it signs one. Without FPR every key change of the client
    that is open is dismissed. Was it theirs after all, `key pin` still takes it.

    \b
    Examples:
      therapymail key dismiss HERON 0123456789ABCDEF --why "she rang: not hers"
      therapymail key dismiss HERON --why "forged"
    """
    from therapymail.cli.output import narrate, print_json
    from therapymail.domain.wording import fingerprint_words
    from therapymail.practice.key_changes import dismiss_keys

    practice = surroundings(context).unlocked()
    dismissed = dismiss_keys(practice, code, fingerprints or [], why)
    if as_json:
        from therapymail.cli.key_shapes import key_change_shape

        print_json({"key_changes": [key_change_shape(change) for change in dismissed]})
        return
    for change in dismissed:
        narrate(f"Dismissed: {fingerprint_words(change.fingerprint)}")


def retire(
    context: typer.Context,
    code: Code,
    fingerprint: Annotated[str, typer.Argument(metavar="FPR", help="A pinned key; its last 16 digits are enough.")],
    *,
    why: Annotated[str, typer.Option(metavar="WORDS", help='For the record, for example "telephone stolen".')],
    as_json: JsonOption = False,
) -> None:
    """Note that a client does not use a key any more: lost, replaced, or in other hands.

    What it signed until now stays theirs, and old letters open as before. A letter that comes later under its
    signature is set aside. `key pin` takes this back.

    \b
    Example:
      therapymail key retire HERON 0123456789ABCDEF --why "telephone stolen"
    """
    from therapymail.cli.client_view import print_client
    from therapymail.practice.key_changes import retire_key

    practice = surroundings(context).unlocked()
    print_client(retire_key(practice, code, fingerprint, why), practice.clock(), as_json=as_json)
