"""The words for a letter in the outbox: where it is, why it has not left, and what to do next."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from therapymail.domain.outbox import Obstacle, OutboxEntry, OutboxState
from therapymail.domain.sealing import Hindrance
from therapymail.domain.sealing_text import hindrance_step, hindrances_phrase
from therapymail.domain.wording import count_words, local_text
from therapymail.errors import NotTaken, TherapymailError, Unsettled, WaitsForHost

_OBSTACLE = {
    Obstacle.UNREACHABLE: "the mail host cannot be reached",
    Obstacle.NO_TRUST: "there is no trustworthy TLS connection with the mail host",
    Obstacle.LOGIN_REFUSED: "the mail host refuses the login",
    Obstacle.NO_SECRET: "the mail account's password is not at hand",
    Obstacle.LOCKED: "your own key was locked",
    Obstacle.BUSY: "the mail host asks to try again later",
    Obstacle.NO_ROOM: "the mail host has no room for it now",
    Obstacle.TOO_LARGE: "it is larger than the mail host takes",
    Obstacle.NO_SUCH_ADDRESS: "the mail host says that their address does not exist",
    Obstacle.RECIPIENT_REFUSED: "the mail host refuses their address",
    Obstacle.CONTENT_REFUSED: "the mail host refuses it",
    Obstacle.SENDER_REFUSED: "the mail host refuses your address as the sender",
    Obstacle.CONNECTION_LOST: "the connection was lost before it was handed over",
    Obstacle.ANSWER_LOST: "the mail host's last answer never came",
    Obstacle.PROGRAM_ENDED: "therapymail was ended on the way",
    Obstacle.TRIED_TOO_OFTEN: "the mail host put it off too often",
    Obstacle.SETTLED_NOT_SENT: "you settled that it was not sent",
    Obstacle.NOT_PROVEN: "the proof before sending did not hold, which is a fault of therapymail",
    Obstacle.SEALING_FAILED: "GnuPG could not seal it",
    Obstacle.RESTORED: "it comes from a backup and may have left since",
}

_WAITING = ("uncertain", "kept back", "to read again", "on the way", "held")
_RETRY = "`therapymail outbox retry {draft}` tries it again"
_STEP = {
    Obstacle.NO_TRUST: "`therapymail doctor` says what is wrong with the connection.",
    Obstacle.LOGIN_REFUSED: "`therapymail account` takes a new password.",
    Obstacle.NO_SECRET: "`therapymail account` takes the password.",
    Obstacle.LOCKED: "Run `therapymail unlock`, then `therapymail sync`.",
    Obstacle.TOO_LARGE: "Take it back with `therapymail outbox cancel {draft}` and leave out an enclosure.",
    Obstacle.NO_SUCH_ADDRESS: "Check it: `therapymail client show {code}`; then " + _RETRY + ".",
    Obstacle.RECIPIENT_REFUSED: "Check it: `therapymail client show {code}`; then " + _RETRY + ".",
    Obstacle.SENDER_REFUSED: "Check the account: `therapymail doctor`; then " + _RETRY + ".",
    Obstacle.RESTORED: "Run `therapymail sync` and look in Sent; if it has not left, " + _RETRY + ".",
    Obstacle.NOT_PROVEN: "Nothing was sent. Please report it; `therapymail outbox cancel {draft}` keeps the draft.",
}
_WAITS = "It is tried again by itself at the next `therapymail sync`."


def waiting_phrase(drafts: int, entries: Sequence[OutboxEntry], now: datetime) -> str:
    """What waits for the therapist, most pressing first: "1 uncertain, 1 to read again, 2 drafts"; may be empty.

    `drafts` are all that are not sent, `entries` those of them that are in the outbox.
    """
    said = Counter(_waits_as(entry, now) for entry in entries)
    number = drafts - len([entry for entry in entries if entry.state is not OutboxState.SENT])
    parts = [f"{said[words]} {words}" for words in _WAITING if said[words]]
    return ", ".join([*parts, count_words(number, "draft")] if number > 0 else parts)


def _waits_as(entry: OutboxEntry, now: datetime) -> str:
    if entry.state is OutboxState.HELD:
        is_over = entry.hold_ends is None or entry.hold_ends <= now
        return "to read again" if is_over else "held"
    return {
        OutboxState.UNCERTAIN: "uncertain",
        OutboxState.REFUSED: "kept back",
        OutboxState.FAILED: "kept back",
        OutboxState.SENT: "",
    }.get(entry.state, "on the way")


def obstacle_phrase(obstacle: Obstacle) -> str:
    """Why a letter has not left, as the end of a sentence, without its full stop."""
    return _OBSTACLE[obstacle]


def state_phrase(entry: OutboxEntry, now: datetime, zone: str) -> str:
    """Where a letter is, as a list says it, times on the clock of `zone`: "held until 2026-11-23 07:00"."""
    match entry.state:
        case OutboxState.HELD:
            ends = entry.hold_ends or entry.leaves_at
            return "waits for its second reading" if ends <= now else f"held until {local_text(ends, zone)}"
        case OutboxState.RELEASED:
            again = entry.tries_from if entry.tries_from and entry.tries_from > entry.leaves_at else None
            when = again or entry.leaves_at
            said = "tried again" if entry.obstacle else "leaves"
            return f"{said} at the next sync" if when <= now else f"{said} at {local_text(when, zone)}"
        case OutboxState.SENT:
            return f"sent {local_text(entry.sent_at, zone)}" if entry.sent_at else "sent"
        case OutboxState.OFFERING | OutboxState.OFFERED:
            return "on its way to the mail host"
        case OutboxState.UNCERTAIN:
            return "perhaps sent, perhaps not"
        case OutboxState.REFUSED:
            return "not sent"
        case OutboxState.FAILED:
            return "not taken"


def reason_phrase(entry: OutboxEntry) -> str:
    """Why a letter has not left; empty where nothing stands in its way."""
    if entry.hindrances:
        return hindrances_phrase(entry.hindrances)
    return _OBSTACLE[entry.obstacle] if entry.obstacle else ""


def next_step(entry: OutboxEntry, now: datetime) -> str:
    """What to do about a letter in the outbox: one sentence with its command; empty where there is nothing to do."""
    names = {"draft": str(entry.draft), "code": entry.code}
    match entry.state:
        case OutboxState.HELD:
            is_over = (entry.hold_ends or entry.leaves_at) <= now
            step = "`therapymail outbox release {draft}` shows it once more and lets it go." if is_over else ""
        case OutboxState.UNCERTAIN:
            step = "`therapymail outbox settle {draft}` looks for it in Sent."
        case OutboxState.RELEASED:
            step = _STEP.get(entry.obstacle, _WAITS) if entry.obstacle else ""
        case OutboxState.REFUSED | OutboxState.FAILED:
            return _after_stop(entry, names)
        case _:
            step = ""
    return step.format_map(names)


def departure_error(entry: OutboxEntry, now: datetime, zone: str) -> TherapymailError | None:
    """What to say of a letter that was to leave and has not; None where it left, or simply waits for its time."""
    draft, why = str(entry.draft), reason_phrase(entry) or state_phrase(entry, now, zone)
    match entry.state:
        case OutboxState.REFUSED | OutboxState.FAILED:
            return NotTaken(draft, entry.code, entry.hindrances, why, next_step(entry, now))
        case OutboxState.UNCERTAIN | OutboxState.OFFERED:
            return Unsettled(draft)
        case OutboxState.RELEASED if entry.obstacle:
            return WaitsForHost(draft, why, next_step(entry, now))
    return None


def _after_stop(entry: OutboxEntry, names: dict[str, str]) -> str:
    """The next step for a letter that leaves no more by itself."""
    first = entry.hindrances[0] if entry.hindrances else ""
    if first in set(Hindrance):
        return hindrance_step(Hindrance(first), draft=names["draft"], code=names["code"])
    step = _STEP.get(entry.obstacle) if entry.obstacle else None
    return (step or _RETRY + "; `therapymail outbox cancel {draft}` makes it a draft again.").format_map(names)
