"""Two letters beside each other: length, feelings, cues, greeting and sign-off, questions, time to the answer. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from therapymail.domain.cues import CueKind, cues_in
from therapymail.domain.feelings import Feelings
from therapymail.domain.letter import Letter, Reading
from therapymail.domain.looking_over import ends_of, questions_in


@dataclass(frozen=True)
class LetterPortrait:
    """What one letter is like, told by its own words; `received` is UTC.

    `over_length` is of its exchange. `answered_hours` is how long it waited for its response, or, of a response, the
    letter it answers; None where there is none. `cues` are by kind, in the words that stand there.
    """

    name: str
    received: datetime
    direction: str
    kind: str
    exchange: int | None
    words: int
    word_limit: int | None
    over_length: bool
    answered_hours: int | None
    greeting: str
    sign_off: str
    questions: tuple[str, ...]
    feelings: Mapping[str, tuple[str, ...]]
    cues: Mapping[str, tuple[str, ...]]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """Two letters with the client with the code `code`, and the days between them."""

    code: str
    zone: str
    one: LetterPortrait
    other: LetterPortrait

    @property
    def days_between(self) -> int:
        """Whole days from the earlier to the later."""
        return abs(self.other.received - self.one.received).days


@dataclass(frozen=True)
class Setting:
    """Where a letter stands in the work: its exchange, and what was agreed and kept there."""

    exchange: int | None = None
    word_limit: int | None = None
    over_length: bool = False
    answered_hours: int | None = None
    tags: tuple[str, ...] = ()


def portrait_of(letter: Letter, reading: Reading, feelings: Feelings, setting: Setting) -> LetterPortrait:
    """What `letter` is like; its own text alone is looked at."""
    greeting, sign_off = ends_of(reading.text)
    cues: dict[str, dict[str, None]] = {}
    for cue in cues_in(reading.text, feelings):
        cues.setdefault(cue.kind.value, {}).setdefault(cue.words)
    return LetterPortrait(
        name=str(letter.name),
        received=letter.received,
        direction=letter.direction.value,
        kind=letter.kind.value,
        exchange=setting.exchange,
        words=letter.words,
        word_limit=setting.word_limit,
        over_length=setting.over_length,
        answered_hours=setting.answered_hours,
        greeting=greeting,
        sign_off=sign_off,
        questions=questions_in(reading.text),
        feelings=_by_family(reading.text, feelings),
        cues={kind.value: tuple(cues[kind.value]) for kind in CueKind if kind.value in cues},
        tags=setting.tags,
    )


def _by_family(text: str, feelings: Feelings) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for named in dict.fromkeys(name for cue in cues_in(text, feelings) for name in cue.feelings):
        found.setdefault(feelings.family_of[named], []).append(named)
    return {family: tuple(words) for family, words in found.items()}


def compared_as_json(compared: Compared) -> dict[str, Any]:
    """`compared` as a JSON object; times are UTC."""
    return {
        "client": compared.code,
        "zone": compared.zone,
        "days_between": compared.days_between,
        "compared": [_portrait_as_json(each) for each in (compared.one, compared.other)],
    }


def _portrait_as_json(portrait: LetterPortrait) -> dict[str, Any]:
    return {
        "letter": portrait.name,
        "received": portrait.received.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "direction": portrait.direction,
        "kind": portrait.kind,
        "exchange": portrait.exchange,
        "words": portrait.words,
        "word_limit": portrait.word_limit,
        "over_length": portrait.over_length,
        "answered_hours": portrait.answered_hours,
        "greeting": portrait.greeting,
        "sign_off": portrait.sign_off,
        "questions": list(portrait.questions),
        "feelings": _lists(portrait.feelings),
        "cues": _lists(portrait.cues),
        "tags": list(portrait.tags),
    }


def _lists(named: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: list(words) for name, words in named.items()}
