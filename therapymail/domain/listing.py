"""Which letters a list shows."""

from dataclasses import dataclass

from therapymail.domain.kinds import Direction, Kind, LetterState, Standing


@dataclass(frozen=True)
class ListFilter:
    """Letters that meet every condition given, newest first; None leaves a condition out.

    `client` is a client's identity; `before` is the `Letter.order` of the last letter of the page before.
    """

    client: str | None = None
    kind: Kind | None = None
    direction: Direction | None = None
    standing: Standing | None = None
    state: LetterState | None = None
    tag: str | None = None
    limit: int = 50
    before: int | None = None
