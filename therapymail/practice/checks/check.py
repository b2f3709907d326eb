"""One finding of `doctor`, and how an error becomes one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from therapymail.errors import TherapymailError, explain


@dataclass(frozen=True)
class Check:
    """What was looked at (`name`), whether the practice can work with it (`ok`), and what was found.

    A finding that is `ok` and has a `next_step` is a warning: nothing stops, but something should be done.
    """

    name: str
    ok: bool
    says: str
    next_step: str = ""

    @property
    def is_warning(self) -> bool:
        """Whether something should be done although nothing stops."""
        return self.ok and bool(self.next_step)


def faults_as_checks(name: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """The findings of `look`; an error of ours becomes the finding `name`, so that the others are still made."""
    try:
        yield from look()
    except TherapymailError as error:
        explained = explain(error)
        yield Check(name, ok=False, says=explained.sentence, next_step=explained.next_step)
