"""What every command shares: which practice, and how to print."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from therapymail.cli.output import narrate

if TYPE_CHECKING:
    from therapymail.practice.practice import Practice


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
            minutes = practice.session.seconds_left() / 60
            narrate(f"(practice {practice.paths.home}, {f'unlocked for {minutes:.0f} min' if minutes else 'locked'})")
        return practice

    def unlocked(self) -> "Practice":
        """The practice, unlocked: asks once for the passphrase on a terminal. Raises VaultLocked elsewhere."""
        from therapymail.cli.asking import ensure_unlocked

        practice = self.practice()
        ensure_unlocked(practice)
        return practice


def surroundings(context: typer.Context) -> Surroundings:
    """The global options of this run."""
    found = context.obj
    return found if isinstance(found, Surroundings) else Surroundings()


JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
YesOption: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; for scripts.")]
