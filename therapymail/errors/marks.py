"""Errors of what the therapist marks in the record: milestones and bookmarks."""

from therapymail.errors.family import ExitCode, TherapymailError


class MarkUnknown(TherapymailError):
    """No milestone or bookmark has this name (M-3, B-2)."""

    name: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "There is no {sort} {name}."
    next_step = "See `therapymail {sort} list`."

    @property
    def sort(self) -> str:
        """What its name says it would be."""
        return "bookmark" if self.name.startswith("B") else "milestone"
