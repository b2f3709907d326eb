"""Keeping searches under a name."""

from therapymail.domain.saved_search import SavedSearch, search_name
from therapymail.errors import NothingFound
from therapymail.practice.asked import expand, read_asked
from therapymail.practice.practice import Practice
from therapymail.vault import saved_searches


def save_search(practice: Practice, name: str, text: str) -> SavedSearch | None:
    """Keep the search `text` as `@name`; what had that name before, or None.

    A saved search that it begins with is written out: a later change of that one does not change this.
    Raises UnusableInput, QueryUnreadable, VaultLocked.
    """
    wanted = search_name(name)
    read_asked(practice, text)
    query, _ = expand(practice, text)
    with practice.vault() as vault, vault.writing() as writer:
        before = saved_searches.saved_search(writer, wanted)
        saved_searches.save(writer, wanted, query.strip(), practice.clock())
    return before


def forget_search(practice: Practice, name: str) -> str:
    """Let `@name` mean nothing any more; the name. Raises UnusableInput, NothingFound, VaultLocked."""
    unwanted = search_name(name)
    with practice.vault() as vault, vault.writing() as writer:
        if saved_searches.saved_search(writer, unwanted) is None:
            raise NothingFound("no search is saved under this name")
        saved_searches.forget(writer, unwanted, practice.clock())
    return unwanted


def list_saved_searches(practice: Practice) -> tuple[SavedSearch, ...]:
    """Every saved search, by name. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return tuple(saved_searches.saved_searches(reader))
