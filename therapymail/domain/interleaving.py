r"""Answering inside the client's text (interleaving): numbered paragraphs, chosen ones quoted, an answer under each.

A paragraph is what blank lines set apart. The form with numbers is a text a person or a script writes; the letter
that leaves has quotations and answers alone. Pure; `\n` line ends everywhere.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from therapymail.domain.quoting import quote_marked
from therapymail.domain.sanitise import sanitise
from therapymail.errors import UnusableInput

MOST_PARAGRAPHS = 500  # what is beyond them stands in the last
_BLANK = re.compile(r"\n(?:[^\S\n]*\n)+")
_NUMBERS = re.compile(r"\[[ \t]*([0-9]{1,4}(?:[ \t]*[-,][ \t]*[0-9]{1,4})*)[ \t]*\]\s*")
_PART = re.compile(r"([0-9]{1,4})(?:-([0-9]{1,4}))?")
_SEPARATOR = ">"


class Paragraph(NamedTuple):
    """One paragraph of a client's letter, by its number from 1."""

    number: int
    text: str


class Answer(NamedTuple):
    """What the therapist writes under the paragraphs with these numbers, in the letter's order; ascending."""

    to: tuple[int, ...]
    text: str


class Interleaved(NamedTuple):
    """A response that is written inside the client's text: words before the first quotation, then the answers."""

    opening: str
    answers: tuple[Answer, ...]


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a letter's own text, numbered from 1; nothing in them steers a terminal (HAZARDS S9)."""
    parts = [part.strip("\n") for part in _BLANK.split(sanitise(text)) if part.strip()]
    if len(parts) > MOST_PARAGRAPHS:
        parts = [*parts[: MOST_PARAGRAPHS - 1], "\n\n".join(parts[MOST_PARAGRAPHS - 1 :])]
    return tuple(Paragraph(number, part) for number, part in enumerate(parts, start=1))


def numbers_in(text: str, most: int) -> tuple[int, ...]:
    """The numbers that `1,3-5` names, ascending. Raises UnusableInput for any that is not from 1 to `most`."""
    found: set[int] = set()
    for part in text.split(","):
        said = _PART.fullmatch(re.sub(r"\s", "", part))
        if not said:
            raise UnusableInput("paragraphs", "name them like 2 or 1,3-5")
        first, last = int(said[1]), int(said[2] or said[1])
        if not 1 <= first <= last <= most:
            raise UnusableInput("paragraphs", f"this letter has {most}, from 1 to {most}" if most else "it has none")
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def parse_answers(form: str, most: int) -> Interleaved:
    """The answers in a form where a line `[2]` or `[1,3-5]` stands above each; what stands before the first opens.

    Raises UnusableInput for a number the letter has not, or one answered twice.
    """
    opening: list[str] = []
    answers: list[tuple[tuple[int, ...], list[str]]] = []
    seen: set[int] = set()
    for line in form.split("\n"):
        heading = _NUMBERS.fullmatch(line)
        if heading is None:
            (answers[-1][1] if answers else opening).append(line)
            continue
        numbers = numbers_in(heading[1], most)
        if seen & set(numbers):
            raise UnusableInput("paragraphs", f"{min(seen & set(numbers))} is answered twice")
        seen.update(numbers)
        answers.append((numbers, []))
    said = tuple(Answer(numbers, _trimmed(lines)) for numbers, lines in answers)
    return Interleaved(_trimmed(opening), tuple(answer for answer in said if answer.text))


def interleaved_text(letter: Sequence[Paragraph], response: Interleaved, introduction: str) -> str:
    """The text that leaves: opening, `introduction` ("On 3 March 2026, you wrote:"), each quotation with its answer.

    Only paragraphs that an answer names are quoted (F17), in the order of the answers.
    """
    by_number = {paragraph.number: paragraph.text for paragraph in letter}
    blocks = [f"{_quotation(by_number, answer.to)}\n\n{answer.text}" for answer in response.answers]
    if blocks:
        blocks[0] = f"{introduction}\n{blocks[0]}"
    return "\n\n".join(filter(None, [response.opening, *blocks])) + "\n"


def to_write_in(letter: Iterable[Paragraph], introduction: str) -> str:
    """A text to write in: every paragraph quoted, with room for an answer under each."""
    quotations = "\n\n\n\n".join(filter(None, (quote_marked(paragraph.text) for paragraph in letter)))
    return f"\n\n{introduction}\n{quotations}\n\n\n" if quotations else ""


def written_in(text: str, at: int, chosen: Sequence[Paragraph], introduction: str, whole: str = "") -> tuple[str, int]:
    """`text` with the chosen paragraphs quoted at its character `at`, room under each; and where to go on writing.

    What stands before and after stays as it is, but for `whole`, a quotation of all of the letter, which goes. The
    introduction comes once. Without anything to quote nothing changes.
    """
    quotations = [marked for marked in (quote_marked(paragraph.text) for paragraph in chosen) if marked]
    if not quotations:
        return text, at
    if whole.strip() and whole.strip() in text:
        place = text.index(whole.strip())
        text = text[:place] + text[place + len(whole.strip()) :]
        at = min(at, place)
    before, after = text[:at].rstrip("\n"), text[at:].strip("\n")
    first = quotations[0] if introduction in text else f"{introduction}\n{quotations[0]}"
    head = "\n\n".join(filter(None, [before, first])) + "\n\n"
    rest = [each for each in ("\n\n\n\n".join(quotations[1:]), after) if each]
    return head + "\n\n\n".join(["", *rest]) + ("\n" if rest else ""), len(head)


def only_answered(text: str, letter: Sequence[Paragraph], introduction: str) -> tuple[str, tuple[int, ...]]:
    """`text` without the quoted paragraphs that have nothing under them, and the numbers of those left out.

    Only a quotation that is a paragraph of this letter, unchanged, is ever taken out; a line `>` between two keeps
    them together, so that one answer may stand under both. `introduction` goes once nothing is quoted under it.
    """
    numbers: dict[str, list[int]] = {}
    for paragraph in letter:
        numbers.setdefault(quote_marked(paragraph.text), []).append(paragraph.number)
    blocks = _blocks(text.replace(f"{introduction}\n", f"{introduction}\n\n", 1))
    kept, left_out = [], []
    for block, after in _with_next(blocks):
        # Of paragraphs that are alike the first of the text is the first of the letter.
        of_letter = numbers.get(block, [])
        number = of_letter.pop(0) if len(of_letter) > 1 else next(iter(of_letter), 0)
        if number and (not after or after in numbers):
            left_out.append(number)
        else:
            kept.append(block)
    introduced = [
        f"{block}\n{after}" if block == introduction else block
        for block, after in _with_next(kept)
        if block != introduction or after.startswith(">")
    ]
    return "\n\n".join(_without_repeats(introduced, introduction)) + "\n", tuple(left_out)


def _with_next(blocks: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each block with the one after it, the last with nothing."""
    return zip(blocks, [*blocks[1:], ""], strict=False)


def _without_repeats(blocks: Sequence[str], introduction: str) -> list[str]:
    """`blocks` without the quotation that follows the introduction it was joined to."""
    former = ["", *blocks]
    return [block for block, before in zip(blocks, former, strict=False) if before != f"{introduction}\n{block}"]


def _blocks(text: str) -> list[str]:
    return [part.strip("\n") for part in _BLANK.split(f"\n{text}\n") if part.strip()]


def _quotation(by_number: Mapping[int, str], numbers: Sequence[int]) -> str:
    return f"\n{_SEPARATOR}\n".join(quote_marked(by_number[number]) for number in numbers)


def _trimmed(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()
