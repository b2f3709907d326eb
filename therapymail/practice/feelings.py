"""The list of feelings that this practice works with: the therapist's own, else ours."""

import importlib.resources

from therapymail.domain.feelings import Feelings, read_feelings
from therapymail.errors import FileUnusable, UnusableInput
from therapymail.paths import error_phrase
from therapymail.practice.practice import Practice
from therapymail.staged_file import write_private_file

_MOST_BYTES = 200_000


def feelings_of(practice: Practice) -> Feelings:
    """The feelings in `feelings.txt` of the practice directory, else those that come with therapymail.

    Raises UnusableInput naming a line that cannot be used, FileUnusable.
    """
    text = _text_of(practice)
    return own_feelings() if text is None else read_feelings(text)


def _text_of(practice: Practice) -> str | None:
    """What stands in the practice's own list; None where it has none."""
    own = practice.paths.feelings
    try:
        with own.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileUnusable(str(own), error_phrase(error)) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableInput("list of feelings", "its text must be UTF-8") from None
    if len(content) > _MOST_BYTES:
        raise UnusableInput("list of feelings", "it is larger than 200 kB")
    return text


def own_feelings() -> Feelings:
    """The feelings that come with therapymail."""
    return read_feelings(_own_text())


def feelings_text(practice: Practice) -> str:
    """The list as a person edits it, also one that cannot be used as it is. Raises UnusableInput, FileUnusable."""
    text = _text_of(practice)
    return _own_text() if text is None else text


def keep_feelings(practice: Practice, text: str) -> Feelings:
    """Let `text` be the practice's list; it counts from the next search on. Raises UnusableInput, FileUnusable."""
    content = text.encode("utf-8", "replace")
    if len(content) > _MOST_BYTES:
        raise UnusableInput("list of feelings", "it is larger than 200 kB")
    read = read_feelings(text)
    write_private_file(practice.paths.feelings, content)
    return read


def _own_text() -> str:
    return importlib.resources.files("therapymail.practice").joinpath("feelings.txt").read_text("utf-8")
