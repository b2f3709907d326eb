"""Numbers of marks: given in order by each device, and told apart by a suffix where two devices gave the same."""

from therapymail.domain.mark_name import SUFFIXES, MarkName, MarkSort
from therapymail.vault.connection import Reader


def next_number(reader: Reader, table: str) -> int:
    """A number that no mark in this table has."""
    row = reader.row(f"SELECT max(number) FROM {table}")  # noqa: S608 - fixed tables
    return (row[0] or 0) + 1 if row else 1


def mark_name(sort: MarkSort, number: int, place: int) -> MarkName:
    """The name of the mark at `place` (from 1) among those with this number."""
    return MarkName(sort, number, SUFFIXES[min(place, len(SUFFIXES)) - 1])
