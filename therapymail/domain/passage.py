"""A passage of a letter: a range of its text, told again by what stands there should the text be derived anew."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from therapymail.errors import UnusableInput

_RANGE = re.compile(r"([0-9]{1,9})\s*[-\u2013]\s*([0-9]{1,9})")
_NEAR = 4000  # characters to either side where a passage that moved is looked for


@dataclass(frozen=True)
class Passage:
    """`first` up to and without `end`, in characters, of the text of the letter with the digest `letter`.

    `sha256` is that of these characters as UTF-8: after a new derivation of the text (another decoding, a quotation
    told apart otherwise) the passage is found where they stand now, or is said to be gone; never another passage.
    """

    letter: bytes
    first: int
    end: int
    sha256: bytes

    @classmethod
    def of(cls, letter: bytes, text: str, first: int, end: int) -> "Passage":
        """The passage from `first` to `end` of `text`. Raises UnusableInput where there is none."""
        if not 0 <= first < end <= len(text):
            raise UnusableInput("passage", f"the letter's text has {len(text)} characters, counted from 0")
        return cls(letter, first, end, _hash(text[first:end]))

    def place_in(self, text: str) -> tuple[int, int] | None:
        """Where the passage stands in `text` now; None where these characters are no longer near their place."""
        length = self.end - self.first
        # Nearest first: of two equal passages it is the one that moved least.
        for distance in range(_NEAR + 1):
            for first in (self.first - distance, self.first + distance)[: 1 + bool(distance)]:
                if 0 <= first <= len(text) - length and _hash(text[first : first + length]) == self.sha256:
                    return first, first + length
        return None

    def as_json(self) -> dict[str, Any]:
        """The passage as a journal entry says it."""
        return {"letter": self.letter.hex(), "first": self.first, "end": self.end, "sha256": self.sha256.hex()}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "Passage":
        """What `as_json` gave."""
        return cls(bytes.fromhex(said["letter"]), said["first"], said["end"], bytes.fromhex(said["sha256"]))


def read_range(text: str) -> tuple[int, int]:
    """The range in `FROM-TO`: characters, counted from 0, from and without. Raises UnusableInput."""
    found = _RANGE.fullmatch(text.strip())
    if not found or int(found[1]) >= int(found[2]):
        raise UnusableInput("passage", "it looks like HERON-12:120-180, in characters counted from 0")
    return int(found[1]), int(found[2])


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
