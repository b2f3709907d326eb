"""Cues: what a letter says in square brackets or by an emoji in place of voice and face (F18).

`[feeling lighter]`, `[nodding]`, `[sighs]`. What stands in brackets for other reasons is no cue: `[1]`, `[link]`,
`[ ]` and `[x]` of forms, code, links, `[...]`. Pure; what is a feeling, the list says that is handed in.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from therapymail.domain.feelings import Feelings, words_of

LONGEST = 300  # characters within brackets


class CueKind(StrEnum):
    """What a cue stands for: an inner feeling, something one would see or hear, a thought; or none of these."""

    FEELING = "feeling"
    ACTION = "action"
    THINKING = "thinking"
    OTHER = "other"


class Cue(NamedTuple):
    """One cue: `text[start:end]` is the whole of it, `words` what it says, `feelings` those of the list it names."""

    kind: CueKind
    words: str
    start: int
    end: int
    feelings: tuple[str, ...] = ()


def cues_in(text: str, feelings: Feelings) -> tuple[Cue, ...]:
    """The cues of `text` in their order, none of them overlapping. Never raises."""
    code = _code_in(text)
    found = [*_bracketed(text, feelings), *_pictures(text, feelings)]
    return tuple(sorted((cue for cue in found if not _is_within(cue.start, cue.end, code)), key=lambda cue: cue.start))


def cues_phrase(cues: Sequence[Cue]) -> str:
    """Cues in their order: "crying a little (action), relieved (feeling)"; to be sanitised."""
    return ", ".join(f"{' '.join(cue.words.split())} ({cue.kind.value})" for cue in cues)


# --- in brackets ---------------------------------------------------------------------------------------

# Nothing that a word or a bracket goes on from before it (`a[i]`, `][`), no target behind it (`](`, `][`, `]:`).
_BRACKETS = re.compile(rf"\[(?<![\w\])!\\]\[)([^\[\]]{{1,{LONGEST}}})\](?![(\[])(?!:[ \t]*(?:<|\w+:))")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_NO_WORDS = re.compile(r"[\W\d_]*(?:[^\W\d_][\W\d_]*)?")  # `[ ]`, `[x]`, `[1]`, `[2a]`, `[...]`
_OF_PROGRAMS = re.compile(r"[=;{}<>|$\\^~@*]|://|\w+\(|\w_\w|^\w+[.:/]\S+$|::")
_LABELS = frozenset(
    """attachment attached audio bild caution cid click co edit edited encrypted external file figure footnote
    here http https image img inline jpg link links logo mailto map more note online page pdf photo photos picture
    png quote redacted ref sic signature snip snipped source spam table text url video warning www xx yes no tbc
    tbd todo""".split()  # noqa: SIM905 - many words read best as words
)
_FEELING_FIRST = frozenset({"feel", "feeling", "feels", "felt"})
_THINKING_FIRST = frozenset(
    """consider considering curious hesitating imagine imagining realising realizing recall recalling reflecting
    remember remembering think thinking thinks thought unsure wonder wondering wonders""".split()  # noqa: SIM905 - many words read best as words
)
_ACTIONS = frozenset(
    """beaming bites biting blinking blush blushes blushing breath breathe breathes breathing chuckle chuckles
    chuckling clenching coughs cries cry crying dancing deep eyeroll fidgeting frown frowning frowns gasp gasps
    giggle giggles giggling glances glancing grimace grimaces grin grinning grins hands heart holding hug hugging
    hugs humming laugh laughing laughs leaning leans listening long looking looks nod nodding nods pacing pause
    pauses pausing racing raises raising rereading rolls rubbing shaking shivering shrug shrugging shrugs sigh
    sighing sighs silence silent sit sits sitting smile smiles smiling smirk sniff sob sobbing sobs staring stares
    stretching swallowing swallows tear tears thumbs trembling typing voice walking wave waves waving weeping
    whispering wink winking winks wry yawn yawning yawns""".split()  # noqa: SIM905 - many words read best as words
)
_AT_THE_BEGINNING = 3  # words


def _bracketed(text: str, feelings: Feelings) -> Iterator[Cue]:
    read: dict[str, _Said | None] = {}  # the same is said again and again
    for found in _BRACKETS.finditer(text):
        inside = found[1]
        if inside not in read:
            read[inside] = _said(inside, feelings)
        if said := read[inside]:
            yield Cue(said.kind, said.words, *found.span(), said.feelings)


class _Said(NamedTuple):
    """A cue wherever it stands."""

    kind: CueKind
    words: str
    feelings: tuple[str, ...]


def _said(inside: str, feelings: Feelings) -> _Said | None:
    """What stands in brackets as a cue; None where it is none."""
    if _EMPTY_LINE.search(inside) or _NO_WORDS.fullmatch(inside) or _OF_PROGRAMS.search(inside.strip()):
        return None
    words = words_of(inside)
    if not words or words[0] in _LABELS or _is_label(inside, words):
        return None
    named = feelings.named_in(inside)
    return _Said(_kind(words, named), " ".join(inside.split()), named)


def _is_label(inside: str, words: list[str]) -> bool:
    """Whether it is what programs and forms put in brackets: one word in capitals, or a word that ends in digits."""
    said = inside.strip()
    return (len(words) == 1 and said.isupper() and len(said) > 1) or said[-1].isdigit()


def _kind(words: list[str], named: tuple[str, ...]) -> CueKind:
    if words[0] in _FEELING_FIRST:
        return CueKind.FEELING
    if words[0] in _THINKING_FIRST and not (named and len(words) == 1):
        return CueKind.THINKING
    if words[0] in _ACTIONS and words[0] not in named:
        return CueKind.ACTION
    if named:
        return CueKind.FEELING
    return CueKind.ACTION if _ACTIONS.intersection(words[:_AT_THE_BEGINNING]) else CueKind.OTHER


# --- by a picture --------------------------------------------------------------------------------------

_FEELING, _ACTION, _THINKING, _OTHER = CueKind.FEELING, CueKind.ACTION, CueKind.THINKING, CueKind.OTHER
_PICTURES: dict[str, tuple[CueKind, str]] = {
    "\U0001f600": (_FEELING, "happy"),
    "\U0001f603": (_FEELING, "happy"),
    "\U0001f604": (_FEELING, "happy"),
    "\U0001f60a": (_FEELING, "glad"),
    "\U0001f60c": (_FEELING, "relieved"),
    "\U0001f614": (_FEELING, "sad"),
    "\U0001f61e": (_FEELING, "disappointed"),
    "\U0001f620": (_FEELING, "angry"),
    "\U0001f621": (_FEELING, "furious"),
    "\U0001f622": (_FEELING, "sad"),
    "\U0001f625": (_FEELING, "sad"),
    "\U0001f628": (_FEELING, "frightened"),
    "\U0001f62b": (_FEELING, "tired"),
    "\U0001f62d": (_FEELING, "tearful"),
    "\U0001f630": (_FEELING, "anxious"),
    "\U0001f631": (_FEELING, "terrified"),
    "\U0001f632": (_FEELING, "surprised"),
    "\U0001f633": (_FEELING, "embarrassed"),
    "\U0001f641": (_FEELING, "sad"),
    "\u2639": (_FEELING, "sad"),
    "\u2764": (_FEELING, "loving"),
    "\U0001f494": (_FEELING, "heartbroken"),
    "\U0001f642": (_ACTION, "smile"),
    "\u263a": (_ACTION, "smile"),
    "\U0001f602": (_ACTION, "laugh"),
    "\U0001f606": (_ACTION, "laugh"),
    "\U0001f609": (_ACTION, "wink"),
    "\U0001f917": (_ACTION, "hug"),
    "\U0001f644": (_ACTION, "eyeroll"),
    "\U0001f937": (_ACTION, "shrug"),
    "\U0001f44b": (_ACTION, "wave"),
    "\U0001f44d": (_ACTION, "thumbs up"),
    "\U0001f64f": (_ACTION, "hands together"),
    "\U0001f914": (_THINKING, "thinking"),
    "\U0001f4ad": (_THINKING, "thinking"),
    ":)": (_ACTION, "smile"),
    ":-)": (_ACTION, "smile"),
    "=)": (_ACTION, "smile"),
    ":(": (_FEELING, "sad"),
    ":-(": (_FEELING, "sad"),
    ":'(": (_FEELING, "tearful"),
    ";)": (_ACTION, "wink"),
    ";-)": (_ACTION, "wink"),
    ":D": (_ACTION, "laugh"),
    ":-D": (_ACTION, "laugh"),
    ":/": (_OTHER, "unsure"),
    ":-/": (_OTHER, "unsure"),
}
# What is typed stands apart from words: `http://`, `(see below:)` hold none.
_TYPED = re.compile(
    rf"(?<!\S)(?:{'|'.join(re.escape(each) for each in sorted(_PICTURES, key=len, reverse=True) if each.isascii())})"
    r"(?=[\s.,!?]|$)"
)
_BEGINNINGS = re.compile("[:;=]")  # of what is typed: looking for these alone is ten times as fast
_PICTURE_CHARACTERS = frozenset(each for each in _PICTURES if not each.isascii())
_DRAWN = re.compile(rf"([{''.join(sorted(_PICTURE_CHARACTERS))}])[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]*")
_ANY_BRACKETS = re.compile(rf"\[[^\[\]]{{1,{LONGEST}}}\]")


def _pictures(text: str, feelings: Feelings) -> Iterator[Cue]:
    at = (_TYPED.match(text, begin.start()) for begin in _BEGINNINGS.finditer(text))
    found_in = [(found, found[0]) for found in at if found]
    if not text.isascii() and not _PICTURE_CHARACTERS.isdisjoint(text):
        found_in += [(found, found[1]) for found in _DRAWN.finditer(text)]
    inside = [found.span() for found in _ANY_BRACKETS.finditer(text)] if found_in else []
    for found, picture in found_in:
        if not _is_within(*found.span(), inside):  # the words beside it in the brackets say more
            kind, words = _PICTURES[picture]
            yield Cue(kind, words, *found.span(), feelings.named_in(words))


# --- code ----------------------------------------------------------------------------------------------

_CODE = re.compile(r"^(```|~~~)[^\n]*\n.*?(?:^\1[^\n]*$|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def _code_in(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _CODE.finditer(text)] if "`" in text or "~~~" in text else []


def _is_within(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Whether one of `spans`, which are in order and apart, holds all from `start` to `end`."""
    before = bisect_right(spans, start, key=lambda span: span[0])
    return before > 0 and end <= spans[before - 1][1]
