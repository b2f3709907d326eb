"""How search grows with the record: the same shapes of query among 10,000, 100,000 and 1,000,000 letters."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.filling import agree, at_the_end, filling, find_exchanges, with_notes
from bench.measuring import own_peak_mb
from bench.options import Options
from bench.outcome import Outcome, Table
from bench.plain_corpus import PlainPlan
from bench.program import Program, fresh_practice, kept_practice
from bench.searching import COMMON_MS, GROWTH, Shape, shapes

NAME = "growth"
LETTERS_A_CLIENT = 1000
_SHORTEST, _LONGEST, _ORIGINAL = 100, 300, 2048
_SAID_EVERY = 10_000
_WANTED_MS = 20  # words and filters, at every size


@dataclass(frozen=True)
class Size:
    """One size of the record: how it was filled, how large it is, and what its searches took."""

    letters: int
    fill: dict[str, float]
    vault_mb: float
    shapes: list[Shape]


def measure(options: Options) -> Outcome:
    """Fill each size, or take it as `fill` left it in `options.keep`, then search it."""
    sizes = []
    for letters in options.growth_letters:
        with filled(letters, options) as (program, figures):
            find_exchanges(at_the_end(program))  # with blocks, where an older version filled it
            found = shapes(at_the_end(program), GROWTH, options.quick_rounds)
            megabytes = sum(file.stat().st_size for file in program.home.glob("vault.db*")) / 1e6
            sizes.append(Size(letters, figures, round(megabytes, 1), found))
    return _outcome(sizes)


def fill_only(options: Options) -> None:
    """Fill each size in `options.keep`, for a measurement later; what was cut off goes on. Raises SystemExit."""
    if options.keep is None:
        raise SystemExit("fill needs --keep FOLDER")
    for letters in options.growth_letters:
        with filled(letters, options):
            pass


@contextmanager
def filled(letters: int, options: Options) -> Iterator[tuple[Program, dict[str, float]]]:
    """A record of so many letters, unlocked, and what filling it took; kept where `options.keep` says."""
    if options.keep is None:
        with fresh_practice(None) as program:
            yield program, _fill(program, letters, options.seed, None)
        return
    log = options.keep / f"letters-{letters}.json"
    with kept_practice(options.keep / f"letters-{letters}") as program:
        yield program, _fill(program, letters, options.seed, log)


def _fill(program: Program, letters: int, seed: int, log: Path | None) -> dict[str, float]:
    """Fill what is not filled yet; what it took in all, the last tenth apart."""
    known: dict[str, float] = json.loads(log.read_text()) if log and log.exists() else {}
    if known.get("exchanges_seconds"):
        return known
    plan = PlainPlan(letters, seed, _SHORTEST, _LONGEST, _ORIGINAL)
    before, done = dict(known), known
    for each in filling(program, plan, max(10, letters // LETTERS_A_CLIENT), with_notes):
        done = {
            **done,
            "letters": each.letters,
            "seconds": before.get("seconds", 0) + each.seconds,
            "cpu_seconds": before.get("cpu_seconds", 0) + each.cpu_seconds,
        }
        if each.letters <= letters * 9 // 10:
            done |= {"until_last_tenth": done["seconds"], "cpu_until_last_tenth": done["cpu_seconds"]}
        if each.letters % _SAID_EVERY == 0:
            _keep(log, done)
            sys.stderr.write(f"{each.letters} of {letters}: {done['seconds']:.0f} s, {done['cpu_seconds']:.0f} s cpu\n")
    done = {**done, "exchanges_seconds": agree(at_the_end(program), _SHORTEST + _LONGEST), "peak_mb": own_peak_mb()}
    _keep(log, done)
    return done


def _keep(log: Path | None, figures: dict[str, float]) -> None:
    if log:
        log.write_text(json.dumps(figures))


def _outcome(sizes: list[Size]) -> Outcome:
    columns = ("shape", "query", *(f"{size.letters:,}, ms" for size in sizes), "shown")
    growing = zip(*(size.shapes for size in sizes), strict=True)
    rows = tuple((row[0].title, row[0].query, *(f"{shape.ms}" for shape in row), f"{row[-1].hits}") for row in growing)
    reached = tuple(
        (f"slowest of words and filters among {size.letters:,}, ms", f"{_slowest(size)}", f"under {_WANTED_MS}")
        for size in sizes
    )
    tables = (
        Table("The record", _SIZE_COLUMNS, tuple(_size_row(size) for size in sizes)),
        Table("Newest 50, in process", columns, rows),
        Table("Reached", ("what", "measured", "wanted"), reached),
    )
    remarks = (
        (
            f"Letters of {_SHORTEST} to {_LONGEST} words, so that a million can be filed in an hour or two, with"
            f" originals of {_ORIGINAL} bytes; {LETTERS_A_CLIENT:,} letters a client. Some are tagged, noted,"
            " enclose something and show feelings; every client has an agreement, and exchanges are found."
        ),
        (
            "Filing is given in seconds of the processor, with index, journal, tags and notes; the last tenth shows"
            " what growth costs."
        ),
    )
    figures = {"sizes": [{**vars(size), "shapes": [vars(shape) for shape in size.shapes]} for size in sizes]}
    return Outcome(NAME, "Growth of the record", figures, tables, remarks)


_SIZE_COLUMNS = (
    "letters",
    "vault, MB",
    "kB a letter",
    "filed in, s",
    "ms a letter",
    "ms a letter in the last tenth",
    "all exchanges found in, s",
)


def _size_row(size: Size) -> tuple[str, ...]:
    fill, letters = size.fill, size.letters
    last = (fill["cpu_seconds"] - fill.get("cpu_until_last_tenth", 0)) / (letters / 10)
    return (
        f"{letters:,}",
        f"{size.vault_mb:,.0f}",
        f"{size.vault_mb * 1000 / letters:.1f}",
        f"{fill['cpu_seconds']:,.0f}",
        f"{fill['cpu_seconds'] / letters * 1000:.2f}",
        f"{last * 1000:.2f}",
        f"{fill['exchanges_seconds']:,.0f}",
    )


def _slowest(size: Size) -> float:
    return max(shape.ms for shape in size.shapes if shape.wanted_ms < COMMON_MS)
