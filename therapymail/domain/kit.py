"""The onboarding kit as values: what a client is told to begin with, the same for the mail and for the printed page.

Nothing in it is about the client, and nothing says what the writing is for: the mail leaves unsealed (M07).
"""

import functools
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, NamedTuple

from therapymail.domain.mail_program import MailProgram
from therapymail.domain.sanitise import sanitise_line
from therapymail.domain.spoken_fingerprint import spoken_rows
from therapymail.errors import UnusableInput

LANGUAGES = ("en",)
# Words of the list for fingerprints that would say, in a mail for everybody to read, what they do not mean.
_TELLING = frozenset({"consulting", "leprosy", "pharmacy", "specialist", "stethoscope", "therapist", "trauma", "tumor"})


class Section(NamedTuple):
    """A heading with its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


class KeyShown(NamedTuple):
    """The own key as it is compared: 40 hex digits, and rows of eight of them with their words (words or empty)."""

    fingerprint: str
    rows: tuple[tuple[str, str], ...]
    section: Section
    code: str


@dataclass(frozen=True)
class Kit:
    """What one client is told. `name` and `address` are the therapist's; every text is one line.

    What a program has on a button or in a menu stands in square brackets (see `pieces` and `plain`).

    `opening` is for the mail, `page_opening` for the page; `needs` stands before the numbered `steps`.
    """

    program: MailProgram
    language: str
    name: str
    address: str
    subject: str
    greeting: str
    opening: str
    page_opening: str
    needs: str
    steps: Section
    key: KeyShown
    sections: tuple[Section, ...]


def make_kit(program: MailProgram, language: str, *, name: str, address: str, fingerprint: str) -> Kit:
    """The kit for `program`, from a therapist's name, address and own key (40 hex digits).

    Raises UnusableInput for a language there are no texts in.
    """
    if language not in LANGUAGES:
        raise UnusableInput("language", f"there are texts in {', '.join(LANGUAGES)}")
    common, own = _texts(language, "common"), _texts(language, program.value)
    filling = {"file": certificate_name(fingerprint), "address": address, "program": own["program"]}

    def filled(text: str) -> str:
        return _filled(text, filling)

    def section(name: str, *paragraphs: str) -> Section:
        return Section(filled(common[name]["heading"]), tuple(filled(text) for text in paragraphs))

    return Kit(
        program=program,
        language=language,
        name=sanitise_line(name),
        address=address,
        subject=common["subject"],
        greeting=common["greeting"],
        opening=filled(common["opening"]),
        page_opening=filled(common["page_opening"]),
        needs=filled(own["needs"]),
        steps=section("begin", *own["steps"]),
        key=_key(common["key"], fingerprint, section),
        sections=(
            section("reply", own["reply"]),
            section("subject_line", own["subject_line"]),
            section("limits", common["limits"]["text"]),
            section("seen", common["seen"]["text"]),
            section("keeping", common["keeping"]["text"]),
        ),
    )


def program_names(language: str) -> tuple[tuple[MailProgram, str], ...]:
    """Every program that there are steps for, with the name that people know it by."""
    return tuple((program, str(_texts(language, program.value)["program"])) for program in MailProgram)


def pieces(text: str) -> tuple[tuple[str, bool], ...]:
    """A kit's text in pieces, each with whether it is what a program has on a button or in a menu."""
    found = re.split(r"\[([^\[\]]*)\]", text)
    return tuple((piece, place % 2 == 1) for place, piece in enumerate(found) if piece)


def plain(text: str) -> str:
    """A kit's text where nothing can be set apart but by quotation marks."""
    return "".join(f'"{piece}"' if is_label else piece for piece, is_label in pieces(text))


def certificate_name(fingerprint: str) -> str:
    """The file name that other programs give such a key (PGP.md K8)."""
    return f"OpenPGP_0x{fingerprint[-16:].upper()}.asc"


def _key(texts: Mapping[str, str], fingerprint: str, section: Callable[..., Section]) -> KeyShown:
    """The rows with their words, unless one of these would say too much: then the digits alone."""
    rows = spoken_rows(fingerprint)
    if any(_TELLING.intersection(words.split()) for _, words in rows):
        rows = tuple((digits, "") for digits, _ in rows)
    paragraphs = [texts["text"], *([texts["words"]] if rows[0][1] else [])]
    return KeyShown(fingerprint.upper(), rows, section("key", *paragraphs), texts["code"])


def _filled(text: str, filling: Mapping[str, str]) -> str:
    """`text` on one line, with each name in braces replaced; what replaces it is not looked into again."""
    pieces = text.strip().split("{")
    found = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}")
        found.append(filling[name] + rest)
    return "".join(found)


@functools.cache
def _texts(language: str, name: str) -> Mapping[str, Any]:
    file = resources.files("therapymail.domain.kit_texts") / language / f"{name}.toml"
    return tomllib.loads(file.read_text("utf-8"))
