"""The command `setup`: a wizard on a terminal, flags for scripts."""

from pathlib import Path
from typing import Annotated

import typer

from therapymail.cli.surroundings import JsonOption, YesOption, surroundings
from therapymail.config import Auth, Security

_IMAP, _SMTP, _KEY = "HOST:PORT for reading", "HOST:PORT for sending", "Your own key"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("setup")(setup)


def setup(
    context: typer.Context,
    *,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Your name as clients see it.")] = None,
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Your address.")] = None,
    zone: Annotated[str | None, typer.Option(metavar="ZONE", help="Your time zone; default: this machine's.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="A practice without a mailbox.")] = False,
    imap: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Mail host for reading.")] = None,
    imap_security: Annotated[Security | None, typer.Option(help="Default: tls, starttls at port 143.")] = None,
    smtp: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Mail host for sending.")] = None,
    smtp_security: Annotated[Security | None, typer.Option(help="Default: tls, starttls at port 587.")] = None,
    username: Annotated[str | None, typer.Option(metavar="USER", help="Login name; default: your address.")] = None,
    smtp_username: Annotated[str | None, typer.Option(metavar="USER", help="Login name for sending.")] = None,
    auth: Annotated[Auth | None, typer.Option(help="How to log in; default: password.")] = None,
    token_command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Prints a fresh OAuth2 token; run at every login.")
    ] = None,
    password_command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Prints the password; run at every login.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input; kept in the vault.")
    ] = False,
    ca_file: Annotated[Path | None, typer.Option(metavar="FILE", help="A further certificate to trust (PEM).")] = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a new key for you.")] = False,
    key: Annotated[str | None, typer.Option(metavar="FPR", help="Copy this key from your own GnuPG home.")] = None,
    import_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Take your key from a file.")] = None,
    passphrase_command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Prints your key's passphrase; run once.")
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its first line is your key's passphrase.")
    ] = None,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="A key without passphrase: the disk alone protects the record.")
    ] = False,
    kit: Annotated[
        Path | None,
        typer.Option("--kit", metavar="FILE", help="Write the recovery kit there, a page to print, and test it."),
    ] = None,
    no_kit: Annotated[
        bool, typer.Option("--no-kit", help="No recovery kit now; doctor reminds you, `key kit` makes one.")
    ] = False,
    no_roundtrip: Annotated[
        bool,
        typer.Option("--no-roundtrip", help="Send no letter to yourself at the end; for scripts that cannot wait."),
    ] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a practice: mailbox, own key, encrypted record.

    On a terminal it asks for what is not given. Both logins are tested before anything is kept. The recovery kit, a
    page to print, has brought your key back before the practice is there. At the end a sealed letter to yourself goes
    out; the practice is done once that has come back and opened.

    \b
    Examples:
      therapymail setup
      therapymail setup --offline
      therapymail setup --yes --name "A. Therapist" --email me@mail.example \\
        --imap imap.mail.example:993 --smtp smtp.mail.example:465 \\
        --password-command "pass show mail" \\
        --new-key --passphrase-command "pass show key" \\
        --kit ~/recovery-kit.html
    """
    from therapymail.cli.setup_answers import Answers
    from therapymail.cli.setup_run import set_up_and_prove

    around = surroundings(context)
    answers = Answers(
        name=name,
        email=email,
        zone=zone,
        offline=offline,
        imap=imap,
        imap_security=imap_security,
        smtp=smtp,
        smtp_security=smtp_security,
        username=username,
        smtp_username=smtp_username,
        auth=auth,
        token_command=token_command,
        password_command=password_command,
        password_stdin=password_stdin,
        ca_file=ca_file,
        new_key=new_key,
        key=key,
        import_key=import_key,
        passphrase_command=passphrase_command,
        passphrase_file=passphrase_file,
        no_passphrase=no_passphrase,
        kit=kit,
        no_kit=no_kit,
        yes=yes,
    )
    code = set_up_and_prove(around.home, answers, roundtrip=not no_roundtrip, as_json=as_json)
    if code:
        raise SystemExit(
            int(code)
        )  # not typer.Exit: it takes 130 for a setup that was stopped before the practice stood
