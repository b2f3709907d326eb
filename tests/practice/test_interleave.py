"""F17: a response written inside the client's letter quotes the chosen paragraphs alone, each with its answer."""

import pytest

from tests.practice.test_write import file_letter, place, practice
from therapymail.domain.draft import DraftContent
from therapymail.domain.letter import Reading
from therapymail.domain.seal import Protection, SealFacts
from therapymail.errors import UnusableInput
from therapymail.practice import interleave, write
from therapymail.practice.practice import Practice

__all__ = ["place", "practice"]
TEXT = "Dear Orla,\n\nI slept badly.\n\nMy sister rang.\n\nMaren"


@pytest.fixture
def letter(practice: Practice) -> interleave.Interleaving:
    return interleave.letter_in_paragraphs(practice, file_letter(practice, Reading("The week", TEXT, quoted="> old")))


def test_F17_only_paragraphs_with_an_answer_are_quoted(practice: Practice, letter: interleave.Interleaving) -> None:
    draft = interleave.start_with_answers(practice, letter, "Dear Maren,\r\n\r\n[3]\r\nWhat did she say?\r\n")
    assert draft.answers == letter.answered.letter.digest
    assert draft.content.subject == "Re: The week"
    assert draft.content.text == (
        f"Dear Maren,\n\n{letter.answered.introduction()}\n> My sister rang.\n\nWhat did she say?\n"
    )


def test_F17_paragraphs_left_without_an_answer_go_when_the_writing_ends(
    practice: Practice, letter: interleave.Interleaving
) -> None:
    begun = interleave.start_with_room(practice, letter, "2-3")
    assert "> Dear Orla" not in begun.content.text
    written = begun.content.text.replace("> I slept badly.\n", "> I slept badly.\n\nSince when?\n")
    draft = write.save(practice, begun.name, DraftContent("Re: The week", written))
    tidied, left_out = interleave.leave_out_unanswered(practice, letter, draft)
    assert left_out == (3,)
    assert "sister" not in tidied.content.text
    assert interleave.leave_out_unanswered(practice, letter, tidied) == (tidied, ())


def test_a_paragraph_that_is_not_there_begins_no_draft(practice: Practice, letter: interleave.Interleaving) -> None:
    before = write.list_drafts(practice)
    for begin in (interleave.start_with_room, interleave.start_with_answers):
        with pytest.raises(UnusableInput, match="from 1 to 4"):
            begin(practice, letter, "[9]\nx" if begin is interleave.start_with_answers else "9")
    assert write.list_drafts(practice) == before


def test_S3_a_mail_around_sealed_pieces_has_no_paragraphs_to_answer(practice: Practice) -> None:
    facts = SealFacts(Protection.PARTLY, notes=("sealed-part",))
    with pytest.raises(UnusableInput, match="no sealed text"):
        interleave.letter_in_paragraphs(practice, file_letter(practice, Reading("x", TEXT), facts=facts))
