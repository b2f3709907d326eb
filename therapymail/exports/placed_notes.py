"""Notes in their places among the letters: what each says, and behind which letter it stands."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from therapymail.domain.day_words import moment_in_words
from therapymail.domain.letterbook import Letterbook
from therapymail.domain.note import NoteKind, NoteText


class ShownNote(NamedTuple):
    """A note beside the letters: what it is, when it was written, its text, and what was added to it when."""

    anchor: str
    heading: str
    when: str
    text: str
    amendments: tuple[tuple[str, str], ...]


class PlacedNotes:
    """Notes in their places: with the letter or the exchange they are about, else behind the letter before them."""

    def __init__(self, book: Letterbook, notes: Iterable[NoteText]) -> None:
        digests = {entry.letter.digest for entry in book.entries}
        in_order = sorted((entry.letter.received, entry.letter.digest) for entry in book.entries)
        times = [received for received, _ in in_order]
        self._of: dict[bytes, list[ShownNote]] = {}
        loose = []
        for text in sorted(notes, key=lambda each: (each.note.written, each.note.name)):
            links = text.note.links
            before = bisect_right(times, text.note.written)
            about = next((each for each in (links.letter, links.exchange) if each in digests), None)
            place = about or (in_order[before - 1][1] if before else None)
            if place is None:
                loose.append(_shown(text, book))
            else:
                self._of.setdefault(place, []).append(_shown(text, book))
        self.loose = tuple(loose)

    def of(self, digest: bytes) -> tuple[ShownNote, ...]:
        """The notes to be shown behind this letter, oldest first."""
        return tuple(self._of.get(digest, ()))


def _shown(text: NoteText, book: Letterbook) -> ShownNote:
    note = text.note
    what = "Process note" if note.name.kind is NoteKind.PROCESS else "Progress note"
    return ShownNote(
        str(note.name),
        f"{what} {note.name}",
        moment_in_words(note.written, book.own_zone, year=True),
        text.text,
        tuple((moment_in_words(each.written, book.own_zone, year=True), each.text) for each in text.amendments),
    )
