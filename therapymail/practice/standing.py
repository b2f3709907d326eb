"""Where the work with a client stands: paused, taken up again, its ending announced, closed (PRODUCT F38)."""

from dataclasses import dataclass
from datetime import datetime, time

from therapymail.domain.client import ClientStatus
from therapymail.domain.local_days import end_of_day, moment_of
from therapymail.domain.statuses import OVER, Ending
from therapymail.domain.typed_day import typed_day
from therapymail.errors import UnusableInput
from therapymail.practice.introduce import ClientOverview, show_client
from therapymail.practice.practice import Practice
from therapymail.vault import clients
from therapymail.vault.connection import Reader
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.statuses import set_status, statuses_of

_MAY_END = OVER | {ClientStatus.CLOSING}


@dataclass(frozen=True)
class StandingChange:
    """What is said of the work with the client `code`: its status, how it ends, and since which day (None: now).

    `on` is a day of the therapist's calendar, like 2025-03-27: a pause and its end begin with it, a closing comes at
    its end.
    """

    code: str
    status: ClientStatus
    ending: Ending | None = None
    on: str | None = None


def say_standing(practice: Practice, change: StandingChange) -> ClientOverview:
    """Say where the work with a client stands; clocks and exchanges follow it.

    A closing keeps the ending that was announced, where it names none; one by referral makes them `referred`.
    Raises ClientUnknown, UnusableInput, VaultLocked.
    """
    if change.ending is not None and change.status not in _MAY_END:
        raise UnusableInput("ending", "only work that is closing or closed ends")
    now = practice.clock()
    since = None if change.on is None else _moment(change.on, practice.settings.zone, change.status, now)
    with practice.vault() as vault, vault.writing() as writer:
        identity = clients.client_by_code(writer, change.code).identity
        ending = change.ending or (_announced(writer, identity) if change.status in OVER else None)
        is_referral = change.status is ClientStatus.CLOSED and ending is Ending.REFERRED
        status = ClientStatus.REFERRED if is_referral else change.status
        set_status(writer, identity, status, now, since=since, ending=ending)
        bring_courses_up_to_date(writer)
    return show_client(practice, change.code)


def _announced(reader: Reader, identity: str) -> Ending | None:
    said = statuses_of(reader, identity)
    return said[-1].ending if said and said[-1].status is ClientStatus.CLOSING else None


def _moment(written: str, zone: str, status: ClientStatus, now: datetime) -> datetime:
    day = typed_day(written)
    begins = moment_of(day, time(), zone)
    if begins > now:
        raise UnusableInput("date", "what will be is said when it is so")
    return min(now, end_of_day(day, zone)) if status in OVER else begins
