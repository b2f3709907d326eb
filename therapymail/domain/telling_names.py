"""What of a name tells who somebody is, and the one form in which names and texts are compared (F58). Pure."""

import re
import unicodedata
from typing import NamedTuple

from therapymail.domain.sanitise import sanitise

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 3  # letters: of shorter parts only those count that are no words ("Jo", not "An")
_SHORTEST_UNCASED = 2
_TITLES_WRITTEN = "dr mrs miss mister doctor prof professor sir lady madam madame monsieur herr frau fru senora"
_TITLES = frozenset(_TITLES_WRITTEN.split())
_SHORT_WORDS_WRITTEN = (
    "ah ai al am an as at au be by da de di do du eh el em en er es et ex go ha he hi id if il im in is it ja je la le"
    " lo ma me mi mr ms mu my na ne no nu of oh ok on or ou pa pe re sa se si so su ta te to tu tv um un up us vi vs we"
    " wo ye yo zu"
)
_SHORT_WORDS = frozenset(_SHORT_WORDS_WRITTEN.split())
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0")  # fillers of Hangul, letters by their category
_NO_ACCENT = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "þ": "th", "æ": "ae", "œ": "oe"}
)
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһкмтнвԛԝѵАЕОРСУХІЈЅКМТНВαοντικρυχϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսհոɑɡᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
    "aeopcyxijsdhkmthbqwvAEOPCYXIJSKMTHBaovtikpuxcjABEZHIKMNOPTYXouhnagabcdefghijklmnoprstuvwyz",
)


class Telling(NamedTuple):
    """What of a name is looked for, folded.

    `words` are parts of a script with capitals, each found as a word of its own; `uncased` parts of other scripts,
    found anywhere; `phrase` is the whole name where no part of it could be told from a word.
    """

    words: frozenset[str]
    uncased: frozenset[str]
    phrase: str = ""


def telling(name: str) -> Telling:
    """What of `name` tells who somebody is: neither titles nor what is written small in it ("van", "and")."""
    shown = plain(name)
    bare = [part for part in _WORD.findall(_without_uncased(shown)) if folded(part) not in _TITLES]
    capital = [part for part in bare if not part.islower()] or bare
    tokens = [token for token in _without_uncased(shown).split() if not token.islower()]
    joined = [re.sub(r"[\W_]", "", part) for token in tokens for part in (token, *token.split("-"))]
    parts = [*capital, *(part for part in joined if folded(part) not in _TITLES)]
    words = {form for part in parts for form in _forms(part) if _tells(form)}
    uncased = {part for part in _WORD.findall(_without_cased(shown)) if len(part) >= _SHORTEST_UNCASED}
    whole = "".join(_WORD.findall(_without_cased(shown)))
    uncased |= {whole} if len(whole) >= _SHORTEST_UNCASED else set()
    phrase = " ".join(map(folded, capital)) if not words and not uncased and len(capital) > 1 else ""
    return Telling(frozenset(words), frozenset(map(folded, uncased)), phrase)


def plain(text: str) -> str:
    """`text` with its characters in one form each, and nothing invisible, nor a lone accent, between them."""
    shown = sanitise(text)
    if shown.isascii():
        return shown
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", shown.replace("\u00ad\n", "-\n")))
    return _without(composed, {each for each in set(composed) if _is_invisible(each)})


def folded(text: str) -> str:
    """`text` without accents and capitals."""
    if text.isascii():
        return text.lower()
    return text.translate(_LATIN).lower() if max(text) < _BEYOND_LATIN else _folded(text)


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return _without(apart, set(filter(unicodedata.combining, apart))).casefold().translate(_NO_ACCENT)


def pieces(word: str, *, humps: bool = False) -> tuple[str, ...]:
    """What of a word may be a name: its runs of letters with capitals ("Tomas2", "Tomasさん").

    With `humps`, for names of files, each of "LetterTomas" as well.
    """
    if not humps and word.isalpha() and max(word) < _BEYOND_LATIN:
        return (word,)
    runs = _WORD.findall(_without_uncased(word))
    if humps:
        runs += [hump for run in runs for hump in re.findall(r"[^\W\d_][^\W\d_A-Z]+", run) if hump != run]
    return tuple(runs)


def looks_like(word: str) -> str:
    """`word` folded, letters of other scripts that look like Latin ones taken for these."""
    return folded(word.translate(_LOOKALIKES))


def _forms(part: str) -> set[str]:
    """The ways in which one part is written, folded."""
    return {folded(part), folded(written_out(part)), looks_like(part)}


def written_out(part: str) -> str:
    """`part` in small letters, with letters that some write as two written so: "Jürgen" as "juergen"."""
    return unicodedata.normalize("NFC", part).casefold().translate(_WRITTEN_OUT)


def _tells(form: str) -> bool:
    return len(form) >= _SHORTEST or (len(form) == _SHORTEST - 1 and form not in _SHORT_WORDS)


def _without(text: str, characters: set[str]) -> str:
    return text.translate(dict.fromkeys(map(ord, characters))) if characters else text


def _is_invisible(character: str) -> bool:
    category = unicodedata.category(character)
    return category == "Cf" or category.startswith("M") or character in _INVISIBLE


def _without_uncased(text: str) -> str:
    return text if text.isascii() else "".join(" " if unicodedata.category(each) == "Lo" else each for each in text)


def _without_cased(text: str) -> str:
    return "".join(each if each.isspace() or unicodedata.category(each) == "Lo" else " " for each in text)


_BEYOND_LATIN = "\u0180"
_LATIN = {point: _folded(chr(point)) for point in range(0x80, ord(_BEYOND_LATIN))}  # most words, without a long way
