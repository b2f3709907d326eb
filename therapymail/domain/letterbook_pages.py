"""The letterbook page by page: the mails in order, each with what stands above it, and what is said of them."""

from collections.abc import Iterator
from typing import NamedTuple

from therapymail.domain.letterbook import Chapter, Entry, Letterbook, MilestoneMark
from therapymail.domain.local_days import local_day
from therapymail.domain.sanitise import sanitise_line
from therapymail.domain.seal import Protection, Signature
from therapymail.domain.wording import count_words, seal_short

_MOST_QUOTED = 60  # characters of a passage that are shown of it
_AS_IT_SHOULD_BE = frozenset({Signature.VERIFIED, Signature.PINNED})


class Page(NamedTuple):
    """One mail as it is shown: below the head of its chapter if it is the first in it, after milestones before it."""

    entry: Entry
    head: Chapter | None
    milestones: tuple[MilestoneMark, ...]


def pages(book: Letterbook) -> Iterator[Page]:
    """The mails in order, each with the milestones of no letter whose days have come; as far as there are mails."""
    apart = sorted(book.milestones, key=lambda each: each.day)
    for chapter in book.chapters():
        for entry in chapter.entries:
            day = local_day(entry.letter.received, book.zone)
            come = tuple(each for each in apart if each.day <= day)
            apart = apart[len(come) :]
            yield Page(entry, chapter if entry is chapter.entries[0] else None, come)


def page_title(page: Page) -> str:
    """What comes next, by our words alone: HERON-7, letter, 123 words (exchange 2, 2 of 12 in block 1)."""
    letter = page.entry.letter
    chapter = f" ({chapter_title(page.head)})" if page.head else ""
    return f"{letter.name}, {letter.kind.value}, {count_words(letter.words, 'word')}{chapter}"


def chapter_title(chapter: Chapter) -> str:
    """What a chapter is, by our words alone."""
    if chapter.after_closing:
        return "After closing"
    exchange = chapter.exchange
    if exchange is None:
        return "Before the first exchange"
    place = f", {exchange.place} of {exchange.block_of} in block {exchange.block}" if exchange.place else ""
    return f"Exchange {exchange.number}{place}{', review' if exchange.is_review else ''}"


def milestone_in_words(milestone: MilestoneMark) -> str:
    """What it is, and what the therapist said of it: to be sanitised."""
    kind = milestone.kind.replace("-", " ")
    return f"{kind}: {milestone.said}" if milestone.said else kind


def quoted_words(text: str, first: int | None, end: int | None) -> str:
    """The passage in quotation marks, its beginning where it is long."""
    if first is None or end is None:
        return ""
    passage = sanitise_line(text[first:end])
    return f"“{passage}”" if len(passage) <= _MOST_QUOTED else f"“{passage[:_MOST_QUOTED].rstrip()}…”"


def seal_in_words(entry: Entry) -> str:
    """What is to be known of its seal where it is not as it should be; nothing where it is."""
    verdict = entry.verdict
    if verdict is None or (verdict.encrypted is Protection.SEALED and verdict.signature in _AS_IT_SHOULD_BE):
        return ""
    short = seal_short(verdict, entry.letter.state)
    return "" if short == "-" else short
