"""Opening a whole mail: from its raw bytes to the letter, what its seal proved, and the header that holds."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import mktime_tz, parsedate_tz

from therapymail.domain.seal import Protection, SealFacts, SignatureFact
from therapymail.pgp.decrypter import Decrypter
from therapymail.pgp.envelope import ATTACHMENTS_OUTSIDE, envelope_of, inner_notes
from therapymail.pgp.layers import Envelope, EnvelopeKind
from therapymail.pgp.legacy_display import without_legacy_display
from therapymail.pgp.parts import Part, read_mail, read_part
from therapymail.pgp.peeling import Letter, Peeling
from therapymail.pgp.protected_headers import ProtectedHeaders, is_wrapped_message, outer_headers, read_protected
from therapymail.pgp.signed_files import check_files
from therapymail.pgp.text import settle_charset

_ARMORED = b"-----BEGIN PGP MESSAGE-----"
_SIGNED_APART = timedelta(hours=1)  # I3


@dataclass(frozen=True)
class OpenedMail:
    """A mail as far as it could be opened.

    `digest` is the SHA-256 of the decoded (binary) OpenPGP message that is the letter, of the raw mail where
    there is none. `payload` is the letter with every layer and legacy display element removed: a MIME entity
    if `is_entity`, else bare text in `charset`; the mail itself where nothing encloses it; None if it was
    not opened (HAZARDS S1: then no byte of it is anywhere). `unsealed_text` stood outside the seal and is no
    part of the letter. A mail that is only `partly` sealed has its sealed inner parts unopened (S3), unless
    its text is one block with attachments beside it or a list's footer behind it. `beside` is the mail where
    attachments stand beside the block that is the letter, outside its seal (A6), else None. `file_signatures` are
    what detached signatures of attached files prove, by the SHA-256 of the file.
    """

    facts: SealFacts
    digest: bytes
    payload: bytes | None = field(repr=False)
    is_entity: bool
    charset: str
    headers: ProtectedHeaders = field(repr=False)
    unsealed_text: str = field(repr=False)
    beside: bytes | None = field(default=None, repr=False)
    file_signatures: Mapping[bytes, tuple[SignatureFact, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundMail:
    """A mail looked at but not opened: its parts, and what encloses it."""

    raw: bytes = field(repr=False)
    outer: Part = field(repr=False)
    envelope: Envelope = field(repr=False)

    @property
    def ciphertext(self) -> bytes | None:
        """The binary OpenPGP message that opening will decrypt first, if there is one."""
        return self.envelope.message if self.envelope.kind in {EnvelopeKind.ENCRYPTED, EnvelopeKind.INLINE} else None


def look_at(raw: bytes) -> FoundMail:
    """Find what encloses `raw`, so that gpg can begin before the mail is opened. Never raises."""
    outer = read_mail(raw)
    return FoundMail(raw, outer, envelope_of(outer))


def open_mail(raw: bytes, opener: Decrypter) -> OpenedMail:
    """Opens `raw` with `opener`. Whatever the mail holds gives a result, never an exception (HAZARDS C42).

    Raises only what `opener` raises of its own: gpg missing, agent broken. PGP.md sections 3, 5 to 8.
    """
    return open_found(look_at(raw), opener)


def open_found(found: FoundMail, opener: Decrypter) -> OpenedMail:
    """Opens a mail that was looked at before; as `open_mail`."""
    raw, outer, envelope = found.raw, found.outer, found.envelope
    peeling = Peeling(opener)
    letter = peeling.peel(outer, envelope)
    headers = _headers(outer, envelope, peeling, letter)
    payload, is_entity, charset = _payload(peeling, letter)
    is_beside = ATTACHMENTS_OUTSIDE in envelope.notes
    return OpenedMail(
        facts=_facts(envelope, peeling, headers, _inner(outer, letter)),
        digest=_digest(raw, envelope),
        payload=payload,
        is_entity=is_entity,
        charset=charset,
        headers=headers,
        unsealed_text=envelope.unsealed_text,
        beside=raw if letter is not None and is_beside else None,
        file_signatures=_file_signatures(outer, letter, opener, is_beside=is_beside),
    )


def _file_signatures(
    outer: Part, letter: Letter | None, opener: Decrypter, *, is_beside: bool
) -> dict[bytes, tuple[SignatureFact, ...]]:
    """A6: of the files in the letter, and of those beside it."""
    if letter is None:
        return {}
    roots = {id(root): root for root in (letter.entity, outer if is_beside else None) if root is not None}
    return {digest: facts for root in roots.values() for digest, facts in check_files(root, opener).items()}


def _digest(raw: bytes, envelope: Envelope) -> bytes:
    """A letter's identity. A signature is no letter: what it stands beside could be exchanged, so the mail counts."""
    is_letter = envelope.kind in {EnvelopeKind.ENCRYPTED, EnvelopeKind.INLINE} and envelope.whole
    return hashlib.sha256(envelope.message if is_letter and envelope.message else raw).digest()


def _payload(peeling: Peeling, letter: Letter | None) -> tuple[bytes | None, bool, str]:
    if letter is None:
        return None, False, "utf-8"
    if letter.entity is None:
        return letter.text, False, settle_charset(letter.text, letter.charset)
    root = _unwrapped(letter.entity)
    return without_legacy_display(root) if peeling.sealed else root.raw, True, "utf-8"


def _unwrapped(payload: Part) -> Part:
    return read_part(payload.decoded or b"") if is_wrapped_message(payload) else payload


def _headers(outer: Part, envelope: Envelope, peeling: Peeling, letter: Letter | None) -> ProtectedHeaders:
    is_sealed_mail = envelope.kind in {EnvelopeKind.ENCRYPTED, EnvelopeKind.INLINE}
    entity = letter.entity if letter else None
    if entity is None or entity is outer or not envelope.whole or not _is_mime(envelope):
        return outer_headers(outer, sealed=is_sealed_mail)
    wrapped = is_wrapped_message(entity)
    return read_protected(outer, _unwrapped(entity), sealed=peeling.sealed, signed=peeling.well_signed, wrapped=wrapped)


def _inner(outer: Part, letter: Letter | None) -> tuple[str, ...]:
    """Notes on what is sealed or signed inside the letter itself, for example in a message it forwards (M4, M8)."""
    if letter is None or letter.entity is None or letter.entity is outer:
        return ()
    return inner_notes(letter.entity) if _ARMORED in letter.entity.raw_body else ()


def _is_mime(envelope: Envelope) -> bool:
    return envelope.kind in {EnvelopeKind.ENCRYPTED, EnvelopeKind.SIGNED}


def _facts(envelope: Envelope, peeling: Peeling, headers: ProtectedHeaders, inner: tuple[str, ...]) -> SealFacts:
    notes = [*envelope.notes, *peeling.notes, *headers.notes, *inner]
    if any(_is_signed_apart(fact, headers) for fact in peeling.signatures):
        notes.append("signed-at-another-time")
    return SealFacts(
        protection=_protection(envelope, peeling),
        signatures=tuple(peeling.signatures),
        sealed_to=peeling.sealed_to,
        opened_with=peeling.opened_with,
        failure=peeling.failure,
        repairs=envelope.repairs,
        notes=tuple(dict.fromkeys(notes)),
    )


def _protection(envelope: Envelope, peeling: Peeling) -> Protection:
    if peeling.failure is not None:
        return Protection.FAILED
    if envelope.kind is EnvelopeKind.PARTLY or (peeling.sealed and not envelope.whole):
        return Protection.PARTLY
    return Protection.SEALED if peeling.sealed else Protection.NO


def _is_signed_apart(fact: SignatureFact, headers: ProtectedHeaders) -> bool:
    """I3: whether a signature was made more than an hour from the letter's Date: a sign of a replay."""
    said = headers.value("date")[:200].decode("latin-1")
    if fact.made_at is None or not said:
        return False
    try:
        parsed = parsedate_tz(said)
        written = mktime_tz(parsed) if parsed else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    return written is not None and abs(fact.made_at.timestamp() - written) > _SIGNED_APART.total_seconds()
