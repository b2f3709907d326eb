"""Tags: the one spelling of a theme that the therapist gives to letters."""

import unicodedata
from collections.abc import Iterable
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
