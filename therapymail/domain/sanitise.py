"""The one filter that every untrusted string passes before a person sees it (HAZARDS S9, H10)."""

import re

_REPLACEMENT = "\u2426"
_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# C0 and C1 controls without line end and tabulator, and lone halves of surrogate pairs. Explicit bidirectional
# embeddings, overrides and isolates reorder what stands around them; the plain marks (LRM, RLM, ALM) do not and are
# left alone: honest right-to-left text carries them.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def sanitise(text: str) -> str:
    r"""`text` with nothing in it that steers a terminal, reorders its surroundings or starts a lone half.

    Line ends become `\\n`; C0 and C1 controls, DEL, bidirectional controls and surrogates become a visible mark
    (U+2426); everything else is kept as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    return _STEERING.sub(_REPLACEMENT, _LINE_BREAKS.sub("\n", text))


def sanitise_line(text: str) -> str:
    """`text` as one line: as `sanitise`, with runs of blanks and line ends made one space."""
    return " ".join(sanitise(text).split())
