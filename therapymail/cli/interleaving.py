"""Answering inside a client's letter on the command line: numbered paragraphs, which to answer, what was left out."""

from therapymail.cli.asking import ask_until
from therapymail.cli.output import narrate, print_line, print_text
from therapymail.cli.surroundings import Surroundings
from therapymail.domain.draft import Draft
from therapymail.domain.interleaving import numbers_in
from therapymail.domain.kinds import Kind
from therapymail.domain.wording import count_words
from therapymail.practice.interleave import (
    Interleaving,
    leave_out_unanswered,
    letter_in_paragraphs,
    start_with_answers,
    start_with_room,
)
from therapymail.practice.practice import Practice

_EVERY = "all"


def begin_interleaved(
    around: Surroundings, practice: Practice, name: str, *, body: str | None, chosen: str, kind: Kind | None, asks: bool
) -> tuple[Interleaving, Draft]:
    """The letter, and a draft that quotes what `body` or `chosen` say; else all, or with `asks` what the person says.

    Raises what the verbs of practice.interleave do.
    """
    letter = letter_in_paragraphs(practice, name)
    if body is not None:
        return letter, start_with_answers(practice, letter, body, kind)
    if not chosen and asks:
        chosen = _asked(around, letter)
    return letter, start_with_room(practice, letter, chosen, kind)


def finished(practice: Practice, letter: Interleaving, draft: Draft) -> Draft:
    """The draft without what was quoted and not answered, which is said."""
    kept, left_out = leave_out_unanswered(practice, letter, draft)
    if left_out:
        noun = "Paragraph" if len(left_out) == 1 else "Paragraphs"
        has = "has" if len(left_out) == 1 else "have"
        narrate(f"{noun} {', '.join(map(str, left_out))} {has} no answer and will not be quoted.")
    return kept


def _asked(around: Surroundings, letter: Interleaving) -> str:
    """The numbers the person chooses, empty for all."""
    for paragraph in letter.paragraphs:
        print_line(f"[{paragraph.number}]")
        print_text(paragraph.text, around.gutter)
    most = len(letter.paragraphs)

    def chosen(typed: str) -> str:
        if typed != _EVERY:
            numbers_in(typed, most)
        return "" if typed == _EVERY else typed

    return ask_until(f"Which of {count_words(most, 'paragraph')} will you answer (like 1,3-5)", chosen, _EVERY)
