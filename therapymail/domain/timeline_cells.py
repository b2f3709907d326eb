"""What stands in one cell of a drawn timeline: the marks of a row in a period, and the mails they open by."""

from collections.abc import Iterable

from therapymail.domain.lanes import Lane, Mark, Side
from therapymail.domain.sanitise import sanitise_line
from therapymail.domain.timeline import Timeline
from therapymail.domain.timeline_rows import Row

_OF_THEIRS = frozenset({"letter", "over-length"})
_OF_OTHERS = frozenset({"other", "after-closing"})


def marks_in(timeline: Timeline, row: Row, number: int) -> tuple[Mark, ...]:
    """The marks that the cell of `row` in the period with this number stands for, in the order they happened."""
    return tuple(mark for mark in timeline.marks if mark.period == number and _is_of(row, mark))


def mails_of(code: str, marks: Iterable[Mark]) -> tuple[str, ...]:
    """The names of the mails with the client `code` among those of `marks`, each once: no notes, no milestones."""
    names = dict.fromkeys(each for mark in marks for each in mark.ids)
    return tuple(name for name in names if name.rpartition("-")[0] == code)


def notes_of(marks: Iterable[Mark]) -> tuple[str, ...]:
    """The names of the progress notes among those of `marks`, each once."""
    names = dict.fromkeys(each for mark in marks if mark.lane is Lane.NOTES for each in mark.ids)
    return tuple(name for name in names if name.startswith("N-"))


def _is_of(row: Row, mark: Mark) -> bool:
    match row.lane:
        case Lane.LETTERS | Lane.GAPS:
            return _of_letters(row.name, mark)
        case Lane.THEMES:
            return mark.lane is row.lane and mark.label == row.name
        case Lane.FEELINGS:
            return mark.lane is row.lane and f"[{sanitise_line(mark.label)}]" == row.name
        case _:
            return mark.lane is row.lane


def _of_letters(name: str, mark: Mark) -> bool:
    """Of the rows of letters and of the time between them: what is late stands with the mail that was."""
    is_late = mark.lane is Lane.GAPS and mark.kind in {"late", "missed"}
    match name:
        case "client":
            is_theirs = mark.lane is Lane.LETTERS and mark.kind in _OF_THEIRS
            return is_theirs or (is_late and (mark.side is Side.CLIENT or mark.kind == "missed"))
        case "reply":
            is_reply = mark.lane is Lane.LETTERS and mark.kind == "response"
            return is_reply or (is_late and mark.kind == "late" and mark.side is not Side.CLIENT)
        case "other":
            return mark.lane is Lane.LETTERS and mark.kind in _OF_OTHERS
        case "hours":
            return mark.lane is Lane.GAPS and mark.kind in {"gap", "waiting"}
        case "days":
            return mark.lane is Lane.GAPS and mark.kind == "between"
    return False
