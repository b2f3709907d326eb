"""Where a letter says, in brackets or by an emoji, what `cue:` or `feeling:` asked for."""

from collections.abc import Sequence

from therapymail.domain.cues import cues_in
from therapymail.domain.feelings import NO_FEELINGS, words_of
from therapymail.vault.stems import stem
from therapymail.vault.words import Sought, is_dense, sought
from therapymail.vault.words import tokens as tokens_of


class CueMarker:
    """Finds the cues that say something sought; by the same words, forms and neighbours as the index finds them."""

    def __init__(self) -> None:
        self._cues: list[Sought] = []
        self._feelings: list[tuple[str, ...]] = []
        self._known: dict[tuple[str, str], bool] = {}  # by what a cue says, and its language: the same are said often

    def look_for_cue(self, text: str) -> None:
        """Look for cues with these words side by side, in any of their forms."""
        wanted = sought(text)
        if wanted.tokens:
            self._cues.append(wanted)

    def look_for_feeling(self, text: str) -> None:
        """Look for cues that name this feeling, as it is written; a hyphen is no more than a blank."""
        if parts := _parts(text):
            self._feelings.append(parts)

    def marks(self, text: str, language: str) -> list[tuple[int, int]]:
        """The ranges of these cues in `text`, in order."""
        if not (self._cues or self._feelings):
            return []
        found = cues_in(text, NO_FEELINGS)
        return [(cue.start, cue.end) for cue in found if self._is_sought(cue.words, language)]

    def _is_sought(self, words: str, language: str) -> bool:
        if (words, language) not in self._known:
            self._known[words, language] = self._says(words, language)
        return self._known[words, language]

    def _says(self, words: str, language: str) -> bool:
        parts = _parts(words) if self._feelings else ()
        if any(_stands_in(each, parts) for each in self._feelings):
            return True
        said = _forms(tokens_of(words), language) if self._cues else ()
        return any(_stands_in(_forms(tokens, language), said, goes_on=goes_on) for tokens, goes_on in self._cues)


def _forms(tokens: Sequence[str], language: str) -> tuple[str, ...]:
    """What all forms of each word share."""
    return tuple(token if is_dense(token) else stem(token, language) for token in tokens)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for word in words_of(text) for part in word.split("-"))


def _stands_in(wanted: tuple[str, ...], said: tuple[str, ...], *, goes_on: bool = False) -> bool:
    """Whether the words of `wanted` stand side by side in `said`; with `goes_on` the last is only a beginning."""
    *whole, last = wanted
    return any(
        said[at - len(whole) : at] == tuple(whole) and (said[at].startswith(last) if goes_on else said[at] == last)
        for at in range(len(whole), len(said))
    )
