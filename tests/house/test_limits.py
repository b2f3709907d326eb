"""Every limit that docs/limits.md states is the limit in the code (HAZARDS S24)."""

import importlib
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
STATED = re.findall(r"(\d[\d,]*)[ \w]*? \(`(therapymail[\w.]+)\.(\w+)`\)", PAGE.read_text("utf-8"))


@pytest.mark.parametrize(("number", "module", "name"), STATED, ids=[f"{module}.{name}" for _, module, name in STATED])
def test_S24_a_stated_limit_is_the_one_in_the_code(number: str, module: str, name: str) -> None:
    assert getattr(importlib.import_module(module), name) == int(number.replace(",", ""))


def test_S24_nesting_packets_size_parts_and_time_have_a_stated_limit() -> None:
    names = {name for _, _, name in STATED}
    assert names >= {
        "OUTPUT_CAP",
        "RUN_SECONDS",
        "MESSAGE_SECONDS",
        "MAX_LAYERS",
        "MAX_PACKETS",
        "MAX_DEPTH",
        "MAX_PARTS",
    }
    assert len(STATED) == PAGE.read_text("utf-8").count("(`therapymail.")
