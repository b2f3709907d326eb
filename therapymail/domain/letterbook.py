"""The letterbook: the correspondence with one client in order, oldest first, by exchange (F15). Pure values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from therapymail.domain.arrangement import Piece
from therapymail.domain.cues import Cue
from therapymail.domain.exchange import Exchange
from therapymail.domain.letter import Enclosure, Letter
from therapymail.domain.local_days import local_day
from therapymail.domain.seal import Verdict

__all__ = [
    "Chapter",
    "ChapterPlace",
    "Entry",
    "ExchangeTags",
    "Letterbook",
    "MilestoneMark",
    "PassageTag",
    "Piece",
    "Spot",
]


class ChapterPlace(NamedTuple):
    """The chapter a mail stands in: the number of its exchange (0: before the first), or after closing behind it."""

    exchange: int
    after_closing: bool = False


BEFORE_THE_FIRST = ChapterPlace(0)


class PassageTag(NamedTuple):
    """A tag on a passage: from `first` up to and without `end`, characters of the author's own text as it is now.

    Both are None where these characters are no longer in the letter.
    """

    tag: str
    first: int | None
    end: int | None


class Spot(NamedTuple):
    """A bookmark: what the therapist said of it, its passage (None where it is of the whole letter), its name (B-2)."""

    said: str
    first: int | None = None
    end: int | None = None
    name: str = ""


class MilestoneMark(NamedTuple):
    """A milestone: its kind, what the therapist said, the client's day, its passage if it has one, its name (M-3)."""

    kind: str
    said: str
    day: date
    first: int | None = None
    end: int | None = None
    name: str = ""


class ExchangeTags(NamedTuple):
    """The tags of an exchange, sorted."""

    exchange: int
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One mail of the letterbook; every text in it is as it was written, to be sanitised where it is shown.

    `exchange` is the one it is part of, `chapter` where it stands. `pieces` are its own and quoted words in order, none
    where it was not opened; the places of cues, passages, bookmarks and milestones count in the joined own words
    (`Piece.first`). `ordered` is false where the order of own and quoted words is not known. `rereads` are the
    therapist's local days, oldest first; `first_read` is UTC. `verdict` is today's on its seal.
    """

    letter: Letter
    exchange: int | None = None
    chapter: ChapterPlace = BEFORE_THE_FIRST
    pieces: tuple[Piece, ...] = ()
    ordered: bool = True
    cues: tuple[Cue, ...] = ()
    passages: tuple[PassageTag, ...] = ()
    bookmarks: tuple[Spot, ...] = ()
    milestones: tuple[MilestoneMark, ...] = ()
    rereads: tuple[date, ...] = ()
    first_read: datetime | None = None
    enclosures: tuple[Enclosure, ...] = ()
    unsealed_text: str = ""
    verdict: Verdict | None = None

    @property
    def text(self) -> str:
        """The author's own words."""
        return "".join(piece.text for piece in self.pieces if not piece.quoted)

    @property
    def quoted(self) -> str:
        """What it quotes."""
        return "".join(piece.text for piece in self.pieces if piece.quoted)


@dataclass(frozen=True)
class Chapter:
    """The mails of one exchange and those between it and the next; `exchange` is None for those before the first.

    `after_closing`: they came when the work was closed, and are in no exchange.
    """

    exchange: Exchange | None
    entries: tuple[Entry, ...]
    after_closing: bool = False
    tags: tuple[str, ...] = ()

    @property
    def begins(self) -> datetime:
        """When its first mail was received or sent (UTC)."""
        return min(entry.letter.received for entry in self.entries)

    @property
    def ends(self) -> datetime:
        """When its last mail was received or sent (UTC)."""
        return max(entry.letter.received for entry in self.entries)


@dataclass(frozen=True)
class Letterbook:
    """The correspondence with the client `code`, or a part of it; `entries` are in the order in which they are read.

    `zone` is the client's, `own_zone` the therapist's; `now` is when it was put together (UTC). `exchanges` are those
    that the entries belong to. `milestones` are those of no letter that fall into it, by day. `total` counts the mails
    of the whole letterbook; `before` and `after` those that this part leaves out on either side.
    """

    code: str
    zone: str
    own_zone: str
    now: datetime
    entries: tuple[Entry, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    milestones: tuple[MilestoneMark, ...] = ()
    exchange_tags: tuple[ExchangeTags, ...] = ()
    before: int = 0
    after: int = 0

    @property
    def total(self) -> int:
        """How many mails the whole letterbook has."""
        return self.before + len(self.entries) + self.after

    def chapters(self) -> Iterator[Chapter]:
        """The entries by exchange, in order."""
        numbered, tags = {exchange.number: exchange for exchange in self.exchanges}, dict(self.exchange_tags)
        for place, entries in groupby(self.entries, key=lambda entry: entry.chapter):
            yield Chapter(
                numbered.get(place.exchange),
                tuple(entries),
                after_closing=place.after_closing,
                tags=() if place.after_closing else tags.get(place.exchange, ()),
            )

    def days_since(self, entry: Entry) -> int:
        """How many of the therapist's days ago a mail was received or sent."""
        return (local_day(self.now, self.own_zone) - local_day(entry.letter.received, self.own_zone)).days


def chapter_places(mails: Iterable[tuple[int | None, bool]]) -> list[ChapterPlace]:
    """The chapter of each of `mails` (its exchange, and whether it came after closing), given oldest first.

    One that is in no exchange stands where the one before it does: before the first exchange, or in the one that was
    open when it came.
    """
    place, places = BEFORE_THE_FIRST, []
    for exchange, after_closing in mails:
        if exchange is not None:
            places.append(ChapterPlace(exchange))
            place = max(place, ChapterPlace(exchange))
        else:
            place = place._replace(after_closing=True) if after_closing else place
            places.append(place)
    return places
