"""Tags: the one spelling of a theme that the therapist gives to what is on the record, and their hierarchy."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from therapymail.errors import UnusableInput

MAX_TAG_CHARACTERS = 60


def tag_name(text: str) -> str:
    """`text` as the one form a tag is kept in: NFC, lower case, no blanks; `grief/loss` is a tag below `grief`.

    Raises UnusableInput.
    """
    name = unicodedata.normalize("NFC", text.strip()).lower()
    if not name or len(name) > MAX_TAG_CHARACTERS:
        raise UnusableInput("tag", f"1 to {MAX_TAG_CHARACTERS} characters")
    if name[0] in "+-" or not all(character.isalnum() or character in "-_/" or _joins(character) for character in name):
        raise UnusableInput("tag", "letters, digits, hyphen, underscore and slash, no blanks, for example grief/father")
    if "" in name.split("/"):
        raise UnusableInput("tag", "a slash stands between two names, for example grief/father")
    return name


def is_at_or_below(tag: str, above: str) -> bool:
    """Whether `tag` is `above`, or stands below it: `grief/father` below `grief`."""
    return tag == above or tag.startswith(f"{above}/")


@dataclass(frozen=True)
class CountedTag:
    """A tag and how many letters bear it themselves (`count`), how many passages, how many exchanges."""

    tag: str
    count: int
    passages: int = 0
    exchanges: int = 0


class TagBranch(NamedTuple):
    """A tag in its hierarchy: `depth` slashes in, called `name` there, with what is borne below it counted in.

    What bears several tags below it counts once. `own` is None for a tag that only others stand below.
    """

    tag: str
    depth: int
    name: str
    letters: int
    passages: int
    exchanges: int
    own: CountedTag | None


def levels(tag: str) -> tuple[str, ...]:
    """`tag` and every tag it stands below, the highest first: `grief`, `grief/father`."""
    parts = tag.split("/")
    return tuple("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))


def in_hierarchy(tags: Iterable[str]) -> list[str]:
    """Every tag of `tags` and every one that they stand below, each before those below it."""
    return sorted({level for tag in tags for level in levels(tag)}, key=lambda tag: tag.split("/"))


class RenamedTag(NamedTuple):
    """A tag that is called otherwise, with those below it; `joins` are tags in use that it becomes one with.

    Renaming back undoes it only where `can_be_undone`: of what was joined nobody knows any more which was which.
    """

    old: str
    new: str
    joins: tuple[str, ...]
    can_be_undone: bool


def renaming(old: str, new: str, in_use: Iterable[str]) -> RenamedTag:
    """What becomes of the tags `in_use` when `old` is called `new`. Raises UnusableInput where it cannot be."""
    old, new, tags = tag_name(old), tag_name(new), frozenset(in_use)
    if new == old:
        raise UnusableInput("tag", "it is called so already")
    if is_at_or_below(new, old):
        raise UnusableInput("tag", "a tag cannot stand below itself")
    moved = {tag: new + tag.removeprefix(old) for tag in tags if is_at_or_below(tag, old)}
    if any(len(name) > MAX_TAG_CHARACTERS for name in moved.values()):
        raise UnusableInput("tag", f"one below it would have more than {MAX_TAG_CHARACTERS} characters")
    others = {tag for tag in tags if tag not in moved}
    joins = tuple(sorted(others.intersection(moved.values())))
    mixes = is_at_or_below(old, new) or any(is_at_or_below(tag, new) for tag in others)
    return RenamedTag(old, new, joins, can_be_undone=not mixes)


def _joins(character: str) -> bool:
    """Whether `character` is a mark that belongs to the letter before it (Hindi, Thai, Hebrew points)."""
    return unicodedata.category(character).startswith("M")
