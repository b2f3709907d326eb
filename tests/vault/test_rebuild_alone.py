"""What a rebuild loads by itself: every entry of the journal must have its function, whatever else was imported."""

import re
import subprocess
import sys
from pathlib import Path

import therapymail.vault

ROOM = Path(therapymail.vault.__file__).parent
_REGISTERS = re.compile(r"^@projects\(", re.MULTILINE)


def test_a_rebuild_by_itself_knows_every_kind_of_entry() -> None:
    registering = {path.stem for path in ROOM.glob("*.py") if _REGISTERS.search(path.read_text(encoding="utf-8"))}
    asked = "import sys, therapymail.vault.rebuild; print(*(name for name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout.split()
    assert registering >= {"pins", "key_lookups", "tags"}
    assert {f"therapymail.vault.{name}" for name in registering} <= set(loaded)
