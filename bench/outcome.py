"""What a measurement found, as a value: printed as tables, kept as JSON, and read back for the report."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.peers import gnupg_version, peer_versions

VERSION = 1


@dataclass(frozen=True)
class Table:
    """Rows under headings; every cell is already worded."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Outcome:
    """What one measurement found. `figures` are numbers by name; `remarks` say how to read them."""

    name: str
    title: str
    figures: dict[str, Any]
    tables: tuple[Table, ...]
    remarks: tuple[str, ...] = field(default=())


def document(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """All of a run as one JSON object."""
    return {"version": VERSION, "machine": machine(), "outcomes": [asdict(outcome) for outcome in outcomes]}


def machine() -> dict[str, Any]:
    """What it was measured on, without any name of the machine."""
    return {
        "system": _distribution(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "gpg": gnupg_version(),
        "peers": peer_versions(),
        "commit": _commit(),
    }


def read_document(path: Path) -> tuple[dict[str, Any], list[Outcome]]:
    """The machine and the outcomes in a file written by `write_document`. Raises SystemExit for another version."""
    stored = json.loads(path.read_text())
    if stored.get("version") != VERSION:
        raise SystemExit(f"{path}: not made by this version of the bench")
    return stored["machine"], [_outcome(item) for item in stored["outcomes"]]


def write_document(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Write a run to `path`; outcomes of an earlier run under other names are kept."""
    fresh = list(outcomes)
    names = {outcome.name for outcome in fresh}
    kept = [item for item in read_document(path)[1] if item.name not in names] if path.exists() else []
    path.write_text(json.dumps(document([*kept, *fresh]), indent=1) + "\n")


def as_text(outcome: Outcome) -> str:
    """An outcome for the terminal."""
    lines = [outcome.title, "=" * len(outcome.title)]
    for table in outcome.tables:
        lines += ["", table.title, *_aligned(table)]
    return "\n".join([*lines, "", *(f"- {remark}" for remark in outcome.remarks), ""])


def as_markdown(outcome: Outcome) -> str:
    """An outcome for docs/performance.md."""
    lines = [f"### {outcome.title}", ""]
    for table in outcome.tables:
        lines += [f"**{table.title}**", "", f"| {' | '.join(table.columns)} |", "|---" * len(table.columns) + "|"]
        lines += [f"| {' | '.join(_escaped(cell) for cell in row)} |" for row in table.rows]
        lines.append("")
    lines += [f"- {remark}" for remark in outcome.remarks]
    return "\n".join(lines).rstrip() + "\n"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def _aligned(table: Table) -> list[str]:
    rows = [table.columns, *table.rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.columns))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _outcome(stored: dict[str, Any]) -> Outcome:
    tables = tuple(
        Table(table["title"], tuple(table["columns"]), tuple(tuple(row) for row in table["rows"]))
        for table in stored["tables"]
    )
    return Outcome(stored["name"], stored["title"], stored["figures"], tables, tuple(stored["remarks"]))


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _commit() -> str:
    root = Path(__file__).parent.parent
    said = subprocess.run(["git", "-C", str(root), "rev-parse", "--short", "HEAD"], capture_output=True, check=False)
    return said.stdout.decode().strip()
