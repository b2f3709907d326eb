import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from therapymail.cli import app, entry
from therapymail.cli.commands import tagging
from therapymail.errors import ExitCode


def ran(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "THERAPYMAIL_HOME": "/nonexistent/practice"}
    command = [sys.executable, "-c", "from therapymail.cli.entry import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)


def test_every_command_of_the_table_is_registered_by_its_module() -> None:
    built = app.build()
    names = {command.name for command in built.registered_commands} | {group.name for group in built.registered_groups}
    assert names == set(app.COMMANDS)


GROUPS = {"client", "drafts", "enclosure", "exchange", "key", "note", "outbox", "audit", "retention", "backup"}
GROUPS |= {"bookmark", "executor", "export", "milestone", "tags"}


@pytest.mark.parametrize("command", sorted(app.COMMANDS))
def test_every_command_has_help_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run([command, "--help"]) == 0
    shown = capsys.readouterr().out
    if command in GROUPS:
        assert "Commands:" in shown
    else:
        assert f"therapymail {command}" in shown.partition("Example")[2]


def test_a_word_behind_a_global_option_with_value_is_no_command() -> None:
    assert app.named_command(["--home", "search", "--plain", "letters"]) == "letters"
    assert app.named_command(["--home=x", "tags"]) == "tags"
    assert app.named_command([]) == ""


@pytest.mark.parametrize(
    ("arguments", "opened"),
    [([], True), (["--home", "letters"], True), (["--plain"], True), (["--help"], False), (["--version"], False)],
)
def test_without_a_command_the_room_is_opened(arguments: list[str], opened: bool) -> None:
    assert app.with_the_room(arguments) == ([*arguments, "tui"] if opened else arguments)
    assert app.with_the_room(["letters"]) == ["letters"]


def test_the_room_needs_a_terminal() -> None:
    refused = ran("tui")
    assert refused.returncode == ExitCode.USAGE
    assert "terminal" in refused.stderr


def test_an_unknown_command_is_a_usage_error_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["serach"]) == ExitCode.USAGE
    assert "search" in capsys.readouterr().err


def test_a_missing_argument_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["read"]) == ExitCode.USAGE
    assert "therapymail read --help" in capsys.readouterr().err


def test_without_a_practice_a_command_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["--home", str(tmp_path / "none"), "letters"]) == ExitCode.CONFIGURATION
    assert "therapymail setup" in capsys.readouterr().err


def test_the_clock_of_a_practice_that_is_no_demo_cannot_be_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = 'name = "A"\nemail = "a@mail.example"\nown_key = "0123"\n'
    (tmp_path / "config.toml").write_text(settings)
    home = ["--home", str(tmp_path)]
    assert entry.run([*home, "--now", "2025-03-31", "tags"]) == ExitCode.USAGE
    assert "demo" in capsys.readouterr().err
    assert entry.run([*home, "--now", "soon", "tags"]) == ExitCode.USAGE


def test_faulty_settings_are_all_named_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text('name = 3\ncolour = "red"\n')
    assert entry.run(["--home", str(tmp_path), "doctor"]) == ExitCode.CONFIGURATION
    said = capsys.readouterr().err
    assert "colour" in said
    assert "email is missing" in said


def test_a_bug_prints_no_traceback_and_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(_context: object) -> None:
        raise RuntimeError("the unlit room")

    monkeypatch.setattr(tagging, "surroundings", breaks)
    assert entry.run(["tags"]) == ExitCode.BUG
    said = capsys.readouterr().err
    assert "tagging.py" in said or "RuntimeError" in said
    assert "unlit" not in said
    assert "Traceback" not in said


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(_context: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tagging, "surroundings", stopped)
    assert entry.run(["tags"]) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == "\nStopped.\n"


def test_a_reader_that_goes_away_is_no_fault() -> None:
    line = f"{sys.executable} -c 'from therapymail.cli.entry import main; main()' --help | true"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.returncode == 0


def test_help_imports_no_room_and_no_rich() -> None:
    code = (
        "import sys, json\n"
        "from therapymail.cli.entry import run\n"
        "run(['--help'])\n"
        "print('MODULES', json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    modules = set(json.loads(done.stdout.partition("MODULES ")[2]))
    rooms = {name for name in modules if name.startswith(("therapymail.vault", "therapymail.pgp", "therapymail.mail"))}
    assert not rooms
    assert not {"rich", "sqlcipher3", "gnupg", "imapclient", "aiosmtplib", "tomlkit"} & modules


def test_output_is_plain_text_without_colour() -> None:
    done = ran("--help")
    assert "\x1b" not in done.stdout
