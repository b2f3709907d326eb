"""One parser under fuzzing: what is called, what must hold, and where its inputs begin."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """`execute` calls the parser as the program does and raises for whatever must not be.

    `seeds` are inputs to begin with, made when asked for. `words` are pieces of the format that mutations put in.
    `executions` is the share of a whole run. `longest` bounds an input, in bytes.
    """

    name: str
    what: str
    execute: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    words: tuple[bytes, ...] = ()
    executions: int = 60_000
    longest: int = 4_096
