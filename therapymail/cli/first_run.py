"""The first run on a terminal: where there is no practice, one is set up, or the fictional one opened in the room."""

import os
from pathlib import Path

from therapymail.errors import ExitCode, NoPractice


def first_run(nothing: NoPractice, home: Path | None = None) -> int:
    """Ask how to begin and do it, in `home` where that is given; the exit code. Raises `nothing` where they leave."""
    from therapymail.tui.start import keep_textual_quiet

    keep_textual_quiet(os.environ)
    from therapymail.tui.welcome import Begin, ask_how_to_begin

    match ask_how_to_begin():
        case Begin.SETUP:
            return _set_up(home)
        case Begin.DEMO:
            return _look_around()
    raise nothing


def _set_up(home: Path | None) -> int:
    """The wizard, and then the room of the practice that it made."""
    from therapymail.bootstrap import open_practice
    from therapymail.cli.entry import run
    from therapymail.tui.start import run_room

    code = run([*(["--home", str(home)] if home is not None else []), "setup"])
    if code == ExitCode.DONE:
        run_room(open_practice(home))
    return code


def _look_around() -> int:
    """The room of the fictional practice, which is removed when it is left."""
    from therapymail.cli.output import narrate
    from therapymail.practice.demo.stage import staged
    from therapymail.tui.start import run_room

    narrate("The fictional practice is made; this takes a few seconds.")
    with staged(os.environ, tell=lambda step: narrate(f"... {step}")) as stage:
        run_room(stage.visited)
    narrate("The fictional practice is removed.")
    return ExitCode.DONE
