"""docs/security.md names for each thing that it says is protected the tests that would fail, and they exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))
HEADINGS = re.findall(r"(?m)^## (.+)$", PAGE)


@cache
def functions(module: str) -> frozenset[str]:
    """The names of the tests in a module."""
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    found = {each.name for each in ast.walk(tree) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return frozenset(name for name in found if name.startswith("test_"))


@pytest.mark.parametrize(("module", "name"), NAMED, ids=["::".join(filter(None, each)) for each in NAMED])
def test_a_test_that_the_page_names_exists(module: str, name: str) -> None:
    assert (ROOT / module).is_file()
    assert functions(module), "it tests nothing"
    assert not name or name in functions(module)


def test_every_line_on_what_is_protected_names_a_test() -> None:
    lines = [line for line in PAGE.partition("## The disk in other hands")[2].splitlines() if line.startswith("| ")]
    claims = [line for line in lines if not line.startswith("| what holds")]
    assert len(claims) > 30
    assert [line for line in claims if not re.search(r"`tests/[^`]+` \|$", line)] == []


def test_it_opens_with_who_attacks_and_ends_with_what_is_not_protected() -> None:
    assert HEADINGS[0] == "Who, with what, wanting what"
    assert HEADINGS[-1] == "What is not protected"
