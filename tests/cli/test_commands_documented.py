"""docs/commands.md states what the program does: commands, exit codes and the keys of `--json`."""

import re
from pathlib import Path

import typer.main

from therapymail.cli import app
from therapymail.errors import ExitCode

DOCUMENT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")


def rows(after: str) -> list[list[str]]:
    """The cells of the table that follows the heading or sentence `after`."""
    lines = DOCUMENT.partition(after)[2].splitlines()
    table = []
    for line in lines:
        if line.startswith("|"):
            table.append([cell.strip() for cell in line.strip("|").split("|")])
        elif table:
            break
    return table[2:]


def names(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def documented_commands() -> set[str]:
    return {name for row in rows("what `--json` gives") for name in names(row[0])}


def keys_of(command: str) -> set[str]:
    """The documented keys of a command's object."""
    row = next(row for row in rows("what `--json` gives") if command in names(row[0]))
    if row[2].startswith("as one of "):
        listed, *more = names(row[2])
        return keys_of_each(listed) | set(more)
    return set(names(row[2]))


def keys_of_each(listed: str) -> set[str]:
    """The documented keys of each member of a list."""
    row = next(row for row in rows("What the lists hold") if names(row[0]) == [listed])
    return set(names(row[1]))


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    built = app.build()
    found = {command.name or "" for command in built.registered_commands}
    for group in built.registered_groups:
        assert group.typer_instance is not None
        found |= {f"{group.name} {command.name}" for command in group.typer_instance.registered_commands}
    assert documented_commands() == found


def test_every_exit_code_is_documented() -> None:
    assert {int(row[0]) for row in rows("## Exit codes")} == {int(code) for code in ExitCode}


def test_every_command_that_answers_something_has_json() -> None:
    root = typer.main.get_command(app.build())
    without = set()
    for name, command in root.commands.items():  # type: ignore[attr-defined]  # a group, by construction
        for path, leaf in {f"{name} {sub}": leaf for sub, leaf in getattr(command, "commands", {}).items()}.items() or [
            (name, command)
        ]:
            if not any("--json" in parameter.opts for parameter in leaf.params):
                without.add(path)
    assert without == {"account", "key export", "demo", "tui"}
