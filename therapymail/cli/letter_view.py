"""A letter on the screen: what its seal proved stands above it, its text behind a gutter (HAZARDS S8, C23)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING

from therapymail.cli.output import print_line, print_text
from therapymail.domain.ago import ago_in_words, reread_in_words
from therapymail.domain.arrangement import Piece, as_shown
from therapymail.domain.checklist import answers_phrase
from therapymail.domain.cues import Cue, cues_phrase
from therapymail.domain.kinds import LetterState
from therapymail.domain.letter import Enclosure, Reading
from therapymail.domain.local_days import local_day
from therapymail.domain.seal import SealFacts, Verdict
from therapymail.domain.wording import (
    WITH_PIECES,
    author_words,
    both_clocks,
    bytes_words,
    count_words,
    enclosure_remark,
    local_text,
    note_sentence,
    seal_sentence,
    state_words,
)

if TYPE_CHECKING:
    from therapymail.practice.open_file import OpenedFile
    from therapymail.practice.read import LetterText

_LABEL_WIDTH = 10


def print_letter(
    found: LetterText, zone: str, gutter: str, cues: Sequence[Cue] = (), today: date | None = None
) -> None:
    """A letter of the record, its times on the therapist's clock (`zone`) and on the client's.

    `today` is the therapist's day, from which is told how long ago it came and when it was read again (F15).
    """
    letter = found.judged.letter
    standing = state_words(letter.state, letter.standing)
    arrow = "to" if letter.direction.value == "out" else "from"
    print_line(f"{letter.name or 'Set aside'}  {letter.kind.value} {arrow} {letter.code or 'nobody known'}"
               + (f"  ({standing})" if standing else ""))  # fmt: skip
    if letter.state is LetterState.TOO_LARGE:
        print_line("It was too large to come by itself, so nothing is known of its seal.")
    else:
        _print_verdict(found.judged.verdict, letter.facts, author_words(letter.direction, found.client))
    if found.proof is not None:
        print_line("It left sealed to their key and yours, proven before sending.")
    if found.sending is not None and found.sending.released.answers:
        print_line(f"Second reading: {answers_phrase(found.sending.released.answers)}.")
    _print_notes((*letter.notes, *found.judged.verdict.notes))
    _field("Written", both_clocks(letter.written, zone, found.client))
    ago = f", {ago_in_words(local_day(letter.received, zone), today)}" if today else ""
    _field("Received", both_clocks(letter.received, zone, found.client) + ago)
    _field("Re-read", reread_in_words(found.rereads, today) if today else "")
    _field("Tags", " ".join(letter.tags))
    _field("Cues", cues_phrase(cues))
    remarks = _remarks(found.reading, found.files, author_words(letter.direction, found.client))
    print_reading(found.reading, gutter, unread=letter.state, remarks=remarks)


def print_opened_file(opened: OpenedFile, zone: str, gutter: str) -> None:
    """A mail that was only opened, not filed."""
    author = author_words(opened.direction, opened.client)
    print_line(f"A mail from {author or 'nobody known here'}, not filed")
    _print_verdict(opened.verdict, opened.facts, author)
    _print_notes((*opened.notes, *opened.verdict.notes))
    _field("Says from", opened.author)
    _field("Signer", opened.verdict.signer or "")
    _field("Written", local_text(opened.written, zone))
    remarks = _remarks(opened.reading, opened.files, author)
    print_reading(opened.reading, gutter, unread=opened.state, remarks=remarks)


def print_reading(reading: Reading | None, gutter: str, unread: LetterState, remarks: Sequence[str] = ()) -> None:
    """Subject, text with what it quotes in its order, and what is enclosed; one line where nothing was opened."""
    if reading is None:
        print_line()
        print_line("Its text is not here." if unread is LetterState.TOO_LARGE else "None of its text is shown.")
        return
    _field("Subject", reading.subject)
    print_line()
    print_pieces(reading.pieces, gutter)
    if reading.unsealed_text:
        print_line()
        print_line("Outside the seal, not part of the letter:")
        print_text(reading.unsealed_text, gutter)
    _print_enclosures(reading.enclosures, remarks)


def print_pieces(pieces: Sequence[Piece], gutter: str) -> None:
    """The author's words and what they quote, in order (F17); a quotation stands behind a second gutter (S8)."""
    shown = as_shown(pieces)
    if not shown.body:
        print_text("(no text)", gutter)
    for number, piece in enumerate(shown.body):
        if number:
            print_text("", gutter)
        print_text(piece.text, gutter * 2 if piece.quoted else gutter)
    if shown.below:
        print_line()
        print_line("Quoted from earlier letters:")
        print_text(shown.below, gutter * 2)


def _print_verdict(verdict: Verdict, facts: SealFacts, who: str) -> None:
    print_line(seal_sentence(verdict, who, facts.failure))
    if verdict.repaired:
        print_line("Its envelope was mangled on the way and has been repaired for reading.")


def _print_notes(codes: Sequence[str]) -> None:
    for code in dict.fromkeys(codes):
        if sentence := note_sentence(code):
            print_line(sentence)
    if not WITH_PIECES.isdisjoint(codes):
        print_line("`--piece 1` opens the first sealed piece by itself.")


def _remarks(reading: Reading | None, files: Sequence[Verdict | None], who: str) -> list[str]:
    """What is to be known of each enclosure, an empty text where there is nothing."""
    listed = zip_longest(reading.enclosures, files) if reading else ()
    return [enclosure_remark(verdict, who, outside=each.outside) for each, verdict in listed]


def _print_enclosures(enclosures: Sequence[Enclosure], remarks: Sequence[str]) -> None:
    if not enclosures:
        return
    print_line()
    print_line(count_words(len(enclosures), "enclosure") + ":")
    for number, item in enumerate(enclosures, 1):
        print_line(f"  {number}  {item.name or '(no name)'}  {item.media_type}, {bytes_words(item.size)}")
        if remark := (remarks[number - 1] if remarks else ""):
            print_line(f"     {remark}")


def _field(label: str, value: str) -> None:
    if value:
        print_line(f"{label:<{_LABEL_WIDTH}}{value}", hang=_LABEL_WIDTH)
