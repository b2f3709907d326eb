"""Where OpenPGP encloses a whole mail: PGP/MIME and its known manglings, inline, or nothing (PGP.md section 6)."""

from dataclasses import replace

from therapymail.pgp.inline import InlineFinding, InlineForm, inline_in, read_inline
from therapymail.pgp.layers import ENCRYPTED, SIGNED, WRONG_ENCODING, Envelope, EnvelopeKind, mime_layer
from therapymail.pgp.manglings import repaired
from therapymail.pgp.parts import Part, read_mail, walk

ATTACHMENTS_OUTSIDE = "attachments-outside-seal"  # note code: files stand beside the block that is the letter
_MESSAGE = b"-----BEGIN PGP MESSAGE-----"
_NOT_SEALED = {"application/pgp-keys", "application/pgp-signature"}


def find_envelope(raw: bytes) -> Envelope:
    """The envelope of the mail `raw`; of bare armor or binary OpenPGP too. Pure; never raises on what a mail holds.

    PGP.md M1 to M4, A1 to A7: only what encloses the mail from its root counts (HAZARDS S3).
    """
    return envelope_of(read_mail(raw))


def envelope_of(root: Part) -> Envelope:
    """The envelope of a mail read as `root`."""
    if root.media_type in {ENCRYPTED, SIGNED}:
        return mime_layer(root)
    if root.media_type == "multipart/mixed":
        mangled = repaired(root)
        if mangled is not None:
            return mangled
    if root.media_type in {"multipart/mixed", "multipart/alternative", "multipart/related"}:
        beside = _text_with_attachments(root)
        if beside is not None:
            return beside
    if not root.children:
        return _single(root)
    return _inner_layers(root)


def _single(root: Part) -> Envelope:
    """A mail of one part: inline OpenPGP, bare armor, or bare binary OpenPGP as `open FILE` may be given."""
    if not root.fields and root.source[:1] >= b"\x80":
        return Envelope(EnvelopeKind.INLINE, root.source)
    if root.media_type.startswith("application/") and root.media_type.endswith("pkcs7-mime"):
        return Envelope(EnvelopeKind.NONE, notes=("smime",))
    finding = inline_in(root.source, "") if not root.fields else read_inline(root)
    envelope = _inline_envelope(finding)
    if envelope.kind is EnvelopeKind.INLINE and root.media_type == "text/html":
        return replace(envelope, repairs=(*envelope.repairs, "html-armor"))
    return envelope if envelope.kind is not EnvelopeKind.NONE or envelope.notes else _inner_layers(root)


def _inline_envelope(finding: InlineFinding) -> Envelope:
    kind = {
        InlineForm.WHOLE: EnvelopeKind.INLINE,
        InlineForm.SIGNED: EnvelopeKind.CLEARTEXT,
        InlineForm.PARTIAL: EnvelopeKind.PARTLY,
        InlineForm.NOTHING: EnvelopeKind.NONE,
    }[finding.form]
    return Envelope(
        kind,
        finding.message,
        finding.signed,
        charset=finding.charset,
        damage=finding.damage,
        repairs=(WRONG_ENCODING,) if finding.repaired else (),
        notes=(*finding.notes, "unsealed-text") if finding.outside else finding.notes,
        unsealed_text=finding.outside,
    )


def _text_with_attachments(root: Part) -> Envelope | None:
    """A6: a first text that is one inline block, and nothing beside it but attachments, which it does not cover."""
    texts = [leaf for leaf in walk(root) if not leaf.children and not leaf.is_attachment]
    if not texts or texts[0].media_type != "text/plain":
        return None
    finding = read_inline(texts[0])
    if finding.form not in {InlineForm.WHOLE, InlineForm.SIGNED}:
        return None
    if any(read_inline(other).message != finding.message for other in texts[1:]):
        return None
    envelope = _inline_envelope(finding)
    if sum(1 for leaf in walk(root) if not leaf.children) == len(texts):
        return envelope
    return replace(envelope, whole=False, notes=(*envelope.notes, ATTACHMENTS_OUTSIDE))


def _inner_layers(root: Part) -> Envelope:
    """M4: layers that do not start at the root give the mail no state; only a note says that they are there."""
    notes = inner_notes(root)
    return Envelope(EnvelopeKind.PARTLY if "sealed-part" in notes else EnvelopeKind.NONE, notes=notes)


def inner_notes(root: Part) -> tuple[str, ...]:
    """Codes for the OpenPGP that stands inside `root` without enclosing it: sealed or signed parts and attachments."""
    notes: list[str] = []
    sealed_up_to = 0
    for part in walk(root):
        if part.start < sealed_up_to:
            continue
        if part.media_type == ENCRYPTED:
            sealed_up_to = part.end
            notes.append("sealed-part")
        elif part.media_type == SIGNED:
            notes.append("signed-part")
        elif not part.children:
            notes += _leaf_notes(part)
    return tuple(dict.fromkeys(notes))


def _leaf_notes(part: Part) -> tuple[str, ...]:
    if part.is_attachment:
        is_sealed = _MESSAGE in (part.decoded or b"") or part.file_name.lower().endswith((".pgp", ".gpg"))
        return ("sealed-attachment",) if is_sealed and part.media_type not in _NOT_SEALED else ()
    finding = read_inline(part)
    return ("sealed-part", *finding.notes) if finding.form is InlineForm.WHOLE else finding.notes
