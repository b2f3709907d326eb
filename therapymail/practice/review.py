"""The digest before a review: what the exchanges since the last one held (F39)."""

from therapymail.domain.lanes import HIDDEN
from therapymail.domain.review_digest import (
    InLetter,
    Recurrence,
    ReviewDigest,
    ReviewFacts,
    review_digest,
    stretch_of,
)
from therapymail.domain.timeline import timeline_of
from therapymail.errors import ExchangeUnknown, NothingFound
from therapymail.practice.images import Recurring, recurring_with
from therapymail.practice.look_back import timeline_facts
from therapymail.practice.practice import Practice
from therapymail.vault import clients, texts


def review_of(practice: Practice, code: str, last: int | None = None) -> ReviewDigest:
    """The exchanges with a client up to number `last` (None: the latest), since the review agreed before it.

    Raises NothingFound where there is no exchange yet, ExchangeUnknown, ClientUnknown, UnusableInput, VaultLocked.
    """
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        facts = timeline_facts(practice, reader, client)
        if not facts.exchanges:
            raise NothingFound(f"no exchange with {client.code} yet")
        wanted = facts.exchanges[-1].number if last is None else last
        if not any(each.number == wanted for each in facts.exchanges):
            raise ExchangeUnknown(client.code, wanted)
        letters = sorted(facts.letters, key=lambda each: (each.received, each.order))
        read = texts.readings(reader, [mail for each in stretch_of(facts.exchanges, wanted) for mail in each.mails])
        recurring = [_recurrence(each) for each in recurring_with(reader, client)]
    timeline = timeline_of(facts, now=practice.clock(), off=HIDDEN)
    return review_digest(ReviewFacts(timeline, letters, facts.exchanges, read, recurring), wanted)


def _recurrence(image: Recurring) -> Recurrence:
    """The image with the words that stand for it in each letter."""
    places = []
    for each in image.occurrences:
        first, end = each.snippet.marks[0] if each.snippet.marks else (0, 0)
        places.append(InLetter(str(each.letter.name), each.snippet.text[first:end] or image.phrase))
    return Recurrence(image.phrase, tuple(places))
