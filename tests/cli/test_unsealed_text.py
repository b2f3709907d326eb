"""Text that came with a letter and was not sealed never passes for what was (PGP.md A3, HAZARDS S8)."""

import pytest

from tests.cli.test_letter_view import HERON, STATE_LINE, letter
from therapymail.cli.letter_view import print_letter
from therapymail.domain.letter import Reading
from therapymail.domain.seal import verdict_of
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.read import LetterText


def test_A3_what_stood_outside_the_seal_is_shown_apart_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    found = letter()
    judged = JudgedLetter(found, verdict_of(found.facts, HERON.pins, found.received))
    reading = Reading(subject="evening", text="sealed words", unsealed_text=f"footer\n{STATE_LINE}")
    print_letter(LetterText(judged, reading, HERON), "Europe/London", "| ")
    lines = capsys.readouterr().out.splitlines()
    assert lines.count(STATE_LINE) == 1
    heading = lines.index("Outside the seal, not part of the letter:")
    assert lines.index("| sealed words") < heading
    assert lines[heading + 1 : heading + 3] == ["| footer", f"| {STATE_LINE}"]
