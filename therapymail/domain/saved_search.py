"""A search kept under a name, `@garden`, and how a text that begins with such a name is told apart."""

import re
from datetime import datetime
from typing import NamedTuple

from therapymail.errors import UnusableInput

MARK = "@"
_NAME = re.compile(r"[^\W_](?:[\w-]{0,38}[^\W_])?")


class SavedSearch(NamedTuple):
    """A search as typed, under its name; `saved` is UTC."""

    name: str
    query: str
    saved: datetime


class Called(NamedTuple):
    """A text that begins with the name of a saved search; `rest` stands `offset` characters after its beginning."""

    name: str
    rest: str
    offset: int


def search_name(text: str) -> str:
    """`text` as the one form a name is kept in: small letters, without the @. Raises UnusableInput."""
    name = text.strip().removeprefix(MARK).lower()
    if not _NAME.fullmatch(name):
        raise UnusableInput("name of a search", "1 to 40 letters and digits, hyphens between them, for example garden")
    return name


def called(text: str) -> Called | None:
    """The saved search that `text` begins with, and what stands after it; None where it begins with none."""
    stripped = text.lstrip()
    if not stripped.startswith(MARK):
        return None
    name = stripped.split(maxsplit=1)[0]
    offset = len(text) - len(stripped) + len(name)
    return Called(name.removeprefix(MARK).lower(), text[offset:], offset)
