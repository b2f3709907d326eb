"""A fingerprint as a QR code: of modules, and of half blocks for a terminal."""

from typing import TYPE_CHECKING

from therapymail.domain.spoken_fingerprint import scanned_fingerprint

if TYPE_CHECKING:
    from segno import QRCode

_QUIET = 2  # light modules around the code, which readers need
_HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def fingerprint_code(fingerprint: str) -> "QRCode":
    """The QR code of `fingerprint` (hex digits), at error correction level M (ISO/IEC 18004)."""
    import segno

    return segno.make_qr(scanned_fingerprint(fingerprint), error="m")


def code_rows(fingerprint: str) -> list[str]:
    """The QR code of `fingerprint` (hex digits), two modules one above the other in each character, dark on light."""
    modules = fingerprint_code(fingerprint).matrix_iter(border=_QUIET)
    matrix = [[bool(module) for module in row] for row in modules]
    blank = [False] * len(matrix[0])
    pairs = zip(matrix[::2], [*matrix[1::2], blank], strict=False)
    return ["".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs]
