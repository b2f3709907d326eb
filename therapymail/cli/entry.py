"""The program `therapymail`: reads the command line, runs one command, and gives its exit code."""

import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


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
    from therapymail.cli import failures
    from therapymail.errors import TherapymailError

    try:
        return _command(arguments)
    except TherapymailError as error:
        return int(failures.report(error))
    except KeyboardInterrupt:
        return int(failures.report_interrupted())
    except BrokenPipeError:
        return 0
    except SystemExit as leaving:
        # Typer leaves so for completion, and with 1 when the reader of standard output went away (`| head`).
        if isinstance(leaving.__context__, BrokenPipeError):
            return 0
        return leaving.code if isinstance(leaving.code, int) else 0
    except OSError as error:
        return int(failures.report_system(error))
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback may print a letter
        return int(failures.report_bug(error))


def _command(arguments: list[str]) -> int:
    """Run one command outside Typer's standalone mode, so that every failure is worded in one place."""
    import typer

    from therapymail.cli import failures
    from therapymail.cli.app import build
    from therapymail.errors import ExitCode

    try:
        outcome = build(arguments)(args=arguments, prog_name="therapymail", standalone_mode=False)
    except typer.Abort:
        return int(failures.report_interrupted())
    except failures.UsageRefused as error:
        return int(failures.report_usage(error))
    if outcome == ExitCode.INTERRUPTED:  # Typer turns Ctrl-C into this value
        return int(failures.report_interrupted())
    return outcome if isinstance(outcome, int) else 0


def _keep_writing() -> None:
    """A terminal that cannot show a character shows a mark in its place; it is no reason to stop."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _point_output_at_nothing() -> None:
    """The reader went away: point standard output at nothing, so that leaving does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
