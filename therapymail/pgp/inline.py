"""OpenPGP inside the text of a mail: whether one block is the whole letter, or only stands in it (PGP.md A2 to A7)."""

import html
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from therapymail.domain.seal import OpeningFailure
from therapymail.errors import OpenPgpUnreadable
from therapymail.pgp.armor import (
    ArmorBlock,
    armor_headers,
    dearmor_block,
    find_blocks,
    quotes_a_block,
    split_cleartext,
)
from therapymail.pgp.parts import Part
from therapymail.pgp.text import known_charset, text_of

SCANNED_TYPES = {"text/plain", "application/pgp", "application/x-pgp", "text/pgp"}
_TAG_OR_TEXT = re.compile(r"<(/?[A-Za-z0-9!]*)[^<>]*>|[^<]+|<")
_BREAKING_TAGS = {"br", "/p", "/div", "/pre", "/tr"}
_HIDDEN_ELEMENTS = {"head", "style", "script", "title"}


class InlineForm(StrEnum):
    """What the armor in a text amounts to."""

    NOTHING = "nothing"
    WHOLE = "whole"  # one message block and nothing but blanks around it (A3)
    SIGNED = "signed"  # one cleartext-signed block; text around it is unsigned (A5)
    PARTIAL = "partial"  # message blocks among other text, or several (A3, A4): opened on request only


@dataclass(frozen=True)
class InlineFinding:
    """Inline OpenPGP as found in one text part.

    `message` is the binary message (WHOLE) or signature (SIGNED), `signed` the signed text. `charset` is
    what the opened or signed text is said to be in, for `text.settle_charset`. `outside` is the text around
    a signed block. `damage` says that the block is not readable, `repaired` that it is only without the
    transfer encoding that its part names. `notes` are codes.
    """

    form: InlineForm
    message: bytes = b""
    signed: bytes = b""
    charset: str = ""
    outside: str = ""
    damage: OpeningFailure | None = None
    repaired: bool = False
    notes: tuple[str, ...] = ()


NOTHING = InlineFinding(InlineForm.NOTHING)


def read_inline(part: Part) -> InlineFinding:
    """What inline OpenPGP the text part `part` holds. Pure; never raises on what a mail holds."""
    if part.media_type == "text/html":
        return _in_html(part)
    if part.media_type not in SCANNED_TYPES:
        return NOTHING
    charset = part.parameters.get("charset", "")
    finding = inline_in(part.decoded or b"", charset)
    if finding.damage and part.decoded != part.raw_body:
        as_it_came = inline_in(part.raw_body, charset)
        return finding if as_it_came.damage else replace(as_it_came, repaired=True)
    return finding


def inline_in(text: bytes, charset: str) -> InlineFinding:
    """What inline OpenPGP the bytes `text`, said to be in `charset`, hold."""
    blocks = find_blocks(text)
    messages = [block for block in blocks if block.label == "MESSAGE"]
    signed = [block for block in blocks if block.label == "SIGNED MESSAGE"]
    if messages:
        return _with_messages(text, charset, messages, alone=len(blocks) == 1)
    if len(signed) == 1:
        return _cleartext_signed(text, charset, signed[0])
    if signed:
        return InlineFinding(InlineForm.NOTHING, notes=("several-blocks",))
    return InlineFinding(InlineForm.NOTHING, notes=("quoted-ciphertext",)) if quotes_a_block(text) else NOTHING


def _with_messages(text: bytes, charset: str, messages: list[ArmorBlock], *, alone: bool) -> InlineFinding:
    block = messages[0]
    around = text[: block.start] + text[block.end :]
    if not alone or not _blank(around):
        notes = ("sealed-part", "several-blocks") if len(messages) > 1 else ("sealed-part",)
        return InlineFinding(InlineForm.PARTIAL, notes=notes)
    try:
        message = dearmor_block(text, block)
    except OpenPgpUnreadable:
        return InlineFinding(InlineForm.WHOLE, damage=OpeningFailure.DAMAGED)
    return InlineFinding(InlineForm.WHOLE, message, charset=_charset(text, block, charset))


def _cleartext_signed(text: bytes, charset: str, block: ArmorBlock) -> InlineFinding:
    outside = text_of(text[: block.start] + text[block.end :], charset).strip()
    try:
        signed, signature = split_cleartext(text, block)
    except OpenPgpUnreadable:
        return InlineFinding(InlineForm.NOTHING, notes=("signature-damaged",))
    return InlineFinding(InlineForm.SIGNED, signature, signed, _charset(text, block, charset), outside)


def _in_html(part: Part) -> InlineFinding:
    """HTML counts only as pure armor: without its tags nothing but the block is left (A2; Exchange makes such)."""
    source = part.decoded or b""
    if b"-----BEGIN PGP" not in source:
        return NOTHING
    text = html_text(text_of(source, part.parameters.get("charset", "")))
    finding = inline_in(text.encode(), "")
    if finding.form is InlineForm.WHOLE:
        return finding
    # The tags of a hostile page can stand around the armor: it is no letter, but it is not nothing either.
    return InlineFinding(InlineForm.PARTIAL, notes=("sealed-part",))


def html_text(page: str) -> str:
    """The bare text of `page`, for looking for armor and for a prelude: no rendering, no network."""
    pieces: list[str] = []
    hidden = ""
    for token in _TAG_OR_TEXT.finditer(page):
        name = (token[1] or "").lower()
        if hidden:
            hidden = "" if name == f"/{hidden}" else hidden
        elif token[1] is None:
            pieces.append(token[0])
        elif name in _HIDDEN_ELEMENTS:
            hidden = name
        elif name in _BREAKING_TAGS:
            pieces.append("\n")
    return html.unescape("".join(pieces)).replace("\xa0", " ")


def _charset(text: bytes, block: ArmorBlock, declared: str) -> str:
    """The charset the block's text is said to be in (A5): by its `Charset` header if known, else by the part."""
    return known_charset(armor_headers(text, block).get("charset", "")) or known_charset(declared)


def _blank(text: bytes) -> bool:
    return not text.replace(b"\xc2\xa0", b" ").replace(b"\xa0", b" ").strip()
