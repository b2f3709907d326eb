"""PGP/MIME as relays mangle it, repaired virtually: the stored mail is never rewritten (PGP.md M2, HAZARDS C21)."""

from collections.abc import Iterator
from dataclasses import replace

from therapymail.pgp.inline import html_text
from therapymail.pgp.layers import CONTROL, ENCRYPTED, SIGNED, Envelope, mime_layer, sealed_in
from therapymail.pgp.parts import Part, read_part, walk
from therapymail.pgp.text import text_of

_OCTETS = "application/octet-stream"
_GPGOL_NAME = "GpgOL_MIME_structure"
_TEXTS = {"text/plain", "text/html"}
_PRELUDES = {*_TEXTS, "multipart/alternative"}
_LIST_FIELDS = {"list-id", "list-post", "list-unsubscribe", "mailing-list", "x-mailman-version", "x-loop"}
_GOOGLE_FIELDS = {"x-gm-message-state", "x-google-dkim-signature", "x-google-smtp-source"}


def repaired(root: Part) -> Envelope | None:
    """The layer that a relay made this multipart/mixed of; None unless its children are a known list.

    Anything in the mail beside the ciphertext is text apart, never part of the letter. A footer counts
    only with a trace of who put it there: without one, text beside ciphertext is somebody's text beside
    somebody's ciphertext (HAZARDS S3). What a mailing list wrapped gives its headers no protection.
    """
    children = root.children
    types = [child.media_type for child in children]
    if CONTROL in types[:2]:
        return _by_gateway(children, types, types.index(CONTROL))
    if types == ["text/plain", _OCTETS] and children[1].file_name.startswith(_GPGOL_NAME):
        return _of_gpgol(*children)
    if types == ["text/plain", ENCRYPTED] and (_has(root, _GOOGLE_FIELDS) or _begins_blank(children[0])):
        return _with_outside(mime_layer(children[1]), "google-footer", children[:1])
    if types[:1] in ([ENCRYPTED], [SIGNED]) and set(types[1:]) == {"text/plain"} and _has(root, _LIST_FIELDS):
        return replace(_with_outside(mime_layer(children[0]), "list-footer", children[1:]), whole=False)
    return None


def _by_gateway(children: tuple[Part, ...], types: list[str], control: int) -> Envelope | None:
    """Exchange and its kin: [prelude] control, ciphertext, [footers]; iPGMail: the armor inside the control part."""
    before, after = children[:control], children[control + 1 :]
    if not _PRELUDES.issuperset(types[:control]) or not _TEXTS.issuperset(types[control + 2 :]):
        return None
    said = children[control].decoded or b""
    if b"-----BEGIN PGP MESSAGE" in said and _TEXTS.issuperset(types[control + 1 :]):
        return _with_outside(sealed_in(children[control]), "ipgmail-mixed", before + after)
    if types[control + 1 : control + 2] == [_OCTETS] and said.strip().lower().startswith(b"version"):
        return _with_outside(sealed_in(after[0]), "exchange-mixed", before + after[1:])
    return None


def _of_gpgol(prelude: Part, attachment: Part) -> Envelope | None:
    """The whole PGP/MIME structure as Outlook's attachment: GpgOL on a server that knows no multipart/encrypted."""
    inner = read_part(attachment.decoded or b"")
    if (prelude.decoded or b"").strip() or inner.media_type not in {ENCRYPTED, SIGNED}:
        return None
    return _with_outside(mime_layer(inner), "gpgol-attachment", ())


def _with_outside(inner: Envelope, repair: str, outside: tuple[Part, ...]) -> Envelope:
    texts = [_text_of_part(leaf) for part in outside for leaf in _leaves(part)]
    unsealed = "\n\n".join(text for text in texts if text)
    notes = (*inner.notes, "unsealed-text") if unsealed else inner.notes
    return replace(inner, repairs=(*inner.repairs, repair), notes=notes, unsealed_text=unsealed)


def _leaves(part: Part) -> Iterator[Part]:
    texts = [leaf for leaf in walk(part) if leaf.media_type.startswith("text/")]
    if part.media_type == "multipart/alternative":
        texts = [leaf for leaf in texts if leaf.media_type == "text/plain"] or texts
    yield from texts


def _text_of_part(part: Part) -> str:
    text = text_of(part.decoded or b"", part.parameters.get("charset", ""))
    return (html_text(text) if part.media_type == "text/html" else text).strip()


def _has(root: Part, names: set[str]) -> bool:
    return any(found.name in names for found in root.fields)


def _begins_blank(part: Part) -> bool:
    """Whether a text starts with an empty line: an empty text that a footer was put behind."""
    text = (part.decoded or b"").replace(b"\r\n", b"\n")
    return not text.strip() or text.startswith(b"\n")
