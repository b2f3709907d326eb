"""The checklist of the second reading: a few questions to oneself, whose answers are kept with the letter (F16).

Nothing on it can be judged by a program, and no answer keeps a letter back (DOMAIN, pre-send checklist).
"""

from collections.abc import Mapping
from enum import StrEnum


class CheckItem(StrEnum):
    """One question of the second reading."""

    QUESTIONS = "questions"
    TONE = "tone"
    ALONE = "alone"
    IDENTIFIERS = "identifiers"
    NEXT = "next"
    HELP = "help"


QUESTIONS: Mapping[CheckItem, str] = {
    CheckItem.QUESTIONS: "Is each of their questions answered, or put off in words?",
    CheckItem.TONE: "Would it sound as you mean it on a hard day?",
    CheckItem.ALONE: "Is it about them, and nobody else who is not theirs?",
    CheckItem.IDENTIFIERS: "Does it leave out names and places that are not needed?",
    CheckItem.NEXT: "Does it say when they will hear from you next?",
    CheckItem.HELP: "If help at once may be needed: does it say whom to call?",
}
"""Each item as it is asked, in order. Yes is what one hopes for; no is an answer as good."""

Answers = Mapping[CheckItem, bool]
"""What was answered; an item that is missing was not."""


def stored_answers(answers: Answers) -> dict[str, bool]:
    """The answers as the journal keeps them, in the order of the checklist."""
    return {item.value: answers[item] for item in CheckItem if item in answers}


def read_answers(stored: Mapping[str, object]) -> dict[CheckItem, bool]:
    """What `stored_answers` made; what a later version asks is left out."""
    known = {item.value: item for item in CheckItem}
    return {known[name]: bool(answer) for name, answer in stored.items() if name in known}


def answers_phrase(answers: Answers) -> str:
    """How many were answered, and which with no: "6 of 6 answered; no to next"."""
    said = [item.value for item in CheckItem if answers.get(item) is False]
    counted = f"{len(answers)} of {len(CheckItem)} answered"
    return f"{counted}; no to {', '.join(said)}" if said else counted
