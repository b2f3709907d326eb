"""Milestones: events of the work that the therapist marks, on a day, with a letter or a passage where there is one."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from therapymail.domain.mark_name import MarkName
from therapymail.domain.passage import Passage
from therapymail.errors import UnusableInput

MOST_CHARACTERS = 300


class MilestoneKind(StrEnum):
    """What happened (DOMAIN, the timeline's lane of milestones; F52); `other` says so in words of its own."""

    CONSENT = "consent"
    REVIEW = "review"
    DISCLOSURE = "disclosure"
    RUPTURE = "rupture"
    REPAIR = "repair"
    INSIGHT = "insight"
    UNIQUE_OUTCOME = "unique-outcome"
    MODALITY = "modality"
    CLOSING = "closing"
    OTHER = "other"


@dataclass(frozen=True)
class Milestone:
    """A milestone of a client (an identity): on `day`, a day as the client has it; `said` in the therapist's words.

    `letter` is a digest and `passage` a place in that letter; None where there is none. `marked` is UTC.
    """

    name: MarkName
    identity: str
    client: str
    kind: MilestoneKind
    said: str
    day: date
    letter: bytes | None
    passage: Passage | None
    marked: datetime


def milestone_kind(text: str) -> MilestoneKind:
    """The kind that `text` means, in any case, with a blank for a hyphen. Raises UnusableInput."""
    try:
        return MilestoneKind("-".join(text.lower().split()))
    except ValueError:
        raise UnusableInput("milestone", f"one of {', '.join(MilestoneKind)}") from None


def words_said(text: str, what: str) -> str:
    """`text` as one line, as it is kept with a mark called `what`. Raises UnusableInput where it is too long."""
    said = " ".join(text.split())
    if len(said) > MOST_CHARACTERS:
        raise UnusableInput(what, f"at most {MOST_CHARACTERS} characters; a longer thought is a note")
    return said
