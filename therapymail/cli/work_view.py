"""How the work with a client stands, beside who they are: the block, what is due, and the boundary meter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import narrate, print_line, utc_text
from therapymail.domain.agreement_text import standing_lines
from therapymail.domain.boundary_meter import meter_as_json
from therapymail.domain.boundary_meter_text import short_meter, whole_meter

if TYPE_CHECKING:
    from therapymail.practice.work_with import WorkWith

_LABEL = 12


def print_work(work: WorkWith, *, whole: bool) -> None:
    """The block and what is due; then the meter, short, or `whole` with the letters behind every number."""
    meter = whole_meter(work.meter) if whole else short_meter(work.meter)
    former = ""
    for label, text in (*standing_lines(work.standing, work.own_zone, work.client.zone), *meter):
        print_line(f"{'' if label == former else label:<{_LABEL}}{text}", hang=_LABEL)
        former = label
    if whole and not meter:
        narrate(f"Nothing was counted since {work.meter.since}.")


def work_shape(work: WorkWith | None) -> dict[str, Any]:
    """The keys that `client show` adds to a client; null where it is not looked at."""
    if work is None:
        return {"balance": None, "response_due": None, "letter_due": None, "meter": None}
    balance, waiting = work.standing.balance, work.standing.waiting
    return {
        "balance": None if balance is None else dict(balance._asdict()),
        "response_due": utc_text(waiting[0].due) if waiting else None,
        "letter_due": utc_text(work.standing.due),
        "meter": meter_as_json(work.meter),
    }
