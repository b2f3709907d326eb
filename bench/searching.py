"""Shapes of query, and what each takes: with the vault open, the first time so, and as a whole verb."""

from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bench.measuring import cpu_seconds_of, median, milliseconds, seconds_of, taking_turns
from bench.plain_corpus import EVEN_WORD, ODD_WORD, RARE_WORD, SELDOM_WORD
from therapymail.domain.feelings import Feelings
from therapymail.domain.found import Order, SearchResult
from therapymail.domain.local_days import local_day
from therapymail.domain.query_settled import settled
from therapymail.domain.query_text import read_query
from therapymail.practice.feelings import feelings_of
from therapymail.practice.find import SearchRequest, search_letters
from therapymail.practice.practice import Practice
from therapymail.vault.connection import Vault
from therapymail.vault.search import search

_ANSWERS = 50
WORDS_AND_FILTERS_MS, COMMON_MS = 10, 150  # what is wanted


class Asked(NamedTuple):
    """A shape of query, one query of it, and how its letters are ordered."""

    title: str
    query: str
    wanted_ms: int = WORDS_AND_FILTERS_MS
    order: Order = Order.DATE


WORDS = (
    Asked("rare word", RARE_WORD),
    Asked("word in 1 % of letters", SELDOM_WORD),
    Asked("common word", "morning"),
    Asked("the commonest word", "the"),
    Asked("two common words", "mother morning"),
    Asked("five common words", "the morning mother sleep dream"),
    Asked("two common words, never together", f"{EVEN_WORD} {ODD_WORD}"),
    Asked("word that does not occur", "zzyzx"),
    Asked("OR of common words", "anger OR sleep OR dream"),
    Asked("negation of a common word", f"morning -{EVEN_WORD}"),
    Asked("negation alone", "-the"),
    Asked("prefix of one letter", "s*"),
    Asked("prefix of two letters", "th*"),
    Asked("prefix of three letters", "anx*"),
    Asked("prefix of four letters", "ther*"),
    Asked("prefix of seven letters", "anxious*"),
    Asked("prefix of four letters, 232 words", "unre*"),
    Asked("prefix of four letters, 1,838 words", "over*"),
)
FILTERS = (
    Asked("client alone", "client:c000"),
    Asked("kind alone", "kind:response"),
    Asked("author alone", "from:client"),
    Asked("tag alone", "tag:grief"),
    Asked("a family of feelings", "feeling:sadness"),
    Asked("a cue, any form", "cue:sigh"),
    Asked("a cue of two words", 'cue:"deep breath"'),
    Asked("one exchange of each client", "exchange:3"),
    Asked("enclosures", "has:enclosure"),
    Asked("noted", "has:note"),
    Asked("above a length", "words:>800"),
    Asked("between two lengths", "words:300..437"),
    Asked("over length in its exchange", "is:overlength"),
    Asked("unanswered", "is:unanswered"),
    Asked("client, kind and common word", "client:c001 kind:letter morning"),
    Asked("tag and author, common word", "tag:grief from:me morning"),
    Asked("author and kind that exclude each other", "from:me kind:letter the"),
    Asked("feeling and client, common word", "feeling:fear client:c000 morning"),
    Asked("length and enclosure, common word", "words:>600 has:enclosure morning"),
    Asked("over length, noted, one year", "is:overlength has:note on:2019"),
    Asked("neither tagged nor noted, either of two, lately", "-tag:grief -has:note (feeling:fear OR cue:sigh) last:1y"),
    Asked("none of three filters", "-from:me -has:enclosure -words:<300 the"),
)
DATES = (
    Asked("before a day, common word", "morning before:2017-01-01"),
    Asked("after a day, common word", "morning after:2023-06-01"),
    Asked("one month, common word", "morning on:2019-03"),
    Asked("lately, common word", "morning last:3m"),
    Asked("date outside the record", "morning before:2001-01-01"),
    Asked("one month, rare word", f"{RARE_WORD} on:2019-03"),
)
COMMON = (
    Asked("phrase of common words", '"in the"', COMMON_MS),
    Asked("phrase of three common words", '"and the to"', COMMON_MS),
    Asked("phrase of common words that does not occur", f'"{EVEN_WORD} the {ODD_WORD}"', COMMON_MS),
    Asked("phrase and client", 'client:c001 "of the"', COMMON_MS),
    Asked("by relevance: word in 1 % of letters", SELDOM_WORD, COMMON_MS, Order.RELEVANCE),
    Asked("by relevance: common word", "morning", COMMON_MS, Order.RELEVANCE),
    Asked("by relevance: the commonest word", "the", COMMON_MS, Order.RELEVANCE),
    Asked("by relevance: three common words", "mother morning sleep", COMMON_MS, Order.RELEVANCE),
    Asked("by relevance: OR of common words", "anger OR sleep OR dream", COMMON_MS, Order.RELEVANCE),
    Asked("by relevance: client and common word", "client:c001 morning", COMMON_MS, Order.RELEVANCE),
)
QUERIES = (*WORDS, *FILTERS, *DATES, *COMMON)
# Of letters half as long: what a growing record is asked instead.
_SHORTER = {
    "words:>800": "words:>280",
    "words:300..437": "words:150..187",
    "words:>600 has:enclosure morning": "words:>200 has:enclosure morning",
    "-from:me -has:enclosure -words:<300 the": "-from:me -has:enclosure -words:<120 the",
}
GROWTH = tuple(each._replace(query=_SHORTER.get(each.query, each.query)) for each in QUERIES)


@dataclass(frozen=True)
class Shape:
    """One shape of query: its medians, how many letters it showed, and what is wanted.

    `ms` is with the vault open already, as in a program that goes on running, of which the processor takes `cpu_ms`;
    `first_ms` the first time so; `verb_ms` the whole verb, which fetches the key and opens the vault too.
    """

    title: str
    query: str
    ms: float
    cpu_ms: float
    first_ms: float
    verb_ms: float
    hits: int
    wanted_ms: int


def shapes(practice: Practice, asked: tuple[Asked, ...], rounds: int) -> list[Shape]:
    """What each shape takes in this practice, on its day."""
    feelings = feelings_of(practice)
    with practice.vault() as vault:
        return [_shape(practice, vault, feelings, each, rounds) for each in asked]


def _shape(practice: Practice, vault: Vault, feelings: Feelings, asked: Asked, rounds: int) -> Shape:
    zone, today = ZoneInfo(practice.settings.zone), local_day(practice.clock(), practice.settings.zone)
    request = SearchRequest(asked.query, _ANSWERS, asked.order)

    def with_vault_open() -> SearchResult:
        with vault.reading() as reader:
            return search(reader, settled(read_query(asked.query), today, feelings), _ANSWERS, asked.order, zone)

    first = seconds_of(with_vault_open)
    calls = {
        "open": lambda: seconds_of(with_vault_open),
        "cpu": lambda: cpu_seconds_of(with_vault_open),
        "verb": lambda: seconds_of(lambda: search_letters(practice, request)),
    }
    times = {name: milliseconds(median(values)) for name, values in taking_turns(rounds, calls).items()}
    hits = len(with_vault_open().hits)
    first_ms = milliseconds(first)
    return Shape(asked.title, asked.query, times["open"], times["cpu"], first_ms, times["verb"], hits, asked.wanted_ms)
