"""A practice at work: its files, settings, clock and run directory, and the vault while it is unlocked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from therapymail.config import Settings
from therapymail.errors import VaultLocked
from therapymail.paths import PracticePaths, RunDirectory
from therapymail.practice.session import Session
from therapymail.vault.connection import Vault

if TYPE_CHECKING:
    from therapymail.pgp.runner import Gpg

Clock = Callable[[], datetime]  # now, in UTC
AnyVault = TypeVar("AnyVault", bound=Vault)


def forget_remembered_words() -> None:
    """Empty what the index remembers of letters' words for speed: it goes with the lock."""
    from therapymail.vault.terms import forget_terms
    from therapymail.vault.words import forget_words

    forget_words()
    forget_terms()


def forgetful(check: Callable[[], None]) -> Callable[[], None]:
    """`check`, which raises VaultLocked, made a guard: what is remembered of letters goes when it finds the lock."""

    def guard() -> None:
        try:
            check()
        except VaultLocked:
            forget_remembered_words()
            raise

    return guard


@dataclass(frozen=True)
class Practice:
    """The real parts of one practice, wired by bootstrap.

    `clock` is the practice's time; where it was set to another than the true one (`is_clock_set`, only in a
    demo), gpg is told it too. The session counts in the machine's own time.
    """

    paths: PracticePaths
    settings: Settings
    run: RunDirectory
    clock: Clock
    environment: Mapping[str, str]
    is_clock_set: bool = False

    @property
    def session(self) -> Session:
        """The unlocking of this practice."""
        return Session(self.run, self.paths.gnupg, self.settings.own_key)

    def vault(self) -> Vault:
        """The open vault, which asks before each unit of work whether it is still unlocked.

        Raises VaultLocked, OwnKeyReplaced, VaultDamaged, VaultNewer, FileUnusable.
        """
        return self.opened(Vault)

    def opened(self, kind: type[AnyVault]) -> AnyVault:
        """The vault, opened as `kind`. Raises as `vault`."""
        session = self.session
        guard = forgetful(partial(session.check, session.generation()))
        return kind.open(self.paths.vault, session.vault_key(), guard=guard)

    @contextmanager
    def gpg(self, keyring: Path | None = None) -> "Iterator[Gpg]":
        """The runner for this practice's own key, with a private directory for its FIFOs."""
        from therapymail.pgp.runner import Gpg

        now = self.clock() if self.is_clock_set else None
        with self.run.process_directory() as directory:
            yield Gpg(homedir=self.paths.gnupg, run_directory=directory, keyring=keyring, now=now)
