"""The words of the index that begin alike, read off its list of words without looking at where each stands.

FTS5 gathers every place of every word that begins so before it gives the first letter; the words one by one it reads
newest first, and stops. `temp.indexed_word` (fts5vocab) is made with each connection: it holds nothing of its own.
"""

from therapymail.vault.connection import Reader

MOST_WORDS = 300  # beyond, looking up each costs more than gathering all
FEW_WORDS = 40  # beyond, reading the newest letters costs less than looking up each
_NEXT = "SELECT term FROM indexed_word WHERE term >= ? LIMIT 1"
_LOWEST = "\x01"  # stands in no word: a word with it is the next place after the word


def words_beginning(reader: Reader, beginning: str, most: int) -> tuple[str, ...] | None:
    """Every word in the letters' texts that begins so; None where there are more than `most`."""
    found: list[str] = []
    since = beginning
    while (row := reader.row(_NEXT, (since,))) and row[0].startswith(beginning):
        if len(found) == most:
            return None
        found.append(row[0])
        since = row[0] + _LOWEST
    return tuple(found)
