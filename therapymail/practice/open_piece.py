"""Opening one sealed piece that stands inside a mail, on request and by itself (PGP.md A3, A6, M8; HAZARDS S3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from therapymail.domain.client import Client
from therapymail.domain.kinds import Direction
from therapymail.domain.letter import Enclosure, Letter, Reading
from therapymail.domain.names import LetterName
from therapymail.domain.piece_path import PiecePath
from therapymail.domain.seal import SealFacts, Verdict, verdict_of
from therapymail.errors import FileNotOpened, NotOpened, UnusableInput
from therapymail.mail.headers import read_headers
from therapymail.pgp.decrypter import Decrypter
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.pieces import Piece, PieceKind, open_piece, pieces_in, pieces_inside
from therapymail.pgp.protected_headers import HeaderSource
from therapymail.pgp.single import SingleOpener
from therapymail.practice.correspondents import read_correspondents
from therapymail.practice.keyring import clients_keyring
from therapymail.practice.open_file import unretired
from therapymail.practice.opened_reading import reading_of
from therapymail.practice.practice import Practice
from therapymail.practice.read import failure_phrase
from therapymail.vault import letters, texts
from therapymail.vault.connection import Reader

_BINARY = "application/octet-stream"
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class ListedPiece:
    """A sealed piece of a mail that nobody has asked to open: what it is, and a file's name."""

    path: PiecePath
    kind: PieceKind
    name: str


@dataclass(frozen=True)
class OpenedPiece:
    """One of the `count` sealed pieces at its place, found at `path`; `verdict` is on the piece alone.

    `reading` holds a file that is no text as an enclosure, and is None where the piece could not be opened.
    `content` is the bytes of a sealed file. `inner` are the sealed pieces inside it, none of them opened. Nothing of
    it is filed, and nothing of it is quoted in a reply.
    """

    path: PiecePath
    count: int
    kind: PieceKind
    name: str
    direction: Direction
    client: Client | None
    facts: SealFacts
    verdict: Verdict
    reading: Reading | None
    content: bytes | None = None
    inner: tuple[ListedPiece, ...] = ()

    @property
    def number(self) -> int:
        """Its number among the pieces at its place, from 1."""
        return self.path.numbers[-1]

    def not_opened(self) -> FileNotOpened:
        """The error that says why there is nothing to read."""
        return FileNotOpened(f"Piece {self.path}", failure_phrase(self.facts.failure))


def pieces_of_letter(practice: Practice, digest: bytes) -> tuple[ListedPiece, ...]:
    """The sealed pieces of a filed letter, none of them opened. Raises as `open_piece_of_file`, and NotOpened."""
    return _looked_at(practice, _original(practice, digest), lambda _, pieces, __: _listed(pieces))


def open_piece_of_file(
    practice: Practice, raw: bytes, path: PiecePath, received: datetime | None = None
) -> OpenedPiece:
    """Open the sealed piece at `path` of the mail `raw`, and on the way those it lies in.

    `received` (UTC) is None where nobody knows when it came, and then a retired key speaks for nothing.
    Raises UnusableInput where there is no such piece, VaultLocked, GnupgMissing, GnupgUnusable, FileUnusable.
    """

    def opened(mail: OpenedMail, pieces: tuple[Piece, ...], opener: Decrypter) -> OpenedPiece:
        return _followed(path, pieces, opener, *_author(practice, raw, mail, received))

    return _looked_at(practice, raw, opened)


def open_piece_of_letter(practice: Practice, name: str, path: PiecePath) -> OpenedPiece:
    """Open the sealed piece at `path` of a letter of the record; as `open_piece_of_file`.

    Raises LetterUnknown, and NotOpened where the letter itself is not here.
    """
    wanted = LetterName.parse(name)
    with practice.vault() as vault, vault.reading() as reader:
        found = letters.letter(reader, wanted)
        raw = _raw_of(reader, found)
    return open_piece_of_file(practice, raw, path, found.received)


def open_piece_of_filed(practice: Practice, digest: bytes, path: PiecePath) -> OpenedPiece:
    """As `open_piece_of_letter`, of the letter with this digest; one that is set aside has no name."""
    with practice.vault() as vault, vault.reading() as reader:
        found = letters.letter_by_digest(reader, digest)
        raw = _raw_of(reader, found)
    return open_piece_of_file(practice, raw, path, found.received)


def _looked_at(
    practice: Practice, raw: bytes, answer: Callable[[OpenedMail, tuple[Piece, ...], Decrypter], _Answer]
) -> _Answer:
    with practice.gpg(clients_keyring(practice)) as gpg:
        opener = SingleOpener(gpg)
        mail = open_mail(raw, opener)
        return answer(mail, pieces_in(raw, mail), opener)


def _followed(
    path: PiecePath,
    pieces: tuple[Piece, ...],
    opener: Decrypter,
    author: tuple[Direction, Client | None],
    judged: Callable[[SealFacts], Verdict],
) -> OpenedPiece:
    """The piece at the end of `path`; each on the way is opened by itself, and only they."""
    for step, number in enumerate(path.numbers):
        if not 1 <= number <= len(pieces):
            inside = f"piece {PiecePath(path.numbers[:step])}" if step else "the mail"
            raise UnusableInput("piece", f"{inside} holds {_count(len(pieces))}")
        piece, count = pieces[number - 1], len(pieces)
        opened = open_piece(piece, opener)
        pieces = pieces_inside(piece, opened)
    reading, content = _read(piece, opened)
    return OpenedPiece(
        path=path,
        count=count,
        kind=piece.kind,
        name=piece.name,
        direction=author[0],
        client=author[1],
        facts=opened.facts,
        verdict=judged(opened.facts),
        reading=reading,
        content=content,
        inner=() if path.is_deepest else _listed(pieces, path),
    )


def _count(number: int) -> str:
    return f"{number or 'no'} sealed piece{'s' * (number != 1)}"


def _listed(pieces: tuple[Piece, ...], within: PiecePath | None = None) -> tuple[ListedPiece, ...]:
    return tuple(
        ListedPiece(within.inside(number) if within else PiecePath((number,)), piece.kind, piece.name)
        for number, piece in enumerate(pieces, 1)
    )


def _author(
    practice: Practice, raw: bytes, mail: OpenedMail, received: datetime | None
) -> tuple[tuple[Direction, Client | None], Callable[[SealFacts], Verdict]]:
    """Who the mail around the pieces is by, and how a piece's facts are judged: by that author's pins."""
    with practice.vault() as vault:
        known = read_correspondents(practice, vault)
    header = read_headers(raw if mail.headers.source is HeaderSource.OUTER else mail.headers.block)
    author = header.from_addresses[0] if len(header.from_addresses) == 1 else ""
    is_own = author in known.own_addresses
    client = None if is_own else known.by_address.get(author)
    pins = known.own_pins if is_own else client.pins if client else ()
    if received is None:
        pins = unretired(pins)
    moment = received or header.date or practice.clock()
    return (Direction.OUT if is_own else Direction.IN, client), lambda facts: verdict_of(facts, pins, moment)


def _original(practice: Practice, digest: bytes) -> bytes:
    with practice.vault() as vault, vault.reading() as reader:
        return _raw_of(reader, letters.letter_by_digest(reader, digest))


def _raw_of(reader: Reader, letter: Letter) -> bytes:
    raw = texts.original(reader, letter.digest)
    if raw is None:
        raise NotOpened(str(letter.name or "The letter"), "it is too large to come by itself")
    return raw


def _read(piece: Piece, opened: OpenedMail) -> tuple[Reading | None, bytes | None]:
    """What a person reads of a piece, and the bytes of a file."""
    if opened.payload is None:
        return None, None
    is_file = piece.kind is PieceKind.ATTACHMENT
    if is_file and not opened.is_entity and not _is_text(opened.payload):
        enclosure = Enclosure(piece.name, _BINARY, len(opened.payload))
        return Reading(subject="", text="", enclosures=(enclosure,)), opened.payload
    reading, _ = reading_of(opened)
    return reading, opened.payload if is_file else None


def _is_text(content: bytes) -> bool:
    """Whether a file is read rather than kept: no control characters but those of lines (HAZARDS S9)."""
    return not content.translate(None, bytes(range(0x20, 0x100)) + b"\t\n\r\f")
