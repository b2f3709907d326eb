"""Images that recur in a correspondence: a phrase that was kept, and others that stand for it (F48)."""

from dataclasses import dataclass
from datetime import datetime

from therapymail.errors import UnusableInput

MOST_CHARACTERS = 80
MOST_VARIANTS = 20


@dataclass(frozen=True)
class Image:
    """An image of a client's (an identity): `phrase` is what it is called by. `added` is UTC."""

    identity: str
    client: str
    phrase: str
    variants: tuple[str, ...]
    added: datetime


def image_phrase(text: str) -> str:
    """`text` as one line, as a phrase is kept. Raises UnusableInput."""
    phrase = " ".join(text.split())
    if not any(character.isalnum() for character in phrase) or len(phrase) > MOST_CHARACTERS:
        raise UnusableInput("image", f"a phrase of 1 to {MOST_CHARACTERS} characters, for example unlit room")
    return phrase


def image_variants(texts: tuple[str, ...], phrase: str) -> tuple[str, ...]:
    """Other phrases for the same image, each once, without the phrase itself. Raises UnusableInput."""
    kept = {each.casefold(): each for each in map(image_phrase, texts)}
    kept.pop(phrase.casefold(), None)
    if len(kept) > MOST_VARIANTS:
        raise UnusableInput("image", f"at most {MOST_VARIANTS} variants")
    return tuple(sorted(kept.values(), key=lambda each: (each.casefold(), each)))
