"""A vault with letters in it, for the tests of words, index and search."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Enclosure, Filing, Reading
from therapymail.domain.seal import Protection, SealFacts
from therapymail.vault import filing, tags
from therapymail.vault.clients import add_client
from therapymail.vault.connection import Vault

NOW = datetime(2025, 3, 31, 9, tzinfo=UTC)
CODES = ("HERON", "LINDEN")


@dataclass(frozen=True)
class Sample:
    """One letter to be filed: `day` counts from 2025-01-01 at noon; without `text` it is one that cannot be opened."""

    text: str | None
    subject: str = ""
    quoted: str = ""
    client: str | None = "HERON"
    direction: Direction = Direction.IN
    kind: Kind = Kind.LETTER
    standing: Standing = Standing.ACCEPTED
    tags: tuple[str, ...] = ()
    language: str = ""
    day: float = 0
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def received(self) -> datetime:
        return datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=self.day)


def digest_of(at: int) -> bytes:
    """The digest of the sample at this index."""
    return hashlib.sha256(f"letter {at}".encode()).digest()


@contextmanager
def vault_of(samples: Sequence[Sample]) -> Iterator[Vault]:
    """A vault of its own that holds two clients and `samples`, digests as `digest_of` gives them."""
    with (
        tempfile.TemporaryDirectory(prefix="tm-") as directory,
        Vault.create(Path(directory) / "vault.db", bytes(32), NOW) as vault,
    ):
        with vault.writing(durable=False) as writer:
            identities = {
                code: add_client(
                    writer, code=code, name=code, write_to=f"{code}@a.example", zone="UTC", now=NOW
                ).identity
                for code in CODES
            }
            filings = [filing_of(at, sample, identities) for at, sample in enumerate(samples)]
            filing.file_letters(writer, filings, NOW)
            for at, sample in enumerate(samples):
                if sample.tags:
                    tags.tag(writer, digest_of(at), sample.tags, (), NOW)
        yield vault


def filing_of(at: int, sample: Sample, identities: dict[str, str]) -> Filing:
    """The sample at this index as it is filed, for clients by their codes."""
    reading = None
    if sample.text is not None:
        reading = Reading(sample.subject, sample.text, sample.quoted, "", sample.enclosures, sample.language)
    return Filing(
        digest=digest_of(at),
        client=identities[sample.client] if sample.client else None,
        direction=sample.direction,
        kind=sample.kind,
        standing=sample.standing,
        state=LetterState.OPENED if reading else LetterState.SEALED,
        received=sample.received,
        written=None,
        message_id=f"<{at}@a.example>",
        in_reply_to=(),
        author_address="heron@a.example",
        facts=SealFacts(Protection.SEALED),
        reading=reading,
        original=f"mail {at}".encode(),
        size=100,
    )
