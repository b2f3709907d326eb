"""Synchronising as mail comes and letters fall due: rides out lost connections and locks."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from therapymail.errors import AnotherRun, ServerSaidNo, ServerUnreachable, TherapymailError, VaultLocked
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.watch import Rhythm, Watched, watch
from therapymail.practice.candidates import watched_folders
from therapymail.practice.departed import Departed
from therapymail.practice.mailbox import open_mailbox
from therapymail.practice.practice import Practice, forget_remembered_words
from therapymail.practice.receive import SyncRequest, SyncResult, sync
from therapymail.practice.watch_outbox import OutboxWatch

_LOCK_POLL_SECONDS = 0.5
_LAST_SECONDS = 10.0  # for a letter that is being handed over when the watch ends


@dataclass(frozen=True)
class Synced:
    """A sync was made."""

    result: SyncResult


@dataclass(frozen=True)
class Left:
    """Letters were due and left, or did not: `departed` says how each stands."""

    departed: Departed


@dataclass(frozen=True)
class WaitingForUnlock:
    """The practice is locked: mail may have come, nothing is filed until it is unlocked."""

    mail_came: bool


@dataclass(frozen=True)
class Trouble:
    """The mail host cannot be reached; the next attempt is in `seconds`."""

    error: TherapymailError
    seconds: float


WatchEvent = Synced | Left | WaitingForUnlock | Trouble


def watch_mailbox(
    practice: Practice,
    stop: threading.Event,
    tell: Callable[[WatchEvent], None],
    rhythm: Rhythm | None = None,
) -> None:
    """Sync now and on every change, and send what is due, until `stop` is set; a lock pauses it, an unlock resumes it.

    While locked the waiting connection stays, so that mail is seen, but nothing is opened, filed or sent. While
    the mailbox cannot be reached, letters leave all the same. `tell` is called from two threads, one at a time.
    Raises what a person has to put right: LoginRefused, SecretUnavailable, FileUnusable, VaultDamaged, GnupgMissing.
    """
    rhythm, telling = rhythm or Rhythm(), threading.Lock()

    def tell_in_turn(event: WatchEvent) -> None:
        with telling:
            tell(event)

    threading.Thread(target=_forget_on_lock, args=(practice, stop), name="forget", daemon=True).start()
    departures = OutboxWatch(practice, stop, lambda departed: tell_in_turn(Left(departed)), rhythm)
    sending = departures.start()
    try:
        _watch_mailbox(practice, stop, tell_in_turn, rhythm)
    finally:
        stop.set()
        sending.join(_LAST_SECONDS)
    if departures.failure is not None:
        raise departures.failure


def _watch_mailbox(
    practice: Practice, stop: threading.Event, tell: Callable[[WatchEvent], None], rhythm: Rhythm
) -> None:
    while not stop.is_set():
        try:
            for _ in watch(
                lambda: _connect(practice),
                stop,
                watched=lambda mailbox: Watched(others=_other_folders(mailbox, practice)),
                rhythm=rhythm,
                on_trouble=lambda error, seconds: tell(Trouble(error, seconds)),
            ):
                _sync_once(practice, stop, tell)
        except VaultLocked:
            tell(WaitingForUnlock(mail_came=False))
            _wait_for_unlock(practice, stop)


def _sync_once(practice: Practice, stop: threading.Event, tell: Callable[[WatchEvent], None]) -> None:
    """One sync; a lock is waited out here, so that the connection that watches need not go."""
    while not stop.is_set():
        try:
            tell(Synced(sync(practice, SyncRequest(), stopped=stop.is_set)))
        except VaultLocked:
            tell(WaitingForUnlock(mail_came=True))
            _wait_for_unlock(practice, stop)
        except AnotherRun:
            stop.wait(_LOCK_POLL_SECONDS)
        except (ServerUnreachable, ServerSaidNo) as error:
            tell(Trouble(error, 0.0))
            return  # the watching connection finds out by itself and comes back with a change
        else:
            return


def _forget_on_lock(practice: Practice, stop: threading.Event) -> None:
    """Empty remembered words within a second of a lock, also while nothing happens."""
    was_open = True
    while not stop.wait(_LOCK_POLL_SECONDS):
        is_open = practice.session.seconds_left() > 0
        if was_open and not is_open:
            forget_remembered_words()
            practice.session.end()  # over by time: what may exist only while unlocked goes too
        was_open = is_open


def _wait_for_unlock(practice: Practice, stop: threading.Event) -> None:
    while not stop.is_set() and practice.session.seconds_left() <= 0:
        stop.wait(_LOCK_POLL_SECONDS)


def _connect(practice: Practice) -> Mailbox:
    with practice.vault() as vault:
        return open_mailbox(practice, vault)


def _other_folders(mailbox: Mailbox, practice: Practice) -> tuple[str, ...]:
    """The watched folders beside INBOX."""
    return tuple(folder.name for folder in watched_folders(mailbox, practice.settings) if folder.name != "INBOX")
