"""What is told from a timeline on a screen of its own: the verb that finds it, and the lines that say it."""

from collections.abc import Sequence

from therapymail.domain.compared_text import compared_lines
from therapymail.domain.review_text import review_lines
from therapymail.domain.thread_text import thread_lines
from therapymail.domain.timeline import Timeline
from therapymail.domain.timeline_text import explained_lines
from therapymail.practice.compare import compare_letters
from therapymail.practice.practice import Practice
from therapymail.practice.review import review_of
from therapymail.practice.thread import theme_thread
from therapymail.tui.screens.told import Lines, Telling


def thread(code: str, theme: str) -> Telling:
    """A theme, or `feeling/` and a family, through the correspondence."""

    def tell(practice: Practice) -> tuple[Lines, Sequence[str]]:
        found = theme_thread(practice, code, theme)
        return lambda width: thread_lines(found, width=width), [each.letter for each in found.mentions]

    return tell


def comparison(code: str, one: str, other: str) -> Telling:
    """Two letters side by side."""

    def tell(practice: Practice) -> tuple[Lines, Sequence[str]]:
        found = compare_letters(practice, code, one, other)
        return lambda width: compared_lines(found, width=width), [one, other]

    return tell


def review(code: str) -> Telling:
    """What the exchanges since the last review held."""

    def tell(practice: Practice) -> tuple[Lines, Sequence[str]]:
        found = review_of(practice, code)
        names = [name for each in found.exchanges for name in (*each.letters, *each.responses)]
        return lambda width: review_lines(found, width=width), names

    return tell


def every_mark(timeline: Timeline) -> Telling:
    """Every mark with what it stands for."""
    return lambda _: (lambda width: explained_lines(timeline, width=width), ())
