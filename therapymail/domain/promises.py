"""Sentences in which a response says what its author will do: "what did I promise" (DOMAIN, its queries). Pure.

Found by the words with which one speaks of what one will do oneself, in five languages; nothing is understood.
"""

import re

_WORDS = (
    # English, German, French, Spanish, Dutch
    *(r"i will", r"i['\u2019]ll", r"i shall", r"i promise", r"i am going to", r"i['\u2019]m going to", r"we will"),
    *(r"ich werde", r"werde ich", r"ich verspreche", r"verspreche ich", r"wir werden"),
    *(r"je vais", r"je promets", r"je vous [^\W\d_]+ai", r"je te [^\W\d_]+ai", r"nous allons"),
    *(r"voy a", r"prometo", r"vamos a"),
    *(r"ik zal", r"zal ik", r"ik ga", r"ik beloof"),
)
_PROMISE = re.compile(rf"(?<!\w)(?:{'|'.join(_WORDS)})(?!\w)", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\u2026]+[.!?\u2026]*")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def promises_in(text: str) -> tuple[str, ...]:
    """The sentences of `text` that say what its author will do, each as one line, in their order. Never raises."""
    return tuple(
        " ".join(sentence.split())
        for paragraph in _BLANK_LINE.split(text)
        for sentence in _SENTENCE.findall(paragraph)
        if _PROMISE.search(sentence)
    )
