"""The sealed pieces that stand in a mail without enclosing it: found unasked, opened one by one on request only.

PGP.md A3, A4, A6, M8; HAZARDS S2, S3: a piece is opened by itself, never put together with what stands around it,
and what its seal proves is said of the piece alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from therapymail.errors import OpenPgpUnreadable
from therapymail.pgp.armor import find_blocks, is_armored
from therapymail.pgp.decrypter import Decrypter
from therapymail.pgp.inline import SCANNED_TYPES, InlineForm, html_text, inline_in
from therapymail.pgp.layers import ENCRYPTED
from therapymail.pgp.opening import OpenedMail, look_at, open_mail
from therapymail.pgp.packets import read_layout
from therapymail.pgp.parts import Part, read_mail, read_part, walk
from therapymail.pgp.text import known_charset, text_of

MAX_PIECES = 100  # of one mail; the others are not offered
_ENDINGS = (".pgp", ".gpg", ".asc")
_NO_LETTERS = {"application/pgp-keys", "application/pgp-signature"}
_OF_A_MAIL = {"no-from", "several-from"}  # notes that say nothing of a piece: it has no header of its own


class PieceKind(StrEnum):
    """What a sealed piece is in the mail around it."""

    BLOCK = "block"  # armor in a text (A3, A4)
    PART = "part"  # a multipart/encrypted that is not the root (M4)
    ATTACHMENT = "attachment"  # a sealed file (A6)
    MAIL = "mail"  # a sealed mail that was forwarded (M8)


@dataclass(frozen=True)
class Piece:
    """A sealed piece. `source` is what `open_mail` is given; `name` is the attachment's, without its sealed ending.

    `name` comes from the mail around it, never from inside the seal (A6), and is not sanitised.
    """

    kind: PieceKind
    source: bytes = field(repr=False)
    name: str = ""


def pieces_in(raw: bytes, opened: OpenedMail) -> tuple[Piece, ...]:
    """The sealed pieces in the letter that `raw` was opened as, and those beside it; each ciphertext once. Pure.

    Of a mail that could not be opened, none (HAZARDS S1).
    """
    if opened.payload is None:
        return ()
    found = list(_in_entity(read_part(opened.payload)) if opened.is_entity else _blocks(opened.payload, opened.charset))
    if opened.beside is not None:
        found += [piece for piece in _in_entity(read_mail(raw)) if piece.kind is not PieceKind.BLOCK]
    by_message: dict[bytes, Piece] = {}
    for piece in found[:MAX_PIECES]:
        by_message.setdefault(look_at(piece.source).ciphertext or piece.source, piece)
    return tuple(by_message.values())


def pieces_inside(piece: Piece, opened: OpenedMail) -> tuple[Piece, ...]:
    """The sealed pieces inside `piece`, which was opened as `opened`: of a sealed file also the sealed file in it."""
    if piece.kind is PieceKind.ATTACHMENT and opened.payload is not None and not opened.is_entity:
        is_binary = opened.payload[:1] >= b"\x80" and piece.name.lower().endswith(_ENDINGS)
        if _is_message(opened.payload) if is_binary else inline_in(opened.payload, "").form is InlineForm.WHOLE:
            return (Piece(PieceKind.ATTACHMENT, opened.payload, _unsealed_name(piece.name)),)
    return pieces_in(piece.source, opened)


def open_piece(piece: Piece, opener: Decrypter) -> OpenedMail:
    """Opens `piece` by itself; as `open_mail`."""
    opened = open_mail(piece.source, opener)
    if piece.kind is PieceKind.MAIL:
        return opened
    notes = tuple(note for note in opened.facts.notes if note not in _OF_A_MAIL)
    return replace(opened, facts=opened.facts._replace(notes=notes))


def _in_entity(root: Part) -> Iterator[Piece]:
    sealed_up_to = 0
    for part in walk(root):
        if part.start < sealed_up_to:
            continue
        if part.media_type == ENCRYPTED:
            sealed_up_to = part.end
            yield Piece(PieceKind.PART, part.raw)
        elif not part.children:
            yield from _in_leaf(part)


def _in_leaf(part: Part) -> Iterator[Piece]:
    content = part.decoded or b""
    if part.media_type == "message/rfc822":
        if look_at(content).ciphertext is not None:
            yield Piece(PieceKind.MAIL, content)
    elif part.media_type in _NO_LETTERS:
        return
    elif _is_sealed_file(part, content):
        yield Piece(PieceKind.ATTACHMENT, content, _unsealed_name(part.file_name))
    elif part.media_type in SCANNED_TYPES:
        yield from _blocks(content, part.parameters.get("charset", ""))
    elif part.media_type == "text/html" and is_armored(content):
        yield from _blocks(html_text(text_of(content, part.parameters.get("charset", ""))).encode(), "utf-8")


def _is_sealed_file(part: Part, content: bytes) -> bool:
    """Whether an attachment is one OpenPGP message: armor and nothing else, or binary under a sealed file's name."""
    if not part.is_attachment:
        return False
    if content[:1] >= b"\x80":
        return part.file_name.lower().endswith(_ENDINGS) and _is_message(content)
    return inline_in(content, "").form is InlineForm.WHOLE


def _is_message(content: bytes) -> bool:
    """Whether binary OpenPGP is sealed, and not a key or a signature; what cannot be read may be a damaged message."""
    try:
        return read_layout(content).seal is not None
    except OpenPgpUnreadable:
        return True


def _blocks(text: bytes, charset: str) -> Iterator[Piece]:
    """Each block as a mail of its own, in the charset of the text around it."""
    header = f"Content-Type: text/plain; charset={known_charset(charset) or 'utf-8'}\r\n\r\n".encode()
    for block in find_blocks(text):
        if block.label == "MESSAGE":
            yield Piece(PieceKind.BLOCK, header + text[block.start : block.end])


def _unsealed_name(name: str) -> str:
    return next((name[: -len(ending)] for ending in _ENDINGS if name.lower().endswith(ending)), name)
