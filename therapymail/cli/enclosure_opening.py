"""Handing an enclosure to the program that shows it, and taking it away again (F30, HAZARDS S25)."""

import sys

from therapymail.cli.asking import somebody_answers
from therapymail.cli.editing import until_hung_up
from therapymail.cli.output import narrate
from therapymail.practice.enclosure_viewing import shown_until, viewer_of
from therapymail.practice.enclosures import OpenedEnclosure
from therapymail.practice.practice import Practice


def look_at(practice: Practice, enclosure: OpenedEnclosure, opener: str | None) -> None:
    """Have `opener` (else $OPENER, else the machine's own) show the enclosure, and remove it when that ends.

    The machine's own hands the file on and ends at once: on a terminal the person says when they have seen it.
    Raises as `enclosure_viewing.viewer_of`.
    """
    command = viewer_of(enclosure, opener)
    with until_hung_up() as hung_up:

        def linger() -> None:
            if not hung_up.is_set() and somebody_answers():
                narrate("Press Enter when you have seen it; then it is removed.")
                sys.stdin.readline()

        shown_until(practice, enclosure, command, is_over=hung_up.wait, linger=linger)
