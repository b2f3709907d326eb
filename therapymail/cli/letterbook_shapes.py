"""The letterbook as `--json` gives it: every mail with its words in order and what the therapist put at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.cue_view import cue_shape
from therapymail.cli.output import utc_text
from therapymail.cli.shapes import stretch_shape, verdict_shape

if TYPE_CHECKING:
    from therapymail.domain.letterbook import Chapter, Entry, Letterbook, MilestoneMark
    from therapymail.practice.rereading import NotReread

Shape = dict[str, Any]


def letterbook_shape(book: Letterbook) -> Shape:
    """A letterbook, or a part of one: `before` and `after` count the mails that are left out on either side."""
    return {
        "client": book.code,
        "total": book.total,
        "before": book.before,
        "after": book.after,
        "chapters": [_chapter(chapter) for chapter in book.chapters()],
        "placed": [_milestone(each) for each in book.milestones],
        "not_reread": None,
    }


def not_reread_shape(found: NotReread) -> Shape:
    """The past letters that were not read again since a day, null for ever; nothing of what they say."""
    missing = {
        "day": found.since.isoformat() if found.since else None,
        "review": found.review or None,
        "past": found.past,
        "to_reread": [
            {
                "letter": str(letter.name),
                "received": utc_text(letter.received),
                "kind": letter.kind.value,
                "words": letter.words,
                "subject": letter.subject,
                "rereads": [day.isoformat() for day in found.rereads.get(letter.digest, ())],
            }
            for letter in found.letters
        ],
    }
    none = {"total": found.past, "before": 0, "after": 0, "chapters": [], "placed": []}
    return {"client": found.code, **none, "not_reread": missing}


def _chapter(chapter: Chapter) -> Shape:
    exchange = None if chapter.after_closing else chapter.exchange
    return {
        "exchange": exchange.number if exchange else None,
        "block": exchange.block if exchange else None,
        "place": exchange.place if exchange else None,
        "block_of": exchange.block_of if exchange else None,
        "after_closing": chapter.after_closing,
        "begins": utc_text(chapter.begins),
        "ends": utc_text(chapter.ends),
        "tags": list(chapter.tags),
        "mails": [_entry(entry) for entry in chapter.entries],
    }


def _entry(entry: Entry) -> Shape:
    letter = entry.letter
    is_read = bool(entry.pieces) or letter.state.value == "opened"
    return {
        "letter": str(letter.name),
        "direction": letter.direction.value,
        "kind": letter.kind.value,
        "exchange": entry.exchange,
        "received": utc_text(letter.received),
        "written": utc_text(letter.written),
        "subject": letter.subject,
        "words": letter.words,
        "state": letter.state.value,
        "verdict": verdict_shape(entry.verdict) if entry.verdict else None,
        "text": entry.text if is_read else None,
        "quoted": entry.quoted if is_read else None,
        "in_order": [stretch_shape(each) for each in entry.pieces] if is_read and entry.ordered else None,
        "unsealed_text": entry.unsealed_text,
        "enclosed": [
            {"name": each.name, "type": each.media_type, "size": each.size, "outside": each.outside}
            for each in entry.enclosures
        ],
        "tags": list(letter.tags),
        "cues": [cue_shape(cue) for cue in entry.cues],
        "placed": _placed(entry),
        "first_read": utc_text(entry.first_read),
        "rereads": [day.isoformat() for day in entry.rereads],
    }


def _placed(entry: Entry) -> list[Shape]:
    passages = [_mark("passage", tag=each.tag, first=each.first, end=each.end) for each in entry.passages]
    spots = [
        _mark("bookmark", name=each.name, said=each.said, first=each.first, end=each.end) for each in entry.bookmarks
    ]
    return [*passages, *spots, *map(_milestone, entry.milestones)]


def _milestone(each: MilestoneMark) -> Shape:
    return _mark(
        "milestone", name=each.name, kind=each.kind, said=each.said, day=each.day.isoformat(), first=each.first,
        end=each.end,
    )  # fmt: skip


def _mark(
    sort: str, *, name: str | None = None, tag: str | None = None, kind: str | None = None, said: str | None = None,
    day: str | None = None, first: int | None = None, end: int | None = None,
) -> Shape:  # fmt: skip
    """Something the therapist put at a letter or at a passage of it; the same keys whatever it is."""
    return {"sort": sort, "name": name, "tag": tag, "kind": kind, "said": said, "day": day, "from": first, "to": end}
