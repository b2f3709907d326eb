"""The author a mail names, as a person is shown it: the address always, the name only where it can mislead nobody.

PGP.md I2: a display name is whatever its writer chose.
"""

import unicodedata
from collections.abc import Iterable, Mapping

from therapymail.domain.sanitise import sanitise_line

_LONGEST_NAME = 60
_AT_SIGNS = "@\uff20\ufe6b"
_INVISIBLE = {"Cf", "Cc", "Co", "Cn", "Cs", "Zl", "Zp"}


def shown_author(name: str, address: str, others: Mapping[str, Iterable[str]]) -> str:
    """`Name <address>`, or the address alone; empty where it is unusable.

    `others` are the names and addresses of the people known here, by the address each is known under (any of them,
    for several). The name is left out where it holds an @, reads like a name or address of somebody else, or is padded
    beyond 60 characters; blanks are collapsed and characters without a shape (bidirectional ones too) taken out.
    """
    plain = _plain(name)
    if not address:
        return ""
    if not plain or len(plain) > _LONGEST_NAME or any(sign in plain for sign in _AT_SIGNS):
        return address
    likeness = _likeness(plain)
    taken = {_likeness(each) for known, words in others.items() if known != address for each in (known, *words)}
    own = {_likeness(word) for word in others.get(address, ())}
    reads_like_another = likeness not in own and not taken.isdisjoint({likeness, _without_at(plain)})
    if not likeness or reads_like_another:
        return address
    return f"{plain} <{address}>"


def _plain(name: str) -> str:
    kept = "".join(each if unicodedata.category(each) not in _INVISIBLE else "" for each in _one_line(name))
    return sanitise_line(kept)


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _likeness(text: str) -> str:
    """What `text` looks like: letters and digits alone, in one case, without marks, width or dots."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(each for each in folded if each.isalnum())


def _without_at(name: str) -> str:
    """The likeness of a name that spells an address out: `bob (at) heron dot example`."""
    words = [word.strip("()[]<>{}\"'.,;: ") for word in name.casefold().split()]
    return _likeness("".join(word for word in words if word not in {"at", "dot"}))
