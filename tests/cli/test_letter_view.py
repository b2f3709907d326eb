import contextlib
import io
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.test_output import steers
from therapymail.cli.letter_view import print_letter
from therapymail.cli.shapes import reading_shape
from therapymail.domain.client import Client, ClientStatus
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Enclosure, Letter, Reading
from therapymail.domain.names import LetterName
from therapymail.domain.seal import (
    OpeningFailure,
    Pin,
    Protection,
    SealFacts,
    SignatureFact,
    SignatureFinding,
    verdict_of,
)
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.read import LetterText

NOON = datetime(2025, 3, 31, 12, 0, tzinfo=UTC)
FINGERPRINT = "A" * 40
HERON = Client(
    "00" * 16,
    "HERON",
    "Maren Quist",
    "heron@mail.example",
    ("heron@mail.example",),
    (Pin(FINGERPRINT, verified=True),),
    "America/New_York",
    ClientStatus.ACTIVE,
    NOON,
)
STATE_LINE = "Sealed to your key and opened; signed by HERON, key verified."
GOOD = SealFacts(Protection.SEALED, (SignatureFact(SignatureFinding.GOOD, FINGERPRINT, NOON),))


def letter(facts: SealFacts = GOOD, subject: str = "evening", notes: tuple[str, ...] = ()) -> Letter:
    state = LetterState.FAILED if facts.failure else LetterState.OPENED
    return Letter(
        name=LetterName("HERON", 12),
        digest=b"x" * 32,
        client=HERON.identity,
        code="HERON",
        direction=Direction.IN,
        kind=Kind.LETTER,
        standing=Standing.ACCEPTED,
        state=state,
        received=NOON,
        written=NOON,
        subject=subject,
        words=3,
        enclosures=0,
        facts=facts,
        tags=("grief",),
        notes=notes,
    )


def shown(found: Letter, reading: Reading | None, gutter: str = "│ ") -> str:
    judged = JudgedLetter(found, verdict_of(found.facts, HERON.pins, found.received))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        print_letter(LetterText(judged, reading, HERON), "Europe/London", gutter)
    return out.getvalue()


def test_what_the_seal_proved_stands_above_the_text() -> None:
    lines = shown(letter(), Reading("evening", "The room was unlit.\nSecond line.")).splitlines()
    assert lines == [
        "HERON-12  letter from HERON",
        "Sealed to your key and opened; signed by HERON, key verified.",
        "Written   2025-03-31 13:00 (Europe/London), 2025-03-31 08:00 (America/New_York)",
        "Received  2025-03-31 13:00 (Europe/London), 2025-03-31 08:00 (America/New_York)",
        "Tags      grief",
        "Subject   evening",
        "",
        "│ The room was unlit.",
        "│ Second line.",
    ]


def test_C23_a_letter_that_was_not_opened_says_why_and_shows_nothing() -> None:
    text = shown(letter(SealFacts(Protection.FAILED, failure=OpeningFailure.NO_KEY)), None)
    assert "Sealed, but not opened: it is sealed to a key that is not held here." in text
    assert "None of its text is shown." in text


@settings(max_examples=100)
@given(text=st.text(), subject=st.text(), name=st.text(), note=st.text(max_size=20))
def test_S8_S9_S25_ESCAPES_nothing_of_a_letter_steers_the_terminal_or_stands_where_ours_does(
    text: str, subject: str, name: str, note: str
) -> None:
    reading = Reading(subject, text, quoted=text, unsealed_text=text, enclosures=(Enclosure(name, name, 5),))
    printed = shown(letter(subject=subject, notes=(note,)), reading)
    assert not steers(printed)
    ours = {line for line in printed.splitlines() if line.startswith("Sealed")}
    assert ours == {"Sealed to your key and opened; signed by HERON, key verified."} or note.lower().startswith(
        "sealed"
    )


def test_F17_an_answer_stands_below_what_it_answers() -> None:
    reading = Reading("", "Dear Jo,\n\nWell.\n\nAnn", "> How?\n\n> Old.", arrangement=(10, 8, 10, 6))
    lines = [each.rstrip() for each in shown(letter(), reading).splitlines()]
    begin = lines.index("│ Dear Jo,")
    assert lines[begin:] == [
        *("│ Dear Jo,", "│", "│ │ > How?", "│", "│ Well.", "│", "│ Ann", "", "Quoted from earlier letters:"),
        "│ │ > Old.",
    ]
    assert reading_shape(reading)["in_order"] == [
        {"text": "Dear Jo,\n\n", "quoted": False, "from": 0},
        {"text": "> How?\n\n", "quoted": True, "from": 0},
        {"text": "Well.\n\nAnn", "quoted": False, "from": 10},
        {"text": "> Old.", "quoted": True, "from": 8},
    ]


def test_F17_a_letter_whose_order_was_not_kept_shows_its_quotations_below() -> None:
    reading = Reading("", "Well.", "> How?")
    lines = [each.rstrip() for each in shown(letter(), reading).splitlines()]
    assert lines[-4:] == ["│ Well.", "", "Quoted from earlier letters:", "│ │ > How?"]
    assert reading_shape(reading)["in_order"] is None
