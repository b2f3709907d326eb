"""Opening one sealed piece that stands inside a mail, on request and by itself (PGP.md A3, A6, M8; HAZARDS S3)."""

from dataclasses import dataclass

from therapymail.domain.client import Client
from therapymail.domain.kinds import Direction
from therapymail.domain.letter import Enclosure, Reading
from therapymail.domain.names import LetterName
from therapymail.domain.seal import SealFacts, Verdict, verdict_of
from therapymail.errors import FileNotOpened, NotOpened, UnusableInput
from therapymail.mail.headers import read_headers
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.pieces import Piece, PieceKind, open_piece, pieces_in
from therapymail.pgp.protected_headers import HeaderSource
from therapymail.pgp.single import SingleOpener
from therapymail.practice.arrival import reading_of
from therapymail.practice.correspondents import read_correspondents
from therapymail.practice.keyring import clients_keyring
from therapymail.practice.practice import Practice
from therapymail.practice.read import failure_phrase
from therapymail.vault import letters, texts

_BINARY = "application/octet-stream"


@dataclass(frozen=True)
class OpenedPiece:
    """One of the `count` sealed pieces of a mail, `number` counted from 1; `verdict` is on the piece alone.

    `reading` holds a file that is no text as an enclosure, and is None where the piece could not be opened.
    `content` is the bytes of a sealed file. Nothing of it is filed, and nothing of it is quoted in a reply.
    """

    number: int
    count: int
    kind: PieceKind
    name: str
    direction: Direction
    client: Client | None
    facts: SealFacts
    verdict: Verdict
    reading: Reading | None
    content: bytes | None = None

    def not_opened(self) -> FileNotOpened:
        """The error that says why there is nothing to read."""
        return FileNotOpened(f"Piece {self.number}", failure_phrase(self.facts.failure))


def open_piece_of_file(practice: Practice, raw: bytes, number: int) -> OpenedPiece:
    """Open the sealed piece `number` (from 1) of the mail `raw`.

    Raises UnusableInput where there is no such piece, VaultLocked, GnupgMissing, GnupgUnusable, FileUnusable.
    """
    with practice.vault() as vault:
        known = read_correspondents(practice, vault)
    with practice.gpg(clients_keyring(practice)) as gpg:
        opener = SingleOpener(gpg)
        mail = open_mail(raw, opener)
        pieces = pieces_in(raw, mail)
        if not 1 <= number <= len(pieces):
            raise UnusableInput("piece", f"the mail holds {len(pieces) or 'no'} sealed piece{'s' * (len(pieces) != 1)}")
        piece = pieces[number - 1]
        opened = open_piece(piece, opener)
    header = read_headers(raw if mail.headers.source is HeaderSource.OUTER else mail.headers.block)
    author = header.from_addresses[0] if len(header.from_addresses) == 1 else ""
    is_own = author in known.own_addresses
    client = known.by_address.get(author)
    pins = (known.own_pin,) if is_own else client.pins if client else ()
    reading, content = _read(piece, opened)
    return OpenedPiece(
        number=number,
        count=len(pieces),
        kind=piece.kind,
        name=piece.name,
        direction=Direction.OUT if is_own else Direction.IN,
        client=client,
        facts=opened.facts,
        verdict=verdict_of(opened.facts, pins, header.date or practice.clock()),
        reading=reading,
        content=content,
    )


def open_piece_of_letter(practice: Practice, name: str, number: int) -> OpenedPiece:
    """Open the sealed piece `number` of a letter of the record; as `open_piece_of_file`.

    Raises LetterUnknown, and NotOpened where the letter itself is not here.
    """
    wanted = LetterName.parse(name)
    with practice.vault() as vault, vault.reading() as reader:
        raw = texts.original(reader, letters.letter(reader, wanted).digest)
    if raw is None:
        raise NotOpened(str(wanted), "it is too large to come by itself")
    return open_piece_of_file(practice, raw, number)


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
