r"""A draft as the one file an editor shows: a line `Subject: …`, a blank line, the text. Pure, and forgiving.

What is rendered and not touched is read back as it was, whatever it holds (HAZARDS C11).
"""

import re

from therapymail.domain.draft import DraftContent
from therapymail.domain.written import as_written

FIRST_LINE_OF_TEXT = 3
_SUBJECT = re.compile(r"[ \t]*subject[ \t]*:[ \t]*(.*)", re.IGNORECASE)


def rendered(content: DraftContent) -> str:
    """The file for `content`; its last line is ended, as editors expect."""
    return f"Subject: {content.subject}\n\n{_ended(content.text)}"


def read_back(file: str, former: DraftContent) -> DraftContent:
    """What a person made of the file that was rendered from `former`.

    Without a `Subject:` line on top the former subject stays, and all of it is text: a line is more easily deleted
    by mistake than on purpose.
    """
    first, _, rest = _plain_ends(file).partition("\n")
    found = _SUBJECT.fullmatch(first)
    if not found:
        return as_written(DraftContent(former.subject, _as_ended(_plain_ends(file), former.text)))
    return as_written(DraftContent(found[1], _as_ended(rest.removeprefix("\n"), former.text)))


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _as_ended(text: str, former: str) -> str:
    """`text` without the line end that rendering, or the editor, put behind its last line."""
    return text if former.endswith("\n") else text.removesuffix("\n")


def _plain_ends(file: str) -> str:
    return file.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
