"""A password, token or passphrase from a command of the person's: a password manager, usually."""

import shlex
import subprocess

from therapymail.errors import SecretUnavailable

COMMAND_SECONDS = 60.0  # a password manager may ask the person for something
_MOST_SECRET_BYTES = 65_536


def secret_from_command(command: str, *, what: str = "password", timeout: float = COMMAND_SECONDS) -> str:
    """The first line that `command` prints, without its line end: the password or token.

    No shell takes part, so nothing in it is expanded; standard error goes to the person's terminal, and
    standard input stays theirs too (a password manager may ask). Raises SecretUnavailable.
    """
    try:
        words = shlex.split(command)
    except ValueError:
        raise SecretUnavailable(what, "its command cannot be read: a quote is not closed") from None
    if not words:
        raise SecretUnavailable(what, "its command is empty")
    try:
        ran = subprocess.run(words, stdout=subprocess.PIPE, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise SecretUnavailable(what, "its command does not end") from None
    except FileNotFoundError:
        raise SecretUnavailable(what, "its command is not installed") from None
    except OSError:
        raise SecretUnavailable(what, "its command cannot be run") from None
    if ran.returncode != 0:
        raise SecretUnavailable(what, f"its command failed (exit status {ran.returncode})")
    return _first_line(ran.stdout, what)


def _first_line(printed: bytes, what: str) -> str:
    line = printed[:_MOST_SECRET_BYTES].split(b"\n", 1)[0].removesuffix(b"\r")
    try:
        secret = line.decode()
    except UnicodeDecodeError:
        raise SecretUnavailable(what, "its command does not print text") from None
    if not secret:
        raise SecretUnavailable(what, "its command prints nothing")
    return secret
