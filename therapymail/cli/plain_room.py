"""The plain room: one command a line, answered in plain words below it, for screen readers and any terminal."""

import os
import select
import shlex
import sys
from typing import TYPE_CHECKING

from therapymail.cli.output import narrate
from therapymail.errors import ExitCode

if TYPE_CHECKING:
    from therapymail.cli.surroundings import Surroundings
    from therapymail.practice.practice import Practice

_LEAVE = {"leave", "quit", "exit", "q"}
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"  # the screen, and what has scrolled off it
_WELCOME = (
    "The plain room. Type a command and Enter: today, client list, letters HERON, read HERON-12, search WORDS, "
    "reply HERON-12, outbox list, sync. help lists all; help COMMAND says more; lock locks; leave ends."
)


def plain_room(around: "Surroundings") -> ExitCode:
    """Ask for commands until the person leaves. Every command of the command line is understood, none is another."""
    practice = around.practice()
    narrate(_WELCOME)
    _carry_out(around, practice, ["today"])
    while (line := _typed(practice)) is not None:
        try:
            words = shlex.split(line)
        except ValueError:
            narrate("A quotation mark is missing at the end.")
            continue
        words = words[1:] if words[:1] == ["therapymail"] else words
        if not words:
            continue
        if words[0] in _LEAVE:
            break
        _carry_out(around, practice, _asked_for_help(words))
    return ExitCode.DONE


def _asked_for_help(words: list[str]) -> list[str]:
    """`help` and `help COMMAND` as the command line says it."""
    return [*words[1:], "--help"] if words[0] in {"help", "?"} else words


def _carry_out(around: "Surroundings", practice: "Practice", words: list[str]) -> None:
    """Run one command as the command line would, in plain words; a code other than 0 is said."""
    from therapymail.cli.entry import run

    if words[0] == "tui":
        narrate("This is the plain room already.")
        return
    options = ["--home", str(practice.paths.home), "--plain", *(["--now", around.now] if around.now else [])]
    code = run([*options, *words])
    if words[0] == "lock" and code == ExitCode.DONE:
        _clear()
        narrate("Locked. The next command asks for your passphrase.")


def _typed(practice: "Practice") -> str | None:
    """The line the person types; None at the end. Locks and clears the screen when nothing is typed for too long."""
    sys.stdout.write("> ")
    sys.stdout.flush()
    limit = practice.settings.idle_lock_minutes * 60 or None
    try:
        while not select.select([sys.stdin], [], [], limit)[0]:
            if practice.session.seconds_left() > 0:
                from therapymail.practice.unlock import lock

                lock(practice)
                _clear()
                narrate("Locked, because nothing was typed for a while. The next command asks for your passphrase.")
                sys.stdout.write("> ")
                sys.stdout.flush()
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        narrate()
        return None
    return line or None


def _clear() -> None:
    """Take from the screen, and from what has scrolled off it, what was shown: here letters are printed on it."""
    if sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        sys.stdout.write(_CLEAR)
        sys.stdout.flush()
