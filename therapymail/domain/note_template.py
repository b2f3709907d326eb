"""Templates of notes: headings with a hint below each, and what is dropped again when a note is kept (F20).

A template is a text: `## Heading`, and below it lines that say what belongs there. When the note is kept, lines of
the template that still stand as they were are dropped, and so is a heading with nothing below it.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from therapymail.errors import UnusableInput

LARGEST = 20_000  # characters of a template file
MOST_SECTIONS = 40
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_HEADING = re.compile(r"##[ \t]+(\S[^\n]*?)[ \t]*#*[ \t]*")


class Section(NamedTuple):
    """A heading and the lines below it that say what belongs there."""

    heading: str
    hint: str


class Template(NamedTuple):
    """A template; one without sections is a blank sheet."""

    name: str
    sections: tuple[Section, ...] = ()

    def rendered(self, filled: Mapping[str, str] | None = None) -> str:
        """The text a note begins with; `filled` holds what already stands below a heading."""
        given = filled or {}
        parts = [
            "\n".join(part for part in (f"## {heading}", hint, given.get(heading, "")) if part)
            for heading, hint in self.sections
        ]
        return "\n\n".join(parts) + "\n" if parts else ""


def read_template(name: str, text: str) -> Template:
    """The template in `text`; lines before the first heading are remarks. Raises UnusableInput."""
    if not _NAME.fullmatch(name):
        raise UnusableInput("template", "its name is small letters, digits and hyphens, like my-own")
    if len(text) > LARGEST:
        raise UnusableInput("template", f"it is longer than {LARGEST} characters")
    sections = tuple(Section(heading, "\n".join(lines).strip()) for heading, lines in sections_of(text) if heading)
    if not sections:
        raise UnusableInput("template", "it has no heading: a line like `## What happened`")
    if len(sections) > MOST_SECTIONS:
        raise UnusableInput("template", f"it has more than {MOST_SECTIONS} headings")
    return Template(name, sections)


def sections_of(text: str) -> list[tuple[str, list[str]]]:
    """The headings of a note, each with its lines; what stands above the first has an empty heading."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    for line in plain_ends(text).split("\n"):
        found = _HEADING.fullmatch(line)
        if found:
            sections.append((found[1], []))
        else:
            sections[-1][1].append(line)
    return sections


def cleaned(text: str, begun_with: str) -> str:
    """`text` as it is kept: without the hints of the template that it `begun_with`, and without empty headings.

    Nothing else is taken away but blanks at the ends and more than one blank line in a row.
    """
    hints = {heading: {line.strip() for line in lines} for heading, lines in sections_of(begun_with)}
    parts = []
    for heading, lines in sections_of(text):
        own = [line.rstrip() for line in lines if not line.strip() or line.strip() not in hints.get(heading, ())]
        body = re.sub(r"\n{3,}", "\n\n", "\n".join(own)).strip("\n")
        if body.strip():
            parts.append(f"## {heading}\n{body}" if heading else body)
    return "\n\n".join(parts)


def plain_ends(text: str) -> str:
    """`text` with line ends as we keep them, without a mark of byte order."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


FREE = Template("free")
# For the record: factual, the client may read them.
PROGRESS = (
    Template(
        "soap",
        (
            Section("Subjective", "What the client says of how it is, in their words."),
            Section("Objective", "What can be observed: length and time of the letter, what it answers, its cues."),
            Section("Assessment", "What it means for the work, and for what was agreed."),
            Section("Plan", "What comes next, and by when."),
        ),
    ),
    Template(
        "dap",
        (
            Section("Data", "What was written and what was observed."),
            Section("Assessment", "What it means for the work."),
            Section("Plan", "What comes next, and by when."),
        ),
    ),
    Template(
        "birp",
        (
            Section("Behaviour", "What the client wrote and did."),
            Section("Intervention", "What the response offered."),
            Section("Response", "What the client made of it."),
            Section("Plan", "What comes next, and by when."),
        ),
    ),
    FREE,
)
# For oneself: private, in a store of their own.
PROCESS = (
    Template(
        "four-readings",
        (
            Section("Own resonance", "First reading: what happens in me as I read?"),
            Section("Theme", "Second reading: what is it about, and in which life does it stand?"),
            Section("Hypotheses", "Third reading: what might be at work here? What else might it be?"),
            Section("Response", "Fourth reading: what does the writer ask for, and what can I answer?"),
        ),
    ),
    Template(
        "gibbs",
        (
            Section("Description", "What happened?"),
            Section("Feelings", "What was I thinking and feeling?"),
            Section("Evaluation", "What was good about it, what was hard?"),
            Section("Analysis", "What sense can I make of it?"),
            Section("Conclusion", "What else could I have done?"),
            Section("Action plan", "What will I do if it comes again?"),
        ),
    ),
    Template(
        "kolb",
        (
            Section("Experience", "What did I do, and what was it like?"),
            Section("Reflection", "What do I notice when I look back?"),
            Section("Conceptualisation", "What do I learn from it that holds beyond this letter?"),
            Section("Experiment", "What will I try?"),
        ),
    ),
    Template(
        "six-minute",
        (
            Section(
                "Six minutes", "Write for six minutes without stopping. Nobody reads it; spelling does not matter."
            ),
            Section("Reading it again", "What surprises me in what I wrote?"),
        ),
    ),
    FREE,
)
