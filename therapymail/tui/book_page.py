"""A page of the letterbook laid out: our own words at the margin, what was written behind a gutter (S8). Pure."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from therapymail.domain.ago import ago_in_words, reread_in_words
from therapymail.domain.arrangement import Piece
from therapymail.domain.cues import cues_phrase
from therapymail.domain.day_words import day_in_words, moment_for_both
from therapymail.domain.kinds import Direction
from therapymail.domain.letterbook import Entry, Letterbook
from therapymail.domain.letterbook_pages import Page, chapter_title, milestone_in_words, quoted_words, seal_in_words
from therapymail.domain.local_days import local_day
from therapymail.domain.sanitise import sanitise
from therapymail.domain.wording import bytes_words, count_words, state_words
from therapymail.tui.page import COMFORTABLE, Line, Part
from therapymail.tui.untrusted import line

_LEAST = 20
_LABEL = 11
_CUE, _PASSAGE, _SPOT = "$text-success", "underline $text-accent", "bold $text-warning"


def lay_out_page(book: Letterbook, page: Page, width: int) -> tuple[Line, ...]:
    """The lines of a page in at most `width` columns, and never wider than is comfortable to read."""
    room = max(_LEAST, min(width, COMFORTABLE))
    return tuple(_lines(book, page, room))


def _lines(book: Letterbook, page: Page, room: int) -> Iterator[Line]:
    entry = page.entry
    if page.head is not None:
        title = chapter_title(page.head)
        yield Line(Part.HEAD, Content(f"── {title} {'─' * max(2, room - len(title) - 4)}"[:room]))
        zones = book.own_zone, book.zone
        first, last = (moment_for_both(each, *zones, year=True) for each in (page.head.begins, page.head.ends))
        yield from _told(Content(first if page.head.begins == page.head.ends else f"{first} to {last}"), room)
        yield from _field("Tags", " ".join(page.head.tags), room)
        yield Line(Part.NOTE, Content())
    for milestone in page.milestones:
        said = " ".join(filter(None, (milestone.name, milestone_in_words(milestone))))
        yield from _told(line(f"{day_in_words(milestone.day)}: {said}"), room)
        yield Line(Part.NOTE, Content())
    yield from _facts(book, entry, room)
    yield Line(Part.NOTE, Content())
    for number, piece in enumerate(entry.pieces):
        if number:
            yield Line(Part.TEXT, Content())
        if piece.quoted:
            yield from _wrapped(Part.QUOTED, written(piece.text), room - 2)
        else:
            yield from _wrapped(Part.TEXT, _marked(entry, piece), room)
    if not entry.pieces:
        yield Line(Part.NOTE, Content("None of its text is shown."))
    if entry.unsealed_text:
        yield Line(Part.NOTE, Content())
        yield Line(Part.NOTE, Content.styled("OUTSIDE THE SEAL, not part of the letter:", "bold $text-error"))
        yield from _wrapped(Part.UNSEALED, written(entry.unsealed_text.rstrip("\n")), room - 2)
    yield from _marks(entry, room)


def _facts(book: Letterbook, entry: Entry, room: int) -> Iterator[Line]:
    letter = entry.letter
    toward = "to" if letter.direction is Direction.OUT else "from"
    odd = ", ".join(filter(None, (state_words(letter.state, letter.standing), seal_in_words(entry))))
    what = f"  {letter.kind.value} {toward} {letter.code}, {count_words(letter.words, 'word')}"
    head = Content.assemble((str(letter.name), "bold $foreground"), what, (f"  ({odd})" if odd else "", "$text-error"))
    yield from _told(head, room)
    today = local_day(book.now, book.own_zone)
    ago = ago_in_words(local_day(letter.received, book.own_zone), today)
    moment = moment_for_both(letter.received, book.own_zone, book.zone, year=True)
    yield from _field("sent" if letter.direction is Direction.OUT else "received", f"{moment}, {ago}", room)
    yield from _field("re-read", reread_in_words(entry.rereads, today), room)
    yield from _field("tags", " ".join(letter.tags), room)
    if letter.subject:
        yield Line(Part.NOTE, Content())
        yield from _wrapped(Part.SUBJECT, line(letter.subject), room)


def _marks(entry: Entry, room: int) -> Iterator[Line]:
    """What the letter says beside its words, and what the therapist put at it."""
    text = entry.text
    fields: list[tuple[str, str]] = [("cues", cues_phrase(entry.cues))]
    for passage in entry.passages:
        quoted = quoted_words(text, passage.first, passage.end) or "(no longer there)"
        fields.append(("passage", f"{quoted}  +{passage.tag}"))
    for spot in entry.bookmarks:
        told = (spot.name, spot.said, quoted_words(text, spot.first, spot.end))
        fields.append(("bookmark", "  ".join(filter(None, told))))
    for milestone in entry.milestones:
        told = (milestone.name, milestone_in_words(milestone), quoted_words(text, milestone.first, milestone.end))
        fields.append(("milestone", "  ".join(filter(None, told))))
    for number, item in enumerate(entry.enclosures, 1):
        named = f"{number}  {item.name or '(no name)'}  {item.media_type}, {bytes_words(item.size)}"
        fields.append(("enclosure", named))
    if any(said for _, said in fields):
        yield Line(Part.NOTE, Content())
    for label, said in fields:
        yield from _field(label, said, room)


def written(text: str) -> Content:
    """What somebody wrote, each character in its place, so that passages are found in it; tabs become one blank."""
    return Content.styled(sanitise(text).replace("\t", " ").rstrip("\n"))


def _marked(entry: Entry, piece: Piece) -> Content:
    """The author's own words with cues, tagged passages, bookmarks and milestones marked in them."""
    shown = written(piece.text)
    if len(sanitise(piece.text)) != len(piece.text):  # line ends were joined: places would be wrong
        return shown
    ranges: list[tuple[int | None, int | None, str]] = [(cue.start, cue.end, _CUE) for cue in entry.cues]
    ranges += [(each.first, each.end, _PASSAGE) for each in entry.passages if _stands(each.first, each.end)]
    ranges += [(each.first, each.end, _SPOT) for each in entry.bookmarks if _stands(each.first, each.end)]
    ranges += [(each.first, each.end, _SPOT) for each in entry.milestones if _stands(each.first, each.end)]
    for first, end, style in ranges:
        begin, until = max(0, (first or 0) - piece.first), min(len(shown.plain), (end or 0) - piece.first)
        if begin < until:
            shown = shown.stylize(style, begin, until)
    return shown


def _stands(first: int | None, end: int | None) -> bool:
    return first is not None and end is not None


def _field(label: str, said: str, room: int) -> Iterator[Line]:
    """A fact with its name, hanging below itself where it is long."""
    if said:
        for number, part in enumerate(line(said).wrap(max(_LEAST, room - _LABEL))):
            name = Content.styled(f"{label if number == 0 else '':<{_LABEL}}", "$foreground-muted")
            yield Line(Part.FACT, name + part)


def _told(content: Content, room: int) -> Iterator[Line]:
    return iter([Line(Part.FACT, each) for each in content.wrap(room)])


def _wrapped(part: Part, content: Content, room: int) -> Sequence[Line]:
    return [Line(part, each) for each in content.wrap(max(1, room))]
