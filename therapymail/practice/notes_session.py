"""The unlocking of the process notes: never longer than the practice's own, and shorter where they have a passphrase.

Their key comes into the agent when it is first needed, not with the practice's unlocking.
"""

import json
from dataclasses import dataclass

from therapymail.errors import ProcessNotesLocked, VaultLocked
from therapymail.paths import write_private_file
from therapymail.pgp.agent import NOTES_CACHE_ID
from therapymail.practice.session import HOUR, Session, seconds_since_start


@dataclass(frozen=True)
class NotesSession:
    """What is known of the unlocking of one practice's process notes."""

    session: Session

    def begin(self, key: bytes, hours: float | None) -> None:
        """Keep `key` in the agent for `hours`, or for as long as the practice is unlocked. Raises VaultLocked."""
        generation = self.session.generation()
        self.session.check(generation)
        self.session.keep(NOTES_CACHE_ID, key)
        ends = None if hours is None else seconds_since_start() + hours * HOUR
        record = json.dumps({"ends": ends, "generation": generation})
        write_private_file(self.session.run.notes_session, record.encode())

    def key(self) -> bytes:
        """The key of the process notes. Raises VaultLocked, and ProcessNotesLocked where they alone are locked."""
        self.session.check(self.session.generation())
        if not self._is_on():
            if self.session.run.notes_session.exists():
                self.end()
            raise ProcessNotesLocked
        kept = self.session.kept(NOTES_CACHE_ID)
        if kept is None:
            raise ProcessNotesLocked
        return kept

    def check(self, generation: int) -> None:
        """Raise VaultLocked if the practice was locked since `generation`, ProcessNotesLocked if their time is over."""
        self.session.check(generation)
        if not self._is_on():
            raise ProcessNotesLocked

    def is_open(self) -> bool:
        """Whether their key is at hand."""
        try:
            self.key()
        except VaultLocked:
            return False
        return True

    def end(self) -> None:
        """Lock the process notes alone, for every running process."""
        try:
            self.session.run.notes_session.unlink(missing_ok=True)
        finally:
            self.session.forget(NOTES_CACHE_ID)

    def _is_on(self) -> bool:
        try:
            record = json.loads(self.session.run.notes_session.read_bytes())
            ends, generation = record["ends"], record["generation"]
            is_over = ends is not None and float(ends) <= seconds_since_start()
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return not is_over and generation == self.session.generation()
