"""What every command shares: which practice, and how to print."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice

_MOST_ROWS = 50
_LONGEST_UNLOCKING = 7 * 24 * 3600.0


@dataclass
class Surroundings:
    """The global options of one run of the command line."""

    home: Path | None = None
    plain: bool = False
    verbose: bool = False
    now: str | None = None

    @property
    def gutter(self) -> str:
        """What stands before every line of a letter's text."""
        return "| " if self.plain else "│ "

    def practice(self) -> "Practice":
        """The practice named by --home, locked or not. Raises as bootstrap.open_practice."""
        from therapymail.bootstrap import open_practice

        practice = open_practice(self.home, self.now)
        if self.verbose:
            from therapymail.cli.output import narrate

            narrate(f"({practice.paths.home}: {_lock_words(practice.session.seconds_left())})")
        return practice

    def unlocked(self) -> "Practice":
        """The practice, unlocked: asks once for the passphrase on a terminal. Raises VaultLocked elsewhere."""
        from therapymail.cli.asking import ensure_unlocked

        practice = self.practice()
        ensure_unlocked(practice)
        return practice


def _lock_words(seconds: float) -> str:
    """How long the practice stays unlocked; the clock of a demo stands still, and so says nothing of it."""
    if not seconds:
        return "locked"
    return f"unlocked for {seconds / 60:.0f} min" if seconds <= _LONGEST_UNLOCKING else "unlocked"


def surroundings(context: typer.Context) -> Surroundings:
    """The global options of this run."""
    found = context.obj
    return found if isinstance(found, Surroundings) else Surroundings()


def most_shown(limit: int | None, *, as_json: bool) -> int:
    """How many rows to show: as many as asked for, else what fits on the screen, 50 where it is no screen."""
    if limit is not None:
        return limit
    if as_json or not sys.stdout.isatty():
        return _MOST_ROWS
    from therapymail.cli.output import rows_that_fit

    return rows_that_fit()


LimitOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--limit", "-n", min=1, metavar="N", help="At most so many; default: what fits on the screen, else 50."
    ),
]
PieceOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--piece",
        metavar="N",
        help="Open the Nth sealed piece inside it by itself, and nothing else; 2.1 is the first inside the second.",
    ),
]
AnotherAddressOption: TypeAlias = Annotated[
    bool,
    typer.Option("--although-another-address", help="Pin it although it bears none of their addresses; this is noted."),
]
SaveOption: TypeAlias = Annotated[
    Path | None, typer.Option("--save", metavar="FILE", help="With --piece: write the sealed file there, opened.")
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
YesOption: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; for scripts.")]
