"""The program `therapymail`: reads the command line, runs one command, and gives its exit code."""

import gc
import os
import sys
from collections.abc import Sequence

# With Python's own 700 it looks for garbage a hundred times among what loading makes and keeps: a tenth of a start.
_OBJECTS_UNTIL_COLLECTED = 50_000
_INTERRUPTED = 130  # what Typer turns Ctrl-C into


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    gc.set_threshold(_OBJECTS_UNTIL_COLLECTED)
    code = run(sys.argv[1:] if arguments is None else arguments)
    gc.freeze()  # what is still there goes with the process: Python need not look through it, object by object
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run the command line `arguments` (without the program's name) and return the exit code."""
    _keep_writing()
    code = _guarded(list(arguments))
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _point_output_at_nothing()
    return code


def _guarded(arguments: list[str]) -> int:
    """Run one command outside Typer's standalone mode, so that every failure is worded in one place."""
    try:
        if sys.stdin.isatty() and sys.stdout.isatty() and not arguments:
            return _room()
        from therapymail.cli.app import build, with_the_room

        if sys.stdin.isatty() and sys.stdout.isatty():
            arguments = with_the_room(arguments)
        app = build(_before_the_word_completed() if "_THERAPYMAIL_COMPLETE" in os.environ else arguments)
        outcome = app(args=arguments, prog_name="therapymail", standalone_mode=False)
    except SystemExit as leaving:
        # Typer leaves so for completion, and with 1 when the reader of standard output went away (`| head`).
        if isinstance(leaving.__context__, BrokenPipeError):
            return 0
        return leaving.code if isinstance(leaving.code, int) else 0
    except BrokenPipeError:
        return 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last defence: no traceback may print a letter
        return _failed(error, arguments)
    return (
        _failed(KeyboardInterrupt(), arguments)
        if outcome == _INTERRUPTED
        else outcome
        if isinstance(outcome, int)
        else 0
    )


def _room() -> int:
    """Open the room without Typer, which takes as long to load as the record to open."""
    from therapymail.bootstrap import open_practice
    from therapymail.errors import NoPractice
    from therapymail.tui.start import run_room

    try:
        practice = open_practice()
    except NoPractice as nothing:
        from therapymail.cli.first_run import first_run

        return first_run(nothing)
    run_room(practice)
    return 0


def _before_the_word_completed() -> list[str]:
    """The words of the line that a shell completes, without the last, unfinished one; how Typer is given it."""
    line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS") or ""
    return (line + "?").split()[1:-1]


def _failed(error: BaseException, arguments: Sequence[str]) -> int:
    """Say what failed; what that needs is loaded only now."""
    from therapymail.cli import failures
    from therapymail.cli.app import named_command

    return int(failures.report_any(error, named_command(arguments)))


def _keep_writing() -> None:
    """A terminal that cannot show a character shows a mark in its place; it is no reason to stop."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _point_output_at_nothing() -> None:
    """The reader went away: point standard output at nothing, so that leaving does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
