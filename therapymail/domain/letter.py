"""A letter: one mail as a person reads it, before filing, as filed, and as listed."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from therapymail.domain.arrangement import Arrangement, Piece, fits, pieces_of
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.names import LetterName
from therapymail.domain.seal import SealFacts, SignatureFact

if TYPE_CHECKING:
    from therapymail.domain.autocrypt_peer import AutocryptOffer
    from therapymail.domain.found_key import FoundKey  # searching, which needs letters, is spared it


class Place(NamedTuple):
    """Where a copy of a letter lies on the mail host (RFC 9051: unique by folder, UIDVALIDITY and UID)."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


class Enclosure(NamedTuple):
    """An attachment as it is listed; `size` in bytes, `media_type` as declared. The bytes stay in the original.

    `outside` where it stands beside the sealed text and no seal or signature of the letter covers it; `signatures`
    are those of a detached signature of its own (PGP.md A6).
    """

    name: str
    media_type: str
    size: int
    outside: bool = False
    signatures: tuple[SignatureFact, ...] = ()


@dataclass(frozen=True)
class Reading:
    r"""What a person reads of an opened letter. Plain text with `\\n` line ends, already decoded, not sanitised.

    `quoted` is the text quoted from earlier letters, apart from `text`; `unsealed_text` stood outside the
    seal and is never part of the letter. `language` is an ISO 639-1 code or empty. `arrangement` is the order of
    `text` and `quoted`, empty where it is not known.
    """

    subject: str
    text: str
    quoted: str = ""
    unsealed_text: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    language: str = ""
    arrangement: Arrangement = ()

    @property
    def words(self) -> int:
        """Words of the author's own text, quotes left out."""
        return len(self.text.split())

    @property
    def is_ordered(self) -> bool:
        """Whether it is known which of its own words stand between which quoted ones; without quotes it always is."""
        return not self.quoted or fits(self.text, self.quoted, self.arrangement)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Its own and quoted words in their order; own words first where that is not known."""
        return pieces_of(self.text, self.quoted, self.arrangement)


@dataclass(frozen=True)
class Filing:
    """Everything that goes into the record in one transaction for one fetched mail.

    `digest` is the SHA-256 of the decoded OpenPGP payload, or of the original where there is none: the
    letter's identity on every device and in every folder. `client` is a client's identity or None
    (set aside). `received` and `written` are UTC; `written` is None where the mail gives no usable date.
    `original` is None for a letter that is too large; `reading` is None unless it was opened.
    `message_id` is what the mail says, unverified. `keys` came with it: candidates of the client;
    `offer` is the key that its own Autocrypt header gave.
    """

    digest: bytes
    client: str | None
    direction: Direction
    kind: Kind
    standing: Standing
    state: LetterState
    received: datetime
    written: datetime | None
    message_id: str
    in_reply_to: tuple[str, ...]
    author_address: str
    facts: SealFacts
    reading: Reading | None
    original: bytes | None
    size: int
    places: tuple[Place, ...] = ()
    notes: tuple[str, ...] = ()  # codes: duplicate-message-id, found-in-junk, date-implausible …
    keys: "tuple[FoundKey, ...]" = ()
    offer: "AutocryptOffer | None" = None


class Letter(NamedTuple):
    """A filed letter as lists show it: the narrow row, without text."""

    name: LetterName | None  # None for a letter that is set aside
    digest: bytes
    client: str | None
    code: str
    direction: Direction
    kind: Kind
    standing: Standing
    state: LetterState
    received: datetime
    written: datetime | None
    subject: str
    words: int
    enclosures: int
    facts: SealFacts
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    order: int = 0  # its place in time: higher is newer; local to this vault, for paging only
