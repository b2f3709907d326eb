"""Asking the person: passphrases without echo, lines, choices, and nothing at all where nobody can answer."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from therapymail.cli.output import narrate, one_line
from therapymail.errors import (
    ClientExists,
    FileUnusable,
    PassphraseNeeded,
    PassphraseWrong,
    UnusableInput,
    VaultLocked,
    explain,
)
from therapymail.paths import error_phrase

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice

Read = TypeVar("Read")
ATTEMPTS = 3
MAX_FILE_BYTES = 64 * 1024 * 1024
OWN_KEY_PROMPT = "Passphrase of your own key: "


def somebody_answers() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_passphrase(prompt: str = OWN_KEY_PROMPT) -> str:
    """A passphrase typed without echo. Raises PassphraseNeeded where nobody can be asked."""
    if not somebody_answers():
        raise PassphraseNeeded
    import getpass

    return getpass.getpass(prompt, stream=sys.stderr)


def ask_line(question: str, default: str = "") -> str:
    """One line typed by the person, `default` for an empty one. Raises UnusableInput where nobody can answer."""
    if not somebody_answers():
        raise UnusableInput(question, "it is needed, and nobody can be asked here; give it as an option")
    sys.stderr.write(one_line(f"{question} [{default}]: " if default else f"{question}: "))
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip() or default


def ask_until(question: str, read: Callable[[str], Read], default: str = "") -> Read:
    """One line as `read` understands it, asked for again, with the rule it broke, until it does."""
    while True:
        try:
            return read(ask_line(question, default))
        except UnusableInput as unusable:
            if not somebody_answers():
                raise
            narrate(f"{unusable.why[:1].upper()}{unusable.why[1:]}.")
        except ClientExists as exists:
            narrate(explain(exists).sentence)


def ask_yes(question: str, *, default: bool = False) -> bool:
    """Whether the person says yes; `default` where nobody can be asked."""
    if not somebody_answers():
        return default
    answer = ask_line(f"{question} {'[Y/n]' if default else '[y/N]'}").lower()
    return answer.startswith("y") if answer else default


def wants_more(ahead: str) -> bool:
    """Whether the person goes on to what is `ahead`: Enter; yes where nobody can be asked, no where they leave."""
    if not somebody_answers():
        return True
    try:
        return not ask_line(f"{ahead} Enter goes on, q stops").lower().startswith(("q", "n"))
    except EOFError:
        return False


def ask_choice(question: str, choices: Sequence[str]) -> int:
    """The index of the choice the person picks by its number; asks again until it is one of them."""
    for number, choice in enumerate(choices, 1):
        narrate(f"  {number}  {choice}")
    while True:
        answer = ask_line(question, "1")
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            return int(answer) - 1
        narrate(f"A number from 1 to {len(choices)}, please.")


def passphrase_from(command: str | None, file: Path | None) -> str | None:
    """The passphrase that a command prints or a file's first line holds; None when neither is given.

    Raises SecretUnavailable, FileUnusable.
    """
    if command:
        from therapymail.practice.passphrases import passphrase_from_command

        return passphrase_from_command(command)
    if file is None:
        return None
    return first_line(read_input(file))


def first_line(content: bytes) -> str:
    """The first line of `content` as text. Raises UnusableInput if it is empty or no UTF-8."""
    try:
        line = content.decode("utf-8").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        line = ""
    if not line:
        raise UnusableInput("secret", "its first line must be text and not empty")
    return line


def read_input(file: Path) -> bytes:
    """The bytes of `file`, or of standard input for `-`. Raises FileUnusable, UnusableInput over 64 MB."""
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        else:
            with file.open("rb") as opened:
                content = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise FileUnusable(str(file), error_phrase(error)) from None
    if len(content) > MAX_FILE_BYTES:
        raise UnusableInput("file", "it is larger than 64 MB")
    return content


def ensure_unlocked(practice: "Practice") -> None:
    """Unlock the practice if it is locked, asking for the passphrase at most three times. Raises VaultLocked."""
    if practice.session.is_open():
        return
    from therapymail.practice.unlock import unlock

    try:
        with_passphrase(lambda passphrase: unlock(practice, passphrase))
    except PassphraseNeeded:
        raise VaultLocked from None


def with_passphrase(unlocking: "Callable[[str | None], Read]") -> Read:
    """What `unlocking` gives: without a passphrase if the own key has none, else with one typed in three attempts.

    Raises PassphraseNeeded where nobody can be asked, PassphraseWrong after the third.
    """
    try:
        return unlocking(None)
    except PassphraseNeeded:
        if not somebody_answers():
            raise
    for _ in range(ATTEMPTS - 1):
        try:
            return unlocking(ask_passphrase())
        except PassphraseWrong:
            narrate("That was not it. Try again.")
    return unlocking(ask_passphrase())
