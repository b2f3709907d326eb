"""The command `doctor`."""

from typing import TYPE_CHECKING, Annotated

import typer

from therapymail.cli.surroundings import JsonOption, Surroundings, surroundings
from therapymail.errors import ExitCode, UnusableInput

if TYPE_CHECKING:
    from therapymail.practice.doctor import Check

_NAME_WIDTH = 22


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("doctor")(doctor)


def doctor(
    context: typer.Context,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Do not connect to the mail hosts.")] = False,
    roundtrip: Annotated[
        bool, typer.Option("--roundtrip", help="Send a sealed letter to yourself and wait until it has come back.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Examine the practice and say what to put right.

    GnuPG, keys, vault, mail hosts, clock and disk, one line for each. Exit code 3 if anything does not work.

    \b
    Examples:
      therapymail doctor
      therapymail doctor --json
      therapymail doctor --roundtrip
    """
    from therapymail.cli.output import print_json, print_line

    if offline and roundtrip:
        raise UnusableInput("--roundtrip", "it cannot go together with --offline")
    checks = _looked_at(surroundings(context), offline=offline, roundtrip=roundtrip)
    if as_json:
        from therapymail.cli.shapes import check_shape

        print_json({"checks": [check_shape(check) for check in checks]})
    else:
        for check in checks:
            mark = "FAULT" if not check.ok else "look" if check.is_warning else "ok"
            print_line(f"{mark:<7}{check.name:<{_NAME_WIDTH}}{check.says}", hang=7 + _NAME_WIDTH)
            if next_step := check.next_step.replace(", or run `therapymail doctor`", ""):
                print_line(f"{'':<{7 + _NAME_WIDTH}}{next_step}", hang=7 + _NAME_WIDTH)
    if not all(check.ok for check in checks):
        raise typer.Exit(int(ExitCode.CONFIGURATION))


def _looked_at(around: Surroundings, *, offline: bool, roundtrip: bool) -> "tuple[Check, ...]":
    from therapymail.practice.doctor import examine

    if not roundtrip:
        return examine(around.practice(), online=not offline)
    from therapymail.cli.roundtrip_view import StepLines

    return examine(around.unlocked(), roundtrip=StepLines())
