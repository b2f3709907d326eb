"""A letter laid out as lines for reading: text of a comfortable width, each line with what it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from textual.content import Content

from therapymail.domain.arrangement import Piece, as_shown
from therapymail.domain.letter import Reading
from therapymail.domain.wording import bytes_words, count_words
from therapymail.tui.untrusted import block, line

COMFORTABLE = 72  # columns of running text; longer lines are hard to follow
_LEAST = 20
_SHORT = 4  # lines of a quotation in the midst of a letter that are always shown
_OUTSIDE = "OUTSIDE THE SEAL, not part of the letter; anybody could have written it:"


class Part(StrEnum):
    """What a line of a letter is; each is drawn in its own way, and all but our own stand behind a gutter."""

    SUBJECT = "subject"
    TEXT = "text"
    QUOTED = "quoted"
    ENCLOSURE = "enclosure"
    UNSEALED = "unsealed"
    NOTE = "note"  # our own words about what follows
    FACT = "fact"  # what the record says of a letter
    HEAD = "head"  # where a chapter of the letterbook begins


@dataclass(frozen=True)
class Line:
    """One line as it is drawn; `content` is harmless and at most as wide as was asked for."""

    part: Part
    content: Content


def lay_out(reading: Reading, width: int, *, unfolded: bool, remarks: Sequence[str] = ()) -> tuple[Line, ...]:
    """The lines of `reading` in at most `width` columns; what it quotes is shown whole only `unfolded`.

    `remarks` are our own words on each enclosure, empty where there is nothing to be said.
    """
    room = max(_LEAST, min(width, COMFORTABLE))
    lines: list[Line] = []
    if reading.subject:
        lines += _wrapped(Part.SUBJECT, line(reading.subject), room)
        lines.append(Line(Part.TEXT, Content()))
    lines += _pieces(reading.pieces, room, unfolded=unfolded)
    if reading.unsealed_text:
        lines.append(Line(Part.NOTE, Content()))
        lines.append(Line(Part.NOTE, Content.styled(_OUTSIDE, "bold $text-error")))
        lines += _wrapped(Part.UNSEALED, block(reading.unsealed_text.rstrip("\n")), room - 2)
    if reading.enclosures:
        lines.append(Line(Part.NOTE, Content()))
        lines.append(Line(Part.NOTE, Content(count_words(len(reading.enclosures), "enclosure") + ":")))
        for number, item in enumerate(reading.enclosures, 1):
            name = line(item.name) if item.name.strip() else Content("(no name)")
            what = line(item.media_type)
            described = Content.assemble(f"{number}  ", name, "  ", what, f", {bytes_words(item.size)}")
            lines += _wrapped(Part.ENCLOSURE, described, room)
            if remark := (remarks[number - 1] if remarks else ""):
                lines += _wrapped(Part.NOTE, Content(f"     {remark}"), room)
    return tuple(lines)


def _pieces(pieces: Sequence[Piece], room: int, *, unfolded: bool) -> list[Line]:
    """Own words and what they answer, in order (F17): a long quotation shows its beginning, the one below all none."""
    shown = as_shown(pieces)
    lines = [] if shown.body else _wrapped(Part.TEXT, block("(no text)"), room)
    for number, piece in enumerate(shown.body):
        if number:
            lines.append(Line(Part.TEXT, Content()))
        if piece.quoted:
            lines += _between(_wrapped(Part.QUOTED, block(piece.text), room - 2), unfolded=unfolded)
        else:
            lines += _wrapped(Part.TEXT, block(piece.text), room)
    if shown.below:
        count = count_words(shown.below.count("\n") + 1, "line")
        lines.append(Line(Part.NOTE, Content()))
        if unfolded:
            lines.append(Line(Part.NOTE, Content(f"Quoted from earlier letters ({count}); z folds it away:")))
            lines += _wrapped(Part.QUOTED, block(shown.below), room - 2)
        else:
            lines.append(Line(Part.NOTE, Content(f"Quoted from earlier letters: {count}, folded away; z shows it.")))
    return lines


def _between(quotation: list[Line], *, unfolded: bool) -> list[Line]:
    """A quotation that own words follow: as much of it as says what they answer."""
    if unfolded or len(quotation) <= _SHORT + 1:
        return quotation
    more = f"    {len(quotation) - _SHORT} more quoted lines, folded away; z shows them."
    return [*quotation[:_SHORT], Line(Part.NOTE, Content(more))]


def _wrapped(part: Part, content: Content, room: int) -> list[Line]:
    return [Line(part, piece) for piece in content.wrap(room)]
