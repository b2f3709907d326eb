"""The way out as far as the therapist decides it: send, release, take back, try again, and look."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from therapymail.config import Settings
from therapymail.domain.checklist import Answers
from therapymail.domain.client import Certificate, Client
from therapymail.domain.departure import Proof
from therapymail.domain.draft import Draft, DraftName
from therapymail.domain.holding import hold_ends
from therapymail.domain.names import LetterName
from therapymail.domain.outbox import Agreed, Move, OutboxEntry, OutboxState, Released, ReleasedHow
from therapymail.domain.sealing import Permit, Refusal
from therapymail.domain.sealing_text import not_sent
from therapymail.domain.wording import local_text
from therapymail.errors import DraftChanged, HoldNotOver, NotInOutbox, OutboxMoved, UnusableInput
from therapymail.pgp.colons import ListedKey
from therapymail.practice.policy import held_certificate, may_leave, own_key_now
from therapymail.practice.practice import Practice
from therapymail.vault import clients, drafts, letters, outbox, sent
from therapymail.vault.connection import Reader

LONGEST_WAIT = timedelta(days=366)
MAX_WHY_CHARACTERS = 500


@dataclass(frozen=True)
class SendRequest:
    """A draft on its way. By default it is held until the next morning and then waits for its second reading.

    `hold` sets another hold (none: `timedelta(0)`). `at_once`: no hold and no second reading; `at` (UTC): released,
    leaves then; only one of the three. `why` is journalled with a release. With `undo`, one sent at once waits the
    practice's undo seconds, in which it can be taken back. `as_read`, if given, is the draft as the therapist has
    it before them: another one is not sent.
    """

    draft: DraftName
    at_once: bool = False
    hold: timedelta | None = None
    at: datetime | None = None
    why: str = ""
    undo: bool = False
    as_read: Draft | None = None


@dataclass(frozen=True)
class Queued:
    """A draft in the outbox, and what today's policy says of it; it is asked again at departure."""

    entry: OutboxEntry
    permit: Permit


@dataclass(frozen=True)
class Outlook:
    """What the policy says of a draft today, with nothing queued: for screens (HAZARDS C1)."""

    client: Client
    certificate: Certificate | None
    decision: Permit | Refusal


@dataclass(frozen=True)
class LetterRead:
    """What the therapist had before them when they let a letter go: its row, and to whom it was to go then.

    `to` is None where it could not have left.
    """

    entry: OutboxEntry
    to: Agreed | None

    @classmethod
    def of(cls, entry: OutboxEntry, decision: Permit | Refusal) -> Self:
        """The reading of a letter in `entry` of which the policy said `decision`."""
        return cls(entry, _agreed(decision) if isinstance(decision, Permit) else None)


@dataclass(frozen=True)
class _Plan:
    """How a draft enters the outbox; `how` is journalled where it is released, and None where it is held."""

    leaves_at: datetime
    how: ReleasedHow | None


def outlook(practice: Practice, name: DraftName) -> Outlook:
    """Whether the draft could leave today, and to whom. Raises DraftUnknown, VaultLocked, GnupgMissing."""
    own = own_key_now(practice)
    with practice.vault() as vault, vault.reading() as reader:
        draft = drafts.draft(reader, name)
        client = clients.client_by_identity(reader, draft.client)
        return Outlook(client, held_certificate(reader, client), may_leave(practice, reader, draft, own))


def send(practice: Practice, asked: SendRequest) -> Queued:
    """Put a draft into the outbox, if it could leave today.

    Raises NotSent (it stays a draft), UnusableInput, DraftUnknown, DraftInOutbox, DraftChanged where it is not as
    it was read, VaultLocked.
    """
    now = practice.clock()
    plan = _plan(practice, asked, now)
    own = own_key_now(practice)
    with practice.vault() as vault, vault.writing() as writer:
        draft = drafts.draft(writer, asked.draft)
        if asked.as_read is not None and asked.as_read != draft:
            raise DraftChanged(str(asked.draft))
        permit = _permit(practice, writer, draft, own)
        entry = outbox.put(
            writer,
            asked.draft,
            state=OutboxState.RELEASED if plan.how else OutboxState.HELD,
            leaves_at=plan.leaves_at,
            hold_ends=None if plan.how else plan.leaves_at,
            agreed=_agreed(permit) if plan.how else None,
            released=Released(plan.how, _why(asked.why)) if plan.how else None,
            now=now,
        )
        return Queued(entry, permit)


def release(
    practice: Practice,
    name: DraftName,
    *,
    early: str | None = None,
    undo: bool = True,
    read: LetterRead | None = None,
    answers: Answers | None = None,
) -> OutboxEntry:
    """Let a held letter go, after its second reading: it may leave once the undo seconds are over.

    `answers` are those of its checklist, which are journalled.

    Before its hold is over `early` must say why, which is journalled. With `read` exactly the letter that was read
    goes, and to whom it was to go then. Raises HoldNotOver, OutboxMoved where it is not held or not as it was
    read, NotSent (it stays held), NotInOutbox, UnusableInput, VaultLocked.
    """
    now = practice.clock()
    own = own_key_now(practice)
    with practice.vault() as vault, vault.writing() as writer:
        entry = read.entry if read else outbox.entry(writer, name)
        if entry.state is not OutboxState.HELD:
            raise OutboxMoved(str(name))
        is_early = entry.hold_ends is not None and entry.hold_ends > now
        if is_early and early is None:
            raise HoldNotOver(str(name), local_text(entry.hold_ends or now, practice.settings.zone))
        permit = _permit(practice, writer, drafts.draft(writer, name), own)
        if read and read.to is not None and read.to != _agreed(permit):
            raise OutboxMoved(str(name))
        early_words = _why(early or "", needed=True) if is_early else ""
        released = outbox.move(
            writer,
            entry,
            Move.RELEASE,
            now,
            leaves_at=now + _undo(practice) if undo else now,
            agreed=_agreed(permit),
            released=Released(
                ReleasedHow.EARLY if is_early else ReleasedHow.SECOND_READING, early_words, answers=answers or {}
            ),
        )
        return _there(released, name)


def cancel(practice: Practice, name: DraftName) -> Draft:
    """Take a letter out of the outbox: it is a draft again. Wins until its departure begins.

    Raises OutboxMoved when it is too late, NotInOutbox, VaultLocked.
    """
    with practice.vault() as vault, vault.writing() as writer:
        outbox.move(writer, outbox.entry(writer, name), Move.CANCEL, practice.clock())
        return drafts.draft(writer, name)


def retry(practice: Practice, name: DraftName, *, undo: bool = False) -> OutboxEntry:
    """Let a refused, failed or waiting letter leave now, to whom today's record names.

    With `undo` it waits the practice's undo seconds, in which it can be taken back: it may be to another address, or
    sealed to another key, than it was released for.

    Raises NotSent where it still may not, OutboxMoved where there is nothing to try again, NotInOutbox, VaultLocked.
    """
    now = practice.clock()
    own = own_key_now(practice)
    with practice.vault() as vault, vault.writing() as writer:
        entry = outbox.entry(writer, name)
        permit = _permit(practice, writer, drafts.draft(writer, name), own)
        leaves_at = now + _undo(practice) if undo else now
        moved = outbox.move(writer, entry, Move.RETRY, now, leaves_at=leaves_at, agreed=_agreed(permit), attempts=0)
        return _there(moved, name)


def show(practice: Practice, name: DraftName) -> OutboxEntry:
    """Where a draft is in the outbox. Raises NotInOutbox, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return outbox.entry(reader, name)


def list_outbox(practice: Practice, sent_since: datetime | None = None) -> tuple[OutboxEntry, ...]:
    """What waits in the outbox, and what was sent since `sent_since` where that is given. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return tuple(outbox.entries(reader, sent_since=sent_since))


def proof_of(practice: Practice, name: LetterName) -> Proof | None:
    """The proof before send of a letter that left from here; None for any other. Raises LetterUnknown, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return sent.proof_of(reader, letters.letter(reader, name).digest)


def _plan(practice: Practice, asked: SendRequest, now: datetime) -> _Plan:
    if sum((asked.at_once, asked.hold is not None, asked.at is not None)) > 1:
        raise UnusableInput("send", "only one of --at-once, --hold and --at")
    if asked.at_once:
        return _Plan(now + _undo(practice) if asked.undo else now, ReleasedHow.AT_ONCE)
    if asked.at is not None:
        if asked.at <= now:
            raise UnusableInput("--at", "that time is past; --at-once sends it now")
        _refuse_far(asked.at - now, "--at")
        return _Plan(asked.at, ReleasedHow.AT_TIME)
    if asked.hold is None:
        return _Plan(default_hold_ends(practice.settings, now), None)
    if asked.hold < timedelta(0):
        raise UnusableInput("--hold", "it cannot be less than nothing")
    _refuse_far(asked.hold, "--hold")
    return _Plan(now + asked.hold, None)


def default_hold_ends(settings: Settings, now: datetime) -> datetime:
    """When a hold that begins `now` is over by the practice's settings."""
    return hold_ends(now, settings.hold_hours, settings.hold_until, settings.zone)


def _refuse_far(wait: timedelta, what: str) -> None:
    if wait > LONGEST_WAIT:
        raise UnusableInput(what, "a letter waits for a year at most")


def _permit(practice: Practice, reader: Reader, draft: Draft, own: ListedKey | None) -> Permit:
    """The permit for `draft` today. Raises NotSent."""
    decision = may_leave(practice, reader, draft, own)
    if isinstance(decision, Refusal):
        raise not_sent(str(draft.name), draft.code, decision.hindrances)
    return decision


def _agreed(permit: Permit) -> Agreed:
    return Agreed(permit.address, permit.client_fingerprint)


def _undo(practice: Practice) -> timedelta:
    return timedelta(seconds=practice.settings.undo_seconds)


def _why(text: str, *, needed: bool = False) -> str:
    words = " ".join(text.split())
    if len(words) > MAX_WHY_CHARACTERS or (needed and not words):
        raise UnusableInput("why", f"say in 1 to {MAX_WHY_CHARACTERS} characters why it leaves before its hold is over")
    return words


def _there(entry: OutboxEntry | None, name: DraftName) -> OutboxEntry:
    if entry is None:
        raise NotInOutbox(str(name))
    return entry
