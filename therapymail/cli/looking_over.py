"""A look over a draft on the command line: where it names another client, remarks, and the checklist's questions."""

from typing import Any

from therapymail.cli.asking import ask_line, somebody_answers
from therapymail.cli.output import narrate
from therapymail.domain.checklist import QUESTIONS, Answers, CheckItem
from therapymail.domain.draft import DraftName
from therapymail.domain.looking_over_text import foreign_sentences, remark_sentence
from therapymail.practice.look_over import LookedOver, look_over
from therapymail.practice.practice import Practice


def remark_sentences(practice: Practice, name: DraftName) -> tuple[str, ...]:
    """What a look over the draft remarks, a sentence each."""
    return tuple(remark_sentence(remark) for remark in look_over(practice, name).remarks)


def narrate_looked_over(found: LookedOver) -> None:
    """Say where the draft names another client, and everything that is remarked."""
    for sentence in foreign_sentences(found.foreign):
        narrate(sentence)
    for remark in found.remarks:
        narrate(remark_sentence(remark))


def looked_over_shape(found: LookedOver) -> dict[str, Any]:
    """Where the draft names another client (by `code`), and the remarks with the words they rest on."""
    return {
        "names_another": [
            {"client": one.code, "mark": one.mark.value, "spot": one.spot.value, "line": one.line}
            for one in found.foreign
        ],
        "remarks": [
            {"remark": one.remark.value, "number": one.number, "words": list(one.words)} for one in found.remarks
        ],
    }


def ask_checklist() -> Answers:
    """The second reading's questions, one by one; Enter leaves one unanswered, and the rest where nobody answers."""
    answers: dict[CheckItem, bool] = {}
    if not somebody_answers():
        return answers
    narrate("Before it leaves (y, n, or Enter to pass):")
    for item, question in QUESTIONS.items():
        answer = ask_line(f"  {question}").lower()
        if answer[:1] in {"y", "n"}:
            answers[item] = answer.startswith("y")
    return answers
