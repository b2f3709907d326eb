"""What opening a letter here means: the first time it is read, and later, once a day, that it is read again (F15).

`read`, the room's reader and the letterbook call `note_opened` for letters whose whole text they showed to a person.
Lists, searches, `--json`, exports and what is piped record nothing: nobody can know who read it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Letter
from therapymail.domain.local_days import local_day
from therapymail.domain.milestone import MilestoneKind
from therapymail.practice.look_back import letters_with
from therapymail.practice.practice import Practice
from therapymail.vault import clients, milestones, rereads
from therapymail.vault.connection import Reader
from therapymail.vault.exchanges import course_of
from therapymail.vault.letters import letter_by_digest

OLD = timedelta(days=7)  # a letter received longer ago is a past one (F15)
_CORRESPONDENCE = frozenset({Kind.LETTER, Kind.RESPONSE})


def note_opened(practice: Practice, digests: Iterable[bytes]) -> None:
    """Record that these letters were shown whole: a client's as read, a past one as read again, once a day.

    A past letter that was never read here is read, not read again. One that was not opened, or counts as nobody's, is
    passed over. Raises LetterUnknown, VaultLocked.
    """
    now, zone = practice.clock(), practice.settings.zone
    today = local_day(now, zone)
    with practice.vault() as vault:
        with vault.reading() as reader:
            news = [_news(reader, digest, now, zone) for digest in digests]
        if not any(each.is_first or each.is_again for each in news):
            return
        with vault.writing() as writer:
            for each in news:
                if each.is_first:
                    rereads.note_read(writer, each.digest, now)
                if each.is_again:
                    rereads.note_reread(writer, each.digest, today, now)


@dataclass(frozen=True)
class _News:
    """What opening a letter now would add to the record."""

    digest: bytes
    is_first: bool = False
    is_again: bool = False


def _news(reader: Reader, digest: bytes, now: datetime, zone: str) -> _News:
    letter = letter_by_digest(reader, digest)
    if letter.state is not LetterState.OPENED or letter.client is None:
        return _News(digest)
    first_read, today = rereads.first_read(reader, digest), local_day(now, zone)
    return _News(
        digest,
        is_first=letter.direction is Direction.IN and first_read is None,
        is_again=(
            _is_past(letter, now)
            and not rereads.is_unread(reader, digest)
            and (first_read is None or local_day(first_read, zone) < today)
            and today not in rereads.rereads_of(reader, digest)
        ),
    )


def _is_past(letter: Letter, now: datetime) -> bool:
    return letter.standing is Standing.ACCEPTED and now - letter.received > OLD


# --- not read again ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NotReread:
    """The past letters and responses with the client `code` that were not read again from `since` on, oldest first.

    `since` is the therapist's day, None for ever; `review` says of which review it is, if of one. `rereads` has by
    digest the days on which one of them was read again before; `past` counts all that could have been.
    """

    code: str
    today: date
    since: date | None
    review: str
    letters: tuple[Letter, ...]
    rereads: dict[bytes, tuple[date, ...]]
    past: int


def not_reread(practice: Practice, code: str, since: date | None = None) -> NotReread:
    """What is still to be read again before a review (DOMAIN, queries). Nothing is recorded by it.

    `since` is a day of the therapist's; without it, that of the last review, and without one any day.
    Raises ClientUnknown, UnusableInput, VaultLocked.
    """
    now, zone = practice.clock(), practice.settings.zone
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        review = ""
        if since is None:
            since, review = _last_review(reader, client.identity, now, zone)
        again = rereads.rereads_of_client(reader, client.identity)
        past = [
            letter
            for letter in letters_with(reader, client.identity)
            if letter.kind in _CORRESPONDENCE and letter.state is LetterState.OPENED and _is_past(letter, now)
        ][::-1]
    missing = tuple(each for each in past if not any(_is_since(day, since) for day in again.get(each.digest, ())))
    return NotReread(
        code=client.code,
        today=local_day(now, zone),
        since=since,
        review=review,
        letters=missing,
        rereads={each.digest: again[each.digest] for each in missing if each.digest in again},
        past=len(past),
    )


def _is_since(day: date, since: date | None) -> bool:
    return since is None or day >= since


def _last_review(reader: Reader, client: str, now: datetime, zone: str) -> tuple[date | None, str]:
    """The day of the last review, and what it was: a milestone, or the response in an exchange agreed for one."""
    today = local_day(now, zone)
    found = [
        (each.day, f"milestone {each.name}")
        for each in milestones.milestones(reader, client)
        if each.kind is MilestoneKind.REVIEW and each.day <= today
    ]
    found += [
        (local_day(each.answered, zone), f"exchange {each.number}")
        for each in course_of(reader, client).exchanges
        if each.is_review and each.answered is not None and each.answered <= now
    ]
    return max(found, default=(None, ""))
