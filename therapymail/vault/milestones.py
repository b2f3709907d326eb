"""Milestones as they are stored (F52); every change is a journal entry."""

from datetime import date, datetime
from typing import NamedTuple

from therapymail.domain.journal import Entry
from therapymail.domain.mark_name import MarkName, MarkSort
from therapymail.domain.milestone import Milestone, MilestoneKind
from therapymail.domain.passage import Passage
from therapymail.errors import MarkUnknown
from therapymail.vault.connection import Reader, Row, Writer
from therapymail.vault.identity import new_identity
from therapymail.vault.journal import Payload
from therapymail.vault.mark_numbers import mark_name, next_number
from therapymail.vault.marked_passages import passage_column, passage_in
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record
from therapymail.vault.storable import storable

# `place` is that among those with the same number, whichever of them this vault heard of first.
_MILESTONES = (
    "SELECT number, identity, client, kind, said, day, letter, passage, marked, place FROM"
    " (SELECT *, row_number() OVER (PARTITION BY number ORDER BY marked, identity) AS place FROM milestone)"
    " LEFT JOIN milestone_place USING (identity)"
)


class NewMilestone(NamedTuple):
    """A milestone that is about to be marked; `client` is an identity, `letter` a digest."""

    client: str
    kind: MilestoneKind
    said: str
    day: date
    letter: bytes | None = None
    passage: Passage | None = None


def milestones(reader: Reader, client: str | None = None) -> list[Milestone]:
    """The milestones of a client (identity), or of all, in the order of their days."""
    where, parameters = ("", ()) if client is None else (" WHERE client = ?", (client,))
    return [_milestone(row) for row in reader.rows(f"{_MILESTONES}{where} ORDER BY day, marked, identity", parameters)]


def milestone(reader: Reader, name: MarkName) -> Milestone:
    """The milestone with this name. Raises MarkUnknown."""
    found = [_milestone(row) for row in reader.rows(f"{_MILESTONES} WHERE number = ? ORDER BY place", (name.number,))]
    for each in found:
        if each.name == name:
            return each
    raise MarkUnknown(str(name))


def mark(writer: Writer, new: NewMilestone, now: datetime) -> Milestone:
    """Keep a new milestone. Two alike may be marked: a rupture and its repair can come twice in one day."""
    identity = new_identity()
    payload: Payload = {
        "number": next_number(writer, "milestone"),
        "client": new.client,
        "kind": new.kind.value,
        "said": storable(new.said),
        "day": new.day.isoformat(),
        "marked": to_microseconds(now),
    }
    record(writer, "milestone.marked", identity, payload, now)
    if new.letter:
        # An entry of the letter's own: it goes with the letter when that is erased, and the milestone stays.
        place = {"identity": identity, "passage": new.passage.as_json() if new.passage else None}
        record(writer, "letter.milestone-placed", new.letter.hex(), place, now)
    return next(each for each in milestones(writer, new.client) if each.identity == identity)


def unmark(writer: Writer, found: Milestone, now: datetime) -> None:
    """Let a milestone be none any more; the journal keeps what it said."""
    record(writer, "milestone.unmarked", found.identity, {}, now)


def _milestone(row: Row) -> Milestone:
    number, identity, client, kind, said, day, letter, passage, marked, place = row
    return Milestone(
        name=mark_name(MarkSort.MILESTONE, number, place),
        identity=identity,
        client=client,
        kind=MilestoneKind(kind),
        said=said,
        day=date.fromisoformat(day),
        letter=letter,
        passage=passage_in(passage or ""),
        marked=from_microseconds(marked),
    )


@projects("milestone.marked")
def _marked(writer: Writer, entry: Entry, payload: Payload) -> None:
    said = [payload[name] for name in ("number", "client", "kind", "said", "day", "marked")]
    writer.run(
        "INSERT INTO milestone (identity, number, client, kind, said, day, marked) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (entry.about, *said),
    )


@projects("letter.milestone-placed")
def _placed(writer: Writer, entry: Entry, payload: Payload) -> None:
    """Where the letter was erased, or the milestone taken away, meanwhile, there is nothing to do."""
    writer.run(
        "INSERT INTO milestone_place (identity, letter, passage) SELECT identity, digest, ?3 FROM milestone, letter"
        " WHERE identity = ?1 AND digest = ?2 ON CONFLICT DO NOTHING",
        (payload["identity"], bytes.fromhex(entry.about), passage_column(payload["passage"])),
    )


@projects("milestone.unmarked")
def _unmarked(writer: Writer, entry: Entry, _payload: Payload) -> None:
    writer.run("DELETE FROM milestone WHERE identity = ?", (entry.about,))
