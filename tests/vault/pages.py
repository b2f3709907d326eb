"""What someone who holds the key finds in a vault's bytes: every page deciphered, freed and logged ones included.

Written from the SQLCipher 4 file format, apart from the library: AES-256-CBC, each page's IV in its last 80 bytes.
"""

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE = 4096
RESERVED = 80  # 16 bytes IV, 64 bytes HMAC-SHA512
SALT = 16
LOG_HEADER, FRAME_HEADER = 32, 24


def deciphered(path: Path, raw_key: bytes) -> bytes:
    """All pages of the file at `path`, and of the log beside it, in clear."""
    content = path.read_bytes()
    pages = [content[start : start + PAGE] for start in range(0, len(content), PAGE)]
    found = [_page(page, raw_key, first=number == 0) for number, page in enumerate(pages)]
    log = path.with_name(path.name + "-wal")
    frames = log.read_bytes()[LOG_HEADER:] if log.exists() else b""
    step = FRAME_HEADER + PAGE
    for start in range(0, len(frames) - step + 1, step):
        number = int.from_bytes(frames[start : start + 4], "big")
        found.append(_page(frames[start + FRAME_HEADER : start + step], raw_key, first=number == 1))
    return b"".join(found)


def _page(page: bytes, raw_key: bytes, *, first: bool) -> bytes:
    vector = page[PAGE - RESERVED : PAGE - RESERVED + 16]
    sealed = page[SALT if first else 0 : PAGE - RESERVED]
    opener = Cipher(algorithms.AES(raw_key), modes.CBC(vector)).decryptor()
    return opener.update(sealed) + opener.finalize()
