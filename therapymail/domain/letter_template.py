r"""Templates of our own letters: a text with places for what the agreement says, filled in when the draft is begun.

A template is a text file: lines `Subject: …` and `Kind: …`, a blank line, the text. `$due` and the others that Fact
names are filled in; a fact that is not known becomes a blank to fill in by hand. Pure; `\n` line ends.
"""

import re
import textwrap
from collections.abc import Mapping
from enum import StrEnum
from string import Template
from typing import NamedTuple

from therapymail.domain.draft import DraftContent
from therapymail.domain.kinds import Kind
from therapymail.errors import UnusableInput

BLANK = "____"
"""What stands where a fact is not known: looked for before the letter is sent."""

LARGEST = 20_000  # characters of a template file
_WIDTH = 76
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_HEADER = re.compile(r"(subject|kind)[ \t]*:[ \t]*(.*)", re.IGNORECASE)


class Fact(StrEnum):
    """What a template may name as `$due` and so on; each is told in the client's words of day."""

    CLIENT = "client"  # their first name
    ME = "me"  # the therapist's name
    DUE = "due"  # when the response that is owed is promised
    LETTER_DAY = "letter_day"  # when their next letter is expected
    PLACE = "place"  # the exchange's number in its block
    OF = "of"  # how many the block has
    LEFT = "left"  # exchanges left after it
    FALLBACK = "fallback"  # the other channel


class LetterTemplate(NamedTuple):
    """A template by its name, for one kind of mail."""

    name: str
    kind: Kind
    subject: str
    text: str

    def filled(self, facts: Mapping[Fact, str]) -> DraftContent:
        """The draft it begins, with `facts` filled in and a blank for each that is not known."""
        given = {fact.value: facts.get(fact, "") or BLANK for fact in Fact}
        paragraphs = [_filled(paragraph, given) for paragraph in self.text.split("\n\n")]
        return DraftContent(Template(self.subject).safe_substitute(given), "\n\n".join(paragraphs).strip("\n") + "\n")


def read_letter_template(name: str, text: str) -> LetterTemplate:
    """The template in `text`; without a `Kind:` line it is a response. Raises UnusableInput."""
    if not _NAME.fullmatch(name):
        raise UnusableInput("template", "its name is small letters, digits and hyphens, like my-own")
    if len(text) > LARGEST:
        raise UnusableInput("template", f"it is longer than {LARGEST} characters")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    said: dict[str, str] = {}
    while lines and (found := _HEADER.fullmatch(lines[0])):
        said[found[1].lower()] = found[2].strip()
        lines.pop(0)
    body = "\n".join(lines).strip("\n")
    if not body.strip():
        raise UnusableInput("template", "it has no text")
    named = {*Template(body).get_identifiers(), *Template(said.get("subject", "")).get_identifiers()}
    unknown = sorted(named - set(Fact))
    if unknown:
        raise UnusableInput("template", f"${unknown[0]} is nothing it can fill in; it knows ${', $'.join(Fact)}")
    return LetterTemplate(name, _kind(said.get("kind", Kind.RESPONSE.value)), said.get("subject", ""), body)


def _filled(paragraph: str, given: Mapping[str, str]) -> str:
    """One paragraph; wrapped anew where a fact has made it longer."""
    filled = Template(paragraph).safe_substitute(given)
    if filled == paragraph or max(map(len, filled.split("\n"))) <= _WIDTH:
        return filled
    return textwrap.fill(filled, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _kind(text: str) -> Kind:
    try:
        return Kind(text.lower())
    except ValueError:
        raise UnusableInput("template", "its kind is none that a mail can have") from None


def _ours(name: str, text: str) -> LetterTemplate:
    return read_letter_template(name, text)


HOLDING_NOTE = """\
Subject: A word in between
Kind: admin

Dear $client,

your letter has come and I have read it. I had promised you an answer by
$due. It takes me a little longer: you will hear from me by ____.

Should you need somebody sooner: $fallback.

$me
"""
CLARIFICATION = """\
Subject: A short question
Kind: clarification

Dear $client,

before I answer your letter I should like to be sure that I understand
it. When you wrote



did you mean



A line or two is enough. It does not count as a letter.

$me
"""
CLOSING = """\
Subject: As we come to the end
Kind: response

Dear $client,

this is exchange $place of $of; left of those we agreed: $left. I
should like us to have time for the ending. What would you like to say,
or to have asked, before we close?



Your next letter is expected on $letter_day.

$me
"""
ABSENCE = """\
Subject: Days on which I do not write
Kind: admin

Dear $client,

I shall be away and not read letters from ____ to ____. You are welcome
to write in that time; I shall read it when I am back, and answer by
____.

Should you need somebody while I am away: $fallback.

$me
"""
LETTER_TEMPLATES = (
    _ours("holding-note", HOLDING_NOTE),
    _ours("clarification", CLARIFICATION),
    _ours("closing", CLOSING),
    _ours("absence", ABSENCE),
)
"""Ours; a receipt is a command of its own."""
