"""The letterbook of one client, put together from the record: the whole correspondence, or a part of it (F15)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from therapymail.domain.bookmark import LetterBookmark
from therapymail.domain.client import Client
from therapymail.domain.course import Course
from therapymail.domain.cues import cues_in
from therapymail.domain.exchange import Exchange
from therapymail.domain.feelings import Feelings
from therapymail.domain.kinds import Kind, Standing
from therapymail.domain.letter import Letter, Reading
from therapymail.domain.letterbook import (
    ChapterPlace,
    Entry,
    ExchangeTags,
    Letterbook,
    MilestoneMark,
    PassageTag,
    Spot,
    chapter_places,
)
from therapymail.domain.local_days import local_day
from therapymail.domain.milestone import Milestone
from therapymail.domain.names import LetterName
from therapymail.domain.passage import Passage
from therapymail.errors import ExchangeUnknown, LetterElsewhere
from therapymail.practice.feelings import feelings_of
from therapymail.practice.judging import Judge
from therapymail.practice.look_back import letters_with
from therapymail.practice.practice import Practice
from therapymail.vault import bookmarks, clients, exchange_tags, milestones, passage_tags, rereads, texts
from therapymail.vault.connection import Reader
from therapymail.vault.exchanges import course_of


@dataclass(frozen=True)
class Part:
    """A part of a letterbook: from the letter named `since` on, the one exchange, the first `limit` of what is left."""

    since: str | None = None
    exchange: int | None = None
    limit: int | None = None


WHOLE = Part()


def letterbook(practice: Practice, code: str, part: Part = WHOLE, *, feelings: Feelings | None = None) -> Letterbook:
    """The accepted mails with a client in reading order, delivery reports left out. Nothing is recorded by it.

    `feelings` are those that cues are told by, the practice's own without them.

    Raises ClientUnknown, UnusableInput, ExchangeUnknown, LetterElsewhere (no letter of this letterbook), VaultLocked;
    and FileUnusable where the own list of feelings cannot be read.
    """
    told = feelings_of(practice) if feelings is None else feelings
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        course = course_of(reader, client.identity)
        placed = _placed(reader, client, course)
        first, end = _bounds(client, placed, part)
        shown = placed[first:end]
        marks = _marks(reader, client, Judge.of(practice, reader))
        readings = texts.readings(reader, [each.letter.digest for each in shown])
    entries = tuple(_entry(each, readings.get(each.letter.digest), marks, told) for each in shown)
    return Letterbook(
        code=client.code,
        zone=client.zone,
        own_zone=practice.settings.zone,
        now=practice.clock(),
        entries=entries,
        exchanges=_exchanges_of(course, shown),
        milestones=tuple(_apart(marks.of_no_letter, client, [each.letter for each in placed], first, end)),
        exchange_tags=_tags_of(course, shown, marks.exchange_tags),
        before=first,
        after=len(placed) - end,
    )


@dataclass(frozen=True)
class _Placed:
    """A mail and where it stands."""

    letter: Letter
    exchange: int | None
    chapter: ChapterPlace


def _placed(reader: Reader, client: Client, course: Course) -> list[_Placed]:
    """Every mail of the letterbook in reading order."""
    number_of = {digest: each.number for each in course.exchanges for digest in (*each.letters, *each.responses)}
    after = set(course.after_closing)
    found = [
        letter
        for letter in letters_with(reader, client.identity)
        if letter.standing is Standing.ACCEPTED and letter.kind is not Kind.BOUNCE
    ][::-1]
    places = chapter_places((number_of.get(each.digest), each.digest in after) for each in found)
    placed = [_Placed(letter, number_of.get(letter.digest), place) for letter, place in zip(found, places, strict=True)]
    return sorted(placed, key=lambda each: each.chapter)


def _bounds(client: Client, placed: Sequence[_Placed], part: Part) -> tuple[int, int]:
    """From which to before which of the mails `part` goes."""
    first, end = 0, len(placed)
    if part.exchange is not None:
        within = [at for at, each in enumerate(placed) if each.chapter == ChapterPlace(part.exchange)]
        if not within or part.exchange < 1:
            raise ExchangeUnknown(client.code, part.exchange)
        first, end = within[0], within[-1] + 1
    if part.since is not None:
        name = LetterName.parse(part.since)
        since = next((at for at, each in enumerate(placed) if each.letter.name == name), None)
        if since is None or not first <= since < end:
            raise LetterElsewhere(str(name), f"it is not in this part of the letterbook of {client.code}", client.code)
        first = since
    return first, end if part.limit is None else min(end, first + part.limit)


@dataclass(frozen=True)
class _Marks:
    """What the therapist put at the letters of a client, by letter."""

    judge: Judge
    passages: Mapping[bytes, Sequence[passage_tags.TaggedPassage]]
    bookmarks: Mapping[bytes, Sequence[LetterBookmark]]
    milestones: Mapping[bytes, Sequence[Milestone]]
    of_no_letter: Sequence[Milestone]
    rereads: Mapping[bytes, tuple[date, ...]]
    first_reads: Mapping[bytes, datetime]
    exchange_tags: Mapping[bytes, tuple[str, ...]] = field(default_factory=dict)


def _marks(reader: Reader, client: Client, judge: Judge) -> _Marks:
    tagged: dict[bytes, list[passage_tags.TaggedPassage]] = {}
    for passage in passage_tags.passages_of_client(reader, client.identity):
        tagged.setdefault(passage.passage.letter, []).append(passage)
    marked: dict[bytes, list[LetterBookmark]] = {}
    for bookmark in bookmarks.bookmarks(reader, client.identity):
        marked.setdefault(bookmark.letter, []).append(bookmark)
    placed: dict[bytes, list[Milestone]] = {}
    apart: list[Milestone] = []
    for milestone in milestones.milestones(reader, client.identity):
        (apart if milestone.letter is None else placed.setdefault(milestone.letter, [])).append(milestone)
    return _Marks(
        judge,
        tagged,
        marked,
        placed,
        apart,
        rereads.rereads_of_client(reader, client.identity),
        rereads.first_reads_of_client(reader, client.identity),
        exchange_tags.exchange_tags(reader, client.identity),
    )


def _entry(placed: _Placed, reading: Reading | None, marks: _Marks, feelings: Feelings) -> Entry:
    letter, text = placed.letter, reading.text if reading else ""
    return Entry(
        letter=letter,
        exchange=placed.exchange,
        chapter=placed.chapter,
        pieces=reading.pieces if reading else (),
        ordered=reading is None or reading.is_ordered,
        cues=cues_in(text, feelings),
        passages=tuple(
            PassageTag(tag, *_place(each.passage, text))
            for each in marks.passages.get(letter.digest, ())
            for tag in each.tags
        ),
        bookmarks=tuple(
            Spot(each.said, *_place(each.passage, text), str(each.name))
            for each in marks.bookmarks.get(letter.digest, ())
        ),
        milestones=tuple(_milestone(each, text) for each in marks.milestones.get(letter.digest, ())),
        rereads=marks.rereads.get(letter.digest, ()),
        first_read=marks.first_reads.get(letter.digest),
        enclosures=reading.enclosures if reading else (),
        unsealed_text=reading.unsealed_text if reading else "",
        verdict=marks.judge.judged(letter).verdict,
    )


def _place(passage: Passage | None, text: str) -> tuple[int | None, int | None]:
    """Where a passage stands now; nowhere for none, and for one that is gone."""
    return (passage.place_in(text) if passage else None) or (None, None)


def _milestone(found: Milestone, text: str) -> MilestoneMark:
    return MilestoneMark(found.kind.value, found.said, found.day, *_place(found.passage, text), str(found.name))


def _exchanges_of(course: Course, shown: Sequence[_Placed]) -> tuple[Exchange, ...]:
    numbers = {each.chapter.exchange for each in shown}
    return tuple(each for each in course.exchanges if each.number in numbers)


def _tags_of(
    course: Course, shown: Sequence[_Placed], borne: Mapping[bytes, tuple[str, ...]]
) -> tuple[ExchangeTags, ...]:
    """The tags of each exchange shown, whichever of its mails they are kept by."""
    found = []
    for each in _exchanges_of(course, shown):
        tags = {tag for digest in (*each.letters, *each.responses) for tag in borne.get(digest, ())}
        if tags:
            found.append(ExchangeTags(each.number, tuple(sorted(tags))))
    return tuple(found)


def _apart(
    found: Sequence[Milestone], client: Client, placed: Sequence[Letter], first: int, end: int
) -> Iterator[MilestoneMark]:
    """The milestones of no letter whose day falls into the part: from its first mail on, to the one after its last."""
    since = local_day(placed[first].received, client.zone) if 0 < first < len(placed) else date.min
    until = local_day(placed[end].received, client.zone) if end < len(placed) else date.max
    for each in found:
        if since <= each.day and (each.day < until or until == date.max):
            yield _milestone(each, "")
