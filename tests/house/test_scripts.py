"""The scripts that set a machine up: readable by bash, runnable, and honest about what is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_NAMES = ("audit", "demo", "fuzz", "leaks", "soak", "test")
RUNNABLE = [*(ROOT / "scripts" / each for each in _NAMES), ROOT / ".ci" / "run"]
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


def in_bash(checkout: Path, commands: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `commands` after scripts/machine.sh of that checkout."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f". scripts/machine.sh; {commands}"],
        cwd=checkout,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_a_virtual_environment_broken_off_halfway_is_made_anew(tmp_path: Path) -> None:
    checkout = checkout_in(tmp_path)
    if in_bash(checkout, '"$(find_python)" -c "import ensurepip"').returncode:
        pytest.skip("this machine's python3 has no ensurepip")
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(shutil.which("python3") or "/usr/bin/python3")
    (checkout / ".venv" / "bin" / "left-behind").write_text("")
    ran = in_bash(checkout, "make_venv; venv_works; make_venv")
    assert (ran.returncode, ran.stderr) == (0, "Making the virtual environment .venv ...\n")
    assert not (checkout / ".venv" / "bin" / "left-behind").exists()


def test_the_project_is_installed_once_for_each_pyproject(tmp_path: Path) -> None:
    checkout = checkout_in(tmp_path)
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\ncase "$*" in *"-m pip"*) echo pip >>pip.log ;; --version) echo Python 3.11 ;; esac\n')
    python.chmod(0o755)

    def installs() -> int:
        assert in_bash(checkout, "install_project demo; install_project demo").returncode == 0
        return len((checkout / "pip.log").read_text().splitlines())

    assert installs() == 1
    with (checkout / "pyproject.toml").open("a") as file:
        file.write("# another library\n")
    assert installs() == 2


def test_a_failing_installation_shows_what_pip_says_and_is_tried_again(tmp_path: Path) -> None:
    checkout = checkout_in(tmp_path)
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\ncase "$*" in *"-m pip"*) echo no such library >&2; exit 1 ;; esac\n')
    python.chmod(0o755)
    for _ in range(2):
        ran = in_bash(checkout, "install_project demo")
        assert ran.returncode == 3
        assert "no such library\n" in ran.stderr


def test_no_script_names_a_package_registry() -> None:
    for script in SCRIPTS:
        text = script.read_text("utf-8")
        assert "://" not in text
        assert "index-url" not in text
