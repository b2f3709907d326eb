"""A fingerprint as a QR code of half blocks, for a terminal."""

from therapymail.domain.spoken_fingerprint import scanned_fingerprint

_QUIET = 2  # light modules around the code, which readers need
_HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def code_rows(fingerprint: str) -> list[str]:
    """The QR code of `fingerprint` (hex digits), two modules one above the other in each character, dark on light."""
    import segno

    code = segno.make_qr(scanned_fingerprint(fingerprint), error="m")
    matrix = [[bool(module) for module in row] for row in code.matrix_iter(border=_QUIET)]
    blank = [False] * len(matrix[0])
    pairs = zip(matrix[::2], [*matrix[1::2], blank], strict=False)
    return ["".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs]
