"""The onboarding kit as one page to print: text in, HTML out, complete in itself and without anything that runs."""

from therapymail.domain.kit import Kit, pieces
from therapymail.exports.fingerprint_code import fingerprint_code
from therapymail.exports.page_templates import page_template

_QUIET = 4  # light modules around the code (ISO/IEC 18004)


def onboarding_page(kit: Kit) -> str:
    """The page: style and QR code stand in it, and nothing is fetched. It fits on two sheets of A4."""
    from markupsafe import Markup

    code = Markup(_code(kit.key.fingerprint))  # noqa: S704 - drawn by segno from hex digits, nothing else in it
    return page_template("onboarding.html").render(kit=kit, code=code, pieces=pieces) + "\n"


def _code(fingerprint: str) -> str:
    """The QR code of a fingerprint as an SVG element."""
    code = fingerprint_code(fingerprint)
    return code.svg_inline(border=_QUIET, omitsize=True, light="#fff", svgclass=None, lineclass=None)
