"""The command `account`."""

from typing import Annotated

import typer

from therapymail.cli.surroundings import surroundings
from therapymail.errors import LoginRefused, explain


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("account")(account)


def account(
    context: typer.Context,
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password or token from standard input.")
    ] = False,
) -> None:
    """Give the mail account's new password.

    Both hosts are tried before it is kept in the vault, for these hosts alone.

    \b
    Examples:
      therapymail account
      pass show mail/practice | therapymail account --password-stdin
    """
    import sys

    from therapymail.cli.asking import ATTEMPTS, MAX_FILE_BYTES, ask_passphrase, first_line
    from therapymail.cli.output import narrate
    from therapymail.practice.account import change_secret

    practice = surroundings(context).unlocked()
    if password_stdin:
        change_secret(practice, first_line(sys.stdin.buffer.read(MAX_FILE_BYTES)))
    else:
        for attempt in range(ATTEMPTS):
            try:
                change_secret(practice, ask_passphrase("New password of the mail account: "))
            except LoginRefused as refused:
                if attempt == ATTEMPTS - 1:
                    raise
                narrate(explain(refused).sentence)
            else:
                break
    narrate("Both hosts take it; it is kept in the vault.")
