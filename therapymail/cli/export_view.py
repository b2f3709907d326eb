"""The exports there were, on the screen and as JSON."""

from collections.abc import Sequence
from typing import Any

from therapymail.cli.output import narrate, print_table, utc_text
from therapymail.domain.exporting import ExportEntry
from therapymail.domain.wording import local_text

_ID = 16  # digits of a fingerprint in a table


def exports_shape(found: Sequence[tuple[str, ExportEntry]]) -> dict[str, Any]:
    """All of them as `--json` gives them."""
    return {"exports": [_shape(code, each) for code, each in found]}


def print_exports(found: Sequence[tuple[str, ExportEntry]], zone: str) -> None:
    """One row for each, newest first."""
    if not found:
        narrate("Nothing was exported yet.")
        return
    print_table(("WHEN", "CLIENT", "WHAT", "AS", "LETTERS", "SEALED TO", "WHY"), [_row(*each, zone) for each in found])


def _row(code: str, made: ExportEntry, zone: str) -> tuple[str, ...]:
    what = f"{made.what}{', anonymised' if made.anonymised else ''}{'' if made.written else ', not written'}"
    to = "their own key" if made.for_client else made.to[-_ID:] or "-"
    when = local_text(made.at, zone) if made.at else ""
    return when, code or "-", what, made.form.value, str(made.letters), to, made.reason


def _shape(code: str, made: ExportEntry) -> dict[str, Any]:
    return {
        "at": utc_text(made.at),
        "client": code or None,
        "export": made.what.value,
        "as": made.form.value,
        "letters": made.letters,
        "notes": made.notes,
        "process_notes": made.process_notes,
        "size": made.size,
        "sha256": made.sha256,
        "to": made.to or None,
        "to_client": made.for_client,
        "anonymised": made.anonymised,
        "reason": made.reason,
        "written": made.written,
    }
