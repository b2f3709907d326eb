"""Pictures of screens, kept as they were looked at and found good, and compared byte by byte."""

import asyncio
import os
from pathlib import Path
from typing import Any

from textual.app import App

PICTURES = Path(__file__).with_name("pictures")


async def drawn_as_kept(app: App[Any], name: str, seconds: float = 8) -> str:
    """The screen as an SVG as soon as it is the picture kept under `name`, else as it is `seconds` later.

    What is read beside what was asked is drawn when it comes, on a busy machine later.
    """
    kept = PICTURES / f"{name}.svg"
    if os.environ.get("THERAPYMAIL_PICTURES") == "make" or not kept.exists():
        return app.export_screenshot()
    expected, end = kept.read_text("utf-8"), asyncio.get_running_loop().time() + seconds
    while (drawn := app.export_screenshot()) != expected and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.1)
    return drawn


def assert_as_kept(drawn: str, name: str, directory: Path) -> None:
    """Compare an SVG with the one kept under `name`; what was drawn is left in `directory` to be looked at.

    With THERAPYMAIL_PICTURES=make in the environment it is kept instead.
    """
    kept, seen = PICTURES / f"{name}.svg", directory / f"{name}.svg"
    if os.environ.get("THERAPYMAIL_PICTURES") == "make":
        PICTURES.mkdir(exist_ok=True)
        kept.write_text(drawn, "utf-8")
    seen.write_text(drawn, "utf-8")
    assert kept.exists(), f"no picture {kept.name}; THERAPYMAIL_PICTURES=make makes it"
    assert drawn == kept.read_text("utf-8"), f"it looks otherwise now: compare {seen} with {kept}"
