"""Searching a large record: many shapes of query in process, and the whole command beside a bare Typer program."""

import re
import shutil
import tempfile
from pathlib import Path

from bench.filling import agree, at_the_end, filling, with_notes
from bench.measuring import median, milliseconds, own_peak_mb, run_process, taking_turns
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.plain_corpus import SELDOM_WORD, PlainPlan
from bench.program import Program, command_path, fresh_practice
from bench.searching import COMMON_MS, QUERIES, Shape, shapes
from bench.startup import bare, whole

NAME = "search"


def measure(options: Options, plan: PlainPlan | None = None) -> Outcome:
    """File the letters, then search them."""
    plan = plan or PlainPlan(options.search_letters, seed=options.seed)
    with fresh_practice(None) as program:
        clients = max(2, options.clients)  # two are named in the queries
        filing_seconds = max(each.seconds for each in filling(program, plan, clients, with_notes))
        practice = at_the_end(program)
        agree(practice, plan.shortest + plan.longest)  # two letters of middling length are not too long
        found = shapes(practice, QUERIES, options.quick_rounds)
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
        "shapes": [vars(shape) for shape in found],
        "whole_process_ms": {name: milliseconds(value) for name, value in processes.items()},
        "search_above_bare_ms": milliseconds(processes["therapymail search"] - processes["bare program"]),
        "help_above_bare_ms": milliseconds(processes["therapymail --help"] - processes["bare program --help"]),
        "private_key_operations": operations,
        "peak_mb": round(own_peak_mb(), 1),
    }
    return _outcome(figures, found)


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


def _outcome(figures: dict[str, object], found: list[Shape]) -> Outcome:
    rows = [
        (shape.title, shape.query, *map(str, (shape.hits, shape.ms, shape.first_ms, shape.verb_ms, shape.wanted_ms)))
        for shape in found
    ]
    slowest = max(shape.ms for shape in found if shape.wanted_ms < COMMON_MS)
    phrase = max(shape.ms for shape in found if shape.wanted_ms >= COMMON_MS)
    operations = figures["private_key_operations"]
    reached = (
        ("slowest query of words and filters, ms", f"{slowest}", "under 10"),
        ("slowest phrase of common words, or by relevance, ms", f"{phrase}", "under 150"),
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
