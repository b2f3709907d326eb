"""The text of an HTML letter, with no network, script or style: what is hidden stays out, links name their host.

lxml reads the HTML (the parser inscriptis stands on), this module takes out and rewrites elements, and
inscriptis lays the rest out as text.
"""

import itertools
import re
import secrets
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lxml import etree, html

MAX_HTML_CHARACTERS = 1_000_000
MAX_TAGS = 40_000  # opening and closing ones
# lines that stand for the edges of a quote while a letter is laid out: no letter can name them
_QUOTE_OPENS = f"quote {secrets.token_hex(16)}"
_QUOTE_CLOSES = f"quote {secrets.token_hex(16)}"
# What XML cannot hold lxml refuses to be given back, though its HTML parser makes it of `&#27;`. Form feeds are blanks.
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_DROPPED = {
    *("applet", "audio", "base", "canvas", "embed", "frame", "frameset", "head", "iframe", "link", "map", "math"),
    *("meta", "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title", "video"),
}
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|(?:font-size|opacity|max-height|max-width)\s*:\s*0*\.?0+(?:[a-z%]+)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
# what Gmail and Outlook make of the "indent" button: a blockquote of the author's own
_INDENTING = re.compile(r"border\s*:\s*(?:none|0)|margin[^;]*:\s*0(?:px)?\s+0(?:px)?\s+0(?:px)?\s+40px", re.IGNORECASE)
_TABLE_ROWS = {"table", "thead", "tbody", "tfoot", "tr", "caption"}
_TABLE_CELLS = {"td", "th"}
_EMPTY_LINES = re.compile(r"\n{3,}")
_DEEPEST_QUOTE = 20  # prefixes shown
_LINK_TEXT = 500  # characters of a link's text that are looked at


@dataclass(frozen=True, slots=True)
class HtmlText:
    r"""The text with `\\n` line ends, quoted passages prefixed `> `; `defects` are codes."""

    text: str
    defects: tuple[str, ...] = ()


def text_of_html(source: str) -> HtmlText:
    """The text of the HTML `source`. Never raises, and takes bounded time (HAZARDS S2, S22, S24).

    Of more than MAX_HTML_CHARACTERS or MAX_TAGS the rest is left out (`html-cut`), and so is what is
    hidden by its own style (`hidden-text`). HTML nested deeper than 256 elements is not laid out: its
    words follow each other line by line (`html-too-deep`).
    """
    length = _usable_length(source)
    kept = _usable(source[:length])
    root = _document(kept, huge=False)
    if root is None:
        return HtmlText("")
    too_deep = any("depth" in entry.message for entry in root.getroottree().parser.error_log)
    if too_deep:
        root = _document(kept, huge=True)
        assert root is not None
    defects = {"html-cut": len(source) > length, "html-too-deep": too_deep, "hidden-text": _clean(root)}
    return HtmlText(_as_lines(root, laid_out=not too_deep), tuple(code for code, found in defects.items() if found))


def _document(source: str, *, huge: bool) -> html.HtmlElement | None:
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=huge)
    if not source.strip():
        return None
    try:
        return html.document_fromstring(source.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing in it but comments
        return None


def _usable(text: str | None) -> str:
    return _UNUSABLE.sub("", text.replace("\x0c", " ")) if text else ""


def _usable_length(source: str) -> int:
    if source.count("<") > MAX_TAGS:
        first_beyond = next(itertools.islice(re.finditer("<", source), MAX_TAGS, None))
        return min(first_beyond.start(), MAX_HTML_CHARACTERS)
    return min(len(source), MAX_HTML_CHARACTERS)


def _clean(root: html.HtmlElement) -> bool:
    """Take out and rewrite the elements below `root`; whether any of them hid text."""
    hid = False
    for element in list(root.iterdescendants()):
        if element.tag in _DROPPED:
            _drop(element)
        elif _is_hidden(element):
            hid = hid or bool(element.text_content().strip())
            _drop(element)
        else:
            _rewrite(element)
    return hid


def _rewrite(element: html.HtmlElement) -> None:
    tag = element.tag
    if tag == "a":
        _name_target(element)
    elif tag == "img":
        _read_alternative(element)
    elif tag == "blockquote" and not _is_indent(element):
        _mark_quote(element)
    elif tag in _TABLE_ROWS:  # tables in letters are layout: rows under each other, cells in one line
        element.tag = "div"
    elif tag in _TABLE_CELLS:
        element.tag = "span"
        element.tail = f" {_usable(element.tail)}"


def _drop(element: html.HtmlElement) -> None:
    """Empty `element` of all inside it; the text after it stays."""
    element.clear(keep_tail=True)
    element.tag = "span"


def _is_hidden(element: html.HtmlElement) -> bool:
    style = element.get("style")
    return (style is not None and _HIDING.search(style[:2000]) is not None) or element.get("hidden") is not None


def _is_indent(element: html.HtmlElement) -> bool:
    if element.get("type") or element.get("cite") or element.get("class"):
        return False
    return _INDENTING.search(element.get("style", "")[:2000]) is not None


def _mark_quote(element: html.HtmlElement) -> None:
    """Put marks on lines of their own around a quoted passage: inscriptis has no line prefix."""
    opening, closing = etree.Element("div"), etree.Element("div")
    opening.text, closing.text = _QUOTE_OPENS, _QUOTE_CLOSES
    opening.tail, element.text = _usable(element.text), None
    element.insert(0, opening)
    element.append(closing)
    element.tag = "div"


def _name_target(link: html.HtmlElement) -> None:
    """Show where a link leads behind its text, unless the text names that very host or address."""
    target = _target(link.get("href", "")[:2000])
    if target and not _names(link.text_content()[:_LINK_TEXT].lower(), target.lower()):
        link.tail = f" [{_usable(target)}]{_usable(link.tail)}"


def _names(text: str, target: str) -> bool:
    """Whether `text` names `target` as a whole, not as a part of another name."""
    position = text.find(target)
    while position >= 0:
        before = text[:position][-1:]
        after = text[position + len(target) :][:2]
        if not (before.isalnum() or before in set(".-_@") or after[:1].isalnum() or after[:1] in set("-_@")) and not (
            after[:1] == "." and after[1:].isalnum()
        ):
            return True
        position = text.find(target, position + 1)
    return False


def _target(address: str) -> str:
    """The host that `address` leads to, in ASCII; the address of a mailto; the scheme of anything else."""
    if not address or address.startswith("#"):
        return ""
    try:
        parts = urlsplit(re.sub(r"[\x00-\x20\x7f]", "", address))
        host = parts.hostname or ""
    except ValueError:  # a malformed IPv6 literal
        return "unreadable link"
    if parts.scheme in {"http", "https", "ftp", ""} and host:
        try:
            return host.encode("idna").decode("ascii")
        except UnicodeError:
            return "unreadable link"
    if parts.scheme == "mailto":
        return unquote(parts.path)[:254]
    return f"{parts.scheme}:" if parts.scheme else ""


def _read_alternative(image: html.HtmlElement) -> None:
    """An image as text: an emoji is itself, anything else its description."""
    description = " ".join(_usable(image.get("alt", "")[:200]).split())
    if description and any(character.isalnum() for character in description):
        description = f"(image: {description})"
    image.tag = "span"
    image.text = description


def _as_lines(root: html.HtmlElement, *, laid_out: bool) -> str:
    text = _laid_out(root) if laid_out else "\n".join(root.itertext())
    lines = []
    depth = 0
    for line in text.replace("\u00a0", " ").split("\n"):
        words = line.strip()
        if words == _QUOTE_OPENS:
            depth += 1
        elif words == _QUOTE_CLOSES:
            depth = max(0, depth - 1)
        elif depth:
            lines.append(f"{'>' * min(depth, _DEEPEST_QUOTE)} {words}".rstrip())
        else:
            lines.append(line.rstrip())
    return _EMPTY_LINES.sub("\n\n", _usable("\n".join(lines))).strip("\n")


def _laid_out(root: html.HtmlElement) -> str:
    from inscriptis import Inscriptis
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig

    # the strict profile: the other one indents the text of every div inside a div
    return str(Inscriptis(root, ParserConfig(css=CSS_PROFILES["strict"])).get_text())
