"""The clients as one walks through them: where the work stands, what is due next, and what waits to be read."""

from dataclasses import dataclass

from therapymail.domain.client import Client
from therapymail.domain.clocks import DueDate, clock_of, due_dates
from therapymail.domain.course import Balance
from therapymail.domain.kinds import Standing
from therapymail.domain.statuses import OVER
from therapymail.practice.practice import Practice
from therapymail.vault import clients, exchanges, letters, rereads


@dataclass(frozen=True)
class ClientRow:
    """One client: accepted letters both ways, mail that is proposed, accepted letters nobody has read yet.

    `owed` are the responses that the therapist owes, `due` the earliest moment something is due, None where nothing
    is; `balance` what is left of the block, None where nothing is agreed or the work is over.
    """

    client: Client
    letters: int
    proposed: int
    unread: int
    owed: int
    due: DueDate | None
    balance: Balance | None

    @property
    def is_over(self) -> bool:
        """Whether the work has ended."""
        return self.client.status in OVER


def client_rows(practice: Practice) -> tuple[ClientRow, ...]:
    """Every client: those one works with first, by code. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        counts, unread = letters.standing_counts(reader), rereads.unread_counts(reader)
        standings = exchanges.standings(reader, practice.clock())
        found = []
        for client in clients.clients(reader):
            clock = clock_of(client, standings[client.identity], {}, ())
            found.append(
                ClientRow(
                    client=client,
                    letters=counts.get((client.identity, Standing.ACCEPTED), 0),
                    proposed=counts.get((client.identity, Standing.PROPOSED), 0),
                    unread=unread.get(client.identity, 0),
                    owed=len(clock.owed),
                    due=next(iter(due_dates((clock,))), None),
                    balance=clock.balance,
                )
            )
    return tuple(sorted(found, key=lambda row: (row.is_over, row.client.code)))
