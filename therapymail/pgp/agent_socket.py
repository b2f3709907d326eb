"""Where a home's gpg-agent listens, how it is started, and what to do where the path is too long for a socket."""

import functools
import os
import socket
import stat
import subprocess
import time
from pathlib import Path
from urllib.parse import unquote_to_bytes

from therapymail.errors import FileUnusable, GnupgMissing, GnupgUnusable
from therapymail.paths import error_phrase
from therapymail.pgp.process import environment, forbid_core_dumps

SOCKET_PATH_BYTES = 107  # sun_path holds 108 with its end mark
_REPLY_SECONDS, _START_SECONDS = 30.0, 10.0
_REDIRECTION = b"%Assuan%\nsocket="
_AGENT, _SSH, _CARD = "S.gpg-agent", "S.gpg-agent.ssh", "S.scdaemon"  # the agent opens the second unasked


@functools.cache
def agent_socket(homedir: Path) -> Path:
    """Where the agent of `homedir` listens, as GnuPG says, asked once a process. Raises GnupgMissing, GnupgUnusable."""
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
    if agent_socket(homedir).parent != homedir or _length(homedir, _SSH) <= SOCKET_PATH_BYTES:
        return
    if (kept := _redirection(homedir / _AGENT)) and kept.parent.is_dir():
        return  # an agent may be listening there
    if (length := _length(directory, _SSH)) > SOCKET_PATH_BYTES:
        raise GnupgUnusable(f"the agent's socket path has {length} bytes, and {SOCKET_PATH_BYTES} are possible")
    for name in (_AGENT, _SSH, _CARD):
        try:
            (homedir / name).write_bytes(_REDIRECTION + os.fsencode(directory / name) + b"\n")
        except OSError as error:
            raise FileUnusable(str(homedir), error_phrase(error)) from None


def _length(directory: Path, name: str) -> int:
    return len(os.fsencode(directory / name))


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
    target = _redirection(path) or path
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_REPLY_SECONDS)
    try:
        connection.connect(str(target))
    except OSError:
        connection.close()
        return None
    return connection


def wait_until_gone(path: Path) -> None:
    """Wait, ten seconds at most, until an agent that was told to end has taken its socket at `path` away."""
    socket_file = _redirection(path) or path
    deadline = time.monotonic() + _START_SECONDS
    while socket_file.exists() and time.monotonic() < deadline:
        time.sleep(0.002)


def _redirection(path: Path) -> Path | None:
    """Where a redirection file at `path` points; None if there is none."""
    try:
        content = path.read_bytes() if stat.S_ISREG(path.stat().st_mode) else b""
    except OSError:
        return None
    if not content.startswith(_REDIRECTION):
        return None
    return Path(os.fsdecode(content[len(_REDIRECTION) :].partition(b"\n")[0]))


def why_no_agent(path: Path) -> str:
    """A phrase for why no agent listens at `path` although it was started."""
    length = _length(path.parent, _SSH)
    if length > SOCKET_PATH_BYTES and not path.exists():
        return f"its agent cannot listen: the socket's path has {length} bytes, and {SOCKET_PATH_BYTES} are possible"
    return "its agent does not start"
