"""Tags: giving them to a letter, taking them away, and counting them."""

from collections.abc import Sequence
from dataclasses import dataclass

from therapymail.domain.names import LetterName
from therapymail.errors import UnusableInput
from therapymail.practice.judging import Judge, JudgedLetter
from therapymail.practice.practice import Practice
from therapymail.vault import letters, tags


@dataclass(frozen=True)
class CountedTag:
    """A tag and how many letters bear it."""

    tag: str
    count: int


def tag_letter(practice: Practice, name: str, changes: Sequence[str]) -> JudgedLetter:
    """Carry out `changes` (`+grief`, `-work`) on a letter. Raises UnusableInput, LetterUnknown, VaultLocked."""
    if not changes or any(change[:1] not in {"+", "-"} for change in changes):
        raise UnusableInput("tag", "write +grief to give a tag and -work to take one away")
    wanted = LetterName.parse(name)
    added = [change[1:] for change in changes if change.startswith("+")]
    removed = [change[1:] for change in changes if change.startswith("-")]
    with practice.vault() as vault, vault.writing() as writer:
        found = letters.letter(writer, wanted)
        tags.tag(writer, found.digest, added, removed, practice.clock())
        return Judge.of(practice, writer).judged(letters.letter(writer, wanted))


def list_tags(practice: Practice) -> tuple[CountedTag, ...]:
    """Every tag in use, by name. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return tuple(CountedTag(tag, count) for tag, count in tags.tags(reader).items())
