"""The shapes of what `--json` says of keys beside the keys themselves: their parts, key changes, and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import utc_text
from therapymail.domain.spoken_fingerprint import spoken_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from therapymail.domain.client import EncryptionPart
    from therapymail.domain.key_change import KeyChange, KeyEvent

Shape = dict[str, Any]
_WHOLE = 40  # digits of a fingerprint; a signature may name but the last sixteen


def parts_shape(parts: Sequence[EncryptionPart]) -> list[Shape]:
    """The parts of a key that can be sealed to, the newest first."""
    return [
        {"fingerprint": part.fingerprint, "created": utc_text(part.created), "expires": utc_text(part.expires)}
        for part in parts
    ]


def key_change_shape(change: KeyChange) -> Shape:
    """Another key beside a client's pinned one, decided or not; `sign` is what spoke for it."""
    whole = len(change.fingerprint) == _WHOLE
    return {
        "fingerprint": change.fingerprint,
        "words": " ".join(spoken_words(change.fingerprint)) if whole else None,
        "beside": change.pinned,
        "sign": change.sign.value,
        "letter": str(change.letter) if change.letter else None,
        "opened": utc_text(change.found),
        "here": change.is_here,
        "stops_letters": change.blocks,
        "decided": utc_text(change.resolved),
        "decision": change.resolution.value if change.resolution else None,
        "why": change.why,
    }


def key_event_shape(event: KeyEvent) -> Shape:
    """One thing that happened to a client's keys."""
    return {"at": utc_text(event.at), "what": event.what, "fingerprint": event.fingerprint, "detail": event.detail}
