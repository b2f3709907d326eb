"""The scripts that set a machine up: readable by bash, runnable, and honest about what is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNNABLE = [ROOT / "scripts" / "demo", ROOT / "scripts" / "test", ROOT / ".ci" / "run"]
SCRIPTS = [*RUNNABLE, ROOT / "scripts" / "machine.sh"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_script_is_readable_by_bash(script: Path) -> None:
    checked = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_shellcheck_finds_nothing(script: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    checked = subprocess.run(["shellcheck", "-x", name(script)], capture_output=True, text=True, cwd=ROOT)
    assert (checked.returncode, checked.stdout) == (0, "")


@pytest.mark.parametrize("script", RUNNABLE, ids=name)
def test_a_script_can_be_run_and_stops_at_the_first_error(script: Path) -> None:
    assert os.access(script, os.X_OK)
    text = script.read_text("utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text


@pytest.fixture
def bare_machine(tmp_path: Path) -> dict[str, str]:
    """An environment whose PATH holds a few ordinary tools, and neither Python nor GnuPG."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("bash", "env", "dirname", "cat", "id", "rm", "mktemp", "flock", "cksum", "apt-get"):
        found = shutil.which(tool)
        if found and tool != "apt-get":
            (tools / tool).symlink_to(found)
    return {"PATH": str(tools), "HOME": str(tmp_path)}


def checkout_in(directory: Path) -> Path:
    """A checkout with the scripts and no virtual environment."""
    checkout = directory / "checkout"
    shutil.copytree(ROOT / "scripts", checkout / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", checkout)
    return checkout


@pytest.mark.parametrize("script", ["demo", "test"])
def test_C38_on_a_machine_without_anything_all_that_is_missing_is_named_at_once(
    script: str, bare_machine: dict[str, str], tmp_path: Path
) -> None:
    checkout = checkout_in(tmp_path)
    ran = subprocess.run([checkout / "scripts" / script], env=bare_machine, capture_output=True, text=True)
    assert ran.returncode == 3
    assert ran.stdout == ""
    assert "Missing on this machine: gnupg python3 python3-venv\n" in ran.stderr


def test_C38_a_package_manager_is_named_with_the_command_to_type(bare_machine: dict[str, str], tmp_path: Path) -> None:
    tools = Path(bare_machine["PATH"])
    (tools / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    (tools / "apt-get").chmod(0o755)
    ran = subprocess.run([checkout_in(tmp_path) / "scripts" / "demo"], env=bare_machine, capture_output=True, text=True)
    assert ran.returncode == 3
    assert "    apt-get install --no-install-recommends gnupg python3 python3-venv\n" in ran.stderr


def test_no_script_names_a_package_registry() -> None:
    for script in SCRIPTS:
        text = script.read_text("utf-8")
        assert "://" not in text
        assert "index-url" not in text
