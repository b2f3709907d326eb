"""Searching the letters: newest first straight off the index, or by relevance; with passages and counts.

Times (100,000 letters of 400 words) and what they come from stand in docs/performance.md.
"""

import json
from datetime import UTC, tzinfo
from functools import cache
from itertools import islice

from therapymail.domain.found import Coverage, Hit, Order, SearchResult
from therapymail.domain.kinds import LetterState
from therapymail.domain.query import Query
from therapymail.errors import ClientUnknown
from therapymail.vault import beginnings
from therapymail.vault.connection import Reader
from therapymail.vault.index import count_searchable, languages
from therapymail.vault.letters import letters_by_ids
from therapymail.vault.matching import Stretch, Surroundings, stretches
from therapymail.vault.newest import newest
from therapymail.vault.shared_beginnings import Shortened, shortened, that_hold
from therapymail.vault.snippets import Marker

COUNTED_AT_MOST = 100
MOST_READ = 600  # letters read for a beginning that many words share, before its words are looked up after all
_READ_AT_ONCE = 50

# bm25 over stems and words; letters have much the same length, so the index keeps none to divide by. Sorted by rank
# alone, FTS5 would give the oldest of equals, and take more than twice as long.
_BEST = """
    SELECT rowid, rank FROM letter_index WHERE letter_index MATCH ? AND rowid >= ? AND rowid < ?
    ORDER BY rank, rowid DESC LIMIT ?
"""
_TEXTS = """
    SELECT letter.id, letter_text.subject, letter_text.text, letter_indexed.language
    FROM letter
    JOIN letter_text ON letter_text.digest = letter.digest
    JOIN letter_indexed ON letter_indexed.letter = letter.id
    WHERE letter.id IN (SELECT value FROM json_each(?))
"""


def search(
    reader: Reader, query: Query, limit: int = 50, order: Order = Order.DATE, zone: tzinfo = UTC
) -> SearchResult:
    """The first `limit` letters that `query` finds, whose days are those of `zone`.

    Proposed letters are among them; set-aside ones only where the query says `is:`. Beyond COUNTED_AT_MOST the
    total is "at least". Raises ClientUnknown, and what `Vault.reading` does.
    """
    around = surroundings_of(reader, zone)
    found = _newest(reader, query, around, max(limit, COUNTED_AT_MOST) + 1)
    ids = found[:limit] if order is Order.DATE else _best(reader, stretches(query, around), limit)
    return SearchResult(
        hits=_hits(reader, query, ids),
        total=min(len(found), max(limit, COUNTED_AT_MOST)),
        is_exact=len(found) <= max(limit, COUNTED_AT_MOST),
        coverage=coverage(reader),
    )


def find_ids(reader: Reader, query: Query, limit: int, zone: tzinfo = UTC) -> list[int]:
    """The row ids of the newest `limit` letters that `query` finds, for lists. Raises as `search` does."""
    return _newest(reader, query, surroundings_of(reader, zone), limit)


def coverage(reader: Reader) -> Coverage:
    """How many letters are searchable, of all that are filed."""
    searchable = count_searchable(reader)
    counts = "SELECT state, count(*) FROM letter WHERE state <> 'opened' GROUP BY state"
    closed: dict[str, int] = dict(reader.rows(counts))
    sealed, too_large = closed.get(LetterState.SEALED, 0), closed.get(LetterState.TOO_LARGE, 0)
    return Coverage(searchable, searchable + sum(closed.values()), sealed, too_large)


def surroundings_of(reader: Reader, zone: tzinfo = UTC) -> Surroundings:
    """What a query of letters needs to know, for days of `zone`."""
    return Surroundings(
        languages(reader),
        zone,
        lambda code: _identity(reader, code),
        words_beginning=cache(lambda beginning: beginnings.words_beginning(reader, beginning, beginnings.MOST_WORDS)),
    )


def _newest(reader: Reader, query: Query, around: Surroundings, limit: int) -> list[int]:
    def is_shared(beginning: str) -> bool:
        return beginnings.words_beginning(reader, beginning, beginnings.FEW_WORDS) is None

    shorter = shortened(query, is_shared)
    if shorter:
        return _read(reader, query, shorter, around, limit)
    return list(islice(newest(reader, stretches(query, around)), limit))


def _read(reader: Reader, query: Query, shorter: Shortened, around: Surroundings, limit: int) -> list[int]:
    """The newest of those that the index tells for `shorter`, by their texts; beyond MOST_READ as it tells `query`."""
    ids: list[int] = []
    read = 0
    candidates = newest(reader, stretches(shorter.query, around))
    while some := list(islice(candidates, _READ_AT_ONCE)):
        ids += that_hold(reader, some, shorter.beginnings)
        read += len(some)
        if len(ids) >= limit:
            return ids[:limit]
        if read >= MOST_READ:
            older = [each._replace(end=min(each.end, some[-1])) for each in stretches(query, around)]
            told = newest(reader, [each for each in older if each.first < each.end])
            return ids + list(islice(told, limit - len(ids)))
    return ids


def _best(reader: Reader, where: list[Stretch], limit: int) -> list[int]:
    """The ids with the best rank (FTS5's is negative: lower is better), the newest first among equals."""
    ranked = [
        (rank, -row_id)
        for each in where
        for row_id, rank in reader.rows(_BEST, (each.expression, each.first, each.end, limit))
    ]
    return [-negated for _, negated in sorted(ranked)[:limit]]


def _hits(reader: Reader, query: Query, ids: list[int]) -> tuple[Hit, ...]:
    if not ids:
        return ()
    marker = Marker(query)
    snippets = {letter: marker.snippet(*texts) for letter, *texts in reader.each(_TEXTS, (json.dumps(ids),))}
    return tuple(
        Hit(letter, snippets[letter.order]) for letter in letters_by_ids(reader, ids) if letter.order in snippets
    )


def _identity(reader: Reader, code: str) -> str:
    row = reader.row("SELECT identity FROM client WHERE code = ?", (code,))
    if row is None:
        raise ClientUnknown(code)
    identity: str = row[0]
    return identity
