"""Tags: the one spelling of a theme that the therapist gives to letters."""

import unicodedata

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


def _joins(character: str) -> bool:
    """Whether `character` is a mark that belongs to the letter before it (Hindi, Thai, Hebrew points)."""
    return unicodedata.category(character).startswith("M")
