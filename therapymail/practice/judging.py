"""Letters with the verdict that today's pins give on the facts that were filed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from therapymail.domain.client import Client
from therapymail.domain.kinds import Direction
from therapymail.domain.letter import Enclosure, Letter
from therapymail.domain.names import LetterName
from therapymail.domain.seal import Pin, Protection, SealFacts, Verdict, verdict_of
from therapymail.practice.practice import Practice
from therapymail.vault import clients, letters
from therapymail.vault.connection import Reader
from therapymail.vault.exchanges import InCourse, in_course
from therapymail.vault.own_keys import own_pins


def judge_enclosure(enclosure: Enclosure, pins: tuple[Pin, ...], received: datetime) -> Verdict | None:
    """What a file's own detached signature proves today, None without one: of the file alone (PGP.md A6)."""
    if not enclosure.signatures:
        return None
    return verdict_of(SealFacts(Protection.NO, enclosure.signatures), pins, received)


@dataclass(frozen=True)
class JudgedLetter:
    """A letter as lists show it, with today's verdict, and where `placed` put it in the work with the client.

    `exchange` is the number of its exchange, `after_closing` that it came when the work was closed; `failed` is, of a
    delivery report, the mail of ours that it is about.
    """

    letter: Letter
    verdict: Verdict
    exchange: int | None = None
    after_closing: bool = False
    failed: LetterName | None = None


def placed(reader: Reader, judged: Sequence[JudgedLetter]) -> tuple[JudgedLetter, ...]:
    """Each of `judged` with its exchange."""
    found = in_course(reader, [each.letter for each in judged])
    named = letters.names_of(reader, [each.failed for each in found.values() if each.failed is not None])
    nowhere = InCourse()
    return tuple(
        replace(
            each,
            exchange=here.exchange,
            after_closing=here.after_closing,
            failed=named.get(here.failed or b"", (None,))[0],
        )
        if (here := found.get(each.letter.digest, nowhere)) is not nowhere
        else each
        for each in judged
    )


@dataclass(frozen=True)
class Judge:
    """Today's pins: the own ones for what the therapist wrote, a client's for what that client wrote."""

    own_pins: tuple[Pin, ...]
    clients: dict[str, Client]

    @classmethod
    def of(cls, practice: Practice, reader: Reader) -> "Judge":
        """The judge of this practice, by the pins that `reader` finds."""
        everybody = {client.identity: client for client in clients.clients(reader)}
        return cls(own_pins(reader, practice.settings.own_key), everybody)

    def client_of(self, letter: Letter) -> Client | None:
        """The client whose letter it is, or who was written to; None where it is nobody's."""
        return self.clients.get(letter.client) if letter.client else None

    def judged(self, letter: Letter) -> JudgedLetter:
        """`letter` with the verdict on it."""
        return JudgedLetter(letter, verdict_of(letter.facts, self._pins(letter), letter.received))

    def all_judged(self, letters: Iterable[Letter]) -> tuple[JudgedLetter, ...]:
        """Each of `letters` with the verdict on it."""
        return tuple(self.judged(letter) for letter in letters)

    def files(self, letter: Letter, enclosures: Iterable[Enclosure]) -> tuple[Verdict | None, ...]:
        """What each file's own detached signature proves, None without one (PGP.md A6)."""
        pins = self._pins(letter)
        return tuple(judge_enclosure(each, pins, letter.received) for each in enclosures)

    def _pins(self, letter: Letter) -> tuple[Pin, ...]:
        if letter.direction is Direction.OUT:
            return self.own_pins
        client = self.client_of(letter)
        return client.pins if client else ()
