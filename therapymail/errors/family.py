"""What every error has: its facts as attributes, an exit code, and the one way to its sentence."""

from enum import IntEnum
from typing import ClassVar, NamedTuple, dataclass_transform


class ExitCode(IntEnum):
    """What a command's exit status says (DESIGN, the command line as a contract)."""

    DONE = 0
    BUG = 1
    USAGE = 2
    CONFIGURATION = 3
    LOCKED = 4
    UNREACHABLE = 5
    NOT_SENT = 6
    NOT_OPENED = 7
    NOTHING_FOUND = 8
    UNSETTLED = 9
    INTERRUPTED = 130


class Explanation(NamedTuple):
    """An error as a person reads it: one sentence and what to do next (may be empty)."""

    sentence: str
    next_step: str


@dataclass_transform(eq_default=False)
class TherapymailError(Exception):
    """Base of every error that therapymail raises on purpose.

    What a class annotates are its facts, given in that order or by name. So it is with a dataclass, but for these
    many classes `dataclass` would write and compile methods at every start of the program.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG
    sentence: ClassVar[str] = "Something went wrong inside therapymail."
    next_step: ClassVar[str] = "Please report it; nothing of your letters is in this message."
    _facts: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._facts = (*cls._facts, *cls.__annotations__)

    def __init__(self, *given: object, **named: object) -> None:
        facts = {**dict(zip(self._facts, given, strict=False)), **named}
        if len(given) + len(named) != len(self._facts) or facts.keys() != set(self._facts):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._facts) or 'nothing'}")
        super().__init__(*(facts[name] for name in self._facts))
        self.__dict__.update(facts)


def explain(error: TherapymailError) -> Explanation:
    """The sentence and the next step of `error`, its facts filled in."""
    facts = _Facts(error)
    return Explanation(error.sentence.format_map(facts), error.next_step.format_map(facts))


class _Facts(dict[str, object]):
    """The attributes of an error, looked up by the names its templates use."""

    def __init__(self, error: TherapymailError) -> None:
        super().__init__()
        self._error = error

    def __missing__(self, name: str) -> object:
        return getattr(self._error, name)
