"""The journal's entries and their chain: what makes the private record append-only and provable."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

NONCE_BYTES = 16
FIRST_PREVIOUS = bytes(32)  # what the first entry of a device names as its predecessor


@dataclass(frozen=True)
class Entry:
    """One journal entry as every device sees it; the payload lies apart and may have been erased.

    `device` is 16 random bytes; `sequence` counts from 1 without a gap; `time` is microseconds of UTC;
    `what` is a word like `letter.filed`; `about` is the hex digest or identity that it concerns, or empty;
    `payload_hash` is SHA-256 of nonce and payload; `previous` is the hash of this device's entry before it.
    """

    device: bytes
    sequence: int
    time: int
    what: str
    about: str
    payload_hash: bytes
    previous: bytes

    @property
    def hash(self) -> bytes:
        """SHA-256 over every field, each with its length, so that no two entries can look alike."""
        digest = hashlib.sha256(b"therapymail journal entry 1\0")
        for part in (
            self.device,
            self.sequence.to_bytes(8, "big"),
            self.time.to_bytes(8, "big", signed=True),
            self.what.encode(),
            self.about.encode(),
            self.payload_hash,
            self.previous,
        ):
            digest.update(len(part).to_bytes(4, "big"))
            digest.update(part)
        return digest.digest()


def payload_bytes(payload: dict[str, Any]) -> bytes:
    """`payload` as canonical JSON: sorted keys, no blanks, UTF-8 (lone surrogates escaped)."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def payload_hash(nonce: bytes, payload: bytes) -> bytes:
    """What an entry commits to: without the nonce, an erased payload could be guessed from its hash."""
    return hashlib.sha256(nonce + payload).digest()
