"""A draft: what the therapist is writing to one client, until it is sent or discarded."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from therapymail.domain.kinds import Kind
from therapymail.errors import UnusableInput

_NAME = re.compile(r"D-([1-9][0-9]{0,8})")


@dataclass(frozen=True, order=True)
class DraftName:
    """The name of a draft, D-3: numbers are given once and never again."""

    number: int

    def __str__(self) -> str:
        return f"D-{self.number}"

    @classmethod
    def parse(cls, text: str) -> "DraftName":
        """The name in `text`, in any case. Raises UnusableInput."""
        found = _NAME.fullmatch(text.strip().upper())
        if not found:
            raise UnusableInput("draft", "a draft's name looks like D-3")
        return cls(int(found[1]))


@dataclass(frozen=True)
class DraftEnclosure:
    """A file that goes with the letter: its name as the client will see it, media type, size in bytes.

    `notes` are codes for what a person should know of it (`metadata-removed`, `may-name-its-author`).
    The bytes lie apart (vault.drafts.enclosure_bytes).
    """

    name: str
    media_type: str
    size: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftContent:
    r"""What a person writes: subject and text, `\\n` line ends. Saved whole, compared whole."""

    subject: str = ""
    text: str = ""

    @property
    def words(self) -> int:
        """Words of the text, what quotes the client left out."""
        return sum(len(line.split()) for line in own_lines(self.text))

    @property
    def is_empty(self) -> bool:
        """Whether nothing of one's own has been written: only blanks, or only what a reply quotes."""
        return not self.words


def own_lines(text: str) -> list[str]:
    """The lines of `text` that quote nobody and introduce no quotation ("On 3 March 2026, you wrote:")."""
    lines = text.split("\n")
    return [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if not line.startswith(">") and not (line.endswith("wrote:") and after.startswith(">"))
    ]


def own_words(text: str) -> list[str]:
    """The words of `text` without what it quotes and every line that introduces a quotation, whatever its line breaks.

    The same of a draft and of the letter that it became, however that was wrapped and its quotations taken out.
    """
    lines = (line.rstrip() for line in own_lines(text))
    return [word for line in lines if not line.endswith("wrote:") for word in line.split()]


@dataclass(frozen=True)
class Draft:
    """A draft as the vault keeps it: working state, never in the journal until it is released.

    `identity` is 16 random bytes as hex, the name the journal uses; `client` the client's identity, `code`
    theirs on screens; `answers` the digest of the letter it replies to; `revision` rises with each save.
    """

    name: DraftName
    identity: str
    client: str
    code: str
    content: DraftContent
    kind: Kind
    created: datetime
    changed: datetime
    revision: int
    answers: bytes | None = None
    enclosures: tuple[DraftEnclosure, ...] = ()


def without_words(draft: Draft) -> Draft:
    """`draft` as it is known once the practice is locked: its name, and nothing that was written."""
    return replace(draft, content=DraftContent(), enclosures=())
