"""Saved searches: each change is an entry, and a rebuild gives the same."""

from datetime import timedelta

from tests.vault.builders import NOW
from therapymail.vault import journal, saved_searches
from therapymail.vault.connection import Vault
from therapymail.vault.rebuild import rebuild


def test_a_search_is_saved_changed_and_forgotten(vault: Vault) -> None:
    with vault.writing() as writer:
        saved_searches.save(writer, "garden", "garden", NOW)
        saved_searches.save(writer, "garden", "garden OR seed", NOW + timedelta(days=1))
        saved_searches.save(writer, "garden", "garden OR seed", NOW + timedelta(days=2))
        saved_searches.save(writer, "apple", "apple", NOW)
        saved_searches.forget(writer, "apple", NOW)
        saved_searches.forget(writer, "apple", NOW)
        (found,) = saved_searches.saved_searches(writer)
        assert found == ("garden", "garden OR seed", NOW + timedelta(days=1))
        assert saved_searches.saved_search(writer, "apple") is None
        said = [entry.what for entry, _ in journal.entries(writer)]
        assert said.count("search.saved") == 3
        assert said.count("search.forgotten") == 1
        rebuild(writer)
        assert saved_searches.saved_searches(writer) == [found]
