"""What a person points at: a letter by name, a passage of it by its characters or its words, an exchange by number."""

from typing import NamedTuple

from therapymail.domain.exchange import Exchange
from therapymail.domain.kinds import LetterState
from therapymail.domain.letter import Letter, Reading
from therapymail.domain.names import LetterName
from therapymail.domain.passage import Passage, read_range
from therapymail.domain.passage_words import ranges_of
from therapymail.errors import ExchangeUnknown, NotOpened, UnusableInput
from therapymail.vault import exchanges, letters, texts
from therapymail.vault.connection import Reader

_MOST_PLACES = 5


class PointedAt(NamedTuple):
    """A letter, or a passage of it with the words that stand there; `words` is empty for a whole letter."""

    letter: Letter
    passage: Passage | None = None
    words: str = ""


def pointed_at(reader: Reader, place: str, words: str | None = None) -> PointedAt:
    """What `place` (`HERON-12` or `HERON-12:120-180`) means, or the passage of that letter in which `words` stand.

    Raises LetterUnknown, UnusableInput for what is no place, words that stand nowhere in the letter or several times,
    NotOpened for a passage of a letter without text.
    """
    name, colon, range_ = place.partition(":")
    if words is not None and colon:
        raise UnusableInput("--words", "the passage is named by its characters already")
    span = read_range(range_) if colon else None
    letter = letters.letter(reader, LetterName.parse(name))
    if words is None and span is None:
        return PointedAt(letter)
    reading = text_of(reader, letter)
    first, end = span or _only_place(letter, reading, words or "")
    passage = Passage.of(letter.digest, reading.text, first, end)
    return PointedAt(letter, passage, reading.text[first:end])


class PassageNow(NamedTuple):
    """Where a passage stands now (`place` None: what stood there is gone from the text), and its words."""

    place: tuple[int, int] | None
    words: str


def passage_now(reader: Reader, passage: Passage) -> PassageNow:
    """A passage as its letter's text has it now."""
    reading = texts.reading(reader, passage.letter)
    place = passage.place_in(reading.text) if reading else None
    return PassageNow(place, reading.text[slice(*place)] if reading and place else "")


def text_of(reader: Reader, letter: Letter) -> Reading:
    """What can be read of a letter. Raises NotOpened."""
    reading = texts.reading(reader, letter.digest)
    if reading is None or letter.state is not LetterState.OPENED:
        raise NotOpened(str(letter.name), "there is no text to point at")
    return reading


def exchange_of(reader: Reader, client: str, code: str, number: int) -> Exchange:
    """The exchange with this number with a client (identity, and code for the error). Raises ExchangeUnknown."""
    for each in exchanges.course_of(reader, client).exchanges:
        if each.number == number:
            return each
    raise ExchangeUnknown(code, number)


def _only_place(letter: Letter, reading: Reading, words: str) -> tuple[int, int]:
    places = ranges_of(words, reading.text)
    if len(places) == 1:
        return places[0]
    if not places:
        quoted = " but in what it quotes: mark the letter it quotes" if ranges_of(words, reading.quoted) else ""
        raise UnusableInput("words", f"they stand nowhere in {letter.name}{quoted}")
    listed = [f"{letter.name}:{first}-{end}" for first, end in places[:_MOST_PLACES]]
    more = " and more" if len(places) > _MOST_PLACES else ""
    raise UnusableInput("words", f"they stand there {len(places)} times; name one: {', '.join(listed)}{more}")
