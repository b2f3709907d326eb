"""Today on the screen: a heading for each section that has something, a line for each item, one next command each."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from therapymail.cli.output import print_line, utc_text
from therapymail.domain.day_words import moment_in_words
from therapymail.domain.today_text import heading, next_command, says

if TYPE_CHECKING:
    from therapymail.domain.today import Item
    from therapymail.practice.today import Today

_INDENT = 2


def print_today(found: Today, own_zone: str) -> None:
    """Everything in its order; one line where there is nothing."""
    print_line(f"{moment_in_words(found.now, own_zone)} ({own_zone})")
    if not found.items:
        print_line("Nothing waits for you.")
    for section, items in groupby(found.items, key=lambda item: item.section):
        print_line()
        print_line(heading(section))
        for item in items:
            step = next_command(item)
            print_line(f"{'':{_INDENT}}{says(item, found.now, own_zone)} {step}", hang=2 * _INDENT)


def today_shape(found: Today, own_zone: str) -> dict[str, Any]:
    """Today as `--json` gives it; `items` in their order."""
    return {
        "now": utc_text(found.now),
        "zone": own_zone,
        "items": [_item_shape(item, found, own_zone) for item in found.items],
    }


def _item_shape(item: Item, found: Today, own_zone: str) -> dict[str, Any]:
    return {
        "section": item.section.value,
        "matter": item.matter.value,
        "client": item.code or None,
        "zone": item.zone or None,
        "at": utc_text(item.at),
        "since": utc_text(item.since),
        "letters": list(item.letters),
        "draft": item.draft or None,
        "exchange": item.exchange,
        "place": item.place,
        "size": item.size,
        "number": item.number,
        "receipted": item.receipted,
        "progress": item.progress.value if item.progress else None,
        "silence": item.silence.value if item.silence else None,
        "says": says(item, found.now, own_zone),
        "next": next_command(item),
    }
