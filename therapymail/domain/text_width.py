"""How wide text stands on a terminal, cut and broken by columns; for drawings that know no terminal library."""

import unicodedata

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_MARK_LEFT_TO_RIGHT = "\u200e"  # no column wide


def columns_of(text: str) -> int:
    """How many columns a terminal gives `text`: two for wide characters, none for marks."""
    if text.isascii():
        return len(text)
    return sum(_width_of(each) for each in text)


def clipped(text: str, width: int, cut: str) -> str:
    """`text`, ending in `cut` where it has more than `width` columns; a letter never loses its marks."""
    if columns_of(text) <= width:
        return text
    kept, room = "", width - columns_of(cut)
    for character in text:
        room -= _width_of(character)
        if room < 0:
            break
        kept += character
    return kept + cut


def padded(text: str, width: int, fill: str = " ") -> str:
    """`text` with `fill` behind it up to `width` columns."""
    return text + fill * (width - columns_of(text))


def kept_apart(label: str) -> str:
    """`label` so that what stands behind it in the line is not read from right to left with it."""
    is_turned = any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in label)
    return label + _MARK_LEFT_TO_RIGHT if is_turned else label


def broken(text: str, width: int, hang: int = 0) -> list[str]:
    """`text` in lines of at most `width` columns, the later ones `hang` in; a word that is too long is chopped."""
    lines: list[str] = []
    line, room = "", width
    for word in text.split(" "):
        rest = word
        while True:
            before = line + " " if line.strip() else line
            if columns_of(before + rest) <= room or not rest:
                line = before + rest
                break
            if line.strip():
                lines.append(line.rstrip())
            elif columns_of(rest) > room - columns_of(line):
                head = clipped(rest, max(1, room - columns_of(line)), "") or rest[0]
                lines.append(line + head)
                rest = rest[len(head) :]
            line = " " * min(hang, width // 2)
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _width_of(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
