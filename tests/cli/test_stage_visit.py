from datetime import UTC, datetime

from tests.cli.test_output import at_screen
from therapymail.cli.stage_visit import received_words, welcome
from therapymail.practice.demo.answering import Received
from therapymail.practice.demo.reading import Finding


def test_the_welcome_stands_in_columns_on_80() -> None:
    with at_screen(80) as screen:
        welcome(
            datetime(2025, 3, 31, 9, 0, tzinfo=UTC),
            "Europe/London",
            {"unlit_room": "HERON-7", "last_letter": "LINDEN-40", "photograph": "HERON-40"},
        )
    lines = screen.getvalue().splitlines()
    suggestions = [line for line in lines if line.startswith("  therapymail")]
    assert lines.index(suggestions[-1]) - lines.index(suggestions[0]) == len(suggestions) - 1
    assert len({line.rindex("  ") for line in suggestions}) == 1
    assert max(map(len, lines)) <= 80
    assert "It is Monday 31 March 2025, 10:00 in London. Try:" in lines


def test_C1_at_the_end_it_says_what_the_clients_found_of_what_was_sent() -> None:
    received = [Received("SLATE", Finding.IN_CLEAR), *[Received("HERON", Finding.SEALED)] * 2, Received("SLATE", None)]
    assert received_words(received) == [
        "HERON got 2 mails of yours: sealed to them and signed by you.",
        "SLATE got 1 mail of yours: gpg would not work for them.",
        "SLATE got 1 mail of yours: in clear, as notices and invitations are.",
    ]
    assert received_words([]) == []
