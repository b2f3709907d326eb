"""What `setup` was told by flags, completed by defaults and questions, as the values that the verb takes."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from therapymail.cli.asking import Read, ask_until, somebody_answers
from therapymail.config import Auth, Security
from therapymail.domain.addresses import canonical_address
from therapymail.domain.zones import is_zone
from therapymail.errors import FileUnusable, UnusableInput

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?")
_PORTS = {
    ("imap", Security.TLS): 993,
    ("imap", Security.STARTTLS): 143,
    ("smtp", Security.TLS): 465,
    ("smtp", Security.STARTTLS): 587,
}


@dataclass(frozen=True)
class Answers:
    """The flags of `setup`; None where one was not given."""

    name: str | None = None
    email: str | None = None
    zone: str | None = None
    offline: bool = False
    imap: str | None = None
    imap_security: Security | None = None
    smtp: str | None = None
    smtp_security: Security | None = None
    username: str | None = None
    smtp_username: str | None = None
    auth: Auth | None = None
    token_command: str | None = None
    password_command: str | None = None
    password_stdin: bool = False
    ca_file: Path | None = None
    new_key: bool = False
    key: str | None = None
    import_key: Path | None = None
    passphrase_command: str | None = None
    passphrase_file: Path | None = None
    no_passphrase: bool = False
    kit: Path | None = None
    no_kit: bool = False
    yes: bool = False

    @property
    def asking(self) -> bool:
        """Whether the person may be asked."""
        return not self.yes and somebody_answers()

    def refuse_contradictions(self) -> None:
        """Raise UnusableInput where two flags exclude each other."""
        for names in (
            ("--offline", "--imap", "--smtp"),
            ("--token-command", "--password-command", "--password-stdin"),
            ("--new-key", "--key", "--import-key"),
            ("--passphrase-command", "--passphrase-file", "--no-passphrase"),
            ("--kit", "--no-kit"),
        ):
            given = [name for name in names if getattr(self, name[2:].replace("-", "_"))]
            first_excludes_all = names[0] == "--offline"
            if len(given) > 1 and (not first_excludes_all or given[0] == names[0]):
                raise UnusableInput(given[1], f"it cannot go together with {given[0]}")
        if self.auth in {Auth.XOAUTH2, Auth.OAUTHBEARER} and not self.token_command:
            raise UnusableInput("--token-command", f"it is needed with --auth {self.auth.value}")
        if self.token_command and self.auth in {None, Auth.PASSWORD}:
            raise UnusableInput("--auth", "xoauth2 or oauthbearer is needed with --token-command")

    def refuse_missing_files(self) -> None:
        """Raise FileUnusable now for a file that is needed only after many questions."""
        for file in (self.ca_file, self.import_key, self.passphrase_file):
            if file is not None and str(file) != "-" and not file.expanduser().exists():
                raise FileUnusable(str(file), "it does not exist")


def person(answers: Answers) -> tuple[str, str, str]:
    """Name, address and time zone. Raises UnusableInput."""
    from therapymail.practice.introduce import person_name, zone_name

    name = given_or_asked(answers, answers.name, "--name", "Your name as clients see it", person_name)
    email = given_or_asked(answers, answers.email, "--email", "Your address", canonical_address)
    if answers.zone is None and not answers.asking:
        return name, email, machine_zone()
    return name, email, given_or_asked(answers, answers.zone, "--zone", "Your time zone", zone_name, machine_zone())


@dataclass(frozen=True)
class HostPlace:
    """Where a mail host answers and how it is protected."""

    host: str
    port: int
    security: Security


def host_place(protocol: str, text: str, security: Security | None) -> HostPlace:
    """The place in `HOST:PORT`, `HOST` or `[IPv6]:PORT`; TLS from the first byte unless the port says STARTTLS.

    Raises UnusableInput.
    """
    found = _HOST.fullmatch(text.strip())
    if not found or (found[3] and not 0 < int(found[3]) < 65536):
        raise UnusableInput(f"--{protocol}", "it must look like mail.example:993")
    usual = Security.STARTTLS if found[3] == str(_PORTS[protocol, Security.STARTTLS]) else Security.TLS
    chosen = security or usual
    return HostPlace(found[1] or found[2], int(found[3] or _PORTS[protocol, chosen]), chosen)


def given_or_asked(
    answers: Answers, value: str | None, flag: str, question: str, read: Callable[[str], Read], default: str = ""
) -> Read:
    """The value of a flag as `read` understands it; without the flag, asked for until it can be used.

    Raises UnusableInput for a flag that cannot be used, or that is missing where nobody can be asked.
    """
    if value:
        return read(value)
    if not answers.asking:
        raise UnusableInput(flag, "it is needed")
    return ask_until(question, read, default)


def machine_zone() -> str:
    """The time zone of this machine by name; UTC where it has none."""
    for name in (os.environ.get("TZ", "").removeprefix(":"), _linked_zone()):
        if name and is_zone(name):
            return name
    return "UTC"


def _linked_zone() -> str:
    return os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
