"""Which header fields of an opened mail hold: those sealed or signed inside, or those outside (PGP.md section 8)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from email.errors import HeaderParseError
from email.header import decode_header
from enum import StrEnum

from therapymail.domain.addresses import canonical_address
from therapymail.domain.written import without_reply_prefix
from therapymail.errors import UnusableInput
from therapymail.pgp.parts import HeaderField, Part
from therapymail.pgp.text import text_of

# Fields a person reads or a reply uses (RFC 9788 section 1.6): inner ones replace outer ones, as a set.
USER_FACING = frozenset(
    {"subject", "from", "sender", "to", "cc", "bcc", "date", "message-id", "in-reply-to", "references", "reply-to"}
    | {"followup-to", "mail-followup-to", "mail-reply-to", "keywords", "comments"}
)
_STRUCTURAL = ("content-", "mime-version", "hp-outer")
# What programs put into the outer Subject of a sealed mail (HP8), and with `Re:` into a reply to it (HAZARDS C18).
_PLACEHOLDERS = frozenset(
    {"...", "[...]", "…", "encrypted message", "encrypted email", "subject unavailable"}
    | {"verschlüsselte nachricht", "pep", "p≡p", ""}
)
_MAX_FIELD = 8192
_BRACKETED = re.compile(r"<([^<>\s]*)>\s*(?:\([^()]*\)\s*)?$")
_COMMENT_OR_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)')


class HeaderSource(StrEnum):
    """Where the fields that a person is shown come from."""

    OUTER = "outer"  # nothing protects them
    LEGACY = "legacy"  # protected-headers="v1", or a message wrapped whole
    RFC9788 = "rfc9788"  # hp="cipher" or hp="clear"


@dataclass(frozen=True)
class ProtectedHeaders:
    """The header of a letter as it holds after HP1 to HP8.

    `fields` are those that hold: inner ones where `source` says so. `subject` is decoded, not sanitised,
    empty where there is none or a placeholder. `confidential` names the fields that only the sealed part
    showed (HP4), lower case. `sealed_author` is the canonical address of the inner From where it is not the
    outer one (HP6): `fields` then hold the outer From, and the sealed one is the word of whoever signed.
    `notes` are codes.
    """

    fields: tuple[HeaderField, ...] = field(repr=False)
    subject: str = field(repr=False)
    source: HeaderSource = HeaderSource.OUTER
    confidential: tuple[str, ...] = ()
    sealed_author: str | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()

    @property
    def block(self) -> bytes:
        """The fields as a raw header block without a blank line at its end, for a reader of headers."""
        return b"".join(found.raw if found.raw.endswith(b"\n") else found.raw + b"\r\n" for found in self.fields)

    def value(self, name: str) -> bytes:
        """The raw value of the first field called `name` (lower case), empty without one."""
        return next((found.value for found in self.fields if found.name == name), b"")


def outer_headers(outer: Part, *, sealed: bool) -> ProtectedHeaders:
    """The header of a mail whose inner fields, if any, do not count (HP2); `sealed` also if it was not opened."""
    return _headers(outer.fields, HeaderSource.OUTER, sealed=sealed)


def read_protected(
    outer: Part, payload: Part, *, sealed: bool, signed: bool, wrapped: bool = False
) -> ProtectedHeaders:
    """The header that holds for the mail `outer` whose payload root, all layers removed, is `payload`.

    `wrapped` where `payload` is the message that was wrapped whole (see `is_wrapped_message`).

    `sealed` where the payload was decrypted, `signed` where a good signature covers it: without either
    nothing is taken from inside (HP2). A header inside an attached message or a part never counts (HP1).
    """
    scheme = payload.parameters
    if not (sealed or signed):
        return outer_headers(outer, sealed=sealed)
    inner = tuple(found for found in payload.fields if not found.name.startswith(_STRUCTURAL))
    if "hp" in scheme:
        kept = [found for found in outer.fields if found.name not in USER_FACING]
        confidential = _confidential(payload, inner) if sealed and scheme["hp"].lower() == "cipher" else ()
        return _merged(outer, kept, inner, HeaderSource.RFC9788, sealed=sealed, confidential=confidential)
    if scheme.get("protected-headers", "").lower() == "v1" or wrapped:
        inner = tuple(found for found in inner if found.name in USER_FACING)
        given = {found.name for found in inner}
        kept = [found for found in outer.fields if found.name not in given]
        confidential = _changed(outer, inner) if sealed else ()
        return _merged(outer, kept, inner, HeaderSource.LEGACY, sealed=sealed, confidential=confidential)
    return outer_headers(outer, sealed=sealed)


def is_wrapped_message(payload: Part) -> bool:
    """Whether a payload is a whole message wrapped to protect its header, not a forwarded one (HP1)."""
    return payload.media_type == "message/rfc822" and payload.parameters.get("forwarded", "").lower() == "no"


def _merged(
    outer: Part,
    kept: list[HeaderField],
    inner: tuple[HeaderField, ...],
    source: HeaderSource,
    *,
    sealed: bool,
    confidential: tuple[str, ...],
) -> ProtectedHeaders:
    """Outer fields that stay, then inner ones; on two different authors the outer From and its replies stay (HP6)."""
    froms = tuple(found.value for found in inner if found.name == "from")
    has_from = bool(froms)
    claimed = None if froms == outer.values("from") else _author(inner)
    differs = claimed is not None and claimed != _author(outer.fields)
    if differs or not has_from:
        inner = tuple(found for found in inner if found.name not in {"from", "sender", "reply-to"})
        addressed = {"from", "sender", "reply-to"} - {found.name for found in kept}
        kept = kept + [found for found in outer.fields if found.name in addressed]
    headers = _headers([*kept, *inner], source, sealed=sealed, confidential=confidential)
    if not differs:
        return headers
    return replace(headers, sealed_author=claimed, notes=(*headers.notes, "from-mismatch"))


def _headers(
    fields: Iterable[HeaderField], source: HeaderSource, *, sealed: bool, confidential: tuple[str, ...] = ()
) -> ProtectedHeaders:
    fields = tuple(fields)
    subject = next((_decoded(found.value) for found in fields if found.name == "subject"), "")
    if sealed and without_reply_prefix(subject).lower() in _PLACEHOLDERS:
        subject = ""
        fields = tuple(found for found in fields if found.name != "subject")
    return ProtectedHeaders(fields, subject, source, confidential, notes=_notes_on_author(fields))


def _confidential(payload: Part, inner: tuple[HeaderField, ...]) -> tuple[str, ...]:
    """HP4: fields that HP-Outer does not show with the same value; the real outer header anyone may have altered."""
    outer_then = set()
    for value in payload.values("hp-outer"):
        name, _, said = value.partition(b":")
        outer_then.add((name.strip().lower(), b" ".join(said.split())))
    hidden = [found.name for found in inner if (found.name.encode(), b" ".join(found.value.split())) not in outer_then]
    return tuple(dict.fromkeys(hidden))


def _changed(outer: Part, inner: tuple[HeaderField, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.name for found in inner if found.value not in outer.values(found.name)))


def _author(fields: Iterable[HeaderField]) -> str | None:
    """The canonical address of the one mailbox in the one From among `fields`; None for anything else."""
    values = [found.value for found in fields if found.name == "from"]
    if len(values) != 1 or len(values[0]) > _MAX_FIELD:
        return None
    text = _COMMENT_OR_QUOTED.sub(" ", text_of(values[0], "")).strip()
    bracketed = _BRACKETED.search(text)
    if "," in text or ";" in text or text.count("<") > 1:
        return None
    try:
        return canonical_address(bracketed[1] if bracketed else text)
    except UnusableInput:
        return None


def _notes_on_author(fields: tuple[HeaderField, ...]) -> tuple[str, ...]:
    """I1: a letter has one author only where one From names one mailbox."""
    if _author(fields) is not None:
        return ()
    values = [found.value for found in fields if found.name == "from"]
    return ("several-from",) if len(values) > 1 or b"".join(values).count(b"@") > 1 else ("no-from",)


def _decoded(value: bytes) -> str:
    """A header's value as one line of text, encoded words read where they can be."""
    text = " ".join(text_of(value[:_MAX_FIELD], "").split())
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(piece if isinstance(piece, str) else text_of(piece, charset or "") for piece, charset in pieces)
