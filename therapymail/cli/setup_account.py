"""The mail account of a new practice: its hosts, login name and password, asked for again until both logins work."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from therapymail.bootstrap import wire
from therapymail.cli import asking
from therapymail.cli.output import narrate
from therapymail.cli.setup_answers import Answers, HostPlace, given_or_asked, host_place
from therapymail.config import Auth, HostSettings, Security, Settings
from therapymail.errors import (
    LoginRefused,
    ServerSaidNo,
    ServerUnreachable,
    TherapymailError,
    TlsRefused,
    UnusableInput,
    explain,
)
from therapymail.paths import PracticePaths
from therapymail.practice.setup import SetupStep, test_logins

_USUAL_PORTS = {143, 465, 587, 993}


@dataclass(frozen=True)
class Account:
    """Both hosts with their logins and the password; `folders` of the mailbox once the logins were tested.

    Without a mailbox both hosts are None. `secret` is empty where a command gives it.
    """

    imap: HostSettings | None = None
    smtp: HostSettings | None = None
    secret: str = ""
    folders: int | None = None


@dataclass(frozen=True)
class _Places:
    """Where the two hosts answer, and what name probably logs in."""

    imap: HostPlace
    smtp: HostPlace
    username: str


def account(answers: Answers, paths: PracticePaths, email: str, tell: Callable[[SetupStep], None]) -> Account:
    """The account that flags describe, or that a person does until both logins work.

    Raises UnusableInput, and where nobody can be asked nothing of the mail hosts: they are tested later.
    """
    if answers.offline:
        return Account()
    places = _places(answers, email)
    username = _username(answers, places.username)
    secret = _secret(answers)
    while True:
        made = Account(
            _settings(answers, places.imap, username),
            _settings(answers, places.smtp, answers.smtp_username or username),
            secret,
        )
        if not answers.asking:
            return made
        try:
            return Account(made.imap, made.smtp, secret, _tested(paths, made, tell))
        except LoginRefused as refused:
            if answers.token_command or answers.password_command:
                raise
            _say(refused)
            username = asking.ask_line("Login name", username)
            secret = _secret(answers)
        except (ServerUnreachable, TlsRefused, ServerSaidNo) as failed:
            _say(failed)
            places = _typed_again(answers, places)


def _tested(paths: PracticePaths, made: Account, tell: Callable[[SetupStep], None]) -> int | None:
    settings = Settings(name="", email="", own_key="", imap=made.imap, smtp=made.smtp)
    return test_logins(wire(paths, settings, None, os.environ), made.secret, made.secret, tell)


def _say(error: TherapymailError) -> None:
    explained = explain(error)
    narrate(explained.sentence)
    if isinstance(error, TlsRefused):
        narrate("No password was sent.")


def _places(answers: Answers, email: str) -> _Places:
    if answers.imap is None and answers.smtp is None and answers.asking:
        from therapymail.cli.setup_lookup import look_up

        if (found := look_up(email)) is not None:
            imap, smtp = (HostPlace(each.host, each.port, each.security) for each in (found.imap, found.smtp))
            return _Places(imap, smtp, found.username)
    return _Places(
        _place(answers, "imap", answers.imap, answers.imap_security),
        _place(answers, "smtp", answers.smtp, answers.smtp_security),
        email,
    )


def _typed_again(answers: Answers, places: _Places) -> _Places:
    return _Places(
        _place(answers, "imap", None, answers.imap_security, _words(places.imap)),
        _place(answers, "smtp", None, answers.smtp_security, _words(places.smtp)),
        places.username,
    )


def _place(
    answers: Answers, protocol: str, given: str | None, security: Security | None, default: str = ""
) -> HostPlace:
    purpose = "reading" if protocol == "imap" else "sending"
    question = f"Mail host for {purpose}, HOST:PORT"
    place = given_or_asked(
        answers, given, f"--{protocol}", question, lambda text: host_place(protocol, text, security), default
    )
    if security or place.port in _USUAL_PORTS or not answers.asking:
        return place
    narrate(f"How is port {place.port} protected?")
    chosen = asking.ask_choice("Which", ("TLS from the first byte", "STARTTLS"))
    return HostPlace(place.host, place.port, (Security.TLS, Security.STARTTLS)[chosen])


def _words(place: HostPlace) -> str:
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{host}:{place.port}"


def _username(answers: Answers, usual: str) -> str:
    if answers.username is not None:
        return answers.username
    return asking.ask_line("Login name", usual) if answers.asking else usual


def _settings(answers: Answers, place: HostPlace, username: str) -> HostSettings:
    ca_file = str(answers.ca_file.expanduser().absolute()) if answers.ca_file else ""
    command = answers.token_command or answers.password_command or ""
    return HostSettings(
        place.host, place.port, place.security, username, answers.auth or Auth.PASSWORD, command, ca_file
    )


def _secret(answers: Answers) -> str:
    """The password to keep in the vault; empty where a command gives it."""
    if answers.token_command or answers.password_command:
        return ""
    if answers.password_stdin:
        return asking.first_line(sys.stdin.buffer.read(asking.MAX_FILE_BYTES))
    if answers.auth not in {None, Auth.PASSWORD} or not answers.asking:
        raise UnusableInput("--password-command", "it or --password-stdin is needed")
    return asking.ask_passphrase("Password of your mail account: ")
