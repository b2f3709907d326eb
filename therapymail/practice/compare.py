"""Two letters with one client beside each other."""

from datetime import timedelta

from therapymail.domain.client import Client
from therapymail.domain.compared import Compared, LetterPortrait, Setting, portrait_of
from therapymail.domain.lanes import Lane
from therapymail.domain.letter import Letter
from therapymail.domain.names import LetterName
from therapymail.domain.timeline import timeline_of
from therapymail.domain.timeline_facts import TimelineFacts
from therapymail.errors import ExchangeUnknown, LetterUnknown, LetterUnsuited
from therapymail.practice.feelings import feelings_of
from therapymail.practice.look_back import timeline_facts
from therapymail.practice.practice import Practice
from therapymail.vault import clients, letters, texts
from therapymail.vault.connection import Reader

_OFF = frozenset(Lane) - {Lane.THEMES}
_HOUR = timedelta(hours=1)


def compare_letters(practice: Practice, code: str, one: str, other: str) -> Compared:
    """Two letters with a client, each by its name or by the number of the exchange that it opened.

    Raises LetterUnknown, ExchangeUnknown, LetterUnsuited for one that was never opened, ClientUnknown, UnusableInput,
    VaultLocked.
    """
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        facts = timeline_facts(practice, reader, client, _OFF)
        portraits = [_portrait(practice, reader, facts, _wanted(reader, facts, client, each)) for each in (one, other)]
    return Compared(client.code, client.zone, *portraits)


def _wanted(reader: Reader, facts: TimelineFacts, client: Client, text: str) -> Letter:
    if text.strip().isdecimal():
        number = int(text)
        opened = next((each.letters[0] for each in facts.exchanges if each.number == number), None)
        if opened is None:
            raise ExchangeUnknown(client.code, number)
        return letters.letter_by_digest(reader, opened)
    name = LetterName.parse(text)
    if name.code != client.code:
        raise LetterUnknown(str(name))
    return letters.letter(reader, name)


def _portrait(practice: Practice, reader: Reader, facts: TimelineFacts, letter: Letter) -> LetterPortrait:
    reading = texts.reading(reader, letter.digest)
    if reading is None:
        raise LetterUnsuited(str(letter.name), "it was never opened")
    return portrait_of(letter, reading, feelings_of(practice), _setting(facts, letter))


def _setting(facts: TimelineFacts, letter: Letter) -> Setting:
    marks = timeline_of(facts, off=_OFF).of(Lane.THEMES)
    tags = tuple(mark.label for mark in marks if str(letter.name) in mark.ids)
    for each in facts.exchanges:
        if letter.digest in (*each.letters, *each.responses):
            limit = next((a.terms.word_limit for a in facts.agreements if a.version == each.agreement), None)
            hours = None if each.answered is None else round((each.answered - each.opened) / _HOUR)
            return Setting(each.number, limit, each.over_length, hours, tags)
    return Setting(tags=tags)
