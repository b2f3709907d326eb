"""The list of feelings that this practice works with: the therapist's own, else ours."""

import importlib.resources

from therapymail.domain.feelings import Feelings, read_feelings
from therapymail.errors import FileUnusable, UnusableInput
from therapymail.paths import error_phrase
from therapymail.practice.practice import Practice

_MOST_BYTES = 200_000


def feelings_of(practice: Practice) -> Feelings:
    """The feelings in `feelings.txt` of the practice directory, else those that come with therapymail.

    Raises UnusableInput naming a line that cannot be used, FileUnusable.
    """
    own = practice.paths.feelings
    try:
        with own.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return own_feelings()
    except OSError as error:
        raise FileUnusable(str(own), error_phrase(error)) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableInput("list of feelings", "its text must be UTF-8") from None
    if len(content) > _MOST_BYTES:
        raise UnusableInput("list of feelings", "it is larger than 200 kB")
    return read_feelings(text)


def own_feelings() -> Feelings:
    """The feelings that come with therapymail."""
    text = importlib.resources.files("therapymail.practice").joinpath("feelings.txt").read_text("utf-8")
    return read_feelings(text)
