"""Finding letters again by words and filters."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from therapymail.domain.found import Order, SearchResult
from therapymail.domain.query_text import read_query
from therapymail.practice.practice import Practice
from therapymail.vault.search import search


class SearchRequest(NamedTuple):
    """A search as typed; at most `limit` hits."""

    text: str
    limit: int = 50
    order: Order = Order.DATE


def search_letters(practice: Practice, asked: SearchRequest) -> SearchResult:
    """The letters that `asked` finds, days being those of the therapist. Raises QueryUnreadable, VaultLocked."""
    query = read_query(asked.text)
    with practice.vault() as vault, vault.reading() as reader:
        return search(reader, query, asked.limit, asked.order, ZoneInfo(practice.settings.zone))
