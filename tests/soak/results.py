"""The results file, one line of JSON a run, and the table that docs/reliability.md makes of it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.soak.fault import KINDS
from tests.soak.run import Run

BEGIN, END = "<!-- faults: begin (scripts/soak --table) -->", "<!-- faults: end -->"
WRONG = ("lost", "doubled", "in_clear", "wrongly_sent", "other")
_COUNTED = ("struck", *WRONG, "uncertain", "said")
_HEADINGS = (
    "fault",
    "runs",
    "struck",
    "lost",
    "doubled",
    "in clear",
    "wrongly sent",
    "else wrong",
    "uncertain",
    "said",
)


def runs_in(results: Path) -> dict[int, Run]:
    """The runs in a results file by seed, the last of each; a line that was cut off is left out."""
    found = {}
    for line in results.read_text("utf-8").splitlines() if results.exists() else ():
        try:
            run = Run(**json.loads(line))
        except ValueError:
            continue
        found[run.seed] = run
    return found


def summary(runs: Iterable[Run]) -> dict[str, Any]:
    """What is kept of many runs: how many, their seeds, and of each kind of fault the sums."""
    listed = sorted(runs, key=lambda run: run.seed)
    kinds = {str(kind): _sums([run for run in listed if run.kind == kind]) for kind in KINDS}
    middle = sorted(run.seconds for run in listed)[len(listed) // 2] if listed else 0.0
    return {"runs": len(listed), "seeds": _seeds([run.seed for run in listed]), "seconds": middle, "kinds": kinds}


def table(kept: dict[str, Any]) -> str:
    """What stands between the marks in docs/reliability.md."""
    columns = ("runs", *_COUNTED)
    rows = [(name, *(str(sums[column]) for column in columns)) for name, sums in kept["kinds"].items()]
    total = [sum(sums[column] for sums in kept["kinds"].values()) for column in columns]
    rows.append(("**all**", *(f"**{count}**" for count in total)))
    count = f"{kept['runs']:,} runs, seeds {kept['seeds']}; half of them took less than {kept['seconds']:.1f} s."
    head = [f"| {' | '.join(_HEADINGS)} |", "|---" + "|--:" * len(columns) + "|"]
    return "\n".join([count, "", *head, *(f"| {' | '.join(row)} |" for row in rows)])


def with_table(page: str, kept: dict[str, Any]) -> str:
    """`page` with the table of `kept` between its marks."""
    before, begun, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    assert begun, "the page has a place for it"
    assert ended, "which ends"
    return f"{before}{BEGIN}\n\n{table(kept)}\n\n{END}{after}"


def _sums(runs: list[Run]) -> dict[str, int]:
    sums = {"runs": len(runs), "struck": sum(run.struck for run in runs)}
    sums |= {name: sum(len(getattr(run, name)) for run in runs) for name in WRONG}
    return sums | {"uncertain": sum(run.uncertain for run in runs), "said": sum(bool(run.said) for run in runs)}


def _seeds(seeds: list[int]) -> str:
    """`0 to 999`, or how many there are between the first and the last."""
    if not seeds:
        return "none"
    whole = len(seeds) == seeds[-1] - seeds[0] + 1
    return f"{seeds[0]} to {seeds[-1]}" if whole else f"{len(seeds)} from {seeds[0]} to {seeds[-1]}"
