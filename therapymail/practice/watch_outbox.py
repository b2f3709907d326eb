"""Departure while a watch goes on: as soon as a letter is due or another process releases one, offline or not."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from therapymail.domain.draft import DraftName
from therapymail.domain.outbox import OutboxEntry
from therapymail.errors import AnotherRun, VaultLocked
from therapymail.mail.watch import Rhythm
from therapymail.practice.depart import depart
from therapymail.practice.departed import Departed
from therapymail.practice.practice import Practice
from therapymail.vault import outbox

LOOK_SECONDS = 0.5  # how often the vault's files and the clock are looked at: no vault is opened for that
_Seen = tuple[tuple[int, int, int], ...]


class OutboxWatch:
    """Sends what becomes due until `stop` is set; `tell` hears of each departure, in the watch's own thread.

    A vault whose files have not changed is opened only when the next letter is due. Where the mail host cannot be
    talked to, the same letters are tried again after pauses that grow (`rhythm`), new ones at once.
    """

    def __init__(
        self, practice: Practice, stop: threading.Event, tell: Callable[[Departed], None], rhythm: Rhythm
    ) -> None:
        self._practice = practice
        self._stop = stop
        self._tell = tell
        self._rhythm = rhythm
        self._seen: _Seen = ()
        self._next_due: datetime | None = None
        self._pause = rhythm.first_pause
        self._not_before = 0.0  # seconds of the monotonic clock
        self._tried: frozenset[tuple[DraftName, int]] = frozenset()
        self.failure: BaseException | None = None

    def start(self) -> threading.Thread:
        """Begin, in a thread of its own. What ends it is in `failure`, and `stop` is set then."""
        thread = threading.Thread(target=self._run, name="therapymail-outbox", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        try:
            while not self._stop.wait(LOOK_SECONDS):
                try:
                    self._look()
                except VaultLocked:
                    self._seen = ()  # look at once after the unlock
                except AnotherRun:
                    self._seen = ()  # a sync, which sends too; look again when it is over
        except BaseException as error:  # noqa: BLE001 - raised again where the watch was started
            self.failure = error
            self._stop.set()

    def _look(self) -> None:
        if self._practice.session.seconds_left() <= 0:
            raise VaultLocked
        seen = _files_seen(self._practice.paths.vault)
        if seen == self._seen and not self._is_time():
            return
        self._seen = seen
        due = self._due()
        is_new = any((entry.draft, entry.turn) not in self._tried for entry in due)
        if due and (is_new or time.monotonic() >= self._not_before):
            self._depart()

    def _is_time(self) -> bool:
        """Whether the next letter is due, or the pause over after which the last ones are tried again."""
        if self._tried:
            return time.monotonic() >= self._not_before
        return self._next_due is not None and self._practice.clock() >= self._next_due

    def _due(self) -> list[OutboxEntry]:
        with self._practice.vault() as vault, vault.reading() as reader:
            self._next_due = outbox.next_due(reader)
            return outbox.due(reader, self._practice.clock())

    def _depart(self) -> None:
        departed = depart(self._practice, stopped=self._stop.is_set, patience=0)
        self._tell(departed)
        if departed.trouble is None:
            self._pause, self._tried = self._rhythm.first_pause, frozenset()
            return
        self._tried = frozenset((entry.draft, entry.turn) for entry in departed.waiting)
        self._not_before = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, self._rhythm.longest_pause)


def _files_seen(vault: Path) -> _Seen:
    """What changes whenever anybody writes to the vault: of its file and its log, when, how long, and which file."""
    found = []
    for path in (vault, vault.with_name(vault.name + "-wal")):
        try:
            known = path.stat()
        except FileNotFoundError:
            continue
        found.append((known.st_mtime_ns, known.st_size, known.st_ino))
    return tuple(found)
