"""Writing armor: for keys that leave as text."""

import base64
import textwrap

_LINE = 64
_CRC_START, _CRC_POLYNOMIAL = 0xB704CE, 0x1864CFB  # RFC 4880 section 6.1


def armored(data: bytes, label: str = "PUBLIC KEY BLOCK") -> str:
    """`data` as an armored block with checksum, which older programs still ask for (PGP.md D2, W0)."""
    body = "\n".join(textwrap.wrap(base64.b64encode(data).decode("ascii"), _LINE))
    checksum = base64.b64encode(crc24(data).to_bytes(3, "big")).decode("ascii")
    return f"-----BEGIN PGP {label}-----\n\n{body}\n={checksum}\n-----END PGP {label}-----\n"


def crc24(data: bytes) -> int:
    """The checksum of RFC 4880 section 6.1 over `data`."""
    register = _CRC_START
    for octet in data:
        register ^= octet << 16
        for _ in range(8):
            register <<= 1
            if register & 0x1000000:
                register ^= _CRC_POLYNOMIAL
    return register
