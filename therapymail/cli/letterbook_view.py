"""The letterbook on the screen, by exchange: our own words at the margin, letters behind a gutter (S8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from therapymail.cli.letter_view import print_pieces
from therapymail.cli.output import narrate, print_line, print_table, print_text, terminal_width
from therapymail.domain.ago import ago_in_words, reread_in_words
from therapymail.domain.cues import cues_phrase
from therapymail.domain.day_words import day_in_words, moment_for_both
from therapymail.domain.kinds import Direction
from therapymail.domain.letterbook_pages import Page, chapter_title, milestone_in_words, quoted_words, seal_in_words
from therapymail.domain.local_days import local_day
from therapymail.domain.wording import bytes_words, count_words, local_text, state_words

if TYPE_CHECKING:
    from therapymail.domain.letterbook import Chapter, Entry, Letterbook, MilestoneMark
    from therapymail.practice.rereading import NotReread

_LABEL = 10
_WIDEST = 80


def print_outline(book: Letterbook) -> None:
    """What is in the letterbook, in a line, on standard error."""
    if not book.entries:
        narrate(f"No letters with {book.code} yet." if not book.total else "No letters here.")
        return
    days = [local_day(entry.letter.received, book.own_zone) for entry in book.entries]
    shown = "" if len(book.entries) == book.total else f" of {book.total}"
    mails = count_words(len(book.entries), "mail")
    narrate(f"The letterbook of {book.code}: {mails}{shown}, {day_in_words(min(days))} to {day_in_words(max(days))}.")


def print_page(book: Letterbook, page: Page, gutter: str, *, plain: bool) -> None:
    """One mail whole, and what stands above it."""
    if page.head is not None:
        _print_head(book, page.head, plain=plain)
    for milestone in page.milestones:
        print_milestone(milestone)
    _print_entry(book, page.entry, gutter)


def print_ahead(book: Letterbook) -> None:
    """The milestones of no letter that came after the last mail."""
    last = local_day(max(entry.letter.received for entry in book.entries), book.zone) if book.entries else None
    for milestone in book.milestones:
        if last is None or milestone.day > last:
            print_milestone(milestone)


def _print_head(book: Letterbook, chapter: Chapter, *, plain: bool) -> None:
    """What exchange it is, from when to when on both clocks, and its tags."""
    print_line(_ruled(chapter_title(chapter), "-" if plain else "─"))
    print_line(_span(book, chapter))
    _field("Tags", " ".join(chapter.tags))


def _ruled(title: str, rule: str) -> str:
    width = min(terminal_width(), _WIDEST)
    return f"{rule * 2} {title} {rule * max(2, width - len(title) - 4)}"


def _span(book: Letterbook, chapter: Chapter) -> str:
    """From when to when the mails of a chapter are, on both clocks."""
    zones = book.own_zone, book.zone
    first, last = (moment_for_both(moment, *zones, year=True) for moment in (chapter.begins, chapter.ends))
    return first if chapter.begins == chapter.ends else f"{first} to {last}"


def _print_entry(book: Letterbook, entry: Entry, gutter: str) -> None:
    letter = entry.letter
    toward = "to" if letter.direction is Direction.OUT else "from"
    print_line()
    odd = ", ".join(filter(None, [state_words(letter.state, letter.standing), seal_in_words(entry)]))
    print_line(
        f"{letter.name}  {letter.kind.value} {toward} {letter.code}, {count_words(letter.words, 'word')}"
        + (f"  ({odd})" if odd else "")
    )
    today = local_day(book.now, book.own_zone)
    ago = ago_in_words(local_day(letter.received, book.own_zone), today)
    moment = moment_for_both(letter.received, book.own_zone, book.zone, year=True)
    _field("Sent" if letter.direction is Direction.OUT else "Received", f"{moment}, {ago}")
    _field("Re-read", reread_in_words(entry.rereads, today))
    _field("Subject", letter.subject)
    _field("Tags", " ".join(letter.tags))
    if entry.pieces:
        print_line()
        print_pieces(entry.pieces, gutter)
    if entry.unsealed_text:
        print_line("Outside the seal, not part of the letter:")
        print_text(entry.unsealed_text, gutter)
    _print_marks(entry)


def _print_marks(entry: Entry) -> None:
    """What the letter says beside its words, and what the therapist put at it, each with the words it is about."""
    text = entry.text
    if entry.cues or entry.passages or entry.bookmarks or entry.milestones or entry.enclosures:
        print_line()
    _field("Cues", cues_phrase(entry.cues))
    for passage in entry.passages:
        _field("Passage", f"{quoted_words(text, passage.first, passage.end) or '(no longer there)'}  +{passage.tag}")
    for spot in entry.bookmarks:
        _field("Bookmark", _told(spot.name, spot.said, quoted_words(text, spot.first, spot.end)))
    for milestone in entry.milestones:
        quoted = quoted_words(text, milestone.first, milestone.end)
        _field("Milestone", _told(milestone.name, milestone_in_words(milestone), quoted))
    for number, item in enumerate(entry.enclosures, 1):
        _field("Enclosure", f"{number}  {item.name or '(no name)'}  {item.media_type}, {bytes_words(item.size)}")


def print_milestone(milestone: MilestoneMark) -> None:
    """A milestone of no letter, at its day."""
    print_line()
    print_line(f"{day_in_words(milestone.day)}: {_told(milestone.name, milestone_in_words(milestone), '')}")


def _told(name: str, said: str, quoted: str) -> str:
    return "  ".join(filter(None, [name, said, quoted]))


def _field(label: str, value: str) -> None:
    if value:
        print_line(f"{label:<{_LABEL}}{value}", hang=_LABEL)


# --- not read again ------------------------------------------------------------------------------------


def print_not_reread(found: NotReread, zone: str) -> None:
    """One row for each letter, oldest first, then how many they are."""
    if found.letters:
        print_table(
            ("ID", "RECEIVED", "KIND", "WORDS", "LAST RE-READ", "SUBJECT"),
            [
                (
                    str(letter.name),
                    local_text(letter.received, zone)[:10],
                    letter.kind.value,
                    str(letter.words),
                    _last(found.rereads.get(letter.digest, ())),
                    letter.subject,
                )
                for letter in found.letters
            ],
            flexible=5,
        )
    since = "" if found.since is None else f" since {day_in_words(found.since)}"
    review = f", the day of the last review ({found.review})" if found.review else ""
    narrate(f"{len(found.letters)} of {count_words(found.past, 'past letter')} not re-read{since}{review}.")


def _last(days: Sequence[object]) -> str:
    return str(days[-1]) if days else "never"
