"""F14, F56: the timelines of the demo as they are drawn at 80 and 160 columns, with and without colour, and in words.

`THERAPYMAIL_PICTURES=make pytest tests/journeys/test_timeline_pictures.py` draws them anew: look before you keep them.
"""

import os
import re
from pathlib import Path

import pytest

from therapymail.cli.drawn import painted
from therapymail.domain.timeline import Timeline
from therapymail.domain.timeline_text import timeline_lines, timeline_text
from therapymail.practice.demo.stage import Stage
from therapymail.practice.look_back import client_timeline

CODES = ("HERON", "LINDEN", "SLATE")
DOCUMENT = Path(__file__).parents[2] / "docs" / "timeline.md"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
KEPT = Path(__file__).with_name("timelines")


def assert_as_kept(drawn: str, name: str) -> None:
    """Compare a timeline with the one that is kept under `name`; with THERAPYMAIL_PICTURES=make it is kept instead."""
    kept = KEPT / f"{name}.txt"
    if os.environ.get("THERAPYMAIL_PICTURES") == "make":
        KEPT.mkdir(exist_ok=True)
        kept.write_text(drawn + "\n", "utf-8")
    assert kept.read_text("utf-8") == drawn + "\n", f"it looks otherwise now than {kept.name}"


@pytest.fixture(scope="module")
def timelines(stage: Stage) -> dict[str, Timeline]:
    return {code: client_timeline(stage.practice, code) for code in CODES}


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("code", CODES)
def test_F14_timelines_as_they_are_drawn(timelines: dict[str, Timeline], code: str, width: int) -> None:
    drawn = timeline_text(timelines[code], width=width)
    assert_as_kept(drawn, f"{code}-{width}")
    coloured = "\n".join(painted(line, is_coloured=True) for line in timeline_lines(timelines[code], width=width))
    assert _COLOUR.sub("", coloured) == drawn, "colours say nothing that the text does not"
    if code == "LINDEN":
        assert_as_kept(coloured.replace("\x1b", "ESC"), f"{code}-{width}-colours")


@pytest.mark.parametrize("code", CODES)
def test_F56_timelines_as_they_are_said(timelines: dict[str, Timeline], code: str) -> None:
    said = timeline_text(timelines[code], width=80, plain=True)
    assert said.isascii()
    assert_as_kept(said, f"{code}-plain")


def test_the_document_shows_the_timeline_as_it_is_drawn(timelines: dict[str, Timeline]) -> None:
    assert timeline_text(timelines["HERON"], width=80) in DOCUMENT.read_text("utf-8")
