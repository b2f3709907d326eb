"""Everything the record says that the timeline of one client is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import NamedTuple

from therapymail.domain.agreement import Agreement
from therapymail.domain.course import Balance
from therapymail.domain.exchange import Exchange
from therapymail.domain.lanes import Happened
from therapymail.domain.letter import Letter
from therapymail.domain.statuses import StatusChange


class FeelingsSaid(NamedTuple):
    """The feelings of one family that one letter names in its cues: the words, each once, in their order."""

    family: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class TimelineFacts:
    """What is known of the work with the client with the code `code`, whose days are those of `zone`.

    `letters` are all of one client's mails in any order; only accepted ones count. `feelings`, and `passages` (the tags
    of passages, one each time), are by a letter's digest; `exchange_tags` by the digest of the exchange's first
    letter. `missed` are agreed days without a letter. `happened` is what else there is to mark: milestones, notes,
    re-reads, incidents. `balance` is how far the block has come.
    """

    code: str
    zone: tzinfo
    letters: Sequence[Letter] = ()
    exchanges: Sequence[Exchange] = ()
    missed: Sequence[date] = ()
    after_closing: frozenset[bytes] = frozenset()
    agreements: Sequence[Agreement] = ()
    balance: Balance | None = None
    statuses: Sequence[StatusChange] = ()
    feelings: Mapping[bytes, Sequence[FeelingsSaid]] = field(default_factory=dict)
    passages: Mapping[bytes, Sequence[str]] = field(default_factory=dict)
    exchange_tags: Mapping[bytes, Sequence[str]] = field(default_factory=dict)
    happened: Sequence[Happened] = ()
