"""Filling a practice with letters that are opened already, and with what gathers around them in years."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bench.measuring import seconds_of
from bench.plain_corpus import BEGINNING, YEARS, PlainPlan, filings
from bench.program import Program, add_pseudonyms
from therapymail.domain.agreement import default_terms
from therapymail.domain.letter import Filing
from therapymail.domain.note import NoteDraft, NoteKind, NoteLinks, NoteName, Purpose
from therapymail.practice.catching_up import bring_blocks_up_to_date
from therapymail.practice.practice import Practice
from therapymail.vault import agreements, clients, notes, tags
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.filing import file_letters

TAG_EVERY = 20  # one letter in so many is tagged
NOTE_EVERY = 200  # a progress note is written about one letter in so many
_BATCH = 500
_BLOCKS = 100  # enough for every letter there is
THE_DAY_AFTER = BEGINNING + YEARS * timedelta(days=365) + timedelta(days=1)


@dataclass(frozen=True)
class Filled:
    """How far a filling has come: letters in all; seconds of the clock and of the processor for those filed now."""

    letters: int
    seconds: float
    cpu_seconds: float


def fill(program: Program, plan: PlainPlan, clients_wanted: int) -> float:
    """File the letters and tag some; seconds of filing, without making them up."""
    return max((each.seconds for each in filling(program, plan, clients_wanted)), default=0.0)


def filling(
    program: Program, plan: PlainPlan, clients_wanted: int, around: Callable[[Writer, list[Filing]], None] | None = None
) -> Iterator[Filled]:
    """File the letters batch by batch; a filling that was cut off goes on where it ended.

    `around` does more with each batch; its time counts as the letters' own does.
    """
    addresses = [f"client{number:03d}@practice.test" for number in range(clients_wanted)]
    practice, seconds, cpu = program.practice(), 0.0, 0.0
    with practice.vault() as vault:
        with vault.reading() as reader:
            known, filed = [client.identity for client in clients.clients(reader)], _count(reader)
        identities = known or add_pseudonyms(program, addresses)
        letters = itertools.islice(filings(plan, identities, addresses), filed, None)
        while batch := list(itertools.islice(letters, _BATCH)):
            began, began_cpu = time.perf_counter(), time.process_time()
            with vault.writing(durable=False) as writer:
                file_letters(writer, batch, practice.clock())
                for filing in batch[::TAG_EVERY]:
                    tags.tag(writer, filing.digest, ["grief"], [], practice.clock())
                if around:
                    around(writer, batch)
            filed, seconds = filed + len(batch), seconds + time.perf_counter() - began
            cpu += time.process_time() - began_cpu
            yield Filled(filed, seconds, cpu)


def with_notes(writer: Writer, batch: list[Filing]) -> None:
    """A progress note about some of the letters of a batch."""
    for filing in batch[::NOTE_EVERY]:
        assert filing.client, "letters of the bench are clients'"
        now, number = filing.received, notes.next_number(writer)
        draft = NoteDraft(
            NoteName(NoteKind.PROGRESS, number),
            f"{number:032x}",
            filing.client,
            "",
            Purpose.NEW,
            "",
            "",
            NoteLinks(filing.digest),
            now,
            now,
            1,
        )
        notes.add(writer, draft, "The client writes about the week.", None, now)


def agree(practice: Practice, word_limit: int = 1000) -> float:
    """A weekly agreement with every client from the beginning on; seconds it takes to find all exchanges."""
    now = practice.clock()
    with practice.vault() as vault, vault.writing(durable=False) as writer:
        for client in clients.clients(writer):
            terms = replace(default_terms(client.zone, practice.settings.zone), blocks=_BLOCKS, word_limit=word_limit)
            agreements.make_agreement(writer, client.identity, terms, BEGINNING, now)
    return seconds_of(lambda: find_exchanges(practice))


def find_exchanges(practice: Practice) -> None:
    """As a sync does at its end, with blocks for searching."""
    with practice.vault() as vault:
        with vault.writing(durable=False) as writer:
            bring_courses_up_to_date(writer)
        bring_blocks_up_to_date(vault)


def at_the_end(program: Program) -> Practice:
    """The practice on the day after the last letter."""
    return replace(program.practice(), clock=_the_day_after)


def _the_day_after() -> datetime:
    return THE_DAY_AFTER


def _count(reader: Reader) -> int:
    row = reader.row("SELECT count(*) FROM letter")
    return row[0] if row else 0
