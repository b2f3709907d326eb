"""What the therapist decides about a letter: that a proposed one counts, and what kind it is."""

from therapymail.domain.kinds import Kind
from therapymail.domain.names import LetterName
from therapymail.practice.judging import Judge, JudgedLetter, placed
from therapymail.practice.practice import Practice
from therapymail.vault import decisions
from therapymail.vault.courses import bring_courses_up_to_date


def accept_letter(practice: Practice, name: str) -> JudgedLetter:
    """Let a proposed letter count from now on. Raises LetterUnknown, UnusableInput, VaultLocked."""
    wanted = LetterName.parse(name)
    with practice.vault() as vault, vault.writing() as writer:
        accepted = decisions.accept(writer, wanted, practice.clock())
        bring_courses_up_to_date(writer)
        return placed(writer, [Judge.of(practice, writer).judged(accepted)])[0]


def set_kind(practice: Practice, name: str, kind: Kind) -> JudgedLetter:
    """Say what kind of mail a letter is. Raises LetterUnknown, UnusableInput, VaultLocked."""
    wanted = LetterName.parse(name)
    with practice.vault() as vault, vault.writing() as writer:
        changed = decisions.set_kind(writer, wanted, kind, practice.clock())
        bring_courses_up_to_date(writer)
        return placed(writer, [Judge.of(practice, writer).judged(changed)])[0]


def undo_kind(practice: Practice, name: str) -> JudgedLetter:
    """Take the last change of a letter's kind back. Raises NothingToUndo, LetterUnknown, UnusableInput, VaultLocked."""
    wanted = LetterName.parse(name)
    with practice.vault() as vault, vault.writing() as writer:
        changed = decisions.undo_kind(writer, wanted, practice.clock())
        bring_courses_up_to_date(writer)
        return placed(writer, [Judge.of(practice, writer).judged(changed)])[0]
