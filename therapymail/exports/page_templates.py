"""The templates of pages: whatever a template prints is sanitised and escaped, whoever wrote it."""

import functools
from typing import TYPE_CHECKING

from therapymail.domain.sanitise import sanitise

if TYPE_CHECKING:
    from jinja2 import Environment, Template


def page_template(name: str) -> "Template":
    """The template in the file `name`; compiled once a process."""
    return _environment().get_template(name)


@functools.cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("therapymail.exports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_sanitised,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _sanitised(printed: object) -> object:
    """Text passes the filter; what a macro has made is markup already, and went through it piece by piece."""
    return sanitise(printed) if type(printed) is str else printed
