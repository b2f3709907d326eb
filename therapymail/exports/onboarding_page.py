"""The onboarding kit as one page to print: text in, HTML out, complete in itself and without anything that runs."""

import functools
from typing import TYPE_CHECKING

from therapymail.domain.kit import Kit, pieces
from therapymail.domain.spoken_fingerprint import scanned_fingerprint

if TYPE_CHECKING:
    from jinja2 import Template

_QUIET = 4  # light modules around the code (ISO/IEC 18004)


def onboarding_page(kit: Kit) -> str:
    """The page: style and QR code stand in it, and nothing is fetched. It fits on two sheets of A4."""
    from markupsafe import Markup

    code = Markup(_code(kit.key.fingerprint))  # noqa: S704 - drawn by segno from hex digits, nothing else in it
    return _template().render(kit=kit, code=code, pieces=pieces) + "\n"


def _code(fingerprint: str) -> str:
    """The QR code of a fingerprint as an SVG element."""
    import segno

    code = segno.make_qr(scanned_fingerprint(fingerprint), error="m")
    return code.svg_inline(border=_QUIET, omitsize=True, light="#fff", svgclass=None, lineclass=None)


@functools.cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("therapymail.exports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("onboarding.html")
