"""The list of feelings on the screen, as JSON, and in the editor."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from therapymail.cli.asking import ask_yes
from therapymail.cli.editing import edit
from therapymail.cli.output import narrate, print_line
from therapymail.domain.feelings import Feelings
from therapymail.errors import TherapymailError, UnusableInput, explain
from therapymail.practice.feelings import feelings_text, keep_feelings
from therapymail.practice.practice import Practice


def feelings_shape(feelings: Feelings, file: Path) -> dict[str, Any]:
    """The families with their words; `own`: the list is the therapist's, `file`: where that is or would be."""
    families = [{"family": family, "words": words} for family, words in _by_family(feelings).items()]
    return {"families": families, "own": file.exists(), "file": str(file)}


def print_feelings(feelings: Feelings, file: Path) -> None:
    """A family a paragraph, and where the list is."""
    for family, words in _by_family(feelings).items():
        print_line(f"{family}: {', '.join(words)}", hang=2)
    if file.exists():
        narrate(f"This list is yours: {file}. Without that file, the one that comes with therapymail counts.")
    else:
        narrate("This list comes with therapymail; `therapymail feelings --edit` makes it yours.")


def _by_family(feelings: Feelings) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {family: [] for family in feelings.families}
    for word, family in feelings.family_of.items():
        found[family].append(word)
    return found


@dataclass
class _FeelingsWriting:
    """The list in the editor: kept whenever it can be used; `text` is how it was last seen, usable or not."""

    practice: Practice
    text: str
    name: str = "feelings"
    parted: tuple[type[TherapymailError], ...] = ()

    def shown(self) -> str:
        """The list as it stands."""
        return self.text

    def keep(self, file: str) -> None:
        """Keep the list. Raises UnusableInput, FileUnusable."""
        self.text = file
        keep_feelings(self.practice, file)

    def keep_apart(self, file: str) -> str:
        """There is one list and no other way for it."""
        raise AssertionError(file)

    def unlock(self) -> None:
        """It is not locked: nobody's letters are in it."""


def edit_feelings(practice: Practice) -> None:
    """Let the therapist edit the list; one that cannot be used is edited again, or let go of.

    Raises EditorFailed, NoEditor, FileUnusable, and UnusableInput where it is let go of.
    """
    writing = _FeelingsWriting(practice, feelings_text(practice))
    while True:
        try:
            edit(practice, writing)
        except UnusableInput as unusable:
            narrate(explain(unusable).sentence)
            if not ask_yes("Edit it again? If not, the list stays as it was", default=True):
                raise
        else:
            return
