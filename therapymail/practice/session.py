"""The unlocking of a practice: the vault's key in our own gpg-agent, a time limit, and a generation to end it.

Every command honours the time limit, which counts in time since the machine started, so that setting the
clock back does not lengthen it; the agent's own limit stands behind it, for when no command follows. `lock`
raises the generation, which running processes compare before each unit of work.
"""

import contextlib
import json
import math
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from therapymail.errors import OwnKeyReplaced, VaultLocked
from therapymail.paths import RunDirectory, write_private_file
from therapymail.pgp.agent import VAULT_CACHE_ID, AgentConnection
from therapymail.pgp.agent_socket import agent_socket

HOUR = 3600.0


def seconds_since_start() -> float:
    """Seconds since the machine started, sleep included: the same in every process, and nobody sets it."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


@dataclass(frozen=True)
class Session:
    """What is known of the unlocking of one practice; `own_key` is the own key that this process knows of."""

    run: RunDirectory
    gnupg: Path
    own_key: str = ""

    def begin(self, vault_key: bytes, hours: float, passphrase: str | None, keygrips: Sequence[str]) -> None:
        """Keep `vault_key` in the agent for `hours` from now, and the own key's passphrase for its `keygrips`.

        So neither a command nor a sync has to ask; a passphrase of None means that the key has none, or is on a card.
        """
        from therapymail.pgp.home import limit_cache

        limit_cache(self.gnupg, math.ceil(hours * HOUR))
        with AgentConnection(self.gnupg) as agent:
            agent.clear()
            agent.preset(VAULT_CACHE_ID, vault_key)
            for keygrip in keygrips if passphrase else ():
                agent.preset_passphrase(keygrip, passphrase or "")
        ends = seconds_since_start() + hours * HOUR
        listening_at = os.fspath(agent_socket(self.gnupg))
        record = {"ends": ends, "generation": self.generation(), "agent": listening_at, "own_key": self.own_key}
        write_private_file(self.run.session, json.dumps(record).encode())
        # The agent has forgotten the key of the process notes with all else.
        self.run.notes_session.unlink(missing_ok=True)

    def vault_key(self) -> bytes:
        """The vault's key. Raises VaultLocked if there is no session, it is over, or the agent forgot.

        OwnKeyReplaced where another process unlocked with another own key: nothing may be sealed by this one any more.
        """
        if self._recorded("own_key") not in {None, "", self.own_key}:
            raise OwnKeyReplaced
        if self.seconds_left() <= 0:
            if self.run.session.exists():
                self.end()
            raise VaultLocked
        kept = self.kept(VAULT_CACHE_ID)
        if kept is None:
            raise VaultLocked
        return kept

    def kept(self, name: str) -> bytes | None:
        """The secret that the agent keeps under `name` while unlocked; None where there is none."""
        with AgentConnection(self.gnupg, self._agent()) as agent:
            return agent.get(name)

    def keep(self, name: str, secret: bytes) -> None:
        """Let the agent keep `secret` under `name` for as long as it keeps the vault's key."""
        with AgentConnection(self.gnupg, self._agent()) as agent:
            agent.preset(name, secret)

    def forget(self, name: str) -> None:
        """Let the agent forget the secret under `name` alone."""
        with AgentConnection(self.gnupg, self._agent()) as agent:
            agent.forget(name)

    def _agent(self) -> Path | None:
        """Where the agent that was given the key listens; None where that is not known."""
        listening_at = self._recorded("agent")
        return Path(listening_at) if listening_at else None

    def _recorded(self, name: str) -> str | None:
        """What the record of the unlocking says under `name`; None where it says nothing."""
        try:
            said = json.loads(self.run.session.read_bytes())[name]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return said if isinstance(said, str) else None

    def is_open(self) -> bool:
        """Whether the vault's key is at hand."""
        try:
            self.vault_key()
        except (VaultLocked, OwnKeyReplaced):
            return False
        return True

    def seconds_left(self) -> float:
        """Seconds until the session ends; 0 when there is none."""
        try:
            record = json.loads(self.run.session.read_bytes())
            left = float(record["ends"]) - seconds_since_start()
            current = record["generation"] == self.generation()
        except (OSError, ValueError, KeyError, TypeError):
            return 0.0
        return max(0.0, left) if current else 0.0

    def check(self, generation: int) -> None:
        """Raise VaultLocked if the session is over or its `generation` is no longer the current one."""
        if self.generation() != generation or self.seconds_left() <= 0:
            raise VaultLocked

    def generation(self) -> int:
        """The number that `end` raises; a process whose number differs must drop what it holds."""
        try:
            return int(self.run.generation.read_text("ascii"))
        except (OSError, ValueError):
            return 0

    def end(self) -> None:
        """Empty the agent, raise the generation, and remove what may exist only while unlocked.

        Each is done although another fails: a full disk must not keep the key in the agent.
        """
        with contextlib.ExitStack() as steps:  # the last named is done first
            steps.callback(self._empty_agent)
            steps.callback(self._remove_keyrings)
            for directory in self.run.opened_enclosures():
                steps.callback(shutil.rmtree, directory, ignore_errors=True)
            steps.callback(self.run.notes_session.unlink, missing_ok=True)
            steps.callback(self.run.session.unlink, missing_ok=True)
            if self.run.generation.parent.is_dir():  # else all of it went, and with it what said that it was unlocked
                write_private_file(self.run.generation, str(self.generation() + 1).encode())

    def _empty_agent(self) -> None:
        with AgentConnection(self.gnupg) as agent:
            agent.clear()

    def _remove_keyrings(self) -> None:
        """Remove the clients' keyring, and what processes that were killed had made of one."""
        keyring = self.run.clients_keyring
        for file in self.run.shared.glob(f"{keyring.stem}*"):
            file.unlink(missing_ok=True)
