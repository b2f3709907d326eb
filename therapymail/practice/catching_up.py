"""What a search needs that an older version, or a sync that was cut off, left undone: done in pieces, each kept."""

import time
from collections.abc import Callable
from typing import NamedTuple

from therapymail.vault import blocks, later_filters, stale
from therapymail.vault.connection import Vault

_AT_ONCE = 500  # letters in one unit of work: about a second


class CaughtUp(NamedTuple):
    """How far it has come: so many of `of` letters (or with `clients` of their clients), after so many seconds."""

    done: int
    of: int
    seconds: float
    clients: bool = False

    @property
    def per_second(self) -> float:
        """The rate so far; 0 before anything is done."""
        return self.done / self.seconds if self.seconds > 0 else 0.0


Told = Callable[[CaughtUp], None]  # what it raises ends the work; whatever was told of is kept


def untold(_: CaughtUp) -> None:
    """Says nothing."""


def bring_filters_up_to_date(vault: Vault, told: Told = untold) -> None:
    """Tell the index what an older version did not; work that is interrupted goes on the next time.

    Raises VaultLocked, and whatever `told` raises.
    """
    with vault.reading() as reader:
        if not later_filters.are_behind(reader):
            return
        left = later_filters.left(reader)
    from therapymail.vault.indexing import bring_older_filters_up_to_date

    began, done, more = time.monotonic(), 0, True
    told(CaughtUp(0, left, 0.0))
    while more:
        with vault.writing(durable=False) as writer:
            more = bring_older_filters_up_to_date(writer, _AT_ONCE)
        done = min(left, done + _AT_ONCE)
        told(CaughtUp(done, left, time.monotonic() - began))


def bring_blocks_up_to_date(vault: Vault, told: Told = untold) -> None:
    """Put letters that are searchable into blocks, by which searches are quick; the newest wait for more.

    Raises VaultLocked, and whatever `told` raises.
    """
    from therapymail.vault.block_filling import BLOCKS_AT_ONCE, fill_blocks, in_no_block

    with vault.reading() as reader:
        left = in_no_block(reader)
        if left < blocks.LETTERS and not blocks.are_behind(reader):
            return
    began, done, more = time.monotonic(), 0, -1
    told(CaughtUp(0, left, 0.0))
    while more:
        with vault.writing(durable=False) as writer:
            more = fill_blocks(writer, BLOCKS_AT_ONCE)
        done = min(left, done + more)
        told(CaughtUp(done, left, time.monotonic() - began))


def bring_older_blocks_up_to_date(vault: Vault, told: Told = untold) -> None:
    """As `bring_blocks_up_to_date`, only where an older version filled the index. Raises as it does."""
    with vault.reading() as reader:
        is_older = blocks.are_behind(reader)
    if is_older:
        bring_blocks_up_to_date(vault, told)


def bring_exchanges_up_to_date(vault: Vault, told: Told = untold) -> None:
    """Find the exchanges of every client whose letters changed since; one client after another. Raises as above."""
    with vault.reading() as reader:
        left = len(stale.stale_clients(reader))
    if not left:
        return
    from therapymail.vault.courses import bring_courses_up_to_date

    began = time.monotonic()
    told(CaughtUp(0, left, 0.0, clients=True))
    for done in range(1, left + 1):
        with vault.writing(durable=False) as writer:
            bring_courses_up_to_date(writer, most=1)
        told(CaughtUp(done, left, time.monotonic() - began, clients=True))
