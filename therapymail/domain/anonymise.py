"""Names, addresses and chosen words replaced throughout a text, however they are written (F31). Pure.

Case, accents, letters that look like others, invisible characters, the genitive, endings, words that are spelt or
broken over lines make no difference. Where in doubt more is replaced, not less: names that are words as well stay only
where they stand as words. What no list can know (a story, a date, a place nobody named) is for the person who looks
it over.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from therapymail.domain.folded_text import FoldedText, fold
from therapymail.domain.names_and_words import NAMES_AND_WORDS, is_a_word
from therapymail.domain.telling_names import telling, written_out
from therapymail.errors import UnusableInput

ADDRESS, LINK, NUMBER, ARMOR = "[address]", "[link]", "[number]", "[sealed text or key]"
MOST_REPLACEMENTS, LONGEST_REPLACEMENT = 2_000, 200
_LETTER = re.compile(r"[^\W\d_]")
_LINKS = re.compile(r"(?:\b[a-z][a-z+.-]{1,15}://|\bwww\.)[^\s<>\"]+", re.IGNORECASE)
_HEX = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f](?:[\s:.-]{0,3}[0-9A-Fa-f]){15,63}")
_AT = re.compile("@|%40")
_IN_ADDRESS = re.compile(r"[\w.+%'~-]")
_LONGEST_ADDRESS = 254  # characters (RFC 5321 section 4.5.3.1.3)
_BETWEEN_PARTS = re.compile(r"[\s.\-]{1,3}|\s+[^\W\d_]\.?\s+|")
_FEW = 2  # letters: such a name counts only as it is written, "Jo"
_LONG = 5  # letters: such a word is replaced with whatever is joined to its end
_BLANKS = r"(?:[.,]?[\s>]{1,9}|-[\s>]{0,9})"  # a quoted line's too: "St James", "St. James", "St-James"
_PARTING = re.compile(r"(?<=.)[ -](?=.)")
_HANDLE = re.compile(r"(?<![\w.@])@\w[\w.]{1,40}")
_LETTER_NUMBER = re.compile(r"-\d")


class Replacement(NamedTuple):
    """A word or phrase that the therapist chose, and what stands in its place."""

    what: str
    by: str


class Named(NamedTuple):
    """Somebody whose every name is replaced: names and addresses by `by`, codes by `code_by`."""

    by: str
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    code_by: str = ""


class Replaced(NamedTuple):
    """A text with replacements: `spans` are start and end in the original, and the length of what stands there now."""

    text: str
    spans: tuple[tuple[int, int, int], ...]

    def moved(self, place: int) -> int:
        """Where a place of the original is now; one within what was replaced is at its beginning."""
        shift = 0
        for start, end, length in self.spans:
            if place <= start:
                break
            if place < end:
                return start + shift
            shift += length - (end - start)
        return place + shift


class _Needle(NamedTuple):
    """What is looked for, folded, and how it counts; `pattern` is of a phrase, whose blanks may be a line's end."""

    folded: str
    by: str
    is_code: bool = False
    is_chosen: bool = False
    is_uncased: bool = False

    @property
    def pattern(self) -> str:
        """What matches it in a folded text."""
        return _BLANKS.join(map(re.escape, _PARTING.split(self.folded)))


@dataclass(frozen=True)
class Anonymiser:
    """What is replaced by what. Made by `anonymiser`; `needles` by their first letter, longest first."""

    needles: "dict[str, list[tuple[_Needle, re.Pattern[str]]]]"
    begins: "re.Pattern[str]"
    addresses: dict[str, str]

    @property
    def put_in(self) -> frozenset[str]:
        """Everything that stands in a word's place."""
        return frozenset(needle.by for some in self.needles.values() for needle, _ in some)

    def text(self, text: str, *, is_file_name: bool = False) -> str:
        """`text` with everything replaced. Never raises."""
        return self.replaced(text, is_file_name=is_file_name).text

    def replaced(self, text: str, *, is_file_name: bool = False) -> Replaced:
        """`text` with everything replaced, and where. In the name of a file a code counts in small letters, too."""
        if not text:
            return Replaced(text, ())
        found = [*self._patterns(text), *self._named(text, is_file_name=is_file_name)]
        spans = _apart(sorted(found, key=lambda each: (each[0], -each[1])), text)
        pieces, at = [], 0
        for start, end, by in spans:
            pieces += [text[at:start], by]
            at = end
        return Replaced("".join([*pieces, text[at:]]), tuple((start, end, len(by)) for start, end, by in spans))

    def _patterns(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Addresses, links, armor, and digits as long as a key's: whoever's they are."""
        yield from ((*block, ARMOR) for block in _armor(text))
        for start, end in _addresses(text):
            known = self.addresses.get(fold(text[start:end]).replace("%40", "@"))
            yield start, end, known or ADDRESS
        yield from ((*each.span(), ADDRESS) for each in _HANDLE.finditer(text))
        yield from ((*each.span(), LINK) for each in _LINKS.finditer(text))
        yield from ((*each.span(), NUMBER) for each in _HEX.finditer(text) if any(map(str.isdigit, each[0])))

    def _named(self, text: str, *, is_file_name: bool) -> Iterator[tuple[int, int, str]]:
        folded = FoldedText.of(text)
        for variant in (folded, *folded.joined()):
            for found in self.begins.finditer(variant.text):
                span = self._counted_at(found.start(), variant, is_file_name=is_file_name)
                if span:
                    yield span

    def _counted_at(self, at: int, text: FoldedText, *, is_file_name: bool) -> tuple[int, int, str] | None:
        for needle, pattern in self.needles[text.text[at]]:
            if found := pattern.match(text.text, at):
                span = _counted(needle, text, found.span(), is_file_name=is_file_name)
                if span:
                    return (*span, needle.by)
        return None


def anonymiser(people: Iterable[Named] = (), chosen: Iterable[Replacement] = ()) -> Anonymiser:
    """What replaces the names of `people` and the `chosen` words, which come first.

    Raises UnusableInput where what stands in a word's place would itself have to be replaced.
    """
    everybody, words = list(people), list(chosen)
    needles: dict[str, _Needle] = {}
    for each in words:
        for form in _forms(each.what):
            needles.setdefault(form, _Needle(form, each.by, is_chosen=True, is_uncased=_is_uncased(each.what)))
    for person in everybody:
        for needle in _needles_of(person):
            needles.setdefault(needle.folded, needle)
    made = _made(needles.values(), {fold(one): person.by for person in everybody for one in person.addresses})
    if any(made.text(each.by) != each.by for each in words):
        raise UnusableInput("--replace", "what stands in a word's place holds another word that is replaced")
    return made


def _made(needles: Iterable[_Needle], addresses: dict[str, str]) -> Anonymiser:
    by_letter: dict[str, list[tuple[_Needle, re.Pattern[str]]]] = {}
    for each in sorted(needles, key=lambda each: (-len(each.folded), each.folded)):
        by_letter.setdefault(each.folded[0], []).append((each, re.compile(each.pattern)))
    # One letter and what must follow it: so Python goes from one such letter to the next.
    alternatives = (
        f"{re.escape(letter)}(?={'|'.join(each.pattern[len(re.escape(letter)) :] for each, _ in some)})"
        for letter, some in by_letter.items()
    )
    return Anonymiser(by_letter, re.compile("|".join(alternatives) or "(?!)"), addresses)


def read_replacement(text: str) -> Replacement:
    """The replacement in `WORD=OTHER`. Raises UnusableInput."""
    what, equals, by = (part.strip() for part in text.partition("="))
    if not equals or len(fold(what).strip()) < _FEW or not by:
        raise UnusableInput("--replace", "it looks like Leeds=a northern city, with two letters at least")
    if max(len(what), len(by)) > LONGEST_REPLACEMENT or not by.isprintable():
        raise UnusableInput("--replace", f"either side has at most {LONGEST_REPLACEMENT} ordinary characters")
    return Replacement(what, by)


def read_replacements(text: str) -> tuple[Replacement, ...]:
    """Those of a file: one on each line, empty lines and lines after # left out. Raises UnusableInput."""
    lines = [line.strip() for line in text.splitlines()]
    wanted = [line for line in lines if line and not line.startswith("#")]
    if len(wanted) > MOST_REPLACEMENTS:
        raise UnusableInput("--replacements", f"more than {MOST_REPLACEMENTS} lines")
    return tuple(map(read_replacement, wanted))


# --- what is looked for ----------------------------------------------------------------------------------


def _needles_of(person: Named) -> Iterator[_Needle]:
    for code in person.codes:
        yield _Needle(fold(code), person.code_by or person.by, is_code=True)
    for name in person.names:
        parts = telling(name)
        whole = [part for part in name.split() if fold(part) in parts.words]
        joined = {"".join(whole), "".join(reversed(whole))} if len(whole) > 1 else set()
        for word in (*parts.words, *joined, *filter(None, [parts.phrase])):
            yield from (_Needle(form, person.by) for form in _forms(word))
        yield from (_Needle(fold(part), person.by, is_uncased=True) for part in parts.uncased if fold(part))


def _forms(words: str) -> set[str]:
    """The ways in which a word or phrase is written, folded, with one space where there are blanks."""
    return {" ".join(fold(form).split()) for form in (words, written_out(words))} - {""}


def _is_uncased(word: str) -> bool:
    return word.upper() == word.lower() and bool(_LETTER.search(word))


# --- whether it counts where it stands -------------------------------------------------------------------


def _counted(
    needle: _Needle, text: FoldedText, place: tuple[int, int], *, is_file_name: bool
) -> tuple[int, int] | None:
    """The place in the original of what is replaced, where `needle` stands; None where it is another word."""
    at, end = place
    if (crosses := text.crosses_break(at, end)) is False:
        return None
    if crosses and text.spelt:
        return text.span(at, end)
    if needle.is_uncased:
        return text.span(at, end)
    if not text.begins_word(at):
        return None
    if needle.is_code:
        return text.span(at, end) if _is_code(text, place, is_file_name=is_file_name) else None
    whole = end if text.ends_word(end) else _with_ending(needle, text, place)
    if whole is None:
        return None
    span = text.span(at, whole)
    return None if _stands_as_word(needle, text, span, is_file_name=is_file_name) else span


def _is_code(text: FoldedText, place: tuple[int, int], *, is_file_name: bool) -> bool:
    """Whether a code stands there, and not the word that it is as well: "HERON", "heron-12", "HERONs"."""
    ending = text.text[place[1] : text.end_of_word(place[1])]
    if not text.ends_word(place[1]) and ending != "s":
        return False
    is_numbered = _LETTER_NUMBER.match(text.original, text.span(*place)[1]) is not None
    return text.written(*place).isupper() or is_file_name or is_numbered


def _with_ending(needle: _Needle, text: FoldedText, place: tuple[int, int]) -> int | None:
    """Where the word ends that begins with `needle` and goes on; None where it is another word."""
    at, end = place
    whole = text.end_of_word(end)
    ending, length = text.text[end:whole], len(needle.folded)
    if ending in {"s", "es"} and length > _FEW:
        return whole
    is_capital = text.written(at, end)[:1].isupper()
    most = len(ending) if length >= _LONG else _FEW if length == _LONG - 1 else 0
    if not is_capital or len(ending) > most or (not needle.is_chosen and needle.folded in NAMES_AND_WORDS):
        return None
    return whole


def _stands_as_word(needle: _Needle, text: FoldedText, span: tuple[int, int], *, is_file_name: bool) -> bool:
    """Whether somebody's name stands there as the ordinary word that it is as well."""
    if needle.is_chosen or is_file_name:
        return False
    written = text.original[slice(*span)]
    if len(needle.folded) <= _FEW and not written.istitle():
        return True
    return is_a_word(text.original, span, written)


# --- where it stands -------------------------------------------------------------------------------------


def _armor(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every block of OpenPGP armor: a key bears a name, and base64 is nothing to look over."""
    start = text.find("-----BEGIN PGP ")
    while start >= 0:
        last = text.find("-----END PGP ", start)
        end = text.find("-----", last + 5) if last >= 0 else -1
        if end < 0:
            return
        yield start, end + 5
        start = text.find("-----BEGIN PGP ", end + 5)


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of everything with an @ in it that has the form of an address."""
    for found in _AT.finditer(text):
        start, end = found.span()
        while start and found.start() - start < _LONGEST_ADDRESS and _IN_ADDRESS.match(text[start - 1]):
            start -= 1
        while end < len(text) and end - found.end() < _LONGEST_ADDRESS and _IN_ADDRESS.match(text[end]):
            end += 1
        while end > found.end() and text[end - 1] in ".'-":
            end -= 1
        if start < found.start() and end > found.end():
            yield start, end


def _apart(spans: Sequence[tuple[int, int, str]], text: str) -> list[tuple[int, int, str]]:
    """`spans`, in order, with those that overlap made one, and the parts of one name made one."""
    merged: list[tuple[int, int, str]] = []
    for start, end, by in spans:
        last = merged[-1] if merged else None
        if last and start < last[1]:
            merged[-1] = (last[0], max(last[1], end), last[2])
        elif last and by == last[2] and _BETWEEN_PARTS.fullmatch(text, last[1], start):
            merged[-1] = (last[0], end, by)
        else:
            merged.append((start, end, by))
    assert all(one[1] <= other[0] for one, other in pairwise(merged))
    return merged
