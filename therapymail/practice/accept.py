"""What the therapist decides about a letter: that a proposed one counts, and what kind it is."""

from therapymail.domain.kinds import Kind
from therapymail.domain.names import LetterName
from therapymail.practice.judging import Judge, JudgedLetter
from therapymail.practice.practice import Practice
from therapymail.vault import decisions


def accept_letter(practice: Practice, name: str) -> JudgedLetter:
    """Let a proposed letter count from now on. Raises LetterUnknown, UnusableInput, VaultLocked."""
    wanted = LetterName.parse(name)
    with practice.vault() as vault, vault.writing() as writer:
        return Judge.of(practice, writer).judged(decisions.accept(writer, wanted, practice.clock()))


def set_kind(practice: Practice, name: str, kind: Kind) -> JudgedLetter:
    """Say what kind of mail a letter is. Raises LetterUnknown, UnusableInput, VaultLocked."""
    wanted = LetterName.parse(name)
    with practice.vault() as vault, vault.writing() as writer:
        return Judge.of(practice, writer).judged(decisions.set_kind(writer, wanted, kind, practice.clock()))
