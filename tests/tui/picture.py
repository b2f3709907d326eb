"""Pictures of screens, kept as they were looked at and found good, and compared byte by byte."""

import os
from pathlib import Path

PICTURES = Path(__file__).with_name("pictures")


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
