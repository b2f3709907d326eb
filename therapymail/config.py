"""Settings of a practice: dataclasses, and a TOML reader that names every problem at once. Never a secret."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from therapymail.domain.holding import office_spans, typed_time
from therapymail.domain.zones import is_zone
from therapymail.errors import ConfigurationFaulty, NoPractice, UnusableInput
from therapymail.paths import write_private_file


class Security(StrEnum):
    """How a connection is protected: TLS from the first byte, or STARTTLS that must succeed."""

    TLS = "tls"
    STARTTLS = "starttls"


class Auth(StrEnum):
    """How the account logs in (RFC 4616, Google's XOAUTH2, RFC 7628)."""

    PASSWORD = "password"  # noqa: S105 - a mechanism's name
    XOAUTH2 = "xoauth2"
    OAUTHBEARER = "oauthbearer"


class SentCopy(StrEnum):
    """Who puts the copy of a sent letter into Sent.

    `append`: we do; `server`: the provider does; `auto`: look first, and learn.
    """

    APPEND = "append"
    SERVER = "server"
    AUTO = "auto"


class Light(StrEnum):
    """How the terminal interface looks; `contrast` is for eyes, lamps and screens that need more of it."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"


@dataclass(frozen=True)
class HostSettings:
    """One mail host and how to log in to it. `ca_file` is an extra trust anchor (PEM) or empty.

    `secret_command` prints the password or token; empty: it is kept in the vault.
    """

    host: str
    port: int
    security: Security
    username: str
    auth: Auth = Auth.PASSWORD
    secret_command: str = ""
    ca_file: str = ""


@dataclass(frozen=True)
class Settings:
    """Everything in config.toml. `imap` and `smtp` are None in a practice without a mailbox.

    `own_key` is the fingerprint of the own key; `unlock_hours` how long an unlocking lasts by default.
    `unwatched` are folders left out of sync, beside Drafts and Trash. `demo` allows a fixed clock.
    A letter is held for its second reading until the next morning at `hold_until`, or for `hold_hours` where that
    is set; `office_hours` are when one leaves that is sent for them. `undo_seconds` is how long a released one can
    still be taken back. `idle_lock_minutes` is after how long without a key or click the terminal
    interface locks the practice; 0: never. `note_lock_days` is how long a progress note can be changed after it
    was written, `note_unlock_hours` how long process notes with a passphrase of their own stay unlocked.
    `backup_days` is how old the newest backup may be before `today` and `doctor` say so; 0: as old as it likes.
    `theme` is how the interface looks; `watch` whether it watches the mailbox by itself while it is unlocked.
    """

    name: str
    email: str
    own_key: str
    zone: str = "UTC"
    imap: HostSettings | None = None
    smtp: HostSettings | None = None
    unwatched: tuple[str, ...] = ()
    unlock_hours: float = 8.0
    hold_hours: float | None = None
    hold_until: str = "08:00"
    office_hours: str = "mon-fri 09:00-17:00"
    undo_seconds: float = 20.0
    idle_lock_minutes: float = 15.0
    note_lock_days: float = 7.0
    note_unlock_hours: float = 1.0
    backup_days: float = 7.0
    sent_copy: SentCopy = SentCopy.AUTO
    theme: Light = Light.DARK
    watch: bool = True
    demo: bool = False


_LARGEST_NUMBER = 10_000  # of hours, minutes or seconds: what is added to a date must stay one
_NUMBERS = (
    *("unlock_hours", "hold_hours", "undo_seconds", "idle_lock_minutes"),
    *("note_lock_days", "note_unlock_hours", "backup_days"),
)
_HOST_TABLES = {"imap", "smtp"}


def read_settings(path: Path) -> Settings:
    """The settings in `path`. Raises NoPractice if it is missing, ConfigurationFaulty naming every problem."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise NoPractice(str(path.parent)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise ConfigurationFaulty(str(path), (f"not readable as TOML ({type(error).__name__})",)) from None
    problems: list[str] = []
    settings = settings_from(table, problems)
    if problems or settings is None:
        raise ConfigurationFaulty(str(path), tuple(problems))
    return settings


def settings_from(table: Mapping[str, Any], problems: list[str]) -> Settings | None:
    """The settings in a parsed TOML `table`; every problem found is added to `problems`."""
    practice = dict(table)
    hosts = {name: _host(name, practice.pop(name), problems) for name in sorted(_HOST_TABLES) if name in practice}
    wanted = {field.name for field in fields(Settings)} - _HOST_TABLES
    problems += [f"unknown setting {name!r}" for name in sorted(practice.keys() - wanted)]
    problems += [f"{name} is missing" for name in ("name", "email", "own_key") if name not in practice]
    values: dict[str, Any] = {name: practice[name] for name in practice.keys() & wanted}
    for name, kind in (("name", str), ("email", str), ("own_key", str), ("zone", str)):
        if name in values and not isinstance(values[name], kind):
            problems.append(f"{name} must be text")
    problems += [*_number_problems(values), *_hour_problems(values)]
    if values.get("sent_copy", "auto") not in set(SentCopy):
        problems.append("sent_copy must be append, server or auto")
    if values.get("theme", "dark") not in set(Light):
        problems.append("theme must be dark, light or contrast")
    problems += [f"{name} must be true or false" for name in ("watch", "demo") if not _is_truth(values.get(name, True))]
    unwatched = values.get("unwatched", [])
    if not isinstance(unwatched, list) or not all(isinstance(item, str) for item in unwatched):
        problems.append("unwatched must be a list of folder names")
    elif not problems:
        values["unwatched"] = tuple(unwatched)
    if isinstance(values.get("zone", "UTC"), str) and not is_zone(values.get("zone", "UTC")):
        problems.append("zone is not a time zone name like Europe/London")
    if problems:
        return None
    values["sent_copy"] = SentCopy(values.get("sent_copy", "auto"))
    values["theme"] = Light(values.get("theme", "dark"))
    return Settings(**values, imap=hosts.get("imap"), smtp=hosts.get("smtp"))


def _is_truth(value: object) -> bool:
    return isinstance(value, bool)


def _number_problems(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the settings that are numbers."""
    problems = []
    for name in _NUMBERS:
        may_be_zero = name not in {"unlock_hours", "note_unlock_hours"}
        value = values.get(name, 1)
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not is_number or not 0 <= value <= _LARGEST_NUMBER or (value == 0 and not may_be_zero):
            least = "not below" if may_be_zero else "above"
            problems.append(f"{name} must be a number {least} 0, and at most {_LARGEST_NUMBER}")
    return problems


def _hour_problems(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the settings that are hours of a day."""
    problems = []
    for name, read in (("hold_until", typed_time), ("office_hours", office_spans)):
        value = values.get(name)
        try:
            if value is not None:
                read(value if isinstance(value, str) else "")
        except UnusableInput as refused:
            problems.append(f"{name}: {refused.why}")
    return problems


def _host(name: str, table: object, problems: list[str]) -> HostSettings | None:
    if not isinstance(table, dict):
        problems.append(f"{name} must be a table")
        return None
    before = len(problems)
    wanted = {field.name for field in fields(HostSettings)}
    problems += [f"unknown setting {name}.{key}" for key in sorted(table.keys() - wanted)]
    for key in ("host", "username"):
        if not isinstance(table.get(key), str) or not table.get(key):
            problems.append(f"{name}.{key} is missing")
    for key in ("secret_command", "ca_file"):
        if not isinstance(table.get(key, ""), str):
            problems.append(f"{name}.{key} must be text")
    port = table.get("port")
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        problems.append(f"{name}.port must be a number from 1 to 65535")
    if table.get("security") not in set(Security):
        problems.append(f"{name}.security must be tls or starttls")
    if table.get("auth", "password") not in set(Auth):
        problems.append(f"{name}.auth must be password, xoauth2 or oauthbearer")
    if len(problems) > before:
        return None
    known = {key: value for key, value in table.items() if key in wanted}
    known["security"] = Security(known["security"])
    known["auth"] = Auth(known.get("auth", "password"))
    return HostSettings(**known)


def write_settings(path: Path, settings: Settings) -> None:
    """Write `settings` to `path` as TOML, mode 0600. Raises FileUnusable."""
    import tomlkit

    document = tomlkit.document()
    document.add(tomlkit.comment("Settings of this practice. No password belongs here."))
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if field.name not in _HOST_TABLES and value != field.default:
            plain = value.value if isinstance(value, StrEnum) else value
            document.add(field.name, list(plain) if isinstance(plain, tuple) else plain)
    for name in sorted(_HOST_TABLES):
        host: HostSettings | None = getattr(settings, name)
        if host is not None:
            table = tomlkit.table()
            for field in fields(HostSettings):
                value = getattr(host, field.name)
                if value != "":
                    table.add(field.name, value.value if isinstance(value, StrEnum) else value)
            document.add(name, table)
    write_private_file(path, tomlkit.dumps(document).encode())


def keep_setting(path: Path, name: str, value: str) -> None:
    """Change one setting of a file that is there, and nothing else in it: order and remarks stay as they were written.

    Raises NoPractice if it is missing, ConfigurationFaulty, FileUnusable.
    """
    write_private_file(path, with_setting(path, name, value))


def with_setting(path: Path, name: str, value: str) -> bytes:
    """What the file at `path` would hold with this one setting changed. Raises NoPractice, ConfigurationFaulty."""
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        document = tomlkit.parse(path.read_text("utf-8"))
    except FileNotFoundError:
        raise NoPractice(str(path.parent)) from None
    except (ParseError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise ConfigurationFaulty(str(path), (f"not readable as TOML ({type(error).__name__})",)) from None
    if name in document:
        document[name] = value
    else:
        line = tomlkit.document().add(name, value)
        document = tomlkit.parse(tomlkit.dumps(line) + tomlkit.dumps(document))  # before any table begins
    return tomlkit.dumps(document).encode()
