"""Text from outside as text that can be stored: what no encoding can write down is replaced, nothing else."""


def storable(text: str) -> str:
    """`text` with lone surrogates, which cannot be written as UTF-8, made U+FFFD; anything else unchanged.

    One letter with a broken character must never stop the filing of the others (HAZARDS C42).
    """
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
