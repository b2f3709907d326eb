"""The command `account`."""

from typing import Annotated

import typer

from therapymail.cli.surroundings import surroundings


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

    from therapymail.cli.asking import ask_passphrase
    from therapymail.cli.output import narrate
    from therapymail.practice.account import change_secret

    practice = surroundings(context).unlocked()
    given = (
        sys.stdin.readline().rstrip("\r\n") if password_stdin else ask_passphrase("New password of the mail account: ")
    )
    change_secret(practice, given)
    narrate("Both hosts take it; it is kept in the vault.")
