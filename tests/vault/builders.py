"""Values to fill a vault with: clients, keys and filings, each told apart by a number."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from therapymail.domain.client import Certificate, Client
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Enclosure, Filing, Place, Reading
from therapymail.domain.seal import OpeningFailure, Protection, SealFacts, SignatureFact, SignatureFinding
from therapymail.vault import clients
from therapymail.vault.connection import Vault, Writer

FIRST_DAY = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def digest_of(number: int) -> bytes:
    return hashlib.sha256(f"letter {number}".encode()).digest()


def fingerprint_of(number: int) -> str:
    return hashlib.sha1(f"key {number}".encode()).hexdigest().upper()


def reading(number: int, text: str = "") -> Reading:
    """A reading of a letter that answers below what it quotes."""
    text = text or f"This is letter number {number}, about the garden and what grew there."
    quoted = "What you wrote last time."
    return Reading(
        subject=f"Week {number}",
        text=text,
        quoted=quoted,
        unsealed_text="",
        enclosures=(Enclosure("plan.pdf", "application/pdf", 2048),) if number % 3 == 0 else (),
        language="en",
        arrangement=(0, len(quoted), len(text)),
    )


def filing(number: int, client: Client | None, **changes: Any) -> Filing:
    """A mail from `client` that was sealed, signed and opened; `changes` are fields of Filing."""
    received = FIRST_DAY + timedelta(hours=7 * number)
    made = Filing(
        digest=digest_of(number),
        client=client.identity if client else None,
        direction=Direction.IN,
        kind=Kind.LETTER,
        standing=Standing.ACCEPTED if client else Standing.SET_ASIDE,
        state=LetterState.OPENED,
        received=received,
        written=received - timedelta(minutes=3),
        message_id=f"<{number}@mail.example>",
        in_reply_to=(f"<{number - 1}@mail.example>",) if number else (),
        author_address=client.write_to if client else "someone@else.example",
        facts=SealFacts(
            Protection.SEALED,
            (SignatureFact(SignatureFinding.GOOD, fingerprint_of(1), received, None, 8),),
            ("0123456789ABCDEF", "FEDCBA9876543210"),
            fingerprint_of(0),
        ),
        reading=reading(number),
        original=f"the mail {number} as it came".encode() * 20,
        size=500,
        places=(Place("therapist@mail.example", "INBOX", 7, 100 + number),),
    )
    return replace(made, **changes)


def unopened(number: int, client: Client | None, **changes: Any) -> Filing:
    """The same mail while its key is missing."""
    facts = SealFacts(Protection.FAILED, sealed_to=("0123456789ABCDEF",), failure=OpeningFailure.NO_KEY)
    made = filing(number, client, state=LetterState.SEALED, standing=Standing.PROPOSED, facts=facts, reading=None)
    return replace(made, **changes)


def certificate(number: int) -> Certificate:
    return Certificate(
        fingerprint=fingerprint_of(number),
        material=f"public key {number}".encode() * 10,
        uids=(f"Key {number} <key{number}@clients.example>",),
        created=FIRST_DAY,
        expires=FIRST_DAY + timedelta(days=1000) if number % 2 else None,
        can_encrypt=True,
        client=None,
    )


def add_heron(writer: Writer, *, now: datetime = NOW) -> Client:
    return clients.add_client(
        writer,
        code="HERON",
        name="Hanna Example",
        write_to="hanna@clients.example",
        writes_from=("h.example@work.example",),
        zone="Europe/Berlin",
        now=now,
    )


def add_wren(writer: Writer, *, now: datetime = NOW) -> Client:
    return clients.add_client(
        writer, code="WREN", name="William Sample", write_to="will@clients.example", zone="Europe/London", now=now
    )


def heron(vault: Vault) -> Client:
    with vault.writing() as writer:
        return add_heron(writer)
