"""The table of hostile input in docs/reliability.md, made from the results of a run."""

from pathlib import Path

from tests.fuzzing.campaign import Ran, read_results
from tests.fuzzing.execution import MEGABYTES, SECONDS
from tests.fuzzing.kept import KEPT
from tests.fuzzing.worker import GUIDED

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- hostile input: begin (scripts/fuzz --report RESULTS) -->", "<!-- hostile input: end -->"
_COLUMNS = ("target", "what", "executions", "reached", "seconds", "slowest", "memory", "crashes", "hangs", "too large")


def write_report(results: Path, page: Path = PAGE) -> None:
    """Replace what stands between the marks of `page` by the table of `results`. Raises SystemExit without marks."""
    text = page.read_text("utf-8")
    before, found, rest = text.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise SystemExit(f"{page} has no place for the table")
    page.write_text(f"{before}{BEGIN}\n\n{table(results)}\n\n{END}{after}", "utf-8")


def table(results: Path) -> str:
    """The results as Markdown."""
    machine, ran = read_results(results)
    guided = any(each.engine == GUIDED for each in ran)
    by = (
        "A quarter of each guided by coverage (atheris), the rest begun with what that found"
        if guided
        else "By the house's own mutator, not guided by coverage"
    )
    seeds = ", ".join(str(seed) for seed in sorted({each.seed for each in ran}))
    where = (
        f"{by}, at commit {machine['commit']} on {machine['system']}, {machine['processor']}, "
        f"{machine['cores']} cores, Python {machine['python']}, seed {seeds}."
    )
    rows = [_row(each) for each in ran]
    total = (
        *("all", "", f"{sum(each.executions for each in ran):,}", "", f"{sum(each.seconds for each in ran):,.0f}"),
        *(f"{max(each.slowest for each in ran):.2f} s", f"{max(each.megabytes for each in ran):.0f} MB"),
        *(
            str(sum(counts))
            for counts in zip(*((each.crashes, each.hangs, each.too_large) for each in ran), strict=True)
        ),
    )
    lines = [where, "", _line(_COLUMNS), "|---" * len(_COLUMNS) + "|", *map(_line, rows), _line(total), ""]
    lines.append(
        f"A hang is more than {SECONDS:.0f} s of processor time for one input, too large {MEGABYTES} MB more; "
        "a crash is any error that is none of ours, and anything given that breaks what is promised of it. "
        "`reached` are the places of the program that the engine tells apart; `seconds` are of processor time; "
        "`memory` is the whole process with the engine and its inputs in it."
    )
    lines += ["", "Found on the way and mended, each a test now (`tests/fuzzing/kept.py`):", ""]
    lines += [f"- {name}: {'; '.join(kept)}" for name, kept in KEPT.items()]
    return "\n".join(lines)


def _row(ran: Ran) -> tuple[str, ...]:
    return (
        *(
            ran.target,
            ran.what,
            f"{ran.executions:,}",
            f"{ran.covered:,}" if ran.covered else "-",
            f"{ran.seconds:,.0f}",
        ),
        *(f"{ran.slowest:.2f} s", f"{ran.megabytes:.0f} MB", str(ran.crashes), str(ran.hangs), str(ran.too_large)),
    )


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
