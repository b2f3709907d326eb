"""The one filter that every untrusted string passes before a person sees it (HAZARDS S9, H10)."""

import unicodedata

# Explicit embeddings, overrides and isolates reorder what stands around them; the plain marks
# (LRM, RLM, ALM) do not and are left alone: honest right-to-left text carries them.
_BIDI_CONTROLS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\u2426")
_REPLACEMENT = "\u2426"
_KEPT_CONTROLS = {"\n", "\t"}
_LINE_BREAKS = str.maketrans(dict.fromkeys("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n"))


def sanitise(text: str) -> str:
    r"""`text` with nothing in it that steers a terminal, reorders its surroundings or starts a lone half.

    Line ends become `\\n`; C0 and C1 controls, DEL, bidirectional controls, surrogates and other
    unassigned control characters become a visible mark (U+2426); everything else is kept as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    unified = text.replace("\r\n", "\n").translate(_LINE_BREAKS).translate(_BIDI_CONTROLS)
    return "".join(_shown(character) for character in unified)


def sanitise_line(text: str) -> str:
    """`text` as one line: as `sanitise`, with runs of blanks and line ends made one space."""
    return " ".join(sanitise(text).split())


def _shown(character: str) -> str:
    if character.isprintable() or character in _KEPT_CONTROLS:
        return character
    category = unicodedata.category(character)
    if category in {"Cc", "Cs"}:
        return _REPLACEMENT
    return character
