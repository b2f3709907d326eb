"""How the work with a client stands, beside who they are: the block, what is due, and the boundary meter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import narrate, print_line, utc_text
from therapymail.domain.boundary_meter import meter_as_json
from therapymail.domain.boundary_meter_text import short_meter, whole_meter
from therapymail.domain.day_words import moment_for_both
from therapymail.domain.wording import count_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from therapymail.practice.work_with import WorkWith

_LABEL = 12


def print_work(work: WorkWith, *, whole: bool) -> None:
    """The block and what is due; then the meter, short, or `whole` with the letters behind every number."""
    meter = whole_meter(work.meter) if whole else short_meter(work.meter)
    former = ""
    for label, text in (*_lines(work), *meter):
        print_line(f"{'' if label == former else label:<{_LABEL}}{text}", hang=_LABEL)
        former = label
    if whole and not meter:
        narrate(f"Nothing was counted since {work.meter.since}.")


def _lines(work: WorkWith) -> Iterator[tuple[str, str]]:
    zones = work.own_zone, work.client.zone
    if (balance := work.standing.balance) is not None:
        yield "Block", f"{balance.used} of {balance.size}; {count_words(balance.left, 'agreed exchange')} left"
    for exchange in work.standing.waiting:
        when = "" if exchange.due is None else f", due {moment_for_both(exchange.due, *zones)}"
        yield "Response", f"exchange {exchange.number} waits for it{when}"
    if work.standing.due is not None:
        yield "Letter", f"expected by {moment_for_both(work.standing.due, *zones)}"


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
