"""The therapist's tags on letters; every change is a journal entry."""

from collections.abc import Iterable
from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.domain.tags import tag_name
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.indexing import bring_index_up_to_date
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


def tags(reader: Reader) -> dict[str, int]:
    """Every tag in use with the number of letters that bear it, by name."""
    return dict(reader.rows("SELECT tag, count(*) FROM letter_tag GROUP BY tag ORDER BY tag"))


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
