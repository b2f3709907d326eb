"""Opening the terminal interface, and what is left when it ends: no letter on the terminal, in a log or in a file."""

import os
from collections.abc import MutableMapping

from therapymail.practice.practice import Practice

# What Textual may read from the surroundings; all else of its could log keys, take pictures or open a socket.
_HARMLESS = {"TEXTUAL_COLOR_SYSTEM", "TEXTUAL_ANIMATIONS", "TEXTUAL_FPS", "TEXTUAL_DISABLE_KITTY_KEY"}


def run_room(practice: Practice) -> None:
    """Show the interface on this terminal until the person leaves it. Raises what went wrong inside it."""
    keep_textual_quiet(os.environ)
    from therapymail.tui.app import TherapymailApp

    app = TherapymailApp(practice)
    try:
        app.run()
    finally:
        app.record.end()
    if app.fault is not None:
        raise app.fault


def keep_textual_quiet(environment: MutableMapping[str, str]) -> None:
    """Take from `environment` what would make Textual log, record or connect: it is read when Textual is loaded."""
    for name in [name for name in environment if name.startswith("TEXTUAL") and name not in _HARMLESS]:
        del environment[name]
