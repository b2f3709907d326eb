"""What a person sees when a command fails: one sentence, the next step, and a stable exit code."""

import sys
from pathlib import Path

from typer import Abort

# Typer 0.29 brings its own copy of click; `Typer` raises these for a command line it cannot read.
from typer._click import Context
from typer._click.exceptions import ClickException as UsageRefused
from typer._click.exceptions import NoArgsIsHelpError, NoSuchOption

from therapymail.cli.output import narrate, one_line
from therapymail.domain.sanitise import sanitise_line
from therapymail.errors import ExitCode, FileUnusable, QueryUnreadable, TherapymailError, explain
from therapymail.paths import error_phrase

_LEFT_BY = {
    "setup": "No practice was made.",
    "sync": "What was filed is kept; the next sync goes on from there.",
    "search": "What was made ready for searching is kept.",
    "rebuild": "The record is as it was.",
    "write": "What was written is kept as a draft.",
    "reply": "What was written is kept as a draft.",
    "drafts": "What was written is kept as a draft.",
    "note": "What was written is kept; see `therapymail note list`.",
    "send": "See `therapymail outbox`.",
    "outbox": "See `therapymail outbox`.",
    "demo": "The fictional practice is removed.",
}


def report_any(error: BaseException, command: str = "") -> ExitCode:
    """Say what ended `command` and give its exit code; whatever is not foreseen is a bug."""
    if isinstance(error, TherapymailError):
        return report(error)
    if isinstance(error, (KeyboardInterrupt, Abort)):
        return report_interrupted(command)
    if isinstance(error, UsageRefused):
        return report_usage(error)
    return report_system(error) if isinstance(error, OSError) else report_bug(error)


def report(error: TherapymailError) -> ExitCode:
    """Say `error` on standard error and give its exit code."""
    explained = explain(error)
    if isinstance(error, QueryUnreadable):
        _say_where(error)
    _say(explained.sentence)
    _say(explained.next_step)
    return error.exit_code


def report_usage(error: UsageRefused) -> ExitCode:
    """Say that the command line cannot be read, and where its help is."""
    if isinstance(error, NoArgsIsHelpError):
        error.show()
        return ExitCode.USAGE
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "therapymail"
    if context is not None and isinstance(error, NoSuchOption) and _is_global(error.option_name, context):
        _say(f"{error.option_name} stands before the command: `therapymail {error.option_name} ...`.")
        _say("See `therapymail --help`.")
        return ExitCode.USAGE
    _say(error.format_message().replace("Value error, ", ""))
    _say(f"See `{command} --help`.")
    return ExitCode.USAGE


def _is_global(option: str, context: Context) -> bool:
    """Whether an option that a command does not know is one of all commands."""
    parameters = context.find_root().command.params
    return any(option in parameter.opts for parameter in parameters)


def report_interrupted(command: str = "") -> ExitCode:
    """Say that the person stopped `command`, and what that leaves."""
    sys.stderr.write("\n")
    _say(f"Stopped. {_LEFT_BY.get(command, '')}")
    return ExitCode.INTERRUPTED


def report_system(error: OSError) -> ExitCode:
    """Say why the system refused a file, in our own words: its own text may name anything."""
    return report(FileUnusable("A file of the practice", error_phrase(error)))


def report_bug(error: BaseException) -> ExitCode:
    """Say that therapymail failed and where, without any value: a value could be part of a letter."""
    trace = error.__traceback__
    place = "?"
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if "therapymail" in file.parts:
            place = f"{file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    _say(f"therapymail has a bug: {type(error).__name__} at {place}. Nothing of your letters is shown here.")
    _say("Please report this line. `therapymail doctor` checks the practice.")
    return ExitCode.BUG


def _say(text: str) -> None:
    if text:
        narrate(sanitise_line(text))


_WIDEST = 72  # columns of a query that are shown around the place


def _say_where(error: QueryUnreadable) -> None:
    """The query, or the part of it around the place, and a caret below the place, whatever widths characters have."""
    from rich.cells import cell_len

    shown = one_line(error.query)
    position = min(error.position, len(shown))
    first = max(0, position - _WIDEST // 2)
    before, after = shown[first:position], shown[position : position + _WIDEST]
    while before and cell_len(before) > _WIDEST // 2:
        before = before[1:]
    while cell_len(before + after) > _WIDEST:
        after = after[:-1]
    sys.stderr.write(f"  {before}{after}\n  {' ' * cell_len(before)}^\n")
