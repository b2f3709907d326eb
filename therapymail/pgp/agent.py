"""A connection to the private home's gpg-agent: the vault's raw key and the own key's passphrase rest there."""

import contextlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import unquote_to_bytes

from therapymail.errors import GnupgUnusable, PassphraseWrong
from therapymail.pgp.agent_socket import agent_socket, connected, launch_agent, wait_until_gone, why_no_agent

if TYPE_CHECKING:
    from therapymail.pgp.runner import Gpg

VAULT_CACHE_ID = "therapymail:vault"
NOTES_CACHE_ID = "therapymail:notes"
_BAD_PASSPHRASE, _NO_DATA, _NOT_FOUND, _NO_SECRET_KEY = 11, 58, 27, 17


class AgentRefused(Exception):
    """The agent answers ERR; `code` is libgpg-error's (low 16 bits)."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class KeyInfo(NamedTuple):
    """What the agent says of a private key: `on_card`, passphrase held in its `cached` memory, `protected` by one."""

    on_card: bool
    cached: bool
    protected: bool


class AgentConnection:
    """Talks to the gpg-agent of `homedir` over its socket; connects when first needed (a context manager).

    Asking an agent that does not run finds nothing and starts none; only storing and key work start it.
    Where it listens, GnuPG is asked in a process of its own, unless `listening_at` says it.
    Raises GnupgUnusable where it cannot be started or breaks off.
    """

    def __init__(self, homedir: Path, listening_at: Path | None = None) -> None:
        self._homedir = homedir
        self._listening_at = listening_at
        self._socket: socket.socket | None = None
        self._unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the agent; it goes on."""
        if self._socket:
            self._socket.close()
            self._socket, self._unread = None, b""

    def preset(self, name: str, secret: bytes) -> None:
        """Keep `secret` under `name` until `clear`, or until the agent's own limits end it."""
        # Twice in hex: the agent keeps C strings, and would cut raw bytes at the first zero.
        self._preset(name, secret.hex().encode())

    def get(self, name: str) -> bytes | None:
        """The secret kept under `name`; None if there is none, or no agent runs."""
        if not self._connect(start=False):
            return None
        try:
            kept = self._ask(f"GET_PASSPHRASE --data --no-ask {name} X X X")
        except AgentRefused as refusal:
            if refusal.code in {_NO_DATA, _NOT_FOUND}:
                return None
            raise GnupgUnusable("its agent does not give back what it keeps") from None
        try:
            return bytes.fromhex(kept.decode("ascii"))
        except ValueError:
            return None

    def preset_passphrase(self, keygrip: str, passphrase: str) -> None:
        """Keep the passphrase of the private key `keygrip` until `clear`, so that letters open without asking."""
        self._preset(keygrip, passphrase.encode())

    def forget(self, name: str) -> None:
        """Make the agent forget the secret kept under `name` alone. Nothing to do where none runs."""
        if self._connect(start=False):
            self._ask(f"CLEAR_PASSPHRASE --mode=normal {name}")

    def clear(self) -> None:
        """Make the agent forget every secret and passphrase. Nothing to do where none runs."""
        if self._connect(start=False):
            self._ask("RELOADAGENT")

    def kill(self) -> None:
        """End the agent and wait until it is gone. Nothing to do where none runs."""
        if not self._connect(start=False):
            return
        with contextlib.suppress(GnupgUnusable):  # it may break off before its answer
            self._ask("KILLAGENT")
        self.close()
        wait_until_gone(agent_socket(self._homedir))

    def key_info(self, keygrip: str) -> KeyInfo | None:
        """What the agent knows of the private key `keygrip`; None if it holds none."""
        self._connect(start=True)
        lines: list[bytes] = []
        try:
            self._ask(f"KEYINFO {keygrip}", told=lines)
        except AgentRefused:
            return None
        for line in lines:
            fields = line.split(b" ")
            if fields[0] == b"KEYINFO" and len(fields) > 6 and fields[2] in {b"D", b"T"}:
                return KeyInfo(on_card=fields[2] == b"T", cached=fields[5] == b"1", protected=fields[6] == b"P")
        return None

    def verify_passphrase(self, keygrip: str, passphrase: str) -> None:
        """Check that `passphrase` opens the private key `keygrip`, whatever is cached. Raises PassphraseWrong."""
        self._with_passphrases(f"PASSWD --verify {keygrip}", {b"PASSPHRASE": passphrase.encode()})

    def change_passphrase(self, keygrip: str, old: str, new: str) -> None:
        """Protect the private key `keygrip` anew (empty: not at all), with this home's s2k-count.

        Raises PassphraseWrong if `old` does not open it; the key is unchanged then.
        """
        self._with_passphrases(f"PASSWD {keygrip}", {b"PASSPHRASE": old.encode(), b"NEW_PASSPHRASE": new.encode()})

    def is_running(self) -> bool:
        """Whether an agent answers for this home; starts none."""
        return self._connect(start=False)

    def start(self) -> None:
        """Start the agent if none runs. Raises GnupgUnusable, GnupgMissing."""
        self._connect(start=True)

    def _preset(self, name: str, text: bytes) -> None:
        self._connect(start=True)
        try:
            self._ask(f"PRESET_PASSPHRASE {name} -1 {text.hex().upper()}")
        except AgentRefused:
            raise GnupgUnusable("its agent may not keep secrets (allow-preset-passphrase is not set)") from None

    def _with_passphrases(self, command: str, answers: dict[bytes, bytes]) -> None:
        self._connect(start=True)
        self._ask("OPTION pinentry-mode=loopback")
        try:
            self._ask(command, answers=answers.get)
        except AgentRefused as refusal:
            if refusal.code == _BAD_PASSPHRASE:
                raise PassphraseWrong from None
            raise GnupgUnusable("its agent refuses to work with the private key") from None

    # --- the protocol (libassuan): one line a command; D data, S status, INQUIRE questions, OK or ERR --------

    def _connect(self, *, start: bool) -> bool:
        if self._socket:
            return True
        path = self._listening_at or agent_socket(self._homedir)
        connection = connected(path)
        if connection is None and start:
            launch_agent(self._homedir)
            connection = connected(path)
            if connection is None:
                raise GnupgUnusable(why_no_agent(path))
        if connection is None:
            return False
        self._socket, self._unread = connection, b""
        self._reply(None, None)
        return True

    def _ask(
        self, command: str, told: list[bytes] | None = None, answers: Callable[[bytes], bytes | None] | None = None
    ) -> bytes:
        self._send(command.encode() + b"\n")
        return self._reply(told, answers)

    def _reply(self, told: list[bytes] | None, answers: Callable[[bytes], bytes | None] | None) -> bytes:
        data: list[bytes] = []
        while True:
            line = self._line()
            word, _, rest = line.partition(b" ")
            if word == b"OK":
                return b"".join(data)
            if word == b"D":
                data.append(unquote_to_bytes(rest))
            elif word == b"S" and told is not None:
                told.append(rest)
            elif word == b"ERR":
                number = rest.partition(b" ")[0]
                raise AgentRefused(int(number) & 0xFFFF if number.isdigit() else 0)
            elif word == b"INQUIRE":
                answer = answers(rest.partition(b" ")[0]) if answers else None
                self._send(b"CAN\n" if answer is None else b"D " + _quoted(answer) + b"\nEND\n")

    def _send(self, line: bytes) -> None:
        assert self._socket
        try:
            self._socket.sendall(line)
        except OSError:
            self.close()
            raise GnupgUnusable("its agent broke off") from None

    def _line(self) -> bytes:
        assert self._socket
        while b"\n" not in self._unread:
            try:
                chunk = self._socket.recv(4096)
            except OSError:
                chunk = b""
            if not chunk:
                self.close()
                raise GnupgUnusable("its agent broke off")
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        return line


def require_agent(gpg: "Gpg") -> None:
    """Make sure that the home's agent answers. Raises GnupgUnusable, GnupgMissing."""
    with AgentConnection(gpg.homedir) as agent:
        agent.start()


def _quoted(value: bytes) -> bytes:
    return value.replace(b"%", b"%25").replace(b"\r", b"%0D").replace(b"\n", b"%0A")
