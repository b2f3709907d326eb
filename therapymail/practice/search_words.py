"""What the last word of a search may go on as: a saved search, a filter, or a value of one that is in use."""

from collections.abc import Callable

from therapymail.domain.query_values import CHOICES, FILTERS
from therapymail.domain.tags import in_hierarchy
from therapymail.practice.feelings import feelings_of
from therapymail.practice.introduce import list_clients
from therapymail.practice.practice import Practice
from therapymail.practice.saved_searches import list_saved_searches
from therapymail.practice.tag import list_tags


def search_words(practice: Practice, typed: str) -> list[str]:
    """Whatever may stand in the place of `typed`, whether or not it begins so. Raises VaultLocked."""
    if typed.startswith("@"):
        return [f"@{saved.name}" for saved in list_saved_searches(practice)]
    field, colon, _ = typed.partition(":")
    if not colon:
        return [f"{each}:" for each in FILTERS]
    in_use = _IN_USE.get(field.lower())
    values = in_use(practice) if in_use else CHOICES.get(field.lower(), ())
    return [f"{field}:{value}" for value in values]


def going_on(practice: Practice, text: str) -> tuple[str, ...]:
    """`text` with each way in which its last word may go on, in place of that word. Raises VaultLocked."""
    before, last = text[: len(text) - len(text.rsplit(" ", maxsplit=1)[-1])], text.rsplit(" ", maxsplit=1)[-1]
    bare = last.lstrip("-(")
    if not bare:
        return ()
    before += last[: len(last) - len(bare)]
    found = [each for each in search_words(practice, bare) if each.lower().startswith(bare.lower())]
    return tuple(before + each for each in found)


def tags_in_use(practice: Practice) -> list[str]:
    """The tags in use, and those they stand below."""
    return in_hierarchy(counted.tag for counted in list_tags(practice))


def codes_in_use(practice: Practice) -> list[str]:
    """The codes of all clients."""
    return [overview.client.code for overview in list_clients(practice)]


def _feelings(practice: Practice) -> list[str]:
    return [name for name in feelings_of(practice).families if " " not in name]


_IN_USE: dict[str, Callable[[Practice], list[str]]] = {
    "tag": tags_in_use,
    "client": codes_in_use,
    "feeling": _feelings,
}
