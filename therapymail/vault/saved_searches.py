"""Searches that the therapist saved under a name; every change is a journal entry."""

from datetime import datetime

from therapymail.domain.journal import Entry
from therapymail.domain.saved_search import SavedSearch
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.journal import Payload
from therapymail.vault.moments import from_microseconds, to_microseconds
from therapymail.vault.projection import projects, record


def saved_searches(reader: Reader) -> list[SavedSearch]:
    """Every saved search, by name."""
    rows = reader.rows("SELECT name, query, saved FROM saved_search ORDER BY name")
    return [SavedSearch(name, query, from_microseconds(saved)) for name, query, saved in rows]


def saved_search(reader: Reader, name: str) -> SavedSearch | None:
    """The search with this name, or None."""
    row = reader.row("SELECT name, query, saved FROM saved_search WHERE name = ?", (name,))
    return SavedSearch(row[0], row[1], from_microseconds(row[2])) if row else None


def save(writer: Writer, name: str, query: str, now: datetime) -> None:
    """Keep `query` under `name`, in the place of what had that name."""
    found = saved_search(writer, name)
    if found is None or found.query != query:
        record(writer, "search.saved", "", {"name": name, "query": query, "at": to_microseconds(now)}, now)


def forget(writer: Writer, name: str, now: datetime) -> None:
    """Let `name` mean nothing any more."""
    if saved_search(writer, name) is not None:
        record(writer, "search.forgotten", "", {"name": name}, now)


@projects("search.saved")
def _saved(writer: Writer, _entry: Entry, payload: Payload) -> None:
    writer.run(
        "INSERT OR REPLACE INTO saved_search (name, query, saved) VALUES (?, ?, ?)",
        (payload["name"], payload["query"], payload["at"]),
    )


@projects("search.forgotten")
def _forgotten(writer: Writer, _entry: Entry, payload: Payload) -> None:
    writer.run("DELETE FROM saved_search WHERE name = ?", (payload["name"],))
