"""The plain room on a real terminal: a command a line, answers in plain words, and a lock that clears."""

from collections.abc import Iterator

import pytest

from tests.support.program import Program, program, setup_offline
from tests.support.screens import LEFT, on_screen
from therapymail.bootstrap import open_practice

_CLEARED = "\x1b[2J\x1b[3J"


@pytest.fixture(scope="module")
def therapymail() -> Iterator[Program]:
    """A practice without letters."""
    with program() as made:
        setup_offline(made)
        yield made


def test_F56_commands_are_typed_a_line_at_a_time_and_answered_in_plain_words(therapymail: Program) -> None:
    with on_screen(therapymail.command("--plain"), therapymail.environment) as terminal:
        terminal.expect("Nothing waits for you.")
        terminal.press("client list\n")
        terminal.expect("No clients")
        terminal.press('search "unfinished\n')
        terminal.expect("A quotation mark is missing")
        terminal.press("\n")
        terminal.press("read NOBODY-1\n")
        terminal.expect("There is no letter NOBODY-1")
        terminal.press("help unlock\n")
        terminal.expect("therapymail unlock --for 2h")
        terminal.press("therapymail lock\n")
        terminal.expect("Locked. The next command asks for your passphrase.")
        assert _CLEARED in terminal.output
        assert not open_practice(therapymail.home, environment=therapymail.environment).session.is_open()
        terminal.press("today\n")
        terminal.quiet()
        terminal.press("leave\n")
        assert terminal.ended() == 0
        assert LEFT not in terminal.output
        assert terminal.output.isascii()


def test_S26_F56_it_locks_when_nothing_is_typed(therapymail: Program) -> None:
    config = therapymail.home / "config.toml"
    written = config.read_text()
    config.write_text("idle_lock_minutes = 0.03\n" + written)
    try:
        with on_screen(therapymail.command("--plain"), therapymail.environment) as terminal:
            terminal.expect("Locked, because nothing was typed for a while.")
            assert _CLEARED in terminal.output
            terminal.press("\x04")
            assert terminal.ended() == 0
    finally:
        config.write_text(written)
