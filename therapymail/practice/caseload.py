"""The caseload at a glance: every client with how many letters there are and how many wait to be accepted."""

from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.client import Client
from therapymail.domain.kinds import Standing
from therapymail.domain.outbox import OutboxEntry
from therapymail.practice.practice import Practice
from therapymail.vault import clients, drafts, journal, letters, outbox


@dataclass(frozen=True)
class ClientAtAGlance:
    """A client, how many accepted letters both ways are on their record, and how many are proposed."""

    client: Client
    letters: int
    proposed: int


@dataclass(frozen=True)
class Caseload:
    """Every client by code, and how many letters are set aside: attached to nobody."""

    clients: tuple[ClientAtAGlance, ...]
    set_aside: int

    @property
    def letters(self) -> int:
        """How many letters there are: accepted, proposed and set aside."""
        return sum(each.letters + each.proposed for each in self.clients) + self.set_aside


@dataclass(frozen=True)
class Glance:
    """What a glance at the record shows: when anything was last noted on it, the drafts there are, and the outbox."""

    last_change: datetime | None
    drafts: int
    entries: tuple[OutboxEntry, ...]


def glance(practice: Practice) -> Glance:
    """How the record stands now, by whatever process. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return Glance(journal.latest_time(reader), drafts.count(reader), tuple(outbox.entries(reader)))


def caseload(practice: Practice) -> Caseload:
    """The caseload as the record has it now. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        counts = letters.standing_counts(reader)
        everybody = tuple(
            ClientAtAGlance(
                client,
                counts.get((client.identity, Standing.ACCEPTED), 0),
                counts.get((client.identity, Standing.PROPOSED), 0),
            )
            for client in clients.clients(reader)
        )
    return Caseload(everybody, counts.get((None, Standing.SET_ASIDE), 0))
