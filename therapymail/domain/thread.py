"""The thread of one theme: every letter that bears it, with what it says, and the gaps between. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from therapymail.domain.lanes import Lane, Mark, Side
from therapymail.domain.passage_words import ranges_of
from therapymail.domain.timeline import Timeline
from therapymail.domain.timeline_marks import FEELING
from therapymail.errors import UnusableInput

_AROUND = 140  # characters of a snippet
_LEAD = 50  # of them before the word


class Said(NamedTuple):
    """What a letter says of a theme: a tagged `passage`, or else a snippet where the word stands, or how it begins."""

    text: str
    is_passage: bool


@dataclass(frozen=True)
class Mention:
    """A mail that bears the theme, on the client's local `day`; `borne` says how: letter, passage, exchange, cue.

    `tags` are the theme and those below it that it bears, `words` the feelings it names. Since the mention before,
    None for the first: `days_since` in days, `letters_since` of the client's letters without it.
    """

    letter: str
    day: date
    side: Side | None
    exchange: int | None
    borne: tuple[str, ...]
    tags: tuple[str, ...]
    words: tuple[str, ...]
    said: tuple[Said, ...]
    days_since: int | None = None
    letters_since: int | None = None


@dataclass(frozen=True)
class Thread:
    """The mentions of `theme` in the correspondence with the client with the code `code`, oldest first."""

    code: str
    zone: str
    theme: str
    mentions: tuple[Mention, ...]


def names_in_thread(timeline: Timeline, theme: str) -> tuple[str, ...]:
    """The mails that bear `theme` (a tag, or `feeling/` and a feeling or its family), oldest first."""
    return tuple(dict.fromkeys(mark.ids[0] for mark in _marks(timeline, theme)))


def thread_of(
    timeline: Timeline, theme: str, texts: Mapping[str, str], passages: Mapping[str, Sequence[str]]
) -> Thread:
    """The thread of `theme`: `texts` are the own texts of mails, and `passages` what is tagged with it, by name."""
    marks: dict[str, list[Mark]] = {}
    for mark in _marks(timeline, theme):
        marks.setdefault(mark.ids[0], []).append(mark)
    letters = [mark for mark in timeline.of(Lane.LETTERS) if mark.kind == "letter"]
    mentions = [
        _mention(name, some, theme, texts.get(name, ""), passages.get(name, ())) for name, some in marks.items()
    ]
    told = mentions[:1]
    for before, each in pairwise(mentions):
        between = [letter for letter in letters if before.day <= letter.day <= each.day and letter.ids[0] not in marks]
        told.append(_since(each, (each.day - before.day).days, len(between)))
    return Thread(timeline.code, timeline.zone, theme, tuple(told))


def _marks(timeline: Timeline, theme: str) -> list[Mark]:
    feeling = theme.removeprefix(FEELING) if theme.startswith(FEELING) else None
    return [
        mark
        for mark in timeline.marks
        if (mark.lane is Lane.THEMES and (mark.label == theme or mark.label.startswith(f"{theme}/")))
        or (mark.lane is Lane.FEELINGS and feeling is not None and feeling in {mark.label, *mark.words})
    ]


def _mention(name: str, marks: Sequence[Mark], theme: str, text: str, passages: Sequence[str]) -> Mention:
    words = tuple(dict.fromkeys(word for mark in marks for word in mark.words))
    said = tuple(Said(passage, is_passage=True) for passage in passages)
    first = marks[0]
    return Mention(
        letter=name,
        day=first.day,
        side=first.side,
        exchange=next((mark.exchange for mark in marks if mark.exchange is not None), None),
        borne=tuple(dict.fromkeys(mark.kind for mark in marks)),
        tags=tuple(dict.fromkeys(mark.label for mark in marks if mark.lane is Lane.THEMES)),
        words=words,
        said=said or ((Said(_snippet(text, (*words, theme.rpartition("/")[2])), is_passage=False),) if text else ()),
    )


def _since(mention: Mention, days: int, letters: int) -> Mention:
    return replace(mention, days_since=days, letters_since=letters)


def _snippet(text: str, words: Sequence[str]) -> str:
    """Where one of `words` stands in `text`, with what is around it; how it begins where none does."""
    start = next((place for word in words for place in _places(word.replace("-", " "), text)), 0)
    first = text.rfind(" ", 0, max(0, start - _LEAD)) + 1 if start > _LEAD else 0
    until = first + _AROUND
    if until < len(text):
        until = max(text.rfind(" ", start, until), start + 1)
    cut = " ".join(text[first:until].split())
    return f"{'… ' if first else ''}{cut}{' …' if until < len(text) else ''}"


def _places(word: str, text: str) -> list[int]:
    try:
        return [start for start, _ in ranges_of(word, text)]
    except UnusableInput:
        return []


def thread_as_json(thread: Thread) -> dict[str, Any]:
    """`thread` as a JSON object; days are the client's."""
    return {
        "client": thread.code,
        "zone": thread.zone,
        "theme": thread.theme,
        "mentions": [
            {
                "letter": each.letter,
                "day": each.day.isoformat(),
                "side": each.side.value if each.side else None,
                "exchange": each.exchange,
                "borne": list(each.borne),
                "tags": list(each.tags),
                "words": list(each.words),
                "said": [{"text": said.text, "passage": said.is_passage} for said in each.said],
                "days_since": each.days_since,
                "letters_since": each.letters_since,
            }
            for each in thread.mentions
        ],
    }
