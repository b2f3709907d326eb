"""Letters that are opened already, filed straight into a vault: what searches need, without a single gpg."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from bench.words import SUBJECTS, prose
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Enclosure, Filing, Place, Reading
from therapymail.domain.seal import Protection, SealFacts, SignatureFact, SignatureFinding

RARE_EVERY = 10_000  # one letter in so many holds RARE_WORD
RARE_WORD = "candlewick"
SELDOM_EVERY = 100
SELDOM_WORD = "needlework"
# Each stands in half of all letters, and never both in one: the dearest way to find nothing.
EVEN_WORD, ODD_WORD = "sunrisen", "moonsetting"
ENCLOSURE_EVERY = 25
CUES = ("[sighs]", "[tearful]", "[takes a deep breath]", "[worried]")
CUE_EVERY = 8  # one letter in so many shows one of them
BEGINNING = datetime(2016, 1, 4, 8, tzinfo=UTC)
YEARS = 8
SENDER = "A" * 40
_DRAWING = (Enclosure("drawing.png", "image/png", 20_000),)


@dataclass(frozen=True)
class PlainPlan:
    """How many letters, how long (words, from and to), and how many bytes of an original each keeps."""

    letters: int
    seed: int = 1
    shortest: int = 150
    longest: int = 900
    original_bytes: int = 4096


def filings(plan: PlainPlan, clients: Sequence[str], addresses: Sequence[str]) -> Iterator[Filing]:
    """The letters in order of receipt, evenly over eight years, one in ten to or from the first client."""
    rng = random.Random(f"plain:{plan.seed}")
    step = timedelta(days=365 * YEARS) / max(1, plan.letters)
    for number in range(plan.letters):
        which = 0 if number % 10 == 0 else rng.randrange(len(clients))
        outgoing = rng.random() < 0.45
        received = BEGINNING + step * number
        text = prose(rng, rng.randint(plan.shortest, plan.longest), _planted(number))
        yield Filing(
            digest=sha256(f"{plan.seed}:{number}".encode()).digest(),
            client=clients[which],
            direction=Direction.OUT if outgoing else Direction.IN,
            kind=Kind.RESPONSE if outgoing else Kind.LETTER,
            standing=Standing.ACCEPTED,
            state=LetterState.OPENED,
            received=received,
            written=received - timedelta(minutes=2),
            message_id=f"<{number}.{plan.seed}@practice.test>",
            in_reply_to=(),
            author_address=addresses[which],
            facts=_facts(received),
            reading=Reading(
                subject=rng.choice(SUBJECTS),
                text=text,
                enclosures=_DRAWING if number % ENCLOSURE_EVERY == 0 else (),
                language="en",
            ),
            original=rng.randbytes(plan.original_bytes),
            size=plan.original_bytes,
            places=(Place("imap", "INBOX", 1, number + 1),),
        )


def _planted(number: int) -> list[str]:
    planted = [EVEN_WORD if number % 2 == 0 else ODD_WORD]
    planted += [RARE_WORD] if number % RARE_EVERY == 0 else []
    planted += [SELDOM_WORD] if number % SELDOM_EVERY == 0 else []
    return planted + ([CUES[number // CUE_EVERY % len(CUES)]] if number % CUE_EVERY == 0 else [])


def _facts(received: datetime) -> SealFacts:
    signature = SignatureFact(SignatureFinding.GOOD, SENDER, received, None, 10)
    return SealFacts(Protection.SEALED, (signature,), ("0123456789ABCDEF",), "B" * 40)
