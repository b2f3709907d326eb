"""The therapist's tags on passages of letters; every change is a journal entry."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from therapymail.domain.journal import Entry
from therapymail.domain.passage import Passage
from therapymail.domain.tags import tag_name
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.indexing import bring_index_up_to_date_of
from therapymail.vault.journal import Payload
from therapymail.vault.letters import row_id
from therapymail.vault.projection import projects, record

_MANY = 500  # parameters of one IN list


class TaggedPassage(NamedTuple):
    """A passage of a letter and its tags, sorted."""

    passage: Passage
    tags: tuple[str, ...]


def tag_passage(
    writer: Writer, passage: Passage, add: Iterable[str], remove: Iterable[str], now: datetime
) -> tuple[str, ...]:
    """Add and remove tags of a passage; its tags afterwards, sorted. A tag both added and removed is removed.

    Raises LetterUnknown, UnusableInput.
    """
    row_id(writer, passage.letter)
    present = {tag for each in passages_of(writer, [passage.letter]) if each.passage == passage for tag in each.tags}
    unwanted = {tag_name(name) for name in remove}
    added = {tag_name(name) for name in add} - present - unwanted
    removed = unwanted & present
    if added or removed:
        place = passage.as_json()
        payload: Payload = {**place, "added": sorted(added), "removed": sorted(removed)}
        record(writer, "letter.passage-tagged", payload.pop("letter"), payload, now)
    return tuple(sorted((present | added) - removed))


def passages_of(reader: Reader, digests: Sequence[bytes]) -> list[TaggedPassage]:
    """The tagged passages of these letters, by letter and place."""
    found: dict[Passage, list[str]] = {}
    for some in (digests[start : start + _MANY] for start in range(0, len(digests), _MANY)):
        marks = ",".join("?" * len(some))
        rows = reader.rows(f"{_PASSAGES} WHERE letter IN ({marks}) {_IN_ORDER}", some)
        for *place, tag in rows:
            found.setdefault(Passage(*place), []).append(tag)
    return [TaggedPassage(passage, tuple(tags)) for passage, tags in found.items()]


def passages_of_client(reader: Reader, client: str) -> list[TaggedPassage]:
    """The tagged passages of all letters of a client (identity), by the letters' time and place."""
    found: dict[Passage, list[str]] = {}
    for *place, tag in reader.rows(
        "SELECT passage_tag.letter, first, until, sha256, tag FROM letter JOIN passage_tag"
        " ON passage_tag.letter = letter.digest WHERE client = ? ORDER BY letter.id, first, until, sha256, tag",
        (client,),
    ):
        found.setdefault(Passage(*place), []).append(tag)
    return [TaggedPassage(passage, tuple(tags)) for passage, tags in found.items()]


_PASSAGES = "SELECT letter, first, until, sha256, tag FROM passage_tag"
_IN_ORDER = "ORDER BY letter, first, until, sha256, tag"


@projects("letter.passage-tagged")
def _tagged(writer: Writer, entry: Entry, payload: Payload) -> None:
    """Where the letter was erased meanwhile, nothing is there to be tagged."""
    digest = bytes.fromhex(entry.about)
    place = (digest, payload["first"], payload["end"], bytes.fromhex(payload["sha256"]))
    writer.run_many(
        "INSERT INTO passage_tag (letter, first, until, sha256, tag)"
        " SELECT digest, ?2, ?3, ?4, ?5 FROM letter WHERE digest = ?1 ON CONFLICT DO NOTHING",
        [(*place, tag) for tag in payload["added"]],
    )
    writer.run_many(
        "DELETE FROM passage_tag WHERE letter = ? AND first = ? AND until = ? AND sha256 = ? AND tag = ?",
        [(*place, tag) for tag in payload["removed"]],
    )
    bring_index_up_to_date_of(writer, [digest])
