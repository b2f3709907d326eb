"""The letterbook and the timeline of a client of the demo as values, made from the story without a practice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from therapymail.domain.agreement import Agreement, default_terms
from therapymail.domain.agreement_terms import read_terms
from therapymail.domain.arrangement import pieces_of
from therapymail.domain.client import ClientStatus
from therapymail.domain.course import Course, course
from therapymail.domain.cues import cues_in
from therapymail.domain.exchange import CountedMail
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing, first_kind
from therapymail.domain.lanes import HIDDEN, Happened, Lane, Side
from therapymail.domain.letter import Enclosure, Letter
from therapymail.domain.letterbook import (
    Entry,
    Letterbook,
    MilestoneMark,
    PassageTag,
    Spot,
    chapter_places,
)
from therapymail.domain.names import LetterName
from therapymail.domain.note import Amendment, Note, NoteKind, NoteLinks, NoteName, NoteText
from therapymail.domain.seal import Protection, SealFacts
from therapymail.domain.statuses import Ending, StatusChange
from therapymail.domain.timeline import Timeline, timeline_of
from therapymail.domain.timeline_facts import TimelineFacts
from therapymail.mail.quotes import split_quotes
from therapymail.practice.demo.tale import StoryMail, read_story
from therapymail.practice.demo.work import story_terms
from therapymail.practice.feelings import own_feelings

OWN_ZONE = "Europe/London"
NOW = datetime(2025, 3, 31, 9, tzinfo=UTC)


@cache
def story_letterbook(code: str) -> Letterbook:
    """The letterbook of a client of the story, with a milestone, a bookmark, a tagged passage and a re-read in it."""
    mails = read_story().mails_of(code)
    client, work = read_story().client(code), _course(code)
    number_of = {digest: each.number for each in work.exchanges for digest in (*each.letters, *each.responses)}
    after = set(work.after_closing)
    places = chapter_places([(number_of.get(_digest(mail)), _digest(mail) in after) for mail in mails])
    entries = [
        _entry(mail, _letter(mail, at), number_of.get(_digest(mail)), place)
        for at, (mail, place) in enumerate(zip(mails, places, strict=True), 1)
    ]
    return Letterbook(
        code,
        client.zone,
        OWN_ZONE,
        NOW,
        tuple(_with_marks(entry) for entry in entries),
        work.exchanges,
        (MilestoneMark("consent", "", date(2025, 1, 7)),),
    )


@cache
def story_timeline(code: str, *, off: frozenset[Lane] = HIDDEN) -> Timeline:
    """The timeline of a client of the story, with the events of the story as milestones and re-reads."""
    mails, client, work = read_story().mails_of(code), read_story().client(code), _course(code)
    letters = [_letter(mail, at) for at, mail in enumerate(mails, 1)]
    feelings = {letter.digest: _feelings(mail) for mail, letter in zip(mails, letters, strict=True)}
    names = {mail.id: str(letter.name) for mail, letter in zip(mails, letters, strict=True)}
    facts = TimelineFacts(
        code=code,
        zone=ZoneInfo(client.zone),
        letters=letters,
        exchanges=work.exchanges,
        missed=work.missed,
        after_closing=frozenset(work.after_closing),
        agreements=_agreements(code),
        statuses=_statuses(code),
        feelings=feelings,
        happened=[*_events(code, names), *_of_the_practice(code)],
    )
    return timeline_of(facts, now=NOW, off=off)


def story_notes(code: str) -> tuple[NoteText, ...]:
    """A progress note with an amendment about the second letter of a client, and a process note."""
    second = [_digest(mail) for mail in read_story().mails_of(code) if mail.kind == "letter"][1]
    written = datetime(2025, 1, 15, 10, tzinfo=UTC)
    note = Note(NoteName(NoteKind.PROGRESS, 3), "n3", "c", "plain", written, written, None, NoteLinks(second), 9, 1)
    private = Note(NoteName(NoteKind.PROCESS, 2), "p2", "c", "plain", written, written, None, NoteLinks(), 6, 0)
    return (
        NoteText(
            note,
            "Sleep: wakes shortly before three.\n\nHas begun to write it down.",
            (Amendment(datetime(2025, 1, 20, 9, tzinfo=UTC), "She keeps a pencil by the bed."),),
        ),
        NoteText(private, "The passage: whose house is it?"),
    )


def letter_with(text: str, quoted: str = "", subject: str = "", **more: object) -> Entry:
    """An entry for any text, a letter of 7 January 2025."""
    digest = sha256(repr((text, subject)).encode("utf-8", "replace")).digest()
    return Entry(
        Letter(
            name=LetterName("HERON", 1),
            digest=digest,
            client="c",
            code="HERON",
            direction=Direction.IN,
            kind=Kind.LETTER,
            standing=Standing.ACCEPTED,
            state=LetterState.OPENED,
            received=datetime(2025, 1, 7, 18, tzinfo=UTC),
            written=None,
            subject=subject,
            words=len(text.split()),
            enclosures=0,
            facts=SealFacts(Protection.SEALED),
        ),
        pieces=pieces_of(text, quoted, ()),
        **more,  # type: ignore[arg-type]
    )


def book_of(entries: Sequence[Entry]) -> Letterbook:
    """A letterbook of these entries alone."""
    return Letterbook("HERON", OWN_ZONE, OWN_ZONE, NOW, tuple(entries))


def _feelings(mail: StoryMail) -> dict[str, tuple[str, ...]]:
    """The feelings of a mail's cues, by their family."""
    listed, found = own_feelings(), dict[str, tuple[str, ...]]()
    for cue in cues_in(split_quotes(mail.text).own, listed):
        for word in cue.feelings:
            found[listed.family_of[word]] = (*found.get(listed.family_of[word], ()), word)
    return found


def _digest(mail: StoryMail) -> bytes:
    return sha256(mail.id.encode()).digest()


def _kind(mail: StoryMail) -> Kind:
    return (
        Kind(mail.kind) if mail.kind in set(Kind) else first_kind(Direction(mail.direction), is_delivery_report=False)
    )


def _letter(mail: StoryMail, number: int) -> Letter:
    return Letter(
        name=LetterName(mail.client or "", number),
        digest=_digest(mail),
        client="c",
        code=mail.client or "",
        direction=Direction(mail.direction),
        kind=_kind(mail),
        standing=Standing.ACCEPTED,
        state=LetterState.OPENED,
        received=mail.received,
        written=mail.written,
        subject=mail.subject,
        words=mail.words,
        enclosures=int(mail.enclosure is not None),
        facts=SealFacts(Protection.NO if mail.seal == "none" else Protection.SEALED),
        tags=mail.tags,
        order=number,
    )


def _entry(mail: StoryMail, letter: Letter, exchange: int | None, place: object) -> Entry:
    split = split_quotes(mail.text)
    return Entry(
        letter,
        exchange,
        place,  # type: ignore[arg-type]
        pieces_of(split.own, split.quoted, split.arrangement),
        cues=cues_in(split.own, own_feelings()),
        enclosures=(Enclosure(mail.enclosure, "image/jpeg", 34_112),) if mail.enclosure else (),
    )


def _with_marks(entry: Entry) -> Entry:
    text = entry.text
    at = text.find("Grief is an unlit room")
    if at >= 0 and entry.letter.direction is Direction.IN:
        end = text.index(".", at)
        return replace(
            entry,
            passages=(PassageTag("grief", at, end), PassageTag("sleep", None, None)),
            milestones=(MilestoneMark("insight", "her own picture", date(2025, 1, 14), at, end),),
            bookmarks=(Spot("begin here"), Spot("the pencil", text.find("The pencil"), text.find("punctual") + 9)),
            rereads=(date(2025, 2, 25), date(2025, 3, 20)),
        )
    return entry


@cache
def _course(code: str) -> Course:
    mails = [
        CountedMail(_digest(mail), Direction(mail.direction), _kind(mail), Standing.ACCEPTED, mail.received, mail.words)
        for mail in read_story().mails_of(code)
    ]
    return course(mails, _agreements(code), {}, _statuses(code))


def _statuses(code: str) -> tuple[StatusChange, ...]:
    client = read_story().client(code)
    if client.ended is None:
        return ()
    evening = datetime(client.ended.year, client.ended.month, client.ended.day, 20, tzinfo=UTC)
    return (StatusChange(evening, ClientStatus(client.status), Ending(client.ending) if client.ending else None),)


@cache
def _agreements(code: str) -> tuple[Agreement, ...]:
    return tuple(
        Agreement(
            f"a{each.version}",
            "c",
            each.version,
            datetime(each.since.year, each.since.month, each.since.day, tzinfo=UTC),
            datetime(2025, 1, 1, tzinfo=UTC),
            read_terms(story_terms(each), default_terms(read_story().client(code).zone, OWN_ZONE))[0],
        )
        for each in read_story().client(code).agreements
    )


def _events(code: str, names: dict[str, str]) -> list[Happened]:
    kept = {
        "milestone-insight": "insight",
        "milestone-unique-outcome": "unique-outcome",
        "rupture": "rupture",
        "milestone-disclosure": "disclosure",
        "repair": "repair",
        "early-disclosure": "disclosure",
        "closing": "closing",
    }
    return [
        Happened(
            Lane.MILESTONES,
            kept[event.kind],
            datetime(event.date.year, event.date.month, event.date.day, 12, tzinfo=UTC),
            tuple(names[mail] for mail in event.mails[:1] if mail in names),
            event.text,
            day=event.date,
        )
        for event in read_story().events
        if event.client == code and event.kind in kept
    ]


def _of_the_practice(code: str) -> list[Happened]:
    return [
        Happened(Lane.NOTES, "note", datetime(2025, 1, 15, 10, tzinfo=UTC), ("N-3",), "plain"),
        Happened(Lane.REREADS, "re-read", datetime(2025, 2, 25, 9, tzinfo=UTC), (f"{code}-5",)),
        Happened(Lane.REREADS, "re-read", datetime(2025, 3, 20, 9, tzinfo=UTC), (f"{code}-5",)),
        Happened(Lane.TECHNOLOGY, "bounce", datetime(2025, 2, 20, 9, tzinfo=UTC), (f"{code}-20",), "", Side.THERAPIST),
    ]
