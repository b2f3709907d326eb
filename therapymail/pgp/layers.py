"""One PGP/MIME layer: what RFC 3156 encloses, as written and as programs write it (PGP.md M1, M3)."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from therapymail.domain.seal import OpeningFailure
from therapymail.errors import OpenPgpUnreadable
from therapymail.pgp.armor import dearmor, dearmor_block, find_blocks, is_armored
from therapymail.pgp.parts import Part, crlf

ENCRYPTED, SIGNED = "multipart/encrypted", "multipart/signed"
CONTROL = "application/pgp-encrypted"
WRONG_ENCODING = "transfer-encoding"  # repair code: the part's transfer encoding is not what its header says
_SIGNATURE = "application/pgp-signature"


class EnvelopeKind(StrEnum):
    """What encloses a mail."""

    NONE = "none"
    ENCRYPTED = "encrypted"  # PGP/MIME, as written or repaired
    SIGNED = "signed"  # PGP/MIME with a detached signature
    INLINE = "inline"  # one armored message is the whole text
    CLEARTEXT = "cleartext"  # one cleartext-signed block in the text
    PARTLY = "partly"  # something sealed stands in it, but does not enclose it: not opened unasked


@dataclass(frozen=True)
class Envelope:
    """What encloses a mail, and what is to be given to gpg.

    `message` is the binary OpenPGP message (encrypted, inline) or signature (signed, cleartext); `signed`
    the exact bytes that were signed. `content` is the part they stand for where that is signed MIME.
    `damage` says that the armor or its place is unreadable: there is an envelope, and it cannot be opened.
    `charset` is what inline text is said to be in. `whole` is false where the seal covers the text but not
    all of the mail: then nothing is taken from protected headers. `repairs` and `notes` are codes.
    """

    kind: EnvelopeKind
    message: bytes = field(default=b"", repr=False)
    signed: bytes = field(default=b"", repr=False)
    content: Part | None = field(default=None, repr=False)
    charset: str = ""
    damage: OpeningFailure | None = None
    whole: bool = True
    repairs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unsealed_text: str = field(default="", repr=False)


def mime_layer(part: Part) -> Envelope:
    """The PGP/MIME layer that `part` itself is; NONE if it is none. Used for a mail's root and inside a seal."""
    if part.media_type == ENCRYPTED:
        return _encrypted(part)
    if part.media_type == SIGNED:
        return _signed(part)
    return Envelope(EnvelopeKind.NONE)


def _encrypted(part: Part) -> Envelope:
    """M1: the second part, whatever its name and transfer encoding."""
    protocol = part.parameters.get("protocol", "").lower()
    notes: tuple[str, ...] = () if protocol == CONTROL else ("protocol-missing",)
    if len(part.children) < 2:
        return Envelope(EnvelopeKind.ENCRYPTED, damage=OpeningFailure.DAMAGED, notes=notes)
    if len(part.children) > 2:
        notes += ("extra-parts",)
    layer = sealed_in(part.children[1])
    return replace(layer, notes=notes) if notes else layer


def _signed(part: Part) -> Envelope:
    """M3: exactly two parts, the second a signature; the first exactly as it came."""
    children = part.children
    if part.parameters.get("protocol", "").lower() == "application/pkcs7-signature":
        return Envelope(EnvelopeKind.NONE, notes=("smime",))
    if len(children) != 2 or children[1].media_type != _SIGNATURE:
        return Envelope(EnvelopeKind.NONE, notes=("signature-structure",))
    if not _is_entity(children[0]):
        return Envelope(EnvelopeKind.NONE, notes=("signed-no-mail",))
    data = children[1].decoded or b""
    try:
        signature = dearmor(data, "SIGNATURE") if is_armored(data) else data.strip()
    except OpenPgpUnreadable:
        signature = b""
    return Envelope(
        EnvelopeKind.SIGNED,
        message=signature,
        signed=crlf(children[0].raw),
        content=children[0],
        damage=None if signature[:1] >= b"\x80" else OpeningFailure.DAMAGED,
    )


def _is_entity(part: Part) -> bool:
    """Whether what was signed is a part of a mail (RFC 3156 section 5): a MIME header, or the blank line of none.

    A commit, a release file or a package that somebody signed is none: its author did not write it as a mail.
    """
    if any(found.name.startswith("content-") for found in part.fields):
        return True
    return not part.fields and part.raw.startswith((b"\r\n", b"\n"))


def sealed_in(part: Part) -> Envelope:
    """The encrypted layer whose ciphertext `part` carries: armored (one block alone) or binary, in any encoding.

    Where the encoding it names does it damage, and the armor is whole as it came, the name is wrong.
    """
    envelope = _ciphertext(part.decoded)
    if envelope.damage is not OpeningFailure.DAMAGED or part.decoded == part.raw_body:
        return envelope
    as_it_came = _ciphertext(part.raw_body)
    return envelope if as_it_came.damage else replace(as_it_came, repairs=(WRONG_ENCODING,))


def _ciphertext(data: bytes | None) -> Envelope:
    if data is None:
        return Envelope(EnvelopeKind.ENCRYPTED, damage=OpeningFailure.DAMAGED)
    if data[:1] >= b"\x80":
        return Envelope(EnvelopeKind.ENCRYPTED, data)
    blocks = find_blocks(data)
    if len(blocks) > 1:
        return Envelope(EnvelopeKind.ENCRYPTED, damage=OpeningFailure.STRUCTURE)
    if not blocks or blocks[0].label != "MESSAGE":
        return Envelope(EnvelopeKind.ENCRYPTED, damage=OpeningFailure.DAMAGED)
    try:
        return Envelope(EnvelopeKind.ENCRYPTED, dearmor_block(data, blocks[0]))
    except OpenPgpUnreadable:
        return Envelope(EnvelopeKind.ENCRYPTED, damage=OpeningFailure.DAMAGED)
