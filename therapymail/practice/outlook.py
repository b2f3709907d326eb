"""The outlook: what is due next, and how many letters a search looks through; one look that costs little."""

from dataclasses import dataclass

from therapymail.domain.clocks import DueDate, clock_of, due_dates
from therapymail.domain.found import Coverage
from therapymail.practice.practice import Practice
from therapymail.vault import clients, exchanges
from therapymail.vault.search import coverage


@dataclass(frozen=True)
class Outlook:
    """`due` is the earliest moment that something is due at, past ones first; None where nothing is."""

    due: DueDate | None
    coverage: Coverage


def outlook(practice: Practice) -> Outlook:
    """The outlook as the record has it now. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        standings = exchanges.standings(reader, practice.clock())
        clocks = [clock_of(each, standings[each.identity], {}, ()) for each in clients.clients(reader)]
        return Outlook(next(iter(due_dates(clocks)), None), coverage(reader))
