"""The therapist's tags on exchanges, each kept by a letter of the exchange; every change is a journal entry.

Numbers of exchanges change when letters come late or are put right by hand. What was said of an exchange belongs to
whatever exchange the letter is in that it was said by.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.domain.tags import tag_name
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.indexing import bring_index_up_to_date_of
from therapymail.vault.journal import Draft, Payload
from therapymail.vault.projection import projects, record_all

_KIND = "letter.exchange-tagged"


def tag_exchange(
    writer: Writer, mails: Sequence[bytes], add: Iterable[str], remove: Iterable[str], now: datetime
) -> tuple[str, ...]:
    """Add and remove tags of the exchange with these mails (digests), its first letter first; its tags afterwards.

    A tag both added and removed is removed. Raises UnusableInput.
    """
    said = {digest: set(_said_by(writer, digest)) for digest in mails}
    present = set().union(*said.values())
    unwanted = {tag_name(name) for name in remove}
    added = {tag_name(name) for name in add} - present - unwanted
    drafts = [
        Draft(_KIND, digest.hex(), {"added": sorted(new), "removed": sorted(old)})
        for digest in mails
        for new, old in [(added if digest == mails[0] else set(), said[digest] & unwanted)]
        if new or old
    ]
    record_all(writer, drafts, now)
    return tuple(sorted((present | added) - unwanted))


def exchange_tags(reader: Reader, client: str) -> dict[bytes, tuple[str, ...]]:
    """By mail (digest), the tags that the exchanges of a client (identity) bear by it."""
    found: dict[bytes, list[str]] = {}
    for digest, tag in reader.rows(
        "SELECT digest, tag FROM exchange_tag JOIN letter ON letter.digest = exchange_tag.letter WHERE client = ?"
        " ORDER BY digest, tag",
        (client,),
    ):
        found.setdefault(digest, []).append(tag)
    return {digest: tuple(tags) for digest, tags in found.items()}


def hand_on(writer: Writer, digest: bytes, now: datetime) -> None:
    """Let another mail of the same exchange bear its tags: this one is about to be erased."""
    tags = _said_by(writer, digest)
    other = writer.row(f"{_SAME_EXCHANGE} AND other.digest <> ?1 ORDER BY other.role, other.position", (digest,))
    if tags and other:
        record_all(writer, [Draft(_KIND, other[0].hex(), {"added": tags, "removed": []})], now)


_SAME_EXCHANGE = (
    "SELECT other.digest FROM exchange_letter own JOIN exchange_letter other"
    " ON other.client = own.client AND other.number = own.number WHERE own.digest = ?1"
)


def _said_by(reader: Reader, digest: bytes) -> list[str]:
    return [tag for (tag,) in reader.rows("SELECT tag FROM exchange_tag WHERE letter = ? ORDER BY tag", (digest,))]


@projects(_KIND)
def _tagged(writer: Writer, entry: Entry, payload: Payload) -> None:
    """Where the letter was erased meanwhile, nothing is there to bear a tag."""
    digest = bytes.fromhex(entry.about)
    writer.run_many(
        "INSERT INTO exchange_tag (letter, tag) SELECT digest, ?2 FROM letter WHERE digest = ?1 ON CONFLICT DO NOTHING",
        [(digest, tag) for tag in payload["added"]],
    )
    writer.run_many(
        "DELETE FROM exchange_tag WHERE letter = ? AND tag = ?", [(digest, tag) for tag in payload["removed"]]
    )
    # Exchanges are found last in a rebuild; the index is told of all their letters then.
    bring_index_up_to_date_of(writer, [digest, *(other for (other,) in writer.rows(_SAME_EXCHANGE, (digest,)))])
