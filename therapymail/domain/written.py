"""What a person wrote, as a draft keeps it: one line of subject, text with plain line ends; and a reply's subject."""

import re

from therapymail.domain.draft import DraftContent

MAX_SUBJECT_CHARACTERS = 400
# "Re:" and what other languages' programs write in its place, with a count such as Re[2]: or Re^2:
_REPLY_PREFIX = re.compile(
    r"\A(?:(?:re|aw|sv|vs|antw|odp|rif|ref|r) ?(?:[\[(^]\d*[\])]?)? ?[:\uff1a] ?)+", re.IGNORECASE
)
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def as_written(content: DraftContent) -> DraftContent:
    r"""`content` with one line of subject and `\\n` line ends, without control characters; nothing else is touched."""
    return DraftContent(one_subject(content.subject), plain_text(content.text))


def one_subject(subject: str) -> str:
    """A subject as one line of at most 400 characters."""
    return " ".join(_NO_TEXT.sub(" ", _without_halves(subject)).split())[:MAX_SUBJECT_CHARACTERS].rstrip()


def plain_text(text: str) -> str:
    r"""Text with `\\n` line ends and without control characters other than tabs."""
    return _NO_TEXT.sub("", _without_halves(text).replace("\r\n", "\n").replace("\r", "\n"))


def without_reply_prefix(subject: str) -> str:
    """A subject as one line, without the `Re:` before it, however often and in whatever language that stands there."""
    return _REPLY_PREFIX.sub("", one_subject(subject), count=1)


def reply_subject(subject: str) -> str:
    """The subject of a reply: `Re: ` once, whatever stood before it; a letter without one gives none."""
    bare = without_reply_prefix(subject)
    return one_subject(f"Re: {bare}") if bare else ""


def _without_halves(text: str) -> str:
    """`text` as it can be encoded: a lone surrogate becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
