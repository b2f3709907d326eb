"""The agreement with a client: versioned terms that bound the work (PRODUCT F04), and what makes them impossible.

Every number is a setting of one client's version; the defaults are only what is proposed for a first one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.local_days import after_days, after_hours
from therapymail.domain.zones import is_zone

MOST_CHARACTERS = 500  # of the fallback, in words
_DAYS_IN_WEEK = 7
# Far beyond any practice, and far from the ends of the calendar.
_MOST_DAYS, _MOST_HOURS, _MOST_WORDS, _MOST_EXCHANGES, _MOST_BLOCKS = 366, 24 * 366, 100_000, 200, 100


class OverLength(StrEnum):
    """What a letter over the agreed length means: it is said, or it also counts as two exchanges."""

    FLAG = "flag"
    DOUBLE = "double"


class Window(NamedTuple):
    """The promised time from letter to response: `hours` that pass, or `local_days` of the therapist's calendar.

    Exactly one of the two is given. `by` is the local time of the last day, None its end.
    """

    hours: int | None = None
    local_days: int | None = None
    by: time | None = None

    def ends(self, since: datetime, own_zone: str) -> datetime:
        """When a window that runs from `since` (UTC) is over; right across both changes of the clocks (F54)."""
        if self.hours is not None:
            return after_hours(since, self.hours)
        return after_days(since, self.local_days or 0, self.by, own_zone)


TWO_DAYS = Window(hours=48)


@dataclass(frozen=True)
class Terms:
    """What is agreed.

    `rhythm_days` and `letter_day` (0 is Monday, None no fixed day) say when a letter is expected; `window` when the
    response is. `word_limit` is of one exchange (None: none). A block has `block_size` exchanges, the first of this
    version `block_carried` more, left over from before; `blocks` of them are agreed. `review_at` are places in a
    block. `check_in_days` and `pause_days` of silence are when the therapist is reminded to ask, and to think of a
    pause. `fallback` is the other channel, in words, thought of after `fallback_after_days`. `client_zone` and
    `own_zone` are IANA names. `count_in_footer`: letters to them end with "n of m".
    """

    client_zone: str
    own_zone: str
    rhythm_days: int = 7
    letter_day: int | None = None
    window: Window = TWO_DAYS
    word_limit: int | None = 1000
    over_length: OverLength = OverLength.FLAG
    block_size: int = 6
    block_carried: int = 0
    blocks: int = 1
    review_at: tuple[int, ...] = (3, 6)
    updates_a_week: int | None = None
    check_in_days: int = 7
    pause_days: int = 14
    fallback: str = ""
    fallback_after_days: int | None = None
    count_in_footer: bool = False

    def limits(self, words: int) -> bool:
        """Whether an exchange of so many words is over length: more than a tenth above the limit (F28)."""
        return self.word_limit is not None and words * 10 > self.word_limit * 11

    @property
    def agreed(self) -> int:
        """How many exchanges are agreed in all blocks of this version."""
        return self.block_size * self.blocks + self.block_carried


@dataclass(frozen=True)
class Agreement:
    """One version of the agreement with `client` (an identity), in force from `starts` until the next one starts.

    `identity` is 16 random bytes as hex; `made` is when it was entered. `withdrawn` is when it was taken back before
    it ever held; its number is not given again. Times are UTC.
    """

    identity: str
    client: str
    version: int
    starts: datetime
    made: datetime
    terms: Terms
    withdrawn: datetime | None = None


def default_terms(client_zone: str, own_zone: str) -> Terms:
    """What is proposed for a first agreement; nothing of it holds before it is agreed."""
    return Terms(client_zone, own_zone)


def standing_versions(agreements: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """Those that were not withdrawn, in the order in which they start."""
    return tuple(
        sorted((each for each in agreements if each.withdrawn is None), key=lambda each: (each.starts, each.version))
    )


def in_force(agreements: Sequence[Agreement], moment: datetime) -> Agreement | None:
    """The version that holds at `moment` (UTC); None before the first."""
    started = (each for each in agreements if each.withdrawn is None and each.starts <= moment)
    return max(started, key=lambda each: (each.starts, each.version), default=None)


def same_rhythm(one: Terms, other: Terms) -> bool:
    """Whether letter days simply go on from one version to the next."""
    return (one.rhythm_days, one.letter_day, one.client_zone) == (
        other.rhythm_days,
        other.letter_day,
        other.client_zone,
    )


def same_block(one: Terms, other: Terms) -> bool:
    """Whether the block goes on from one version to the next: another size, or exchanges carried over, begin one."""
    return (one.block_size, one.block_carried) == (other.block_size, other.block_carried)


# --- what cannot be agreed -----------------------------------------------------------------------------


def problems(terms: Terms) -> tuple[str, ...]:
    """Everything that makes `terms` impossible, each as one phrase; nothing where they can be agreed."""
    return (*_in_time(terms), *_in_size(terms), *_in_words(terms))


def _in_time(terms: Terms) -> Iterable[str]:
    yield from _within("rhythm", terms.rhythm_days, 1, _MOST_DAYS, "days")
    if terms.letter_day is not None:
        if not 0 <= terms.letter_day < _DAYS_IN_WEEK:
            yield "the letter day must be a day of the week"
        elif terms.rhythm_days % _DAYS_IN_WEEK:
            yield "with a fixed letter day the rhythm must be whole weeks: 7d, 14d …"
    yield from _in_window(terms.window)
    yield from _within("check-in", terms.check_in_days, 1, _MOST_DAYS, "days")
    yield from _within("pause", terms.pause_days, 1, _MOST_DAYS, "days")
    if terms.check_in_days > terms.pause_days:
        yield "the check-in comes before the presumed pause, so its days cannot be more"
    yield from (
        f"the {whose} zone must be a time zone name like Europe/London"
        for whose, zone in (("client's", terms.client_zone), ("own", terms.own_zone))
        if not is_zone(zone)
    )


def _in_window(window: Window) -> Iterable[str]:
    if (window.hours is None) == (window.local_days is None):
        yield "the window must be either hours (48h) or local days (2d, 2d@18:00)"
    if window.hours is not None:
        yield from _within("window", window.hours, 1, _MOST_HOURS, "hours")
        if window.by is not None:
            yield "a window in hours has no time of day; a window in local days may (2d@18:00)"
    if window.local_days is not None:
        # By the end of the same day can be promised; by a time of the same day only to letters before it.
        yield from _within("window", window.local_days, 0 if window.by is None else 1, _MOST_DAYS, "days")


def _in_size(terms: Terms) -> Iterable[str]:
    if terms.word_limit is not None:
        yield from _within("word limit", terms.word_limit, 1, _MOST_WORDS, "words")
    elif terms.over_length is OverLength.DOUBLE:
        yield "a letter over length can count double only where there is a word limit"
    yield from _within("block", terms.block_size, 1, _MOST_EXCHANGES, "exchanges")
    yield from _within("carried", terms.block_carried, 0, _MOST_EXCHANGES, "exchanges")
    yield from _within("blocks", terms.blocks, 1, _MOST_BLOCKS, "blocks")
    longest = terms.block_size + max(0, terms.block_carried)
    if any(not 1 <= place <= longest for place in terms.review_at):
        yield f"a review must be at one of the {longest} exchanges of the block"
    if len(set(terms.review_at)) != len(terms.review_at):
        yield "the same review stands there twice"
    if terms.updates_a_week is not None:
        yield from _within("updates", terms.updates_a_week, 0, 50, "a week")


def _in_words(terms: Terms) -> Iterable[str]:
    if len(terms.fallback) > MOST_CHARACTERS or not terms.fallback.isprintable():
        yield f"the fallback must be at most {MOST_CHARACTERS} ordinary characters on one line"
    if terms.fallback_after_days is not None:
        yield from _within("fallback after", terms.fallback_after_days, 1, _MOST_DAYS, "days")
        if not terms.fallback.strip():
            yield "the fallback has a day but says no other channel"


def _within(name: str, value: int, least: int, most: int, unit: str) -> Iterable[str]:
    if not least <= value <= most:
        yield f"the {name} must be {least} to {most} {unit}"


# --- what changes --------------------------------------------------------------------------------------


def with_reviews_in_block(terms: Terms) -> Terms:
    """`terms` with the reviews that lie in the block, for a block that was made smaller without saying where."""
    longest = terms.block_size + terms.block_carried
    return replace(terms, review_at=tuple(place for place in terms.review_at if place <= longest) or (longest,))
