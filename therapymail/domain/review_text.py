"""The digest before a review as text, to be read on a screen or printed (F39), and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from therapymail.domain.drawing import Line, Part, Piece, line_of
from therapymail.domain.lanes import Mark
from therapymail.domain.review_digest import ExchangeTold, InLetter, Recurrence, ReviewDigest, Rhythm, Told
from therapymail.domain.sanitise import sanitise_line
from therapymail.domain.text_width import broken, kept_apart
from therapymail.domain.timeline_said import kind_in_words
from therapymail.domain.wording import count_words

_NARROWEST = 40
_INDENT = "  "


def review_lines(digest: ReviewDigest, *, width: int = 80) -> list[Line]:
    """`digest` as lines of at most `width` columns (40 at least)."""
    room = max(width, _NARROWEST)
    which = f"exchange {digest.last}" if digest.first == digest.last else f"exchanges {digest.first} to {digest.last}"
    agreed = ", a review is agreed here" if digest.is_agreed else ""
    heading = f"{digest.code}  {which}, {digest.since} .. {digest.until}{agreed}"
    lines: list[Line] = [line_of(each, Part.HEADING) for each in broken(heading, room, 2)]
    for name, items in _sections(digest):
        if items:
            lines += [(), *(line_of(text, Part.NAME) for text in broken(name, room))]
            lines += [(Piece(_INDENT), Piece(text)) for each in items for text in broken(each, room - len(_INDENT), 2)]
    return lines


def _sections(digest: ReviewDigest) -> Iterator[tuple[str, list[str]]]:
    yield (
        "exchanges",
        [_exchange(each) for each in digest.exchanges]
        + [f"{day}: agreed for a letter, none came" for day in digest.missed],
    )
    yield "rhythm, the middle of these and of those before", list(_rhythm(digest))
    yield "themes", [_told(each, digest) for each in digest.themes]
    yield "themes of before that are in none of these", [kept_apart(each) for each in digest.faded]
    yield "feelings named in cues and tags", [_told(each, digest) for each in digest.feelings]
    yield "what happened", [_event(mark) for mark in digest.events]
    yield "images that recur", [_recurrence(each) for each in digest.images]
    yield "questions of the client that no response quotes or takes up", _in_letters(digest.questions)
    yield "what responses say will be done", _in_letters(digest.promises)
    yield "letters not read again yet", [", ".join(digest.not_reread)] if digest.not_reread else []


def _exchange(told: ExchangeTold) -> str:
    said = [
        f"{told.number}: {', '.join(told.letters)}",
        count_words(told.words, "word") + (", over length" if told.over_length else ""),
        f"came {count_words(told.client_days_late, 'day')} late" if told.client_days_late else "",
        ", ".join(told.responses),
        "waits for a response" if told.hours is None else f"after {count_words(told.hours, 'hour')}",
        f"{count_words(told.late_hours, 'hour')} late" if told.late_hours is not None else "",
    ]
    return "  ".join(filter(None, said))


def _rhythm(digest: ReviewDigest) -> Iterator[str]:
    now, before = digest.rhythm, digest.rhythm_before or Rhythm(None, None, None)
    for what, unit, here, there in (
        ("to the response", "hour", now.hours, before.hours),
        ("from response to letter", "day", now.days, before.days),
        ("an exchange", "word", now.words, before.words),
    ):
        if here is not None:
            was = f"; before {count_words(there, unit)}" if there is not None else ""
            yield f"{count_words(here, unit)} {what}{was}"


def _told(told: Told, digest: ReviewDigest) -> str:
    words = f": {', '.join(sanitise_line(word) for word in told.words)}" if told.words else ""
    before = "  (new)" if told.is_new else f"  (before: {told.before})"
    since = before if digest.rhythm_before else ""  # of the first stretch everything is new
    return f"{kept_apart(sanitise_line(told.name))}{words}  {', '.join(told.letters)}{since}"


def _event(mark: Mark) -> str:
    names = f"  {', '.join(mark.ids)}" if mark.ids else ""
    return f"{mark.day}  {kind_in_words(mark)}{names}"


def _recurrence(image: Recurrence) -> str:
    places = (f"{place.letter} ({sanitise_line(place.words)})" for place in image.places)
    return f"{sanitise_line(image.phrase)}: {', '.join(places)}"


def _in_letters(found: Sequence[InLetter]) -> list[str]:
    return [f"{each.letter}  {sanitise_line(each.words)}" for each in found]


# --- JSON ----------------------------------------------------------------------------------------------


def review_as_json(digest: ReviewDigest) -> dict[str, Any]:
    """`digest` as a JSON object; days are the client's."""
    return {
        "client": digest.code,
        "zone": digest.zone,
        "first": digest.first,
        "last": digest.last,
        "agreed": digest.is_agreed,
        "first_day": digest.since.isoformat(),
        "last_day": digest.until.isoformat(),
        "looked_at": [_exchange_as_json(each) for each in digest.exchanges],
        "missed": [day.isoformat() for day in digest.missed],
        "rhythm": digest.rhythm._asdict(),
        "rhythm_before": digest.rhythm_before._asdict() if digest.rhythm_before else None,
        "themes": [_told_as_json(each) for each in digest.themes],
        "faded": list(digest.faded),
        "felt": [_told_as_json(each) for each in digest.feelings],
        "events": [_event_as_json(mark) for mark in digest.events],
        "questions": [each._asdict() for each in digest.questions],
        "promises": [each._asdict() for each in digest.promises],
        "not_reread": list(digest.not_reread),
        "recurring": [
            {"phrase": each.phrase, "stands_in": [place._asdict() for place in each.places]} for each in digest.images
        ],
    }


def _exchange_as_json(told: ExchangeTold) -> dict[str, Any]:
    return {**told._asdict(), "letters": list(told.letters), "responses": list(told.responses)}


def _told_as_json(told: Told) -> dict[str, Any]:
    return {
        "name": told.name,
        "letters": list(told.letters),
        "words": list(told.words),
        "before": told.before,
        "new": told.is_new,
    }


def _event_as_json(mark: Mark) -> dict[str, Any]:
    return {
        "lane": mark.lane.value,
        "kind": mark.kind,
        "day": mark.day.isoformat(),
        "ids": list(mark.ids),
        "label": mark.label,
    }
