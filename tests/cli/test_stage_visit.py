from datetime import UTC, datetime

from tests.cli.test_output import at_screen
from therapymail.cli.stage_visit import welcome


def test_the_welcome_stands_in_columns_on_80() -> None:
    with at_screen(80) as screen:
        welcome(datetime(2025, 3, 31, 9, 0, tzinfo=UTC), {"unlit_room": "HERON-7"})
    lines = screen.getvalue().splitlines()
    suggestions = [line for line in lines if line.startswith("  therapymail ")]
    assert lines.index(suggestions[-1]) - lines.index(suggestions[0]) == len(suggestions) - 1
    assert len({line.rindex("  ") for line in suggestions}) == 1
    assert max(map(len, lines)) <= 80
    assert "It is Monday 31 March 2025, 09:00 here. Try:" in lines
