"""Taking a mail's layers off, one gpg operation each: decrypt, verify, look inside, to a depth of eight."""

import time
from dataclasses import dataclass, field

from therapymail.domain.seal import OpeningFailure, SignatureFact, SignatureFinding
from therapymail.errors import OpenPgpUnreadable
from therapymail.pgp.decrypter import Decrypter
from therapymail.pgp.layers import ENCRYPTED, Envelope, EnvelopeKind, mime_layer
from therapymail.pgp.packets import MessageLayout, SealForm, read_layout
from therapymail.pgp.parts import Part, read_part

MAX_LAYERS = 8
MESSAGE_SECONDS = 120.0  # of one mail, after which no further layer is begun (HAZARDS S24)


@dataclass(frozen=True)
class Letter:
    """What was left when the layers were off: a MIME `entity`, or bare `text` said to be in `charset`."""

    entity: Part | None = field(default=None, repr=False)
    text: bytes = field(default=b"", repr=False)
    charset: str = ""


class _Unopened(Exception):
    def __init__(self, failure: OpeningFailure) -> None:
        super().__init__()
        self.failure = failure


class Peeling:
    """One mail's layers coming off, and what was found on the way; used once. `seconds` are for all of it."""

    def __init__(self, opener: Decrypter, seconds: float = MESSAGE_SECONDS) -> None:
        self._opener = opener
        self._ends = time.monotonic() + seconds
        self.signatures: list[SignatureFact] = []
        self.sealed_to: tuple[str, ...] = ()
        self.opened_with: str | None = None
        self.sealed = False
        self.failure: OpeningFailure | None = None
        self.notes: list[str] = []

    @property
    def well_signed(self) -> bool:
        """Whether a good signature covers the letter and no signature is bad (HP2)."""
        findings = {fact.finding for fact in self.signatures}
        return SignatureFinding.GOOD in findings and SignatureFinding.BAD not in findings

    def peel(self, mail: Part, envelope: Envelope) -> Letter | None:
        """The letter in `mail`, which `envelope` encloses; None, with `failure` set, if it cannot be opened."""
        try:
            return self._peeled(mail, envelope)
        except _Unopened as found:
            self.failure = found.failure
            # What an outer layer proved is proof of nothing that can be shown.
            self.signatures.clear()
            return None

    def _peeled(self, mail: Part, envelope: Envelope) -> Letter:
        if envelope.kind in {EnvelopeKind.ENCRYPTED, EnvelopeKind.SIGNED, EnvelopeKind.INLINE}:
            return self._peel_mime(envelope)
        if envelope.kind is EnvelopeKind.CLEARTEXT:
            self._verify(envelope)
            return Letter(text=envelope.signed, charset=envelope.charset)
        return Letter(entity=mail)

    def _peel_mime(self, layer: Envelope) -> Letter:
        for _ in range(MAX_LAYERS):
            if time.monotonic() > self._ends:
                raise _Unopened(OpeningFailure.TIMED_OUT)
            if layer.kind is not EnvelopeKind.SIGNED:
                self._forget_outer_signatures()
                plaintext = self._opened(layer)
                entity = _entity(plaintext, at_once=layer.kind is EnvelopeKind.INLINE)
                if entity is None:
                    return Letter(text=plaintext, charset=layer.charset or "utf-8")
            else:
                assert layer.content is not None
                entity = layer.content
                self._verify(layer)
            layer = mime_layer(entity)
            self.notes += layer.notes
            if layer.kind is EnvelopeKind.NONE:
                return Letter(entity=entity)
        self.notes.append("too-deep")
        raise _Unopened(OpeningFailure.STRUCTURE)

    def _forget_outer_signatures(self) -> None:
        """What is signed around a sealed message says nothing of who wrote it: anybody can wrap another's (M4, S3)."""
        if self.signatures:
            self.signatures.clear()
            self.notes.append("outer-signature-ignored")

    def _verify(self, layer: Envelope) -> None:
        """Notes the signatures of a signed layer. Around an encrypted one they say nothing of its author (M4)."""
        if layer.content is not None and layer.content.media_type == ENCRYPTED:
            self.notes.append("outer-signature-ignored")
            return
        found = () if layer.damage else self._opener.verify_detached(layer.signed, layer.message)
        self.signatures += found
        if not found:
            self.notes.append("signature-damaged")

    def _opened(self, layer: Envelope) -> bytes:
        """The content of an encrypted layer, only if gpg vouches for it and our own key opened it (H3, H4, S1, S4)."""
        if layer.damage:
            raise _Unopened(layer.damage)
        try:
            layout = read_layout(layer.message)
        except OpenPgpUnreadable:
            raise _Unopened(OpeningFailure.DAMAGED) from None
        self.sealed_to = self.sealed_to or layout.recipients
        if layout.seal is None:
            return self._not_encrypted(layer)
        refusal = _refusal(layout)
        if refusal:
            raise _Unopened(refusal)
        answer = self._opener.decrypt(layer.message)
        if answer.plaintext is None:
            self.notes += answer.notes
            raise _Unopened(answer.failure or OpeningFailure.DAMAGED)
        if answer.opened_with is None:
            raise _Unopened(OpeningFailure.SYMMETRIC)
        self.sealed, self.opened_with = True, answer.opened_with
        self.notes += answer.notes
        self.signatures += answer.signatures
        return answer.plaintext

    def _not_encrypted(self, layer: Envelope) -> bytes:
        """What claims to be encrypted and is signed or plain only: its content, and no word of a seal (S4)."""
        answer = self._opener.unwrap_signed(layer.message)
        if answer.content is None:
            raise _Unopened(OpeningFailure.DAMAGED)
        if layer.kind is EnvelopeKind.ENCRYPTED or not answer.signatures:
            self.notes.append("not-encrypted")
        self.signatures += answer.signatures
        return answer.content


def _refusal(layout: MessageLayout) -> OpeningFailure | None:
    """Why a message is not given to gpg at all."""
    if layout.stray:
        return OpeningFailure.STRUCTURE
    if not layout.readable_by_gpg:
        return OpeningFailure.UNSUPPORTED
    if layout.seal is SealForm.NO_INTEGRITY:
        return OpeningFailure.NO_INTEGRITY
    return None if layout.recipients else OpeningFailure.SYMMETRIC


def _entity(plaintext: bytes, *, at_once: bool = False) -> Part | None:
    """`plaintext` as a MIME entity, None where it is bare text (M6).

    `at_once` for inline OpenPGP, which is text by nature: an entity only if its first line says so.
    """
    part = read_part(plaintext)
    considered = part.fields[:1] if at_once else part.fields
    is_mime = any(found.name.startswith("content-") or found.name == "mime-version" for found in considered)
    return part if is_mime else None
