"""Today: everything that asks for the therapist now, as values in a fixed order, most pressing first. Pure.

Mail that waits to be accepted stands first (DESIGN, the way of a letter in): until then no clock of its letter runs.
Then what F05 names in its order, then what waits on the way out, unopened mail, keys, reviews, and strangers.
Nothing here grades anybody: within a section the order is that of time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import chain

from therapymail.domain.clocks import ClientClock, Due, OwedResponse, Silence, due_state
from therapymail.domain.expiry import OWN, Expiry
from therapymail.domain.outbox import OutboxEntry, OutboxState
from therapymail.domain.outbox_text import next_step, reason_phrase


class Section(StrEnum):
    """The sections of today, in their order."""

    PROPOSED = "proposed"
    LATE = "response-late"
    WITHIN_THE_DAY = "response-within-the-day"
    LATER = "response-later"
    LETTER_OVERDUE = "letter-overdue"
    NOT_ARRIVED = "not-arrived"
    UNOPENED = "unopened"
    KEYS = "keys"
    REVIEWS = "reviews"
    CARE = "care"  # of the practice itself
    STRANGERS = "strangers"
    COMING = "coming"


class Matter(StrEnum):
    """What an item of today is about."""

    PROPOSED = "proposed"
    RESPONSE = "response"
    LETTER = "letter"
    BOUNCE = "bounce"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    NOT_TAKEN = "not-taken"
    WAITS = "waits"  # was to leave, and waits for an unlocking, the mail host or a sync
    SECOND_READING = "second-reading"
    UNOPENED = "unopened"
    KEY_CHANGE = "key-change"
    KEY_EXPIRY = "key-expiry"
    REVIEW = "review"
    BLOCK = "block"
    CARE = "care"  # what is to be done is said in words: `why` a sentence, `step` the next
    STRANGERS = "strangers"


class Progress(StrEnum):
    """How far the response to an exchange is."""

    NOT_BEGUN = "not-begun"
    DRAFT = "draft"
    HELD = "held"
    TO_READ_AGAIN = "to-read-again"
    ON_ITS_WAY = "on-its-way"
    STOPPED = "stopped"  # uncertain, refused or not taken: its own item says so


@dataclass(frozen=True)
class Item:
    """One line of today.

    `code` is the client's, empty for nobody's and for the own key, and `zone` theirs. `at` is the moment it is about
    (due, or when a key ends), `since` from when it waits; both UTC. `letters` are the mails behind it, so that every
    count can be looked up; `draft` is the therapist's own letter, D-3 until it was sent. `exchange` is a number;
    `place` and `size` are "n of m" of the block. `why` is a plain reason in words, `step` the next step where it
    depends on more than the matter. `number` counts where nothing can be named.
    """

    section: Section
    matter: Matter
    code: str = ""
    zone: str = ""
    at: datetime | None = None
    since: datetime | None = None
    letters: tuple[str, ...] = ()
    draft: str = ""
    exchange: int | None = None
    place: int | None = None
    size: int | None = None
    number: int = 1
    receipted: bool = False
    progress: Progress | None = None
    silence: Silence | None = None
    why: str = ""
    step: str = ""


@dataclass(frozen=True)
class Mails:
    """Mails of one client that wait for the same thing; `names` oldest first, `since` when the oldest was received.

    `failed` is the mail of ours that a delivery report is about, where that is known.
    """

    code: str
    zone: str
    names: tuple[str, ...]
    since: datetime
    why: str = ""
    failed: str = ""


@dataclass(frozen=True)
class KeyToDecide:
    """Another key of a client's than the pinned one, undecided since it was found (UTC); `blocks`: no letter leaves."""

    code: str
    since: datetime
    blocks: bool


@dataclass(frozen=True)
class Facts:
    """All that today is made of, as the record has it.

    `drafts` are unsent responses by client code; `entries` the outbox. `bounces` are delivery reports since which
    nothing was sent to that client. `refusals` say of drafts in the outbox why today's policy would not let them
    leave: the reason and the next step. `strangers` counts sealed mail from nobody known.
    """

    clocks: Sequence[ClientClock] = ()
    proposed: Sequence[Mails] = ()
    unopened: Sequence[Mails] = ()
    bounces: Sequence[Mails] = ()
    entries: Sequence[OutboxEntry] = ()
    key_changes: Sequence[KeyToDecide] = ()
    expiries: Sequence[Expiry] = ()
    drafts: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    strangers: int = 0
    care: Sequence[Item] = ()


UNNOTICED = timedelta(minutes=15)
"""How long after its time a letter may still be on its way without being told of."""
_SECTIONS = {section: number for number, section in enumerate(Section)}
_MATTERS = {matter: number for number, matter in enumerate(Matter)}
_NOBODY = datetime.max.replace(tzinfo=UTC)


def today(facts: Facts, now: datetime, days: int = 0) -> tuple[Item, ...]:
    """What asks for the therapist at `now` (UTC), most pressing first.

    `days` is how far ahead the clients' own letters are told of as coming.
    """
    found = [
        *_of_mails(facts),
        *chain.from_iterable(_of_clock(clock, facts, now, days) for clock in facts.clocks),
        *chain.from_iterable(_of_entry(entry, facts, now) for entry in facts.entries),
        *_of_keys(facts),
        *facts.care,
    ]
    if facts.strangers:
        found.append(Item(Section.STRANGERS, Matter.STRANGERS, number=facts.strangers))
    return tuple(sorted(found, key=_rank))


def _rank(item: Item) -> tuple[int, int, datetime, str, str]:
    when = item.at or item.since or _NOBODY
    return _SECTIONS[item.section], _MATTERS[item.matter], when, item.code, item.draft


def _of_mails(facts: Facts) -> Iterator[Item]:
    for section, matter, several in (
        (Section.PROPOSED, Matter.PROPOSED, facts.proposed),
        (Section.NOT_ARRIVED, Matter.BOUNCE, facts.bounces),
        (Section.UNOPENED, Matter.UNOPENED, facts.unopened),
    ):
        for mails in several:
            yield Item(
                section,
                matter,
                mails.code,
                mails.zone,
                since=mails.since,
                letters=mails.names,
                draft=mails.failed,
                number=len(mails.names),
                why=mails.why,
            )


# --- one client ----------------------------------------------------------------------------------------

_RESPONSE = {Due.LATE: Section.LATE, Due.WITHIN_THE_DAY: Section.WITHIN_THE_DAY, Due.LATER: Section.LATER}


def _of_clock(clock: ClientClock, facts: Facts, now: datetime, days: int) -> Iterator[Item]:
    place, size = (clock.balance.used, clock.balance.size) if clock.balance else (None, None)
    here = Item(Section.COMING, Matter.LETTER, clock.code, clock.zone, place=place, size=size)
    for owed in clock.owed:
        yield _owed(here, owed, facts, now)
    if overdue := clock.overdue(now):
        yield replace(
            here,
            section=Section.LETTER_OVERDUE,
            at=overdue[-1],
            since=overdue[0],
            number=len(overdue),
            silence=clock.silence(now),
            why=clock.fallback(now),
        )
    if clock.letter_due is not None and timedelta(0) <= clock.letter_due - now <= timedelta(days=days):
        yield replace(here, at=clock.letter_due)
    if clock.review is not None:
        due = clock.review_due
        yield replace(here, section=Section.REVIEWS, matter=Matter.REVIEW, exchange=clock.review, at=due)
    if clock.balance is not None and clock.ends_soon:
        yield replace(here, section=Section.REVIEWS, matter=Matter.BLOCK, number=clock.balance.left)


def _owed(here: Item, owed: OwedResponse, facts: Facts, now: datetime) -> Item:
    draft, progress = _progress(here.code, facts, now)
    return replace(
        here,
        section=_RESPONSE[due_state(owed.due, now)],
        matter=Matter.RESPONSE,
        at=owed.due,
        since=owed.opened,
        letters=owed.letters,
        exchange=owed.exchange,
        receipted=owed.receipted,
        draft=draft,
        progress=progress,
    )


def _progress(code: str, facts: Facts, now: datetime) -> tuple[str, Progress]:
    """The draft of the response to the client `code`, and how far it is."""
    draft = facts.drafts.get(code, "")
    if not draft:
        return "", Progress.NOT_BEGUN
    entry = next((entry for entry in facts.entries if str(entry.draft) == draft), None)
    if entry is None:
        return draft, Progress.DRAFT
    match entry.state:
        case OutboxState.HELD:
            return draft, Progress.TO_READ_AGAIN if _hold_is_over(entry, now) else Progress.HELD
        case OutboxState.UNCERTAIN | OutboxState.REFUSED | OutboxState.FAILED:
            return draft, Progress.STOPPED
        case _:
            return draft, Progress.ON_ITS_WAY


# --- the way out ---------------------------------------------------------------------------------------


def _of_entry(entry: OutboxEntry, facts: Facts, now: datetime) -> Iterator[Item]:
    draft, refusal = str(entry.draft), facts.refusals.get(str(entry.draft))
    matter = Matter.REFUSED if refusal else _matter_of(entry, now)
    owing = next((clock for clock in facts.clocks if clock.code == entry.code), None)
    is_told_as_owed = (
        matter is Matter.SECOND_READING
        and owing is not None
        and bool(owing.owed)
        and facts.drafts.get(entry.code) == draft
    )
    if matter is None or is_told_as_owed:
        return
    why, step = refusal or (reason_phrase(entry), next_step(entry, now))
    yield Item(
        Section.NOT_ARRIVED,
        matter,
        entry.code,
        owing.zone if owing else "",
        since=entry.changed if matter in _STOPPED else entry.leaves_at,
        draft=draft,
        why=why,
        step=step or _SYNC,
    )


_STOPPED = frozenset({Matter.UNCERTAIN, Matter.REFUSED, Matter.NOT_TAKEN})
_SYNC = "`therapymail sync` sends it."


def _matter_of(entry: OutboxEntry, now: datetime) -> Matter | None:
    """What an outbox row asks of the therapist; None while its time has not come."""
    match entry.state:
        case OutboxState.UNCERTAIN:
            return Matter.UNCERTAIN
        case OutboxState.REFUSED:
            return Matter.REFUSED
        case OutboxState.FAILED:
            return Matter.NOT_TAKEN
        case OutboxState.HELD if _hold_is_over(entry, now):
            return Matter.SECOND_READING
        case OutboxState.RELEASED if entry.leaves_at < now - UNNOTICED:
            return Matter.WAITS
    return None


def _hold_is_over(entry: OutboxEntry, now: datetime) -> bool:
    return (entry.hold_ends or entry.leaves_at) <= now


# --- keys ----------------------------------------------------------------------------------------------


def _of_keys(facts: Facts) -> Iterator[Item]:
    for change in facts.key_changes:
        yield Item(Section.KEYS, Matter.KEY_CHANGE, change.code, since=change.since, number=int(change.blocks))
    for expiry in facts.expiries:
        code = "" if expiry.whose == OWN else expiry.whose
        yield Item(Section.KEYS, Matter.KEY_EXPIRY, code, at=expiry.expires, number=expiry.within)
