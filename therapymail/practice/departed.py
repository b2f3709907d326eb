"""What became of the letters that were to leave."""

from dataclasses import dataclass
from typing import Self

from therapymail.domain.outbox import Obstacle, OutboxEntry, OutboxState
from therapymail.errors import (
    FileUnusable,
    LoginRefused,
    SecretUnavailable,
    ServerSaidNo,
    TherapymailError,
    TlsRefused,
)


@dataclass(frozen=True)
class Departed:
    """What one departure did, each letter as it stands now; false where nothing became of any.

    `waiting` will be tried again by themselves. `trouble` is why the mail host could not be talked to.
    """

    sent: tuple[OutboxEntry, ...] = ()
    waiting: tuple[OutboxEntry, ...] = ()
    refused: tuple[OutboxEntry, ...] = ()
    failed: tuple[OutboxEntry, ...] = ()
    uncertain: tuple[OutboxEntry, ...] = ()
    trouble: TherapymailError | None = None

    @classmethod
    def of(cls, entries: tuple[OutboxEntry, ...], trouble: TherapymailError | None = None) -> Self:
        """`entries` by how they stand."""

        def those(state: OutboxState) -> tuple[OutboxEntry, ...]:
            return tuple(entry for entry in entries if entry.state is state)

        return cls(
            sent=those(OutboxState.SENT),
            waiting=those(OutboxState.RELEASED),
            refused=those(OutboxState.REFUSED),
            failed=those(OutboxState.FAILED),
            uncertain=those(OutboxState.UNCERTAIN),
            trouble=trouble,
        )

    @property
    def entries(self) -> tuple[OutboxEntry, ...]:
        """All of them."""
        return (*self.sent, *self.waiting, *self.refused, *self.failed, *self.uncertain)

    def __bool__(self) -> bool:
        return bool(self.entries)

    def and_then(self, later: "Departed") -> "Departed":
        """Both together, each letter as it stood last."""
        last = {entry.draft: entry for entry in (*self.entries, *later.entries)}
        return Departed.of(tuple(last.values()), later.trouble or self.trouble)


def obstacle_of(error: TherapymailError) -> Obstacle:
    """What stands in a letter's way when the mail host cannot be talked to."""
    match error:
        case TlsRefused() | FileUnusable():
            return Obstacle.NO_TRUST
        case LoginRefused():
            return Obstacle.LOGIN_REFUSED
        case SecretUnavailable():
            return Obstacle.NO_SECRET
        case ServerSaidNo():
            return Obstacle.BUSY
        case _:
            return Obstacle.UNREACHABLE
