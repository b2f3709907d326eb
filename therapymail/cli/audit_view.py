"""The journal as an audit, on the screen and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import narrate, print_table, utc_text
from therapymail.domain.audit import Store, finding_phrase
from therapymail.domain.wording import local_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from therapymail.domain.audit import AuditEntry
    from therapymail.practice.audit import AuditReport

Shape = dict[str, Any]
_CALLED = {Store.RECORD: "Journal of the record", Store.PROCESS_NOTES: "Journal of the process notes"}
_DEVICE = 8  # digits of a device's id


def report_shape(report: AuditReport) -> Shape:
    """What `audit verify` found."""
    return {
        "whole": report.is_whole,
        "journals": [
            {
                "journal": store.value,
                "verified": found is not None,
                "entries": found.entries if found else None,
                "erased": found.erased if found else None,
                "problems": [
                    {"device": each.device, "sequence": each.sequence, "finding": each.finding.value}
                    for each in (found.problems if found else ())
                ],
            }
            for store, found in report.stores.items()
        ],
    }


def say_report(report: AuditReport) -> None:
    """The same in words."""
    for store, found in report.stores.items():
        if found is None:
            narrate(f"{_CALLED[store]}: not verified, they are locked. `therapymail note unlock`, then again.")
        elif not found.problems:
            erased = f", {found.erased} of them erased and saying so" if found.erased else ""
            narrate(f"{_CALLED[store]}: whole. {found.entries} entries{erased}.")
        else:
            narrate(f"{_CALLED[store]}: not what was written, in {len(found.problems)} of {found.entries} entries.")
            for each in found.problems:
                where = f"device {each.device[:_DEVICE]}, entry {each.sequence}"
                narrate(f"  {where}: {finding_phrase(each.finding.value)}")
    if not report.is_whole:
        narrate("Keep this practice as it is, and compare it with a backup: `therapymail backup verify`.")


def entry_shape(entry: AuditEntry) -> Shape:
    """One entry: ids and names, never content."""
    return {
        "journal": entry.store.value,
        "device": entry.device,
        "sequence": entry.sequence,
        "at": utc_text(entry.at),
        "what": entry.what,
        "about": entry.about,
        "erased": not entry.says,
    }


def print_entries(found: Sequence[AuditEntry], zone: str) -> None:
    """Entries as a table."""
    if not found:
        narrate("No such entries.")
        return
    rows = [
        (local_text(each.at, zone), each.what, each.about, "" if each.says else "erased", f"{each.sequence}")
        for each in found
    ]
    print_table(("WHEN", "WHAT", "ABOUT", "", "ENTRY"), rows)
