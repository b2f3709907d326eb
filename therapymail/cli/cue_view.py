"""Cues of a letter, when it was read, and how it was released: on the screen and as JSON."""

from typing import Any

from therapymail.cli.output import narrate, utc_text
from therapymail.domain.checklist import stored_answers
from therapymail.domain.cues import Cue, cues_in
from therapymail.domain.feelings import NO_FEELINGS, Feelings
from therapymail.errors import FileUnusable, UnusableInput, explain
from therapymail.practice.feelings import feelings_of
from therapymail.practice.practice import Practice
from therapymail.practice.read import LetterText


def cues_or_none(practice: Practice, found: LetterText) -> tuple[Cue, ...]:
    """What a letter says in brackets or by an emoji, the client's and one's own alike (F18).

    A list of feelings that cannot be read is said and keeps no letter from being read.
    """
    return cues_in(found.reading.text, feelings_or_none(practice)) if found.reading else ()


def feelings_or_none(practice: Practice) -> Feelings:
    """The practice's list of feelings; one that cannot be read is said, and names none."""
    try:
        return feelings_of(practice)
    except (UnusableInput, FileUnusable) as unreadable:
        narrate(explain(unreadable).sentence)
        return NO_FEELINGS


def cue_shape(cue: Cue) -> dict[str, Any]:
    """One cue: what it says, of what sort it is, the feelings of the list it names, and where in the text it stands."""
    return {
        "words": cue.words,
        "kind": cue.kind.value,
        "feelings": list(cue.feelings),
        "from": cue.start,
        "to": cue.end,
    }


def released_shape(found: LetterText) -> dict[str, Any] | None:
    """How a letter that left from here was released, with the answers of its second reading; null for any other."""
    if found.sending is None:
        return None
    released = found.sending.released
    return {
        "at": utc_text(released.at),
        "how": released.how.value,
        "why": released.why,
        "answers": stored_answers(released.answers),
    }


def readings_shape(found: LetterText) -> dict[str, Any]:
    """When a letter was opened here first, null for never, and on which of the therapist's days it was read again."""
    return {"first_read": utc_text(found.first_read), "rereads": [day.isoformat() for day in found.rereads]}
