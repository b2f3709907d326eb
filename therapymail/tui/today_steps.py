"""What can be done about an item of today in the room: what Enter opens, and the next step. Pure."""

from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.clocks import Silence
from therapymail.domain.today import Item, Matter, Progress


class Way(StrEnum):
    """Where a step leads."""

    LETTER = "letter"
    REPLY = "reply"
    DRAFT = "draft"
    SECOND_READING = "second-reading"
    OUTBOX = "outbox"
    CLIENT = "client"
    TIMELINE = "timeline"
    KEYS = "keys"
    AGREEMENT = "agreement"
    WRITE = "write"
    REVIEW = "review"
    SAY = "say"  # the command that does it, in words


class Step(NamedTuple):
    """A step about `target` (a letter, draft or client), called `name` in the key line."""

    way: Way
    target: str
    name: str


def opens(item: Item) -> Step:
    """What Enter opens: that which the item is about."""
    letter = item.letters[0] if item.letters else ""
    match item.matter:
        case Matter.RESPONSE if item.letters:
            return Step(Way.LETTER, item.letters[-1], f"Read {item.letters[-1]}")
        case Matter.PROPOSED | Matter.BOUNCE | Matter.UNOPENED if letter:
            return Step(Way.LETTER, letter, f"Read {letter}")
        case Matter.SECOND_READING:
            return Step(Way.SECOND_READING, item.draft, f"Read {item.draft} again")
        case Matter.UNCERTAIN | Matter.REFUSED | Matter.NOT_TAKEN | Matter.WAITS:
            return Step(Way.OUTBOX, item.draft, f"See {item.draft}")
        case Matter.REVIEW:
            return Step(Way.TIMELINE, item.code, f"Look back on {item.code}")
        case Matter.KEY_CHANGE | Matter.KEY_EXPIRY if item.code:
            return Step(Way.KEYS, item.code, f"Keys of {item.code}")
        case Matter.STRANGERS:
            return Step(Way.SAY, "", "How to see them")
    return Step(Way.CLIENT, item.code, f"Go to {item.code}") if item.code else Step(Way.SAY, "", "What to do")


def next_step(item: Item) -> Step | None:
    """The step after that, where there is one in the room."""
    match item.matter:
        case Matter.RESPONSE:
            return _response_step(item)
        case Matter.LETTER if item.silence is Silence.CHECK_IN:
            return Step(Way.WRITE, item.code, f"Write to {item.code}")
        case Matter.BLOCK:
            return Step(Way.AGREEMENT, item.code, f"Agreement with {item.code}")
        case Matter.REVIEW:
            return Step(Way.REVIEW, item.code, f"Review {item.code}")
        case Matter.LETTER | Matter.BOUNCE | Matter.UNOPENED | Matter.KEY_CHANGE | Matter.KEY_EXPIRY if item.code:
            return Step(Way.SAY, item.code, "What to do")
    return None


def _response_step(item: Item) -> Step | None:
    match item.progress:
        case Progress.NOT_BEGUN if item.letters:
            return Step(Way.REPLY, item.letters[-1], f"Answer {item.letters[-1]}")
        case Progress.DRAFT:
            return Step(Way.DRAFT, item.draft, f"Go on with {item.draft}")
        case Progress.TO_READ_AGAIN | Progress.HELD:
            return Step(Way.SECOND_READING, item.draft, f"Read {item.draft} again")
        case Progress.ON_ITS_WAY | Progress.STOPPED:
            return Step(Way.OUTBOX, item.draft, f"See {item.draft}")
    return None
