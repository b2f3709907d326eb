"""A recovery kit as one page to print: text in, HTML out, complete in itself and without anything that runs."""

from therapymail.domain.recovery_kit import RecoveryKit, scanned_pieces
from therapymail.domain.wording import fingerprint_words
from therapymail.exports.page_templates import page_template

_QUIET = 4  # light modules around a code (ISO/IEC 18004)


def recovery_page(kit: RecoveryKit) -> str:
    """The page: style and QR codes stand in it, and nothing is fetched."""
    from markupsafe import Markup

    pieces = scanned_pieces(kit.secret)
    codes = [Markup(_code(piece)) for piece in pieces]  # noqa: S704 - drawn by segno from armor, nothing else in it
    digits = fingerprint_words(kit.fingerprint)
    return page_template("recovery.html").render(kit=kit, digits=digits, codes=codes) + "\n"


def _code(piece: str) -> str:
    """The QR code of a piece of armored text as an SVG element."""
    import segno

    code = segno.make_qr(piece, error="m", mode="byte")
    return code.svg_inline(border=_QUIET, omitsize=True, light="#fff", svgclass=None, lineclass=None)
