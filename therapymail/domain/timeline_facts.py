"""Everything the record says that the timeline of one client is made of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import NamedTuple

from therapymail.domain.agreement import Agreement
from therapymail.domain.course import Balance
from therapymail.domain.exchange import Exchange
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.lanes import Happened
from therapymail.domain.letter import Letter
from therapymail.domain.seal import Pin, SealFacts, facts_from_json
from therapymail.domain.statuses import StatusChange


class TimelineLetter(NamedTuple):
    """What a timeline asks of a `Letter`, under the same names; `name` as it is said.

    `stored_facts` are those of its seal as JSON (see `facts_as_json`): of most letters nobody asks for them, and to
    read and hold them all would be a good part of what a timeline takes.
    """

    name: str
    digest: bytes
    direction: Direction
    kind: Kind
    standing: Standing
    state: LetterState
    received: datetime
    words: int
    tags: tuple[str, ...]
    order: int
    stored_facts: str

    @property
    def facts(self) -> SealFacts:
        """What was found when it was opened; read anew each time. Raises as `facts_from_json`."""
        return facts_from_json(json.loads(self.stored_facts))


ToldLetter = Letter | TimelineLetter


@dataclass(frozen=True)
class TimelineFacts:
    """What is known of the work with the client with the code `code`, whose days are those of `zone`.

    `letters` are all of one client's mails in any order; only accepted ones count. By a mail's digest: `feelings` that
    it names in cues, their words by family; `passages`, the tags of its passages, one each time; `exchange_tags`, the
    tags that its exchange bears by it; `failed`, of a delivery report, the mail it is about. `pins` are the client's.
    `waiting` are the numbers of exchanges that are owed a response (None: all open ones). `missed` are agreed days
    without a letter. `family_of` says of feelings their families. `happened` is what else there is to mark:
    milestones, notes, re-reads, incidents. `balance` is how far the block has come.
    """

    code: str
    zone: tzinfo
    letters: Sequence[ToldLetter] = ()
    exchanges: Sequence[Exchange] = ()
    waiting: frozenset[int] | None = None
    missed: Sequence[date] = ()
    after_closing: frozenset[bytes] = frozenset()
    agreements: Sequence[Agreement] = ()
    balance: Balance | None = None
    statuses: Sequence[StatusChange] = ()
    pins: tuple[Pin, ...] = ()
    feelings: Mapping[bytes, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    family_of: Mapping[str, str] = field(default_factory=dict)
    passages: Mapping[bytes, Sequence[str]] = field(default_factory=dict)
    exchange_tags: Mapping[bytes, Sequence[str]] = field(default_factory=dict)
    failed: Mapping[bytes, bytes] = field(default_factory=dict)
    happened: Sequence[Happened] = ()

    @cached_property
    def names(self) -> Mapping[bytes, str]:
        """By digest, what a person calls each mail."""
        return {each.digest: str(each.name) if each.name else each.digest.hex() for each in self.letters}

    @cached_property
    def exchange_numbers(self) -> Mapping[bytes, int]:
        """By digest, the number of the exchange that a mail is in."""
        return {digest: each.number for each in self.exchanges for digest in (*each.letters, *each.responses)}
