"""Noticing mail as it comes: IDLE on one folder and a look at the others, through dead links and sleep."""

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event

from therapymail.errors import ServerSaidNo, ServerUnreachable, TherapymailError, TlsRefused
from therapymail.mail.folder import FolderState
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.wire import Stopped

MAX_IDLE_SECONDS = 29 * 60.0  # servers may hang up after 30 minutes (RFC 2177)
_STOP_SECONDS = 0.3


class Change(StrEnum):
    """Why it is time to synchronise."""

    CONNECTED = "connected"  # a connection stands (again): anything may have happened before
    PUSHED = "pushed"  # the server said so
    NOTICED = "noticed"  # a regular look at all folders found them different


@dataclass(frozen=True)
class Rhythm:
    """How a watch keeps time, in seconds.

    `idle`: how long one IDLE lasts before the link is tried and the other folders are looked at; `poll`: how
    often to look where the server has no IDLE; `first_pause` and `longest_pause`: between attempts to connect.
    """

    idle: float = 9 * 60.0
    poll: float = 60.0
    first_pause: float = 2.0
    longest_pause: float = 5 * 60.0

    def __post_init__(self) -> None:
        assert 0 < self.idle < MAX_IDLE_SECONDS
        assert self.poll > 0
        assert 0 < self.first_pause <= self.longest_pause


@dataclass(frozen=True)
class Watched:
    """What is watched: `folder` by IDLE, it and `others` by their state."""

    folder: str = "INBOX"
    others: tuple[str, ...] = field(default=())


def watch(
    connect: Callable[[], Mailbox],
    stop: Event,
    *,
    watched: Watched | Callable[[Mailbox], Watched] | None = None,
    rhythm: Rhythm | None = None,
    on_trouble: Callable[[TherapymailError, float], None] | None = None,
) -> Iterator[Change]:
    """A Change whenever it is time to synchronise, until `stop` is set; it is answered within a second.

    `connect` makes the watch's own connection (synchronise over another) and is called again whenever it is
    lost, after pauses that grow; `watched` may be asked of each new connection; `on_trouble` hears of each
    failure and the seconds until the next attempt. Trouble that may pass is ridden out: no network, a broken
    answer, a captive portal's certificate (nothing is ever sent to that).
    Raises what a person has to put right: LoginRefused, SecretUnavailable, FileUnusable.
    """
    watched, rhythm = watched or Watched(), rhythm or Rhythm()
    pause = rhythm.first_pause
    while not stop.is_set():
        try:
            with _connected(connect, stop) as mailbox:
                chosen = watched(mailbox) if callable(watched) else watched
                for change in _changes(mailbox, stop, chosen, rhythm):
                    pause = rhythm.first_pause
                    yield change
        except Stopped:
            return
        except (ServerUnreachable, ServerSaidNo, TlsRefused) as trouble:
            seconds = pause * random.uniform(0.8, 1.2)  # noqa: S311 - so that many programs do not come back at once
            if on_trouble is not None:
                on_trouble(trouble, seconds)
            stop.wait(seconds)
            pause = min(pause * 2, rhythm.longest_pause)


def _changes(mailbox: Mailbox, stop: Event, watched: Watched, rhythm: Rhythm) -> Iterator[Change]:
    """The changes seen over one connection, for as long as it lasts."""
    names = (watched.folder, *watched.others)
    if mailbox.pushes:
        mailbox.open(watched.folder)
    before = _counted(mailbox.states(names))
    yield Change.CONNECTED
    while not stop.is_set():
        if mailbox.pushes:
            pushed = mailbox.idle(stop, rhythm.idle)
        else:
            pushed = False
            stop.wait(rhythm.poll)
        if stop.is_set():
            return
        after = _counted(mailbox.states(names))
        if pushed:
            yield Change.PUSHED
        elif after != before:
            yield Change.NOTICED
        before = after


def _counted(states: Mapping[str, FolderState]) -> dict[str, tuple[int, int, int]]:
    """What matters of `states`: mails, not flags."""
    return {name: (state.uidvalidity, state.uidnext, state.messages) for name, state in states.items()}


def _connected(connect: Callable[[], Mailbox], stop: Event) -> Mailbox:
    """What `connect` makes or raises; Stopped as soon as `stop` is set, whatever the name service is busy with."""
    made: list[Mailbox | BaseException] = []

    def attempt() -> None:
        try:
            made.append(connect())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            made.append(error)
        if stop.is_set():
            _close(made)

    thread = threading.Thread(target=attempt, name="therapymail-connect", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_STOP_SECONDS)
        if stop.is_set():
            if not thread.is_alive():
                _close(made)
            raise Stopped
    outcome = made[0]
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def _close(made: list[Mailbox | BaseException]) -> None:
    for outcome in made:
        if isinstance(outcome, Mailbox):
            outcome.close()
