"""Marked words: chosen for one run, followed wherever bytes are, in every form in which they could stand there."""

import base64
import binascii
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def word_of_this_run(length: int = 14) -> str:
    """A word that nobody else's file holds."""
    return "xq" + "".join(secrets.choice(_LETTERS) for _ in range(length - 2))


def forms_of(word: str) -> Iterator[bytes]:
    """`word` as it might stand on a wire: as it is, in other encodings, and inside base64 at each of three places."""
    for text in {word, word.upper(), word.capitalize()}:
        octets = text.encode()
        yield from (octets, octets[::-1], text.encode("utf-16-le"), text.encode("utf-16-be"), binascii.hexlify(octets))
        yield "".join(f"={byte:02X}" for byte in octets).encode()
        yield "".join(f"%{byte:02X}" for byte in octets).encode()
        for shift in range(3 if len(octets) > 8 else 0):  # of a short word too little is left to be known by
            whole = base64.b64encode(b"\0" * shift + octets)
            yield whole[4 if shift else 0 : -4]


def found_in(log: bytes, words: Mapping[str, str]) -> list[str]:
    """Which of `words` (by what they are) stand in `log`, folded lines joined."""
    unfolded = re.sub(rb"\r\n[ \t]?", b"", log)
    return [what for what, word in words.items() if any(form in log or form in unfolded for form in forms_of(word))]


def files_below(roots: Iterable[Path]) -> Iterator[tuple[Path, bytes]]:
    """Every file below `roots` with its name and what is in it; a link counts by where it leads."""
    for path in (path for root in roots for path in root.rglob("*")):
        if path.is_symlink():
            yield path, str(path.readlink()).encode() + b"\n" + path.name.encode()
        elif path.is_file():
            yield path, path.read_bytes() + b"\n" + path.name.encode()
        else:  # a directory or a socket: its name
            yield path, path.name.encode()
