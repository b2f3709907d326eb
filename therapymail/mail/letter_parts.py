"""Which parts of an entity are the letter's text, and which are enclosures."""

import re

from therapymail.mail.charsets import decode_text
from therapymail.mail.flowed import unflowed
from therapymail.mail.parts import Part, content_of

# Of all text parts of one letter together: a book of 600 pages. Each byte of hostile text costs the index 100 bytes.
MAX_TEXT_BYTES = 1_000_000
MAX_HTML_BYTES = 2_000_000  # of all HTML parts of one letter together
_STUB_WORDS = 25  # a plain alternative this short is compared with the HTML beside it,
_STUB_SHARE = 4  # and passed over if that says so many times as much
_BODY_TYPES = {"text/plain", "text/html", "text/enriched", "text/markdown", "text/x-markdown", "text/pgp"}
_SIGNATURE_TYPES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)


class LetterParts:
    """The texts, enclosures and defects found in one entity, in its order."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.enclosures: list[Part] = []
        self.defects: list[str] = []
        self._has_body = False
        self._read_texts: dict[int, str] = {}  # by where the part starts: alternatives are looked at twice
        self._text_left = MAX_TEXT_BYTES
        self._html_left = MAX_HTML_BYTES

    def read(self, root: Part) -> None:
        """Sort the parts of `root` into texts and enclosures."""
        if not root.children and root.media_type in _BODY_TYPES:
            self.defects.extend(root.defects)
            self.texts.append(self._text_of(root))
        else:
            self._part(root)

    def add_bare(self, content: bytes, charset: str) -> None:
        """Take `content` as the one text."""
        self.texts.append(self._plain(content, charset))

    def _part(self, part: Part) -> None:
        self.defects.extend(part.defects)
        kind = part.media_type
        if "boundary-missing" in part.defects:
            self.texts.append(self._plain(content_of(part), ""))
        elif not part.children:
            self._leaf(part)
        elif kind == "multipart/alternative":
            self._alternatives(part)
        elif kind == "multipart/encrypted":  # never opened here (HAZARDS S3)
            self.defects.append("sealed-part-inside")
            self.enclosures.append(part)
        elif kind == "multipart/related":
            self._related(part)
        else:
            for child in part.children:
                if kind == "multipart/signed" and child.media_type in _SIGNATURE_TYPES:
                    self.defects.append("signed-part-inside")
                else:
                    self._part(child)

    def _leaf(self, part: Part) -> None:
        if self._is_body(part):
            self._has_body = True
            self.texts.append(self._text_of(part))
        else:
            self.enclosures.append(part)

    def _is_body(self, part: Part) -> bool:
        """Text that is read rather than enclosed: not marked as attachment, named only if it comes first."""
        if part.media_type not in _BODY_TYPES or part.disposition not in {"", "inline"}:
            return False
        return not part.filename or not self._has_body

    def _alternatives(self, part: Part) -> None:
        """Read one of the alternatives; of the others only the enclosures."""
        chosen = self._chosen(part.children)
        for child in part.children:
            if child is chosen:
                self._part(child)
            else:
                self._enclosures_of(child)

    def _chosen(self, children: tuple[Part, ...]) -> Part:
        plain = next((child for child in reversed(children) if child.media_type == "text/plain"), None)
        rich = next((child for child in reversed(children) if _holds_html(child)), None)
        if plain is None:
            readable = [child for child in children if child.children or child.media_type in _BODY_TYPES]
            return rich or (readable or list(children))[-1]
        if rich is None:
            return plain
        words = len(self._text_of(plain).split())
        if words >= _STUB_WORDS:
            return plain
        if not words:
            return rich
        html = next(inner for inner in rich.walk() if inner.media_type == "text/html")
        return rich if len(self._text_of(html).split()) > _STUB_SHARE * (words + 1) else plain

    def _related(self, part: Part) -> None:
        """Read the root of a multipart/related (its first child); images and the like are enclosures."""
        root, *others = part.children
        self._part(root)
        for child in others:
            if child.children:
                self._part(child)
            else:
                self.enclosures.append(child)

    def _enclosures_of(self, part: Part) -> None:
        for inner in part.walk():
            is_text = inner.media_type in _BODY_TYPES and inner.disposition in {"", "inline"}
            if not inner.children and not is_text:
                self.enclosures.append(inner)

    def _text_of(self, part: Part) -> str:
        known = self._read_texts.get(part.start)
        if known is None:
            content = content_of(part)
            charset = part.parameters.get("charset", "")
            if part.media_type == "text/html":
                known = self._html(content, charset)
            else:
                known = self._plain(content, charset)
                if part.parameters.get("format", "").lower() == "flowed":
                    known = unflowed(known, delete_space=part.parameters.get("delsp", "").lower() == "yes")
            self._read_texts[part.start] = known
        return known

    def _plain(self, content: bytes, charset: str) -> str:
        if len(content) > self._text_left:
            self.defects.append("text-cut")
            content = _cut(content, self._text_left)
        self._text_left -= len(content)
        decoded = decode_text(content, charset)
        if decoded.defect:
            self.defects.append(decoded.defect)
        return decoded.text.replace("\r\n", "\n").replace("\r", "\n")

    def _html(self, content: bytes, charset: str) -> str:
        from therapymail.mail.html import text_of_html  # lxml: only letters that need it pay for it

        if len(content) > self._html_left:
            self.defects.append("html-cut")
            content = _cut(content, self._html_left)
        self._html_left -= len(content)
        if not charset and (declared := _META_CHARSET.search(content, 0, 4096)):
            charset = declared[1].decode("ascii", "replace")
        read = text_of_html(self._plain(content, charset))
        self.defects.extend(read.defects)
        return read.text


def _holds_html(part: Part) -> bool:
    return any(inner.media_type == "text/html" for inner in part.walk())


def _cut(content: bytes, length: int) -> bytes:
    """At most `length` bytes of `content`, no character of UTF-8 divided: half of one makes a charset seem wrong."""
    for end in range(length, max(0, length - 4), -1):
        if content[end] & 0xC0 != 0x80:
            return content[:end]
    return content[:length]
