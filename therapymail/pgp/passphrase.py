"""Passphrases for the own key: six words drawn by the system's randomness, and how strong a chosen one is."""

import functools
import importlib.resources
import math
import re
import secrets

ENOUGH_BITS = 70.0
WORDS_IN_A_PASSPHRASE = 6
MAX_CHARACTERS = 200  # gpg-agent takes 255 bytes
_LOOKED_AT = 72  # characters that the estimator reads
_BETWEEN_WORDS = re.compile(r"[\s\-_.,]+")


@functools.cache
def passphrase_words() -> tuple[str, ...]:
    """The embedded word list: 4,096 distinct words, so that each drawn word is worth 12 bits."""
    text = importlib.resources.files("therapymail.pgp").joinpath("passphrase_words.txt").read_text("ascii")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def generate_passphrase() -> str:
    """Six words joined by hyphens: 72 bits (DESIGN asks for at least 70)."""
    return "-".join(secrets.choice(passphrase_words()) for _ in range(WORDS_IN_A_PASSPHRASE))


def strength(passphrase: str) -> float:
    """A cautious estimate of a passphrase's strength in bits.

    Distinct words of our own list are worth 12 bits each; anything else is guessed at by zxcvbn, as a whole
    and as the sum of its distinct words, and the lower figure counts: a sentence is not a random string.
    """
    words = {word for word in _BETWEEN_WORDS.split(passphrase.strip()) if word}
    if not words:
        return 0.0
    if words <= set(passphrase_words()):
        return len(words) * math.log2(len(passphrase_words()))
    return min(_guessed(passphrase), sum(_guessed(word) for word in words))


def is_strong_enough(passphrase: str) -> bool:
    """Whether a key under this passphrase is safe with our low s2k-count (LAB.md section 3d)."""
    return strength(passphrase) >= ENOUGH_BITS


def _guessed(text: str) -> float:
    from zxcvbn import zxcvbn

    return float(zxcvbn(text[:_LOOKED_AT])["guesses_log10"]) * math.log2(10)
