"""What `setup` was told by flags, completed by defaults and questions, as the values that the verb takes."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from therapymail.cli.asking import ask_line, somebody_answers
from therapymail.config import Auth, HostSettings, Security, is_zone
from therapymail.domain.addresses import canonical_address
from therapymail.errors import UnusableInput

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
        ):
            given = [name for name in names if getattr(self, name[2:].replace("-", "_"))]
            first_excludes_all = names[0] == "--offline"
            if len(given) > 1 and (not first_excludes_all or given[0] == names[0]):
                raise UnusableInput(given[1], f"it cannot go together with {given[0]}")
        if self.auth in {Auth.XOAUTH2, Auth.OAUTHBEARER} and not self.token_command:
            raise UnusableInput("--token-command", f"it is needed with --auth {self.auth.value}")
        if self.token_command and self.auth in {None, Auth.PASSWORD}:
            raise UnusableInput("--auth", "xoauth2 or oauthbearer is needed with --token-command")


@dataclass(frozen=True)
class Hosts:
    """The two mail hosts, None in a practice without a mailbox."""

    imap: HostSettings | None
    smtp: HostSettings | None


def person(answers: Answers) -> tuple[str, str, str]:
    """Name, address and time zone. Raises UnusableInput."""
    from therapymail.practice.introduce import person_name, zone_name

    name = person_name(_given_or_asked(answers, answers.name, "--name", "Your name as clients see it"))
    email = canonical_address(_given_or_asked(answers, answers.email, "--email", "Your address"))
    zone = answers.zone
    if zone is None:
        zone = ask_line("Your time zone", machine_zone()) if answers.asking else machine_zone()
    return name, email, zone_name(zone)


def hosts(answers: Answers, email: str) -> Hosts:
    """The mail hosts and how to log in to them. Raises UnusableInput."""
    if answers.offline:
        return Hosts(None, None)
    imap, smtp = answers.imap, answers.smtp
    imap_security, smtp_security = answers.imap_security, answers.smtp_security
    if imap is None and smtp is None and answers.asking:
        from therapymail.cli.setup_lookup import look_up

        if (found := look_up(email)) is not None:
            proposed = (HostPlace(each.host, each.port, each.security) for each in (found.imap, found.smtp))
            return _with_login(answers, found.username, *proposed)
    imap = _given_or_asked(answers, imap, "--imap", "Mail host for reading, HOST:PORT")
    smtp = _given_or_asked(answers, smtp, "--smtp", "Mail host for sending, HOST:PORT")
    return _with_login(answers, email, host_place("imap", imap, imap_security), host_place("smtp", smtp, smtp_security))


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


def _with_login(answers: Answers, usual: str, imap: HostPlace, smtp: HostPlace) -> Hosts:
    username = answers.username
    if username is None:
        username = ask_line("Login name", usual) if answers.asking else usual
    ca_file = str(answers.ca_file.expanduser().absolute()) if answers.ca_file else ""
    command = answers.token_command or answers.password_command or ""

    def settings(place: HostPlace, user: str) -> HostSettings:
        return HostSettings(
            place.host, place.port, place.security, user, answers.auth or Auth.PASSWORD, command, ca_file
        )

    return Hosts(settings(imap, username), settings(smtp, answers.smtp_username or username))


def _given_or_asked(answers: Answers, value: str | None, flag: str, question: str) -> str:
    if value:
        return value
    if not answers.asking:
        raise UnusableInput(flag, "it is needed")
    return ask_line(question)


def machine_zone() -> str:
    """The time zone of this machine by name; UTC where it has none."""
    for name in (os.environ.get("TZ", "").removeprefix(":"), _linked_zone()):
        if name and is_zone(name):
            return name
    return "UTC"


def _linked_zone() -> str:
    return os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
