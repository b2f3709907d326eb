"""A practice with letters put on record directly, for what looks back on them: no key, no mail, a clock that is set."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from tests.support.practices import practice_in, short_directory
from therapymail.domain.arrangement import arrangement_of
from therapymail.domain.client import Client
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Filing, Reading
from therapymail.domain.seal import Protection, SealFacts
from therapymail.practice.practice import Practice
from therapymail.vault import clients, courses
from therapymail.vault.filing import file_letters

FIRST = datetime(2025, 1, 7, 10, 0, tzinfo=UTC)  # a Tuesday
NOW = datetime(2025, 3, 31, 9, 0, tzinfo=UTC)


@dataclass
class Shelf:
    """`now` is what the practice's clock shows."""

    now: datetime = NOW
    _practice: Practice | None = None
    _filed: int = 0
    _clients: int = 0

    @property
    def practice(self) -> Practice:
        """The practice, unlocked."""
        assert self._practice
        return self._practice

    def new_client(self) -> Client:
        """A client of one test's own; the clock shows FIRST plus 83 days again."""
        self.now = NOW
        self._clients += 1
        return self.client(f"HERON{self._clients}")

    def client(self, code: str, zone: str = "Europe/London", added: datetime = FIRST - timedelta(days=9)) -> Client:
        """A new client."""
        with self.practice.vault() as vault, vault.writing() as writer:
            address = f"{code.lower()}@clients.example"
            return clients.add_client(writer, code=code, name="Somebody", write_to=address, zone=zone, now=added)

    def file(
        self,
        client: Client,
        day: int,
        *stretches: str,
        out: bool = False,
        subject: str = "a subject",
        kind: Kind | None = None,
        standing: Standing = Standing.ACCEPTED,
        state: LetterState = LetterState.OPENED,
    ) -> bytes:
        """A mail `day` days after FIRST; of `stretches` those that begin with > are quoted. Its digest."""
        self._filed += 1
        digest = hashlib.sha256(f"on the shelf {self._filed}".encode()).digest()
        told = [(text.startswith(">"), f"{text}\n") for text in stretches]
        reading = Reading(
            subject,
            "".join(text for is_quoted, text in told if not is_quoted),
            "".join(text for is_quoted, text in told if is_quoted),
            language="en",
            arrangement=arrangement_of(told),
        )
        received = FIRST + timedelta(days=day, seconds=self._filed)
        filing = Filing(
            digest, client.identity, Direction.OUT if out else Direction.IN,
            kind or (Kind.RESPONSE if out else Kind.LETTER), standing, state, received, received,
            f"<{self._filed}@shelf.example>", (), client.write_to, SealFacts(Protection.SEALED),
            reading if state is LetterState.OPENED else None, b"as it came", 10,
        )  # fmt: skip
        with self.practice.vault() as vault, vault.writing() as writer:
            file_letters(writer, [filing], self.now)
            courses.bring_courses_up_to_date(writer)
        return digest

    def day(self, days: int) -> date:
        """The therapist's day so many days after FIRST."""
        return (FIRST + timedelta(days=days)).date()


@contextmanager
def a_shelf() -> Iterator[Shelf]:
    """An empty shelf."""
    shelf = Shelf()
    with short_directory() as directory, practice_in(directory, clock=lambda: shelf.now) as made:
        shelf._practice = replace(made, settings=replace(made.settings, zone="Europe/London"))
        yield shelf
