"""The table in docs/reliability.md of where marked words were looked for, written from a run by `scripts/leaks`."""

import sys
import tempfile
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.support.demo_alone import DemoAlone, demo_alone
from tests.support.leak_day import a_day
from tests.support.leak_places import Day
from tests.support.tmux import tmux_missing
from tests.support.watched import cannot_watch

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- leaks: begin (scripts/leaks) -->", "<!-- leaks: end -->"
_WIDTH = 120


def main() -> None:
    """Live the day, run the demo, and put what was found between the markers. Exit 1 if a word was found anywhere."""
    if why := cannot_watch() or tmux_missing():
        sys.exit(why)
    text = PAGE.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{PAGE.name} lacks its markers: {BEGIN} and {END}")
    with a_day() as day, tempfile.TemporaryDirectory() as directory:
        lines = [*_of_the_day(day), *_of_the_demo(demo_alone(Path(directory) / "strace"))]
        found = sum(len(place.found) for place in day.places())
    PAGE.write_text("\n".join((before + begin, "", *lines, "", end)) + after, "utf-8")
    sys.exit(1 if found else 0)


def _of_the_day(day: Day) -> Iterator[str]:
    yield _folded(
        f"Run on {datetime.now(UTC):%d %B %Y}: {len(day.marks.words)} marked words, {len(day.program.said)} commands,"
        f" {len(day.calls.programs())} programs started by them, one window, one editor. The words stood for"
        f" {', '.join(day.marks.words)}."
    )
    yield ""
    yield "| where | words looked for | bytes searched | found |"
    yield "|---|---|---|---|"
    for place in day.places():
        yield f"| {place.name} | {len(place.looked_for)} | {len(place.content):,} | {len(place.found)} |"


def _of_the_demo(demo: DemoAlone) -> Iterator[str]:
    where = "in a network of its own, in which there is only this machine" if demo.is_alone else "watched"
    tries = sum(" connect(" in line for line in demo.calls.text.splitlines())
    others = len({host for host, _ in demo.calls.hosts()} - {"127.0.0.1"}) + len(demo.other_sockets())
    yield ""
    yield _folded(
        f"The whole demo, {where}: {tries:,} connections, to {len(demo.calls.hosts())} ports of its own post office on"
        f" 127.0.0.1 and to gpg-agent's socket; to anything else: {others}; questions to a name server:"
        f" {demo.unconnected_datagrams()}."
    )


def _folded(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    main()
