"""Looking back: the timeline of one client."""

from zoneinfo import ZoneInfo

from therapymail.domain.kinds import Standing
from therapymail.domain.letter import Letter
from therapymail.domain.listing import ListFilter
from therapymail.domain.timeline import Step, Timeline, timeline_of
from therapymail.domain.timeline_facts import TimelineFacts
from therapymail.practice.practice import Practice
from therapymail.vault import clients, letters
from therapymail.vault.connection import Reader

_PAGE = 1000


def client_timeline(practice: Practice, code: str, step: Step | None = None) -> Timeline:
    """The accepted letters of a client, both ways, up to today, in the client's own days.

    Raises ClientUnknown, UnusableInput, VaultLocked.
    """
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        found = _all_accepted(reader, client.identity)
    return timeline_of(TimelineFacts(client.code, ZoneInfo(client.zone), found), now=practice.clock(), step=step)


def _all_accepted(reader: Reader, identity: str) -> list[Letter]:
    found: list[Letter] = []
    before: int | None = None
    while page := letters.list_letters(
        reader, ListFilter(client=identity, standing=Standing.ACCEPTED, limit=_PAGE, before=before)
    ):
        found += page
        before = page[-1].order
    return found
