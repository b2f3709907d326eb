"""How the work with one client stands: the block, the clocks, and the boundary meter over the last weeks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from therapymail.domain.agreement import Agreement
from therapymail.domain.boundary_meter import BoundaryMeter, ExchangeFacts, boundary_meter
from therapymail.domain.client import Client
from therapymail.domain.course import Course, CourseStanding, standing_of
from therapymail.domain.kinds import Standing
from therapymail.domain.letter import Letter
from therapymail.domain.listing import ListFilter
from therapymail.practice.practice import Practice
from therapymail.vault import clients, letters
from therapymail.vault.agreements import agreements_with
from therapymail.vault.connection import Reader
from therapymail.vault.exchanges import course_of
from therapymail.vault.statuses import statuses_of

METERED = timedelta(weeks=12)
_PAGE = 500


@dataclass(frozen=True)
class WorkWith:
    """The work with a client at `now` (UTC): how it stands, and what was counted of the last twelve weeks."""

    client: Client
    standing: CourseStanding
    meter: BoundaryMeter
    own_zone: str
    now: datetime


def work_with(practice: Practice, code: str) -> WorkWith:
    """How the work with a client stands now. Raises ClientUnknown, UnusableInput, VaultLocked."""
    now, own_zone = practice.clock(), practice.settings.zone
    since = now - METERED
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        agreements = agreements_with(reader, client.identity)
        course = course_of(reader, client.identity)
        meter = boundary_meter(
            _letters_since(reader, client.identity, since),
            _metered(reader, course, agreements, since),
            agreements,
            client_zone=client.zone,
            own_zone=own_zone,
            since=since,
        )
        standing = standing_of(course, agreements, statuses_of(reader, client.identity), now)
    return WorkWith(client, standing, meter, own_zone, now)


def _letters_since(reader: Reader, identity: str, since: datetime) -> list[Letter]:
    """The client's accepted mails, both ways, received since then."""
    found: list[Letter] = []
    before: int | None = None
    while page := letters.list_letters(
        reader, ListFilter(client=identity, standing=Standing.ACCEPTED, limit=_PAGE, before=before)
    ):
        found += [letter for letter in page if letter.received >= since]
        if page[-1].received < since:
            break
        before = page[-1].order
    return found


def _metered(reader: Reader, course: Course, agreements: list[Agreement], since: datetime) -> tuple[ExchangeFacts, ...]:
    limits = {each.version: each.terms.word_limit for each in agreements}
    recent = [each for each in course.exchanges if each.opened >= since]
    names = letters.names_of(reader, [digest for each in recent for digest in each.letters])
    return tuple(
        ExchangeFacts(
            number=each.number,
            opened=each.opened,
            words=each.words,
            letters=tuple(str(names[digest][0]) for digest in each.letters if digest in names),
            limit=limits.get(each.agreement) if each.agreement is not None else None,
            over_length=each.over_length,
        )
        for each in recent
    )
