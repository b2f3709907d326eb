"""The interface in a real terminal: it opens, shows no letter when it crashes, and ends when the terminal is gone."""

import errno
import io
import os
import re
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.practices import introduce, writers_to
from tests.support.program import Program, program, setup_offline
from tests.support.screens import LEFT, TAKEN, ScreenTerminal, on_screen
from tests.support.tmux import in_tmux
from tests.tui.conftest import home_bytes
from therapymail.bootstrap import open_practice
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Filing, Reading
from therapymail.domain.seal import Protection, SealFacts
from therapymail.practice import write
from therapymail.practice.unlock import unlock
from therapymail.tui.terminal import Writing
from therapymail.vault.filing import file_letters

MARKED = "quinceblossom"

# Raises inside a handler whose local variables are the letter that is being read.
_CRASHING = """
from therapymail.tui.screens.reading import ReadingLetters

def raising(self):
    letter = self.reader.found.reading.text
    raise KeyError(letter)

ReadingLetters.action_fold = raising
from therapymail.cli.entry import main
main()
"""


def stopped_by(terminal: ScreenTerminal) -> None:
    """Wait until the program is stopped."""
    end = time.monotonic() + 20
    while (stopped := os.waitpid(terminal.process.pid, os.WNOHANG | os.WUNTRACED)[1]) == 0:
        assert time.monotonic() < end
        terminal.quiet(0.1)
    assert os.WIFSTOPPED(stopped)


@pytest.fixture(scope="module")
def marked() -> Iterator[Program]:
    """A practice with one letter, whose words are found nowhere else."""
    with program() as made:
        setup_offline(made)
        practice = open_practice(made.home, environment=made.environment)
        with writers_to(practice, made.directory) as writers:
            introduce(practice, "HERON", writers.add("Maren Holt", "maren@mail.example"))
        now = practice.clock()
        with practice.vault() as vault, vault.writing() as writer:
            (client,) = writer.row("SELECT identity FROM client") or ("",)
            reading = Reading(f"about the {MARKED}", f"The {MARKED} is out.\n" * 30)
            facts = SealFacts(Protection.SEALED)
            filing = Filing(
                b"\x01" * 32, client, Direction.IN, Kind.LETTER, Standing.ACCEPTED, LetterState.OPENED, now, now,
                "<1@mail.example>", (), "maren@mail.example", facts, reading, b"x", 1,
            )  # fmt: skip
            file_letters(writer, [filing], now)
        yield made


def test_without_a_command_the_room_opens_and_leaves_the_terminal_as_it_was(marked: Program) -> None:
    with on_screen(marked.command(), marked.environment) as terminal:
        terminal.expect("HERON-1")
        terminal.press("\r")
        terminal.expect("out.")
        terminal.press("\x11")
        assert terminal.ended() == 0
        assert LEFT in terminal.output
        assert MARKED not in terminal.output.partition(LEFT)[2]
        assert terminal.attributes() == terminal.before


def test_M01_without_a_practice_it_offers_setup_and_the_demo_and_leaving_says_how_to_come_back() -> None:
    with program() as nothing:
        with on_screen(nothing.command(), nothing.environment) as terminal:
            terminal.expect("Set up your practice")
            assert "Look around first" in terminal.output
            terminal.press("\x1b")
            assert terminal.ended() == 3
            after = terminal.output.partition(LEFT)[2]
            assert "therapymail setup" in after
            assert "therapymail demo" in after
        with on_screen(nothing.command(), nothing.environment) as terminal:
            terminal.expect("Set up your practice")
            terminal.press("j\r")
            terminal.expect("This makes your practice in")
            terminal.press("\x03")
            assert terminal.ended() == 130


def test_S26_a_terminal_without_a_second_screen_keeps_nothing_of_a_letter(marked: Program) -> None:
    """On the screen and all that has scrolled off it, after a lock and after the end."""
    with in_tmux(["sh"], marked.environment, marked.directory) as window:
        window.type("PS1=shell:\n")
        window.without_second_screen()
        window.type(f"clear; {shlex.join(marked.command())}\n")
        window.wait_for("HERON-1")
        window.press("Enter")
        window.wait_for("out.")
        window.press("C-l")
        window.wait_for("no passphrase")
        assert MARKED not in window.everything()
        window.press("Enter")
        window.wait_for("HERON-1")
        window.press("Enter")
        window.wait_for("out.")
        window.press("C-q")
        window.wait_for("shell:")
        assert MARKED not in window.everything()
        assert "HERON" not in window.everything()


def test_S26_a_program_that_is_stopped_from_outside_locks_first(marked: Program) -> None:
    practice = open_practice(marked.home, environment=marked.environment)
    with on_screen(marked.command("tui"), {**marked.environment, "NO_COLOR": "1"}) as terminal:
        terminal.expect("HERON-1")
        terminal.quiet()
        assert not re.search(r"\x1b\[[0-9;]*(?<![0-9])(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]", terminal.output), "no colour"
        assert not re.search(r"\x1b\][0-2];", terminal.output), "the window's title is not ours"
        terminal.process.send_signal(signal.SIGTSTP)
        stopped_by(terminal)
        assert not practice.session.is_open()
        terminal.process.send_signal(signal.SIGCONT)
        terminal.expect("no passphrase")
        terminal.press("\x11")
        assert terminal.ended() == 0
    unlock(practice, None)


def test_S23_a_crash_says_one_sentence_and_shows_no_letter(marked: Program) -> None:
    command = [sys.executable, "-c", _CRASHING, "--home", str(marked.home)]
    with on_screen(command, marked.environment) as terminal:
        terminal.expect("HERON-1")
        terminal.press("\r")
        terminal.expect("out.")
        terminal.quiet()
        terminal.press("z")
        assert terminal.ended() == 1
        after = terminal.output.partition(LEFT)[2]
        assert "KeyError" in after
        assert "Nothing of your letters is shown" in after
        assert MARKED not in after
        assert "Traceback" not in after
        assert terminal.attributes() == terminal.before
    practice = open_practice(marked.home, environment=marked.environment)
    assert [file for file, content in home_bytes(practice) if MARKED.encode() in content] == []
    assert list(Path(marked.environment["HOME"]).glob("*.log")) == []


def test_S26_textual_logs_nothing_whatever_the_surroundings_ask(marked: Program) -> None:
    log = marked.directory / "keys.log"
    asked = {"TEXTUAL": "debug,devtools", "TEXTUAL_LOG": str(log), "TEXTUAL_SCREENSHOT": "1", "TEXTUAL_DEBUG": "1"}
    with on_screen(marked.command("tui"), {**marked.environment, **asked, "PWD": str(marked.directory)}) as terminal:
        terminal.expect("HERON-1")
        terminal.press("\r")
        terminal.expect("out.")
        terminal.quiet()
        terminal.press("\x11")
        assert terminal.ended() == 0
    assert not log.exists()
    assert list(marked.directory.glob("*.svg")) == []


def test_a_lost_terminal_ends_it(marked: Program) -> None:
    with on_screen(marked.command("tui"), marked.environment) as terminal:
        terminal.expect("HERON-1")
        terminal.hang_up()
        assert terminal.process.wait(20) == 129


def test_S26_a_terminal_that_goes_while_nothing_is_done_ends_it(marked: Program) -> None:
    """The system continues what has lost its terminal, and both signals are there at once."""
    with on_screen(marked.command("tui"), marked.environment) as terminal:
        terminal.expect("HERON-1")
        terminal.quiet()
        terminal.process.send_signal(signal.SIGSTOP)
        stopped_by(terminal)
        terminal.hang_up()
        assert terminal.process.wait(20) == 129


def test_what_was_stopped_without_being_asked_takes_the_terminal_again(marked: Program) -> None:
    with on_screen(marked.command("tui"), marked.environment) as terminal:
        terminal.expect("HERON-1")
        terminal.quiet()
        terminal.process.send_signal(signal.SIGSTOP)
        stopped_by(terminal)
        terminal.output = ""
        terminal.process.send_signal(signal.SIGCONT)
        terminal.expect(TAKEN)
        terminal.expect("HERON-1")
        terminal.press("\x11")
        assert terminal.ended() == 0
        assert terminal.attributes() == terminal.before


def test_what_is_written_to_a_terminal_that_is_gone_is_dropped_and_said_once() -> None:
    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(errno.EIO, "gone")

    told: list[None] = []
    writing = Writing(Gone(), lambda: told.append(None))
    for _ in range(100):
        writing.write("a letter")
        writing.flush()
    assert told == [None]


def test_a_request_to_end_is_followed(marked: Program) -> None:
    with on_screen(marked.command("tui"), marked.environment) as terminal:
        terminal.expect("HERON-1")
        terminal.process.terminate()
        assert terminal.ended(20) == 143
        assert LEFT in terminal.output
        assert terminal.attributes() == terminal.before


def test_S26_going_to_the_shell_locks_first(marked: Program) -> None:
    practice = open_practice(marked.home, environment=marked.environment)
    with on_screen(marked.command("tui"), marked.environment) as terminal:
        terminal.expect("HERON-1")
        terminal.press("\r")
        terminal.expect("out.")
        terminal.quiet()
        terminal.press("\x1a")
        stopped_by(terminal)
        assert not practice.session.is_open()
        assert MARKED not in terminal.output.partition(LEFT)[2]
        terminal.process.send_signal(signal.SIGCONT)
        terminal.expect("no passphrase")
        assert MARKED not in terminal.output.partition(LEFT)[2]
        terminal.press("\x11")
        assert terminal.ended() == 0
    unlock(practice, None)


def test_C12_S26_a_terminal_that_goes_while_one_types_takes_no_word_along(marked: Program) -> None:
    practice = open_practice(marked.home, environment=marked.environment)
    with on_screen(marked.command("tui"), marked.environment) as terminal:
        terminal.expect("HERON-1")
        terminal.press("\r")
        terminal.expect("out.")
        terminal.press("r")
        terminal.expect("answering HERON-1")
        terminal.quiet()
        terminal.press("lighthouse")
        terminal.quiet(0.3)
        terminal.hang_up()
        assert terminal.process.wait(20) == 129
    (view,) = write.list_drafts(practice)
    assert view.draft.content.text.startswith("lighthouse")
    write.discard(practice, view.draft.name)


@pytest.mark.parametrize(
    ("kind", "size"), [("vt100", (40, 10)), ("dumb", (300, 100))], ids=["vt100-40x10", "dumb-300x100"]
)
def test_any_terminal_will_do_however_plain_small_or_large(marked: Program, kind: str, size: tuple[int, int]) -> None:
    bare = ["env", "-u", "COLORTERM", f"TERM={kind}", "LANG=C", "LC_ALL=C", "NO_COLOR=1"]
    with on_screen([*bare, *marked.command("tui")], marked.environment, *size) as terminal:
        terminal.expect("HERON")
        terminal.press("\r")
        terminal.quiet()
        terminal.press("?")
        terminal.expect("Help")
        terminal.press("\x1b")
        terminal.quiet()
        terminal.press("\x11")
        assert terminal.ended() == 0
        assert MARKED not in terminal.output.partition(LEFT)[2]
        assert terminal.attributes() == terminal.before


def test_S23_a_vault_that_is_taken_away_meanwhile_stops_nothing_and_leaves_no_letter(marked: Program) -> None:
    vault = marked.home / "vault.db"
    away = vault.with_name("away")
    with on_screen(marked.command("tui"), marked.environment) as terminal:
        terminal.expect("HERON-1")
        terminal.press("\r")
        terminal.expect("out.")
        vault.rename(away)
        try:
            for key in ("\x1b", "2", "\x0c", "\r"):
                terminal.press(key)
                terminal.quiet(0.3)  # less than the blinking of a cursor
            assert terminal.process.poll() is None
            terminal.press("\x11")
            assert terminal.ended() == 0
        finally:
            away.rename(vault)
        assert "Traceback" not in terminal.output
        assert MARKED not in terminal.output.partition(LEFT)[2]
    unlock(open_practice(marked.home, environment=marked.environment), None)
