"""Searching a large record: many shapes of query in process, and the whole command beside a bare Typer program."""

import itertools
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.measuring import median, milliseconds, own_peak_mb, run_process, seconds_of, taking_turns
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.plain_corpus import EVEN_WORD, ODD_WORD, RARE_WORD, SELDOM_WORD, PlainPlan, filings
from bench.program import Program, add_pseudonyms, command_path, fresh_practice
from bench.startup import bare, whole
from therapymail.domain.found import Order, SearchResult
from therapymail.domain.letter import Filing
from therapymail.domain.query_text import read_query
from therapymail.practice.find import SearchRequest, search_letters
from therapymail.practice.practice import Practice
from therapymail.vault import tags
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters
from therapymail.vault.search import search

NAME = "search"
_BATCH = 500
_TAG_EVERY = 20
_ANSWERS = 50

# Shape of query, query, and what is wanted in ms: 10 for words and filters, 150 for phrases of common words.
QUERIES = (
    ("rare word", RARE_WORD, 10),
    ("word in 1 % of letters", SELDOM_WORD, 10),
    ("common word", "morning", 10),
    ("the commonest word", "the", 10),
    ("two common words", "mother morning", 10),
    ("five common words", "the morning mother sleep dream", 10),
    ("two common words, never together", f"{EVEN_WORD} {ODD_WORD}", 10),
    ("word that does not occur", "zzyzx", 10),
    ("client alone", "client:c000", 10),
    ("kind alone", "kind:response", 10),
    ("author alone", "from:client", 10),
    ("tag alone", "tag:grief", 10),
    ("client, kind and common word", "client:c001 kind:letter morning", 10),
    ("tag and author, common word", "tag:grief from:me morning", 10),
    ("author and kind that exclude each other", "from:me kind:letter the", 10),
    ("OR of common words", "anger OR sleep OR dream", 10),
    ("negation of a common word", f"morning -{EVEN_WORD}", 10),
    ("negation alone", "-the", 10),
    ("prefix of one letter", "s*", 10),
    ("prefix of two letters", "th*", 10),
    ("prefix of three letters", "anx*", 10),
    ("before a day, common word", "morning before:2017-01-01", 10),
    ("after a day, common word", "morning after:2023-06-01", 10),
    ("one month, common word", "morning on:2019-03", 10),
    ("date outside the record", "morning before:2001-01-01", 10),
    ("one month, rare word", f"{RARE_WORD} on:2019-03", 10),
    ("phrase of common words", '"in the"', 150),
    ("phrase of three common words", '"and the to"', 150),
    ("phrase of common words that does not occur", f'"{EVEN_WORD} the {ODD_WORD}"', 150),
    ("phrase and client", 'client:c001 "of the"', 150),
)


@dataclass(frozen=True)
class Shape:
    """One shape of query: its medians, how many letters it showed, and what is wanted.

    `ms` is with the vault open already, as in a program that goes on running, `first_ms` the first time so;
    `verb_ms` the whole verb, which fetches the key and opens the vault too.
    """

    title: str
    query: str
    ms: float
    first_ms: float
    verb_ms: float
    hits: int
    wanted_ms: int


def measure(options: Options, plan: PlainPlan | None = None) -> Outcome:
    """File the letters, then search them."""
    plan = plan or PlainPlan(options.search_letters, seed=options.seed)
    with fresh_practice(None) as program:
        filing_seconds = fill(program, plan, max(2, options.clients))  # two are named in the queries
        practice = program.practice()
        with practice.vault() as vault:
            shapes = [_shape(practice, vault, *query, options.quick_rounds) for query in QUERIES]
        query = f"morning {SELDOM_WORD}"
        calls = {
            "bare program": lambda: bare("greet", "Ana"),
            "therapymail search": lambda: whole(program, "search", query),
            "bare program --help": lambda: bare("--help"),
            "therapymail --help": lambda: whole(program, "--help"),
        }
        processes = {name: median(times) for name, times in taking_turns(options.quick_rounds, calls).items()}
        operations = private_key_operations(program, query)
        size = sum(file.stat().st_size for file in program.home.glob("vault.db*")) / 1e6
    figures = {
        "letters": plan.letters,
        "words_a_letter": (plan.shortest + plan.longest) // 2,
        "filing_ms_a_letter": round(filing_seconds / plan.letters * 1000, 3),
        "vault_mb": round(size, 1),
        "shapes": [vars(shape) for shape in shapes],
        "whole_process_ms": {name: milliseconds(value) for name, value in processes.items()},
        "search_above_bare_ms": milliseconds(processes["therapymail search"] - processes["bare program"]),
        "help_above_bare_ms": milliseconds(processes["therapymail --help"] - processes["bare program --help"]),
        "private_key_operations": operations,
        "peak_mb": round(own_peak_mb(), 1),
    }
    return _outcome(figures, shapes)


def fill(program: Program, plan: PlainPlan, clients: int) -> float:
    """File the letters in batches and tag one in twenty; seconds of filing, without making them up."""
    addresses = [f"client{number:03d}@practice.test" for number in range(clients)]
    identities = add_pseudonyms(program, addresses)
    practice, seconds = program.practice(), 0.0
    with practice.vault() as vault:
        for batch in _batches(filings(plan, identities, addresses)):
            began = time.perf_counter()
            with vault.writing(durable=False) as writer:
                file_letters(writer, batch, practice.clock())
                for filing in batch[::_TAG_EVERY]:
                    tags.tag(writer, filing.digest, ["grief"], [], practice.clock())
            seconds += time.perf_counter() - began
    return seconds


def _batches(letters: Iterator[Filing]) -> Iterator[list[Filing]]:
    while batch := list(itertools.islice(letters, _BATCH)):
        yield batch


def _shape(practice: Practice, vault: Vault, title: str, query: str, wanted_ms: int, rounds: int) -> Shape:
    zone, request = ZoneInfo(practice.settings.zone), SearchRequest(query, limit=_ANSWERS)

    def with_vault_open() -> SearchResult:
        with vault.reading() as reader:
            return search(reader, read_query(query), _ANSWERS, Order.DATE, zone)

    first = seconds_of(with_vault_open)
    calls = {
        "open": lambda: seconds_of(with_vault_open),
        "verb": lambda: seconds_of(lambda: search_letters(practice, request)),
    }
    times = {name: milliseconds(median(values)) for name, values in taking_turns(rounds, calls).items()}
    hits = len(with_vault_open().hits)
    return Shape(title, query, times["open"], milliseconds(first), times["verb"], hits, wanted_ms)


def private_key_operations(program: Program, query: str) -> int | None:
    """How often a search asks the agent to decrypt or sign, or starts gpg, as strace sees it; None without strace."""
    if not shutil.which("strace"):
        return None
    with tempfile.NamedTemporaryFile(prefix="tm-trace-") as trace:
        tracing = ["strace", "-f", "-qq", "-s", "64", "-e", "trace=execve,write,sendto,sendmsg", "-o", trace.name]
        run = run_process([*tracing, command_path(), "search", query], environment=program.environment)
        if run.returncode not in {0, 8}:
            return None  # tracing is not allowed here
        seen = Path(trace.name).read_text(errors="replace")
    asked = re.findall(r'"(?:PKDECRYPT|PKSIGN|SETKEY)', seen)
    started = re.findall(r'execve\("[^"]*/gpg2?"', seen)
    return len(asked) + len(started)


def _outcome(figures: dict[str, object], shapes: list[Shape]) -> Outcome:
    rows = [
        (shape.title, shape.query, *map(str, (shape.hits, shape.ms, shape.first_ms, shape.verb_ms, shape.wanted_ms)))
        for shape in shapes
    ]
    slowest = max(shape.ms for shape in shapes if shape.wanted_ms < 100)
    phrase = max(shape.ms for shape in shapes if shape.wanted_ms >= 100)
    operations = figures["private_key_operations"]
    reached = (
        ("slowest query of words and filters, ms", f"{slowest}", "under 10"),
        ("slowest phrase of common words, ms", f"{phrase}", "under 150"),
        ("search above a bare Typer program, ms", f"{figures['search_above_bare_ms']}", "at most 100"),
        ("--help above a bare Typer program, ms", f"{figures['help_above_bare_ms']}", "at most 30"),
        ("private-key operations in a search", "not seen" if operations is None else f"{operations}", "0"),
    )
    columns = ("shape", "query", "shown", "ms", "first ms", "whole verb ms", "wanted ms")
    tables = (
        Table("Newest 50, in process", columns, tuple(rows)),
        Table("Reached", ("what", "measured", "wanted"), reached),
    )
    remarks = (
        (
            f"{figures['letters']} letters of {figures['words_a_letter']} words on average, a vault of "
            f"{figures['vault_mb']} MB; filing took {figures['filing_ms_a_letter']} ms a letter, its index included."
        ),
        (
            "ms: a unit of work on a vault that is open, as in a program that goes on running: query read, hits and "
            "passages (medians). The whole verb also gets the key from the agent and opens the vault."
        ),
    )
    return Outcome(NAME, f"Searching {figures['letters']} letters", figures, tables, remarks)
