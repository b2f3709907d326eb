"""Answering inside a client's letter: its paragraphs by number, the chosen ones quoted, an answer under each (F17)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from therapymail.domain.draft import Draft, DraftContent
from therapymail.domain.interleaving import (
    Paragraph,
    interleaved_text,
    numbers_in,
    only_answered,
    paragraphs,
    parse_answers,
    to_write_in,
    written_in,
)
from therapymail.domain.kinds import Kind
from therapymail.errors import UnusableInput
from therapymail.practice.practice import Practice
from therapymail.practice.write import Answerable, answerable, begin_answer, save


@dataclass(frozen=True)
class Interleaving:
    """A letter that is answered paragraph by paragraph."""

    answered: Answerable
    paragraphs: tuple[Paragraph, ...]


def letter_in_paragraphs(practice: Practice, name: str) -> Interleaving:
    """The letter with this name and its numbered paragraphs.

    Raises what practice.write.answerable does, and UnusableInput for a letter without text of its own.
    """
    found = answerable(practice, name)
    numbered = paragraphs(found.quotable.text)
    if not numbered:
        raise UnusableInput("letter", "it has no sealed text of its own to quote")
    return Interleaving(found, numbered)


def quoted_in(letter: Interleaving, content: DraftContent, at: int, chosen: str) -> tuple[DraftContent, int]:
    """What is being written with the chosen paragraphs (`1,3-5`) quoted at character `at` of its text, room under each.

    And the character where to go on. The quotation of the whole letter that an answer begins with goes. Nothing is
    saved. Raises UnusableInput.
    """
    numbers = numbers_in(chosen, len(letter.paragraphs))
    quoted = [one for one in letter.paragraphs if one.number in numbers]
    found = letter.answered
    text, place = written_in(content.text, at, quoted, found.introduction(), found.quotation())
    return replace(content, text=text), place


def start_with_room(practice: Practice, letter: Interleaving, chosen: str = "", kind: Kind | None = None) -> Draft:
    """A new draft that quotes the chosen paragraphs (`1,3-5`; empty: all), with room under each.

    Raises UnusableInput, VaultLocked.
    """
    numbers = numbers_in(chosen, len(letter.paragraphs)) if chosen.strip() else None
    quoted = [one for one in letter.paragraphs if numbers is None or one.number in numbers]
    return begin_answer(practice, letter.answered, to_write_in(quoted, letter.answered.introduction()), kind)


def start_with_answers(practice: Practice, letter: Interleaving, form: str, kind: Kind | None = None) -> Draft:
    """A new draft from a form that has a line `[2]` or `[1,3-5]` above each answer; only those are quoted.

    Raises UnusableInput for a paragraph that is not there or answered twice, VaultLocked.
    """
    response = parse_answers(form.replace("\r\n", "\n"), len(letter.paragraphs))
    text = interleaved_text(letter.paragraphs, response, letter.answered.introduction())
    return begin_answer(practice, letter.answered, text, kind)


def leave_out_unanswered(practice: Practice, letter: Interleaving, draft: Draft) -> tuple[Draft, Sequence[int]]:
    """The draft without quoted paragraphs that have nothing under them, and their numbers. Raises DraftChanged."""
    text, left_out = only_answered(draft.content.text, letter.paragraphs, letter.answered.introduction())
    if not left_out:
        return draft, ()
    content: DraftContent = replace(draft.content, text=text)
    return save(practice, draft.name, content, draft.revision), left_out
