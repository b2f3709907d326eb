"""A letterbook as it is set on a page, for the therapist or for the client to keep: its words, not yet its form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby
from typing import NamedTuple

from therapymail.domain.day_words import day_in_words, days_in_words, moment_for_both, moment_in_words
from therapymail.domain.kinds import Direction, Kind, LetterState
from therapymail.domain.letterbook import Chapter, Entry, Letterbook, MilestoneMark
from therapymail.domain.local_days import local_day
from therapymail.domain.note import NoteText
from therapymail.domain.seal import Protection, Signature
from therapymail.domain.wording import bytes_words, count_words, seal_sentence
from therapymail.exports.letter_blocks import Annotation, Block, annotations_of, blocks_of
from therapymail.exports.placed_notes import PlacedNotes, ShownNote

_NOT_READ = {
    LetterState.SEALED: "It is sealed to a key that is not held here: nothing of its text can be shown.",
    LetterState.FAILED: "It could not be opened: nothing of its text can be shown.",
    LetterState.TOO_LARGE: "It was too large to be fetched: its text is not here.",
}
_NONE = "no letters yet"
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class ShownLetter:
    """One mail. `by` is `client` or `therapist`; `facts` stand beside it; `remark` stands in the place of a text.

    `told` are words of the record for which there is no place in the text: tags, and the days it was read again.
    """

    anchor: str
    by: str
    who: str
    subject: str
    when: str
    moment: str
    facts: tuple[str, ...]
    remark: str
    blocks: tuple[Block, ...]
    told: tuple[tuple[str, str], ...] = ()
    annotations: tuple[Annotation, ...] = ()
    enclosures: tuple[str, ...] = ()
    outside: str = ""
    notes: tuple[ShownNote, ...] = ()

    @property
    def stretches(self) -> list[tuple[int, list[Block]]]:
        """The paragraphs, those of one depth together."""
        return [(depth, list(blocks)) for depth, blocks in groupby(self.blocks, key=lambda block: block.depth)]


class ShownChapter(NamedTuple):
    """Some letters under one heading; `short` is the heading among the contents, `said` what is known of them all."""

    anchor: str
    heading: str
    short: str
    span: str
    said: tuple[str, ...]
    letters: tuple[ShownLetter, ...]


@dataclass(frozen=True)
class ShownBook:
    """A whole letterbook under `title`; `lines` stand below it; `last` are milestones and notes of no letter."""

    title: str
    overline: str
    lines: tuple[str, ...]
    chapters: tuple[ShownChapter, ...]
    last: tuple[str, ...] = ()
    loose: tuple[ShownNote, ...] = ()
    own: bool = field(default=False)


# --- the therapist's -------------------------------------------------------------------------------------


def record_view(book: Letterbook, notes: Sequence[NoteText] = ()) -> ShownBook:
    """The letterbook with everything the record holds beside it; `notes` are those that are to be shown."""
    placed = PlacedNotes(book, notes)
    milestones = list(book.milestones)
    chapters = []
    for number, chapter in enumerate(book.chapters(), 1):
        until = local_day(chapter.ends, book.zone)
        tags = [f"tags {', '.join(chapter.tags)}"] if chapter.tags else []
        said = [*_of_exchange(chapter, book), *tags, *(_milestone(each) for each in milestones if each.day <= until)]
        milestones = [each for each in milestones if each.day > until]
        heading, short = _headings(chapter)
        letters = tuple(_recorded(entry, book, placed) for entry in chapter.entries)
        chapters.append(
            ShownChapter(f"part-{number}", heading, short, _span(chapter.entries, book), tuple(said), letters)
        )
    lines = (_counted(book), f"Times are the therapist\u2019s{_zones(book)}")
    last = tuple(_milestone(each) for each in milestones)
    return ShownBook(book.code, "Letterbook", lines, tuple(chapters), last, placed.loose)


def _recorded(entry: Entry, book: Letterbook, notes: PlacedNotes) -> ShownLetter:
    letter = entry.letter
    annotations = annotations_of(entry)
    towards = "from" if letter.direction is Direction.IN else "to"
    facts = [str(letter.name) if letter.name else "", count_words(letter.words, "word") if entry.pieces else ""]
    told = [("seal", seal)] if (seal := _seal(entry, book)) else []
    if letter.tags:
        told.append(("tags", ", ".join(letter.tags)))
    if entry.rereads:
        told.append(("read again", ", ".join(day_in_words(day) for day in entry.rereads)))
    if entry.quoted and not entry.ordered:
        told.append(("quotes", "where they stood between the words is not known"))
    return ShownLetter(
        anchor=anchor_of(entry),
        by=_by(entry),
        who=f"{letter.kind.value.capitalize()} {towards} {book.code}",
        subject=letter.subject,
        when=moment_for_both(letter.received, book.own_zone, book.zone, year=True),
        moment=_iso(entry),
        facts=tuple(fact for fact in facts if fact),
        remark=_remark(entry),
        blocks=blocks_of(entry, annotations),
        told=tuple(told),
        annotations=annotations,
        enclosures=_enclosures(entry),
        outside=entry.unsealed_text,
        notes=notes.of(letter.digest),
    )


def _seal(entry: Entry, book: Letterbook) -> str:
    """What the seal of a client's letter proved, where it is not what it should be."""
    verdict, letter = entry.verdict, entry.letter
    if verdict is None or letter.direction is Direction.OUT or letter.state is not LetterState.OPENED:
        return ""
    is_sound = verdict.encrypted is Protection.SEALED and verdict.signature in {Signature.VERIFIED, Signature.PINNED}
    return "" if is_sound else seal_sentence(verdict, book.code, letter.facts.failure)


def _headings(chapter: Chapter) -> tuple[str, str]:
    if chapter.after_closing:
        return "After closing", "After closing"
    if chapter.exchange is None:
        return "Before the first exchange", "Before"
    return f"Exchange {chapter.exchange.number}", str(chapter.exchange.number)


def _of_exchange(chapter: Chapter, book: Letterbook) -> Iterator[str]:
    exchange = chapter.exchange
    if exchange is None or chapter.after_closing:
        return
    if exchange.place is not None and exchange.block_of is not None:
        yield f"{exchange.place} of {exchange.block_of}"
    if exchange.is_review:
        yield "review"
    if exchange.over_length:
        yield "letter over the agreed length"
    if exchange.client_days_late:
        yield f"letter {count_words(exchange.client_days_late, 'day')} late"
    if (late := exchange.late_by(book.now)) is not None:
        hours = count_words(max(1, round(late / _HOUR)), "hour")
        yield f"response {hours} late" if exchange.answered else f"response due {hours} ago"


def _milestone(mark: MilestoneMark) -> str:
    said = f"{mark.kind.replace('-', ' ')}, {day_in_words(mark.day)}"
    return f"{said}: {mark.said}" if mark.said else said


def _zones(book: Letterbook) -> str:
    if book.zone == book.own_zone:
        return f" and the client\u2019s ({book.zone})."
    return f" ({book.own_zone}), with the client\u2019s ({book.zone}) where they differ."


# --- the client's own ------------------------------------------------------------------------------------


def own_view(book: Letterbook, *, therapist: str = "", client: str = "") -> ShownBook:
    """The correspondence for the client to keep (F49): by month, on their clock, with nothing of the record beside it.

    Names stand where they are given. The client's code stands nowhere, for it is the practice's word.
    """
    between = " and ".join(name for name in (client, therapist) if name)
    chapters = []
    months = groupby(enumerate(book.entries, 1), key=lambda each: _month(each[1], book))
    for number, (month, numbered) in enumerate(months, 1):
        letters = tuple(_kept(entry, at, book, therapist, client) for at, entry in numbered)
        chapters.append(ShownChapter(f"part-{number}", month, month, "", (), letters))
    counted = f"{count_words(len(book.entries), 'letter')}, {_span(book.entries, book)}" if book.entries else _NONE
    lines = tuple(line for line in (f"between {between}" if between else "", counted) if line)
    return ShownBook("Our letters", "", lines, tuple(chapters), own=True)


def _kept(entry: Entry, number: int, book: Letterbook, therapist: str, client: str) -> ShownLetter:
    is_theirs = entry.letter.direction is Direction.IN
    return ShownLetter(
        anchor=f"letter-{number}",
        by=_by(entry),
        who=(client or "From you") if is_theirs else (therapist or "To you"),
        subject=entry.letter.subject,
        when=moment_in_words(entry.letter.received, book.zone, year=True),
        moment=_iso(entry),
        facts=(),
        remark=_remark(entry),
        blocks=blocks_of(replace(entry, cues=())),
        enclosures=_enclosures(entry),
        outside=entry.unsealed_text,
    )


def _month(entry: Entry, book: Letterbook) -> str:
    return day_in_words(local_day(entry.letter.received, book.zone)).split(" ", 1)[1]


# --- both ------------------------------------------------------------------------------------------------


def anchor_of(entry: Entry) -> str:
    """Where a letter stands in a page: its name, which is what a person types for it."""
    return str(entry.letter.name) if entry.letter.name else entry.letter.digest.hex()


def _by(entry: Entry) -> str:
    return "client" if entry.letter.direction is Direction.IN else "therapist"


def _iso(entry: Entry) -> str:
    return entry.letter.received.strftime("%Y-%m-%dT%H:%M:%SZ")


def _remark(entry: Entry) -> str:
    if entry.letter.state is not LetterState.OPENED:
        return _NOT_READ[entry.letter.state]
    return "" if any(piece.text.strip() for piece in entry.pieces) else "It has no text."


def _enclosures(entry: Entry) -> tuple[str, ...]:
    return tuple(
        f"{each.name or '(no name)'}, {each.media_type}, {bytes_words(each.size)}"
        + (", outside the seal" if each.outside else "")
        for each in entry.enclosures
    )


def _counted(book: Letterbook) -> str:
    if not book.entries:
        return _NONE
    kinds = [entry.letter.kind for entry in book.entries]
    letters, responses = kinds.count(Kind.LETTER), kinds.count(Kind.RESPONSE)
    others = len(kinds) - letters - responses
    counts = [
        count_words(letters, "letter"),
        count_words(responses, "response"),
        *([count_words(others, "other mail")] if others else []),
    ]
    return f"{', '.join(counts[:-1])} and {counts[-1]}, {_span(book.entries, book)}"


def _span(entries: Sequence[Entry], book: Letterbook) -> str:
    days = [local_day(entry.letter.received, book.zone) for entry in entries]
    return days_in_words(min(days), max(days))
