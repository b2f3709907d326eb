"""Where a home's gpg-agent listens, how it is started, and what to do where the path is too long for a socket."""

import os
import socket
import stat
import subprocess
from pathlib import Path
from urllib.parse import unquote_to_bytes

from therapymail.errors import FileUnusable, GnupgMissing, GnupgUnusable
from therapymail.paths import error_phrase
from therapymail.pgp.runner import environment, forbid_core_dumps

SOCKET_PATH_BYTES = 107  # sun_path holds 108 with its end mark
_REPLY_SECONDS, _START_SECONDS = 30.0, 10.0
_REDIRECTION = b"%Assuan%\nsocket="


def agent_socket(homedir: Path) -> Path:
    """Where the agent of `homedir` listens, as GnuPG itself says. Raises GnupgMissing, GnupgUnusable."""
    try:
        asked = subprocess.run(
            ["gpgconf", "--homedir", str(homedir), "--list-dirs", "agent-socket"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            timeout=_REPLY_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise GnupgMissing("gpgconf") from None
    except (OSError, subprocess.TimeoutExpired):
        raise GnupgUnusable("gpgconf does not answer") from None
    if not asked.stdout.strip():
        raise GnupgUnusable("gpgconf does not say where the agent listens")
    return Path(os.fsdecode(unquote_to_bytes(asked.stdout.rstrip(b"\n"))))


def redirect_sockets(homedir: Path, directory: Path) -> None:
    """Let the agent of a home with a long path listen in `directory` (short, private, there while it runs).

    A socket's path may have 107 bytes. libassuan follows a small file in the socket's place. Nothing is done
    where the path is short enough. Raises GnupgUnusable naming the length if `directory` is too long as well.
    """
    place = agent_socket(homedir)
    if len(os.fsencode(place)) <= SOCKET_PATH_BYTES or place.parent != homedir:
        return
    for name in ("S.gpg-agent", "S.scdaemon"):
        target = directory / name
        length = len(os.fsencode(target))
        if length > SOCKET_PATH_BYTES:
            raise GnupgUnusable(f"the agent's socket path has {length} bytes, and {SOCKET_PATH_BYTES} are possible")
        try:
            (homedir / name).write_bytes(_REDIRECTION + os.fsencode(target) + b"\n")
        except OSError as error:
            raise FileUnusable(str(homedir), error_phrase(error)) from None


def launch_agent(homedir: Path) -> None:
    """Start the agent of `homedir` if none runs; it goes on by itself. Raises GnupgMissing, GnupgUnusable."""
    forbid_core_dumps()
    try:
        subprocess.run(
            ["gpgconf", "--homedir", str(homedir), "--launch", "gpg-agent"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,
            timeout=_START_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise GnupgMissing("gpgconf") from None
    except (OSError, subprocess.TimeoutExpired):
        raise GnupgUnusable("its agent does not start") from None


def connected(path: Path) -> socket.socket | None:
    """A connection to the socket at `path`, through a redirection file if that is one; None if nobody listens."""
    try:
        if stat.S_ISREG(path.stat().st_mode):
            content = path.read_bytes()
            if not content.startswith(_REDIRECTION):
                return None
            path = Path(os.fsdecode(content[len(_REDIRECTION) :].partition(b"\n")[0]))
    except OSError:
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_REPLY_SECONDS)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        return None
    return connection


def why_no_agent(path: Path) -> str:
    """A phrase for why no agent listens at `path` although it was started."""
    length = len(os.fsencode(path))
    if length > SOCKET_PATH_BYTES and not path.exists():
        return f"its agent cannot listen: the socket's path has {length} bytes, and {SOCKET_PATH_BYTES} are possible"
    return "its agent does not start"
