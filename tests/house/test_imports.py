"""The stairs at run time: what a room really loads when it is imported (import-linter sees only what is written)."""

import json
import pkgutil
import subprocess
import sys
from functools import cache

import pytest

import therapymail

FRONT_ENDS = {"textual", "rich", "typer", "click"}
HEAVY = FRONT_ENDS | {
    *("imapclient", "aiosmtplib", "gnupg", "sqlcipher3", "Stemmer", "dns", "lxml", "inscriptis", "requests"),
    *("defusedxml", "tomlkit", "platformdirs", "pymap", "aiosmtpd", "trustme", "jinja2", "segno"),
}
ROOMS = {"vault", "pgp", "mail", "exports"}
# heavy libraries that importing the whole of a room may load; the others are loaded by the function that needs them
ALLOWED = {
    "errors": set(),
    "domain": set(),
    "paths": set(),
    "staged_file": set(),
    "config": set(),
    "exports": set(),
    "pgp": set(),
    "mail": {"imapclient", "lxml"},
    "vault": {"sqlcipher3", "Stemmer"},
}


def modules_of(room: str) -> list[str]:
    """The dotted names of the room and every module in it."""
    prefix = f"therapymail.{room}"
    return [prefix, *(found.name for found in _all_modules() if found.name.startswith(f"{prefix}."))]


@cache
def _all_modules() -> tuple[pkgutil.ModuleInfo, ...]:
    return tuple(pkgutil.walk_packages(therapymail.__path__, "therapymail."))


@cache
def loaded_by(*modules: str) -> frozenset[str]:
    """Every module that a fresh Python has loaded after importing `modules`."""
    script = (
        "import importlib, json, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return frozenset(json.loads(answer.stdout))


def tops(modules: frozenset[str]) -> set[str]:
    """The first part of each dotted name."""
    return {name.partition(".")[0] for name in modules}


def rooms(modules: frozenset[str]) -> set[str]:
    """The rooms of therapymail among `modules`."""
    return {name.split(".")[1] for name in modules if name.startswith("therapymail.")}


def test_domain_and_errors_stand_on_the_standard_library_alone() -> None:
    before = loaded_by()
    loaded = loaded_by(*modules_of("errors"), *modules_of("domain")) - before
    # Python's own settings of this machine (zoneinfo asks for them) bear a name of their own on each.
    others = {name for name in tops(loaded) if not name.startswith("_sysconfigdata_")}
    assert others - set(sys.stdlib_module_names) <= {"therapymail"}
    assert rooms(loaded) == {"errors", "domain"}


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_loads_only_its_own_libraries(room: str) -> None:
    assert tops(loaded_by(*modules_of(room))) & HEAVY <= ALLOWED[room]


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_the_four_rooms_never_see_each_other_nor_those_above(room: str) -> None:
    assert rooms(loaded_by(*modules_of(room))) <= {room, "config", "paths", "staged_file", "domain", "errors"}


def test_what_a_therapist_does_knows_no_front_end() -> None:
    everything = tuple(name for name in modules_of("practice") if ".demo" not in name)
    loaded = loaded_by(*everything, *modules_of("bootstrap"))
    assert not tops(loaded) & FRONT_ENDS
    assert not rooms(loaded) & {"cli", "tui"}


def test_textual_is_loaded_by_the_interface_alone() -> None:
    below = tuple(
        name for room in (*ROOMS, "practice", "domain", "errors", "config", "paths") for name in modules_of(room)
    )
    front = tuple(name for name in modules_of("cli") if not name.endswith(".tui"))
    assert "textual" not in tops(loaded_by(*below, *modules_of("bootstrap"), *front))
    assert "textual" in tops(loaded_by(*modules_of("tui")))


def test_the_interface_loads_no_front_end_but_its_own_and_begins_without_what_a_mailbox_needs() -> None:
    assert not tops(loaded_by(*modules_of("tui"))) & {"typer", "click", "pymap", "aiosmtpd", "trustme"}
    assert not rooms(loaded_by(*modules_of("tui"))) & {"cli"}
    began = tops(loaded_by("therapymail.tui.start", "therapymail.tui.app"))
    assert not began & {"typer", "imapclient", "aiosmtplib", "gnupg", "lxml", "dns", "tomlkit", "inscriptis", "trustme"}


def test_the_embedded_post_office_is_loaded_by_the_demo_alone() -> None:
    everything = tuple(name for name in modules_of("practice") if ".demo" not in name)
    assert not tops(loaded_by(*everything, *modules_of("bootstrap"))) & {"pymap", "aiosmtpd", "trustme"}


def test_the_program_begins_without_heavy_libraries() -> None:
    loaded = loaded_by("therapymail.cli.entry")
    assert not tops(loaded) & HEAVY
    assert rooms(loaded) <= {"cli", "errors"}


def test_help_loads_no_room_and_no_library_of_one() -> None:
    script = (
        "import contextlib, io, json, sys\n"
        "from therapymail.cli.entry import run\n"
        "with contextlib.redirect_stdout(io.StringIO()): code = run(['--help'])\n"
        "print(json.dumps([code, sorted(sys.modules)]))"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    code, modules = json.loads(answer.stdout)
    assert code == 0
    loaded = frozenset(modules)
    assert not tops(loaded) & (HEAVY - {"typer", "click", "rich"})
    assert not rooms(loaded) & {*ROOMS, "practice"}
