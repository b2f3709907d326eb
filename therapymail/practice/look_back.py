"""Looking back: the timeline of one client, from everything the record says of the work with them."""

from collections.abc import Collection, Iterator, Mapping
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from therapymail.domain.client import Client
from therapymail.domain.course import Course, standing_of
from therapymail.domain.kinds import Kind
from therapymail.domain.lanes import HIDDEN, Happened, Lane, Side
from therapymail.domain.letter import Letter
from therapymail.domain.listing import ListFilter
from therapymail.domain.local_days import moment_of
from therapymail.domain.note import Note, NoteKind
from therapymail.domain.note_template import FREE, PROCESS
from therapymail.domain.timeline import Step, Timeline, timeline_of
from therapymail.domain.timeline_facts import TimelineFacts, TimelineLetter
from therapymail.practice import process_notes
from therapymail.practice.feelings import feelings_of
from therapymail.practice.practice import Practice
from therapymail.vault import clients, exchange_tags, key_changes, letters, milestones, notes, passage_tags, rereads
from therapymail.vault.agreements import agreements_with
from therapymail.vault.bounces import sent_again
from therapymail.vault.connection import Reader
from therapymail.vault.exchanges import course_of, in_course
from therapymail.vault.said_feelings import feelings_said
from therapymail.vault.statuses import statuses_of
from therapymail.vault.timeline_letters import timeline_letters

_PAGE = 1000
_NOON = time(12)
_JUST_AFTER = timedelta(microseconds=1)  # the report that it had failed
_REFLECTIONS = frozenset(each.name for each in PROCESS if each.sections)


def client_timeline(
    practice: Practice,
    code: str,
    step: Step | None = None,
    *,
    most: Mapping[Step, int] | None = None,
    off: Collection[Lane] = HIDDEN,
) -> Timeline:
    """The timeline of a client up to now, in the client's own days, without the lanes that are `off`.

    `step` and `most` as of `timeline_of`.

    Raises ClientUnknown, UnusableInput, VaultLocked, and ProcessNotesLocked where the lane of process notes is on.
    """
    with practice.vault() as vault, vault.reading() as reader:
        facts = timeline_facts(practice, reader, clients.client_by_code(reader, code), off)
    return timeline_of(facts, now=practice.clock(), step=step, most=most, off=off)


def timeline_facts(practice: Practice, reader: Reader, client: Client, off: Collection[Lane] = HIDDEN) -> TimelineFacts:
    """Everything the record says of the work with `client`. Raises as `client_timeline`."""
    found = timeline_letters(reader, client)
    course = course_of(reader, client.identity)
    agreements, statuses = agreements_with(reader, client.identity), statuses_of(reader, client.identity)
    standing, feelings = standing_of(course, agreements, statuses, practice.clock()), feelings_of(practice)
    bounces = letters.letters_by_ids(reader, [each.order for each in found if each.kind is Kind.BOUNCE])
    return TimelineFacts(
        code=client.code,
        zone=ZoneInfo(client.zone),
        letters=found,
        exchanges=course.exchanges,
        waiting=frozenset(each.number for each in standing.waiting),
        missed=(*course.missed, *standing.missed),
        after_closing=frozenset(course.after_closing),
        agreements=agreements,
        balance=standing.balance,
        statuses=statuses,
        pins=client.pins,
        feelings=feelings_said(reader, client.identity, feelings),
        family_of=feelings.family_of,
        passages=_tags_of_passages(reader, client.identity),
        exchange_tags=exchange_tags.exchange_tags(reader, client.identity),
        failed={digest: at.failed for digest, at in in_course(reader, bounces).items() if at.failed is not None},
        happened=tuple(_happened(practice, reader, client, found, course, off)),
    )


def letters_with(reader: Reader, identity: str) -> Iterator[Letter]:
    """All mails with a client (identity), newest first, those too that do not count."""
    before: int | None = None
    while page := letters.list_letters(reader, ListFilter(client=identity, limit=_PAGE, before=before)):
        yield from page
        before = page[-1].order


def _tags_of_passages(reader: Reader, identity: str) -> dict[bytes, list[str]]:
    found: dict[bytes, list[str]] = {}
    for each in passage_tags.passages_of_client(reader, identity):
        found.setdefault(each.passage.letter, []).extend(each.tags)
    return found


# --- single events -------------------------------------------------------------------------------------


def _happened(
    practice: Practice,
    reader: Reader,
    client: Client,
    found: list[TimelineLetter],
    course: Course,
    off: Collection[Lane],
) -> Iterator[Happened]:
    named = {letter.digest: letter for letter in found}
    exchange_of = {digest: each.number for each in course.exchanges for digest in (*each.letters, *each.responses)}
    yield from _milestones(reader, client, named)
    for note in notes.notes(reader, NoteKind.PROGRESS, client.identity):
        yield _note(Lane.NOTES, "note", note, exchange_of)
    if Lane.PROCESS not in off and process_notes.exist(practice):
        with process_notes.open_store(practice) as store, store.reading() as held:
            for note in notes.notes(held, NoteKind.PROCESS, client.identity):
                kind = "reflection" if note.format in _REFLECTIONS else "process-note"
                yield _note(Lane.PROCESS, kind, note, exchange_of)
    for digest, days in rereads.rereads_of_client(reader, client.identity).items():
        for day in days:
            at = moment_of(day, _NOON, practice.settings.zone)
            yield Happened(Lane.REREADS, "re-read", at, _names(named, digest), day=day)
    for digest, moment in sent_again(reader, client.identity):
        yield Happened(Lane.TECHNOLOGY, "sent-again", moment + _JUST_AFTER, _names(named, digest), side=Side.THERAPIST)
    for change in key_changes.changes(reader, client.identity):
        names = (str(change.letter),) if change.letter else ()
        label = change.resolution.value if change.resolution else "open"
        yield Happened(Lane.TECHNOLOGY, "key-change", change.found, names, label, Side.CLIENT)


def _milestones(reader: Reader, client: Client, named: dict[bytes, TimelineLetter]) -> Iterator[Happened]:
    for each in milestones.milestones(reader, client.identity):
        letter = named.get(each.letter or b"")
        at = letter.received if letter else moment_of(each.day, _NOON, client.zone)
        names = (str(each.name), *_names(named, each.letter))
        yield Happened(Lane.MILESTONES, each.kind.value, at, names, each.said, day=each.day)


def _note(lane: Lane, kind: str, note: Note, exchange_of: dict[bytes, int]) -> Happened:
    about = note.links.exchange or note.links.letter
    exchange = exchange_of.get(about) if about else None
    label = "" if note.format == FREE.name else note.format
    return Happened(lane, kind, note.written, (str(note.name),), label, amount=note.words, exchange=exchange)


def _names(named: dict[bytes, TimelineLetter], digest: bytes | None) -> tuple[str, ...]:
    letter = named.get(digest or b"")
    return (letter.name,) if letter else ()
