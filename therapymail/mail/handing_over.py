"""What a submission host's answers mean for a letter handed to it: only the codes count, never the words. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from therapymail.domain.outbox import Obstacle


class Step(StrEnum):
    """Where in the hand-over an answer was given (RFC 5321 section 3.3)."""

    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # the answer to the word DATA
    END = "end"  # the answer to the letter itself


@dataclass(frozen=True)
class Reply:
    """An answer's code, and the subject and detail of its enhanced status ("1.1" of 5.1.1, RFC 3463) or empty."""

    code: int
    status: str = ""

    @classmethod
    def read(cls, code: int, words: str) -> "Reply":
        """The reply of `code`; of what the host says only an enhanced status of the same class is taken."""
        found = re.match(r"([245])\.(\d{1,3}\.\d{1,3})(?!\d)", words)
        return cls(code, found[2] if found and found[1] == str(code)[:1] else "")

    @property
    def kind(self) -> int:
        """The first digit of the code, which alone decides (RFC 5321 section 4.2.1)."""
        return self.code // 100


@dataclass(frozen=True)
class Accepted:
    """The host has taken the letter."""


@dataclass(frozen=True)
class Deferred:
    """The letter has surely not been taken; later it may be."""

    obstacle: Obstacle


@dataclass(frozen=True)
class Rejected:
    """The letter has surely not been taken, and will not be as it is."""

    obstacle: Obstacle


@dataclass(frozen=True)
class AnswerLost:
    """The whole letter went out and no answer came that could be understood: the host may have it."""


Outcome = Accepted | Deferred | Rejected | AnswerLost

_LOGIN_WANTED = {530, 534, 535, 538}
_BY_STATUS = {
    **dict.fromkeys(("1.1", "1.2", "1.3", "1.4", "1.6", "1.10"), Obstacle.NO_SUCH_ADDRESS),
    **dict.fromkeys(("1.7", "1.8"), Obstacle.SENDER_REFUSED),
    **dict.fromkeys(("2.2", "3.1"), Obstacle.NO_ROOM),
    **dict.fromkeys(("2.3", "3.4"), Obstacle.TOO_LARGE),
    "2.1": Obstacle.RECIPIENT_REFUSED,
}
_BY_CODE = {
    (Step.MAIL, 552): Obstacle.TOO_LARGE,  # the size was announced with it (RFC 1870 section 6.1)
    (Step.RCPT, 552): Obstacle.NO_ROOM,
    (Step.END, 552): Obstacle.NO_ROOM,
    **{(Step.RCPT, code): Obstacle.NO_SUCH_ADDRESS for code in (550, 551, 553)},
}
_BY_STEP = {
    Step.MAIL: Obstacle.SENDER_REFUSED,
    Step.RCPT: Obstacle.RECIPIENT_REFUSED,
    Step.DATA: Obstacle.CONTENT_REFUSED,
    Step.END: Obstacle.CONTENT_REFUSED,
}


def meaning_of_no(step: Step, reply: Reply) -> Deferred | Rejected | None:
    """What a 4xx or 5xx answer at `step` means; None for any other: that is no answer to it."""
    if reply.kind == 4:
        return Deferred(_temporary(reply))
    if reply.kind == 5:
        return Rejected(_permanent(step, reply))
    return None


def _temporary(reply: Reply) -> Obstacle:
    """No room, or busy: greylisting (450, 451 4.7.1) looks like any other busy host."""
    no_room = _BY_STATUS.get(reply.status) is Obstacle.NO_ROOM or (reply.code == 452 and not reply.status)
    return Obstacle.NO_ROOM if no_room else Obstacle.BUSY


def _permanent(step: Step, reply: Reply) -> Obstacle:
    if reply.code in _LOGIN_WANTED:
        return Obstacle.LOGIN_REFUSED
    if reply.status in _BY_STATUS:
        return _BY_STATUS[reply.status]
    if reply.status.startswith("7."):  # policy: about whatever was just said, whichever code stands before it
        return _BY_STEP[step]
    return _BY_CODE.get((step, reply.code), _BY_STEP[step])
