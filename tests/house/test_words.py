"""Every module opens with one sentence that a newcomer understands, and says what it owns."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "therapymail").rglob("*.py"))
LONGEST_FILE = 300  # lines, about


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_opens_with_one_sentence(module: Path) -> None:
    docstring = ast.get_docstring(ast.parse(module.read_text("utf-8")))
    assert docstring, "no docstring"
    sentence = docstring.partition("\n\n")[0]
    assert "\n" not in sentence, "the first sentence takes more than a line"
    assert sentence.endswith("."), "the first line is not a sentence"
    assert len(sentence.split()) >= 3, "the first line says nothing"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_a_drawer_for_everything(module: Path) -> None:
    assert not {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common"} & set(
        module.stem.split("_")
    )
    assert len(module.read_text("utf-8").splitlines()) <= LONGEST_FILE * 1.2
