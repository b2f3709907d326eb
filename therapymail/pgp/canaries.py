"""Canaries: the words of a letter, and the names of this machine, that must not stand outside its seal."""

import functools
import getpass
import re
import socket
from collections.abc import Iterable
from pathlib import Path

from therapymail.domain.draft import DraftContent

_WORD = re.compile(r"[^\W_]+")
_SHORTEST_IN_TEXT, _SHORTEST_NAME, _SHORTEST_NUMBER = 5, 3, 6
_SHORTEST_UNLIKE_ASCII = 2  # characters: one of many scripts writes a word in two


def canaries_of(
    content: DraftContent, enclosure_names: Iterable[str] = (), client_names: Iterable[str] = ()
) -> tuple[str, ...]:
    """The distinctive words of subject, text and enclosure names, the client's name and code, and this machine's.

    Words are runs of letters and digits, case folded; of the text those of five characters and more, of names
    three. What legitimately stands in a header is known to the proof, and is no reason to leave a word out.
    """
    text = set(words_of("\n".join([content.subject, content.text, *enclosure_names])))
    names = {*words_of("\n".join(client_names)), *_machine_words()}
    found = _distinctive(text, _SHORTEST_IN_TEXT) | _distinctive(names, _SHORTEST_NAME)
    return tuple(found)


def words_of(text: str) -> list[str]:
    """The runs of letters and digits in `text`, case folded."""
    return _WORD.findall(text.casefold())


def _distinctive(words: set[str], shortest: int) -> set[str]:
    return {
        word
        for word in words
        if len(word) >= _SHORTEST_NUMBER
        or (not word.isascii() and len(word) >= _SHORTEST_UNLIKE_ASCII)
        or (len(word) >= shortest and not word.isdigit())
    }


@functools.cache
def _machine_words() -> frozenset[str]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        user = ""
    return frozenset(words_of("\n".join([socket.gethostname(), user, str(Path.home())])))
