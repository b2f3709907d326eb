"""What `search --save`, `--saved` and `--forget` do and print."""

from collections.abc import Sequence

from therapymail.cli.output import narrate, print_json, print_table, utc_text
from therapymail.domain.saved_search import MARK, SavedSearch, search_name
from therapymail.practice import saved_searches
from therapymail.practice.practice import Practice


def save_search(practice: Practice, name: str, text: str, *, as_json: bool) -> None:
    """Keep a search and say what it replaces. Raises as the verb does."""
    before = saved_searches.save_search(practice, name, text)
    kept = search_name(name)
    if as_json:
        _print_json([each for each in saved_searches.list_saved_searches(practice) if each.name == kept])
        return
    narrate(f"Saved: `therapymail search {MARK}{kept}`.")
    if before is not None and before.query != text.strip():
        narrate(f"Before, it was: {before.query}")


def forget_search(practice: Practice, name: str, *, as_json: bool) -> None:
    """Keep a search no longer. Raises as the verb does."""
    forgotten = saved_searches.forget_search(practice, name)
    if as_json:
        _print_json(saved_searches.list_saved_searches(practice))
    else:
        narrate(f"{MARK}{forgotten} is forgotten.")


def list_searches(practice: Practice, *, as_json: bool) -> None:
    """Every search that was kept. Raises VaultLocked."""
    found = saved_searches.list_saved_searches(practice)
    if as_json:
        _print_json(found)
    elif found:
        print_table(("NAME", "SEARCH"), [(f"{MARK}{each.name}", each.query) for each in found])
    else:
        narrate("No search is saved. See `therapymail search --help`.")


def _print_json(found: Sequence[SavedSearch]) -> None:
    print_json({"saved": [{"name": each.name, "query": each.query, "saved": utc_text(each.saved)} for each in found]})
