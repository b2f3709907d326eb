"""The outbox: the states of a letter on its way out, the moves between them, and when to try again. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from therapymail.domain.checklist import Answers
from therapymail.domain.draft import DraftName
from therapymail.domain.names import LetterName


class OutboxState(StrEnum):
    """Where a letter is on its way out (DESIGN, the way of a letter).

    `held` waits for its second reading, `released` for its departure; `offering`: the mail host is being
    talked to, trying again is safe; `offered`: DATA has begun; `uncertain`: the answer to DATA never came;
    `refused`: today's rules do not let it leave; `failed`: the mail host will not take it.
    """

    HELD = "held"
    RELEASED = "released"
    OFFERING = "offering"
    OFFERED = "offered"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    FAILED = "failed"


class Move(StrEnum):
    """What can happen to a letter in the outbox."""

    RELEASE = "release"  # the therapist has read it again
    OFFER = "offer"  # its departure begins
    BEGIN_DATA = "begin-data"  # the mail host has answered 354; from here on it may have it
    ACCEPT = "accept"  # the mail host answered 250
    DEFER = "defer"  # not taken now: a temporary answer, or no connection before DATA
    REFUSE = "refuse"  # the sealing policy or the proof says no
    FAIL = "fail"  # a permanent answer
    LOSE = "lose"  # the connection, or this program, ended after DATA had begun
    SETTLE_SENT = "settle-sent"  # it was found in Sent, or the therapist knows
    SETTLE_NOT_SENT = "settle-not-sent"  # the therapist knows that it did not arrive
    RETRY = "retry"
    CANCEL = "cancel"  # back to being a draft only: the row goes


_S = OutboxState
MOVES: dict[tuple[OutboxState, Move], OutboxState | None] = {
    (_S.HELD, Move.RELEASE): _S.RELEASED,
    (_S.RELEASED, Move.OFFER): _S.OFFERING,
    (_S.OFFERING, Move.BEGIN_DATA): _S.OFFERED,
    (_S.OFFERED, Move.ACCEPT): _S.SENT,
    (_S.OFFERING, Move.DEFER): _S.RELEASED,
    (_S.OFFERED, Move.DEFER): _S.RELEASED,  # a 4xx in answer to the message itself: surely not taken
    (_S.OFFERING, Move.REFUSE): _S.REFUSED,
    (_S.OFFERING, Move.FAIL): _S.FAILED,
    (_S.OFFERED, Move.FAIL): _S.FAILED,
    (_S.OFFERED, Move.LOSE): _S.UNCERTAIN,
    (_S.UNCERTAIN, Move.SETTLE_SENT): _S.SENT,
    (_S.UNCERTAIN, Move.SETTLE_NOT_SENT): _S.FAILED,
    (_S.REFUSED, Move.RETRY): _S.RELEASED,
    (_S.FAILED, Move.RETRY): _S.RELEASED,
    (_S.RELEASED, Move.RETRY): _S.RELEASED,  # now, instead of when its wait is over
    (_S.HELD, Move.CANCEL): None,
    (_S.RELEASED, Move.CANCEL): None,
    (_S.REFUSED, Move.CANCEL): None,
    (_S.FAILED, Move.CANCEL): None,
}
"""Every move there is; None: the letter leaves the outbox and is a draft again."""


def can(state: OutboxState, move: Move) -> bool:
    """Whether `move` is possible in `state`."""
    return (state, move) in MOVES


def recovered(state: OutboxState) -> Move | None:
    """What a process that finds `state`, and holds the lock of sync and send, knows to have happened.

    The one that was sending has ended: before DATA nothing can have arrived, after it nobody knows.
    """
    return {_S.OFFERING: Move.DEFER, _S.OFFERED: Move.LOSE}.get(state)


class Obstacle(StrEnum):
    """Why a letter has not left: a plain reason, worded in domain/outbox_text.py."""

    UNREACHABLE = "unreachable"
    NO_TRUST = "no-trust"  # TLS refused
    LOGIN_REFUSED = "login-refused"
    NO_SECRET = "no-secret"  # noqa: S105 - what is missing, not a secret
    LOCKED = "locked"
    BUSY = "busy"  # 4xx, greylisting among them
    NO_ROOM = "no-room"  # 452, 552, 5.2.2 …
    TOO_LARGE = "too-large"  # over the mail host's SIZE
    NO_SUCH_ADDRESS = "no-such-address"
    RECIPIENT_REFUSED = "recipient-refused"
    CONTENT_REFUSED = "content-refused"  # 5xx in answer to the message
    SENDER_REFUSED = "sender-refused"
    CONNECTION_LOST = "connection-lost"  # before DATA
    ANSWER_LOST = "answer-lost"  # after DATA
    PROGRAM_ENDED = "program-ended"  # killed between two steps
    TRIED_TOO_OFTEN = "tried-too-often"
    SETTLED_NOT_SENT = "settled-not-sent"
    NOT_PROVEN = "not-proven"  # the proof before send failed: a fault of ours
    SEALING_FAILED = "sealing-failed"  # gpg refused
    RESTORED = "restored"  # it comes from a backup, and may have left since that was made


COUNTED = frozenset({Obstacle.BUSY, Obstacle.NO_ROOM, Obstacle.CONNECTION_LOST, Obstacle.SEALING_FAILED})
"""Obstacles that count as attempts: the mail host was there, or gpg was; being offline or locked does not."""

MOST_ATTEMPTS = 12
LONGEST_OVERDUE = timedelta(days=1)
"""How long after its time a letter still leaves by itself: longer than all attempts together take.

Later it is asked about: the therapist may no longer mean it, or an older copy of the record was put back, in which
it had not left yet.
"""
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120))


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts (from 1); None: enough, it has failed."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return _WAITS[min(max(attempts, 1), len(_WAITS)) - 1]


@dataclass(frozen=True)
class Agreed:
    """To whom it was released: the address, and the primary fingerprint of the pinned key, as of then."""

    address: str
    fingerprint: str


class ReleasedHow(StrEnum):
    """How a letter came to be free to leave (DOMAIN, F16)."""

    SECOND_READING = "second-reading"
    EARLY = "early"  # read again before its hold was over, for a reason that is given
    AT_ONCE = "at-once"  # without a hold, and so without a second reading
    AT_TIME = "at-time"  # for a moment the therapist named


@dataclass(frozen=True)
class Released:
    """That, how and when (UTC) the therapist let a letter go; `why` is their reason where one is asked for.

    `at` is given by the vault; `answers` are those of the second reading.
    """

    how: ReleasedHow
    why: str = ""
    at: datetime | None = None
    answers: Answers = field(default_factory=dict)


@dataclass(frozen=True)
class OutboxEntry:
    """A draft in the outbox. Times are UTC.

    `leaves_at` is when a released one may leave; of a held one, when its hold ends. `obstacle` is why it has
    not left, and `hindrances` are the codes of domain.sealing where it was refused. `tries_from` is the
    earliest time of the next attempt. `letter` is its name once it is sent. `turn` is drawn anew with each move:
    whoever acts on an older one comes too late.
    """

    draft: DraftName
    identity: str  # the draft's
    client: str
    code: str
    state: OutboxState
    leaves_at: datetime
    hold_ends: datetime | None = None
    agreed: Agreed | None = None
    attempts: int = 0
    tries_from: datetime | None = None
    obstacle: Obstacle | None = None
    hindrances: tuple[str, ...] = ()
    message_id: str = ""
    changed: datetime | None = None
    sent_at: datetime | None = None
    letter: LetterName | None = None
    released: Released | None = None
    turn: int = field(default=0, compare=False, repr=False)

    def is_due(self, now: datetime) -> bool:
        """Whether it is to leave now."""
        waits_until = max(self.leaves_at, self.tries_from or self.leaves_at)
        return self.state is OutboxState.RELEASED and waits_until <= now

    def is_overdue(self, now: datetime) -> bool:
        """Whether it was to leave so long ago that it does not any more by itself."""
        return now - self.leaves_at > LONGEST_OVERDUE
