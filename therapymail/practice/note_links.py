"""What a note is about: letters, passages and exchanges by the names a person types, and what is observed of them."""

from dataclasses import dataclass

from therapymail.domain.client import Client
from therapymail.domain.cues import cues_in
from therapymail.domain.exchange import Exchange
from therapymail.domain.letter import Letter
from therapymail.domain.names import LetterName
from therapymail.domain.note import NoteLinks
from therapymail.domain.objective import ObservedExchange, ObservedLetter, objective
from therapymail.domain.passage import Passage
from therapymail.errors import LetterUnknown, UnusableInput
from therapymail.practice.feelings import feelings_of
from therapymail.practice.pointing import exchange_of, pointed_at
from therapymail.practice.practice import Practice
from therapymail.vault import agreements, exchanges, letters, texts
from therapymail.vault.connection import Reader


@dataclass(frozen=True)
class LinkRequest:
    """What the person typed: a letter's name, `HERON-12:120-180`, an exchange's number; each may be missing."""

    letter: str | None = None
    passage: str | None = None
    exchange: int | None = None


def find_links(reader: Reader, client: Client, asked: LinkRequest) -> NoteLinks:
    """The links that `asked` means. Raises UnusableInput, LetterUnknown, ExchangeUnknown, NotOpened."""
    passage = None if asked.passage is None else _passage(reader, client, asked.passage)
    letter = None if asked.letter is None else _letter(reader, client, asked.letter).digest
    if passage is not None and letter is not None and passage.letter != letter:
        raise UnusableInput("passage", "it is of another letter than --letter says")
    exchange = None
    if asked.exchange is not None:
        exchange = exchange_of(reader, client.identity, client.code, asked.exchange).letters[0]
    return NoteLinks(letter or (passage.letter if passage else None), passage, exchange)


def observed(practice: Practice, reader: Reader, client: Client, links: NoteLinks) -> str:
    """The facts of the letter or the exchange that a note is about, as lines. Raises UnusableInput where it is neither.

    A note about a letter alone says what its exchange says, if it has one.
    """
    course = exchanges.course_of(reader, client.identity).exchanges
    about = links.exchange or links.letter
    if about is None:
        raise UnusableInput("--prefill", "say what the note is about: --letter or --exchange")
    exchange = next((each for each in course if about in each.letters), None)
    digests = exchange.letters if exchange is not None else (about,)
    feelings = feelings_of(practice)
    seen = []
    for digest in digests:
        letter, reading = letters.letter_by_digest(reader, digest), texts.reading(reader, digest)
        cues = cues_in(reading.text, feelings) if reading else ()
        seen.append(ObservedLetter(str(letter.name), letter.received, letter.words, cues))
    return objective(seen, _observed(reader, client, exchange), client.zone, practice.settings.zone)


def exchange_numbers(reader: Reader, client: str) -> dict[bytes, int]:
    """By letter, the number that the exchange it is in has now; a letter that is in none is left out."""
    found = exchanges.course_of(reader, client).exchanges
    return {digest: each.number for each in found for digest in each.letters}


def letter_name(reader: Reader, digest: bytes) -> LetterName | None:
    """The name of a letter; None where it was erased, or is nobody's."""
    try:
        return letters.letter_by_digest(reader, digest).name
    except LetterUnknown:
        return None


def _observed(reader: Reader, client: Client, exchange: Exchange | None) -> ObservedExchange | None:
    if exchange is None:
        return None
    versions = {each.version: each for each in agreements.agreements_with(reader, client.identity)}
    agreement = versions.get(exchange.agreement) if exchange.agreement is not None else None
    limit = agreement.terms.word_limit if agreement else None
    return ObservedExchange(exchange.number, limit, exchange.over_length, exchange.client_days_late)


def _letter(reader: Reader, client: Client, name: str) -> Letter:
    found = letters.letter(reader, LetterName.parse(name))
    if found.client != client.identity:
        raise UnusableInput("letter", f"it is not one of {client.code}")
    return found


def _passage(reader: Reader, client: Client, typed: str) -> Passage:
    if ":" not in typed:
        raise UnusableInput("passage", "it looks like HERON-12:120-180, in characters counted from 0")
    pointed = pointed_at(reader, typed)
    assert pointed.passage is not None, "a range was named"
    if pointed.letter.client != client.identity:
        raise UnusableInput("letter", f"it is not one of {client.code}")
    return pointed.passage
