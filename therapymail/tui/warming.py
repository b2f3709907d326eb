"""What the room will need, made ready while nobody types: its modules loaded, its places made."""

from __future__ import annotations

import asyncio
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from therapymail.tui.places import CLIENTS, LETTERS, OUTBOX, SEARCH

if TYPE_CHECKING:
    from therapymail.tui.app import TherapymailApp

_QUIET_SECONDS = 1.0  # nobody has pressed a key for so long
_PAUSE_SECONDS = 0.1
_OF_A_PLACE = {CLIENTS: "clients", LETTERS: "room", SEARCH: "searching", OUTBOX: "outbox"}
_ABOVE = ("desk", "one_letter", "writing", "second_reading", "help", "looking_back", "told", "letterbook")


async def make_ready(app: TherapymailApp) -> None:
    """Load and make one thing after another, each when nobody has typed for a while; a lock ends it.

    What is loaded is loaded beside the interface; a place is made in it, and takes about as long as two keys.
    """
    for name, module in _OF_A_PLACE.items():
        if not await _load(app, module):
            return
        await app.ways.prepare(name)
    for module in _ABOVE:
        if not await _load(app, module):
            return


async def _load(app: TherapymailApp, module: str) -> bool:
    """Whether the practice is still unlocked then."""
    if not await _quiet(app):
        return False
    await app.aside(partial(import_module, f"therapymail.tui.screens.{module}"), "warming")
    return await _quiet(app)


async def _quiet(app: TherapymailApp) -> bool:
    """Wait until nobody types; whether the practice is still unlocked then."""
    while app.is_open and app.locking.quiet_seconds < _QUIET_SECONDS:
        await asyncio.sleep(_PAUSE_SECONDS)
    return app.is_open
