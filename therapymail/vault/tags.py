"""The therapist's tags on letters, and all tags by name; every change is a journal entry."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.domain.tags import (
    CountedTag,
    RenamedTag,
    TagBranch,
    in_hierarchy,
    is_at_or_below,
    levels,
    renaming,
    tag_name,
)
from therapymail.errors import NothingFound
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.indexing import bring_index_up_to_date, bring_index_up_to_date_of
from therapymail.vault.journal import Payload
from therapymail.vault.letters import row_id
from therapymail.vault.projection import projects, record


def tag(writer: Writer, digest: bytes, add: Iterable[str], remove: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Add and remove tags of a letter; its tags afterwards, sorted. A tag both added and removed is removed.

    Raises LetterUnknown, UnusableInput.
    """
    present = set(_tags_of(writer, row_id(writer, digest)))
    unwanted = {tag_name(name) for name in remove}
    added = {tag_name(name) for name in add} - present - unwanted
    removed = unwanted & present
    if added or removed:
        payload: Payload = {"added": sorted(added), "removed": sorted(removed)}
        record(writer, "letter.tagged", digest.hex(), payload, now)
    return tuple(sorted((present | added) - removed))


def rename(writer: Writer, old: str, new: str, now: datetime) -> RenamedTag:
    """Call the tag `old`, and every tag below it, by `new` instead, on letters, passages and exchanges alike.

    Where something bears both, they become one (F12). Raises UnusableInput, NothingFound where nothing bears it.
    """
    renamed = renaming_of(writer, old, new)
    record(writer, "tag.renamed", "", {"old": renamed.old, "new": renamed.new}, now)
    return renamed


def renaming_of(reader: Reader, old: str, new: str) -> RenamedTag:
    """What `rename` would do. Raises UnusableInput, NothingFound where nothing bears the tag `old`."""
    in_use = tags_in_use(reader)
    renamed = renaming(old, new, in_use)
    if not any(is_at_or_below(tag, renamed.old) for tag in in_use):
        raise NothingFound(f"nothing bears the tag {renamed.old}")
    return renamed


def tags_in_use(reader: Reader) -> list[str]:
    """Every tag that a letter, a passage or an exchange bears, by name."""
    rows = reader.rows(
        "SELECT tag FROM letter_tag UNION SELECT tag FROM passage_tag UNION SELECT tag FROM exchange_tag ORDER BY tag"
    )
    return [tag for (tag,) in rows]


def tags(reader: Reader) -> list[CountedTag]:
    """Every tag in use, by name, with how many letters, passages and exchanges bear it themselves."""
    counts: list[Counter[str]] = [
        Counter(dict(reader.rows(f"SELECT tag, count(*) FROM {borne} GROUP BY tag")))  # noqa: S608 - fixed
        for borne in ("letter_tag", "passage_tag", f"({_EXCHANGES})")
    ]
    return [CountedTag(tag, *(each[tag] for each in counts)) for tag in tags_in_use(reader)]


def branches(reader: Reader) -> list[TagBranch]:
    """Every tag in use and those it stands below, each with what is borne at it or below it."""
    own = {each.tag: each for each in tags(reader)}
    above = {level for tag in own for level in levels(tag)[:-1]}
    borne = [_borne_at_or_below(reader, places, above) for places in (_BY_LETTER, _BY_PASSAGE, _EXCHANGES)]
    found = []
    for tag in in_hierarchy(own):
        each = own.get(tag) or CountedTag(tag, 0)
        letters, passages, exchanges = each.count, each.passages, each.exchanges
        if tag in above:
            letters, passages, exchanges = (len(by[tag]) for by in borne)
        found.append(TagBranch(tag, tag.count("/"), tag.rpartition("/")[2], letters, passages, exchanges, own.get(tag)))
    return found


_BY_LETTER = "SELECT tag, letter FROM letter_tag"
_BY_PASSAGE = "SELECT tag, letter, first, until, sha256 FROM passage_tag"
# An exchange bears a tag by any of its letters; by several at once it is still one. Nobody knows yet which exchange it
# is where a letter has just come: then each letter stands for one.
_EXCHANGES = """
    SELECT DISTINCT tag, coalesce(client || ' ' || number, hex(letter)) AS whose
    FROM exchange_tag LEFT JOIN exchange_letter ON digest = letter
"""


def _borne_at_or_below(reader: Reader, places: str, above: set[str]) -> dict[str, set[tuple[object, ...]]]:
    """For each tag of `above`: where it, or one below it, is borne; each place once."""
    borne: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for tag, *place in reader.rows(places) if above else ():
        for level in levels(tag):
            if level in above:
                borne[level].add(tuple(place))
    return borne


def _tags_of(reader: Reader, letter_id: int) -> list[str]:
    return [name for (name,) in reader.rows("SELECT tag FROM letter_tag WHERE letter = ?", (letter_id,))]


@projects("letter.tagged")
def _tagged(writer: Writer, entry: Entry, payload: Payload) -> None:
    letter_id = row_id(writer, bytes.fromhex(entry.about))
    writer.run_many(
        "INSERT INTO letter_tag (letter, tag) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(letter_id, name) for name in payload["added"]],
    )
    writer.run_many(
        "DELETE FROM letter_tag WHERE letter = ? AND tag = ?", [(letter_id, name) for name in payload["removed"]]
    )
    bring_index_up_to_date(writer, letter_id)


_BEARING = "FROM {table} WHERE tag = ?1 OR substr(tag, 1, length(?1) + 1) = ?1 || '/'"
_TABLES = {
    "letter_tag": ("letter", "tag"),
    "passage_tag": ("letter", "first", "until", "sha256", "tag"),
    "exchange_tag": ("letter", "tag"),
}
_LETTERS = """
    SELECT digest FROM letter WHERE id IN (SELECT letter {letter_tag})
    UNION SELECT letter {passage_tag}
    UNION SELECT letter {exchange_tag}
    UNION SELECT other.digest FROM exchange_letter own JOIN exchange_letter other
        ON other.client = own.client AND other.number = own.number WHERE own.digest IN (SELECT letter {exchange_tag})
"""


@projects("tag.renamed")
def _renamed(writer: Writer, _entry: Entry, payload: Payload) -> None:
    old, new = payload["old"], payload["new"]
    bearing = {table: _BEARING.format(table=table) for table in _TABLES}
    touched = [digest for (digest,) in writer.rows(_LETTERS.format(**bearing), (old,))]
    for table, columns in _TABLES.items():
        # Read before any is written: what is below `old` may be called just as `old` was afterwards.
        rows = writer.rows(f"SELECT {', '.join(columns)} {bearing[table]}", (old,))
        writer.run(f"DELETE {bearing[table]}", (old,))
        writer.run_many(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - fixed
            " ON CONFLICT DO NOTHING",
            [(*place, new + tag.removeprefix(old)) for *place, tag in rows],
        )
    bring_index_up_to_date_of(writer, touched)
