"""What mail says reaches a widget through one door alone (HAZARDS S9, S10): read from the source of the interface."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "therapymail" / "tui"
MODULES = sorted(ROOT.rglob("*.py"))
# What letters, files and keys say, wherever it is read; the door, and what only decides or counts.
SAID = {"subject", "quoted", "unsealed_text", "media_type"}
DOORS = {"line", "block", "sanitise", "sanitise_line"}
# Widgets and calls that read markup out of a plain string, unless they are told not to.
READS_MARKUP = {"Static", "Label", "Button", "Checkbox", "RadioButton", "Option", "notify"}
NEVER = {"from_markup", "add_markup", "border_title", "border_subtitle", "Markdown", "RichLog", "Log", "Pretty"}


def parents_of(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}


def name_of(call: ast.expr) -> str:
    return call.attr if isinstance(call, ast.Attribute) else call.id if isinstance(call, ast.Name) else ""


def above(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_S10_what_a_letter_says_goes_through_the_door(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    parents = parents_of(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr in SAID and isinstance(node.ctx, ast.Load)):
            continue
        drawn = [each for each in above(node, parents) if isinstance(each, ast.Call) and name_of(each.func) in
                 {"Content", "styled", "assemble", "append", "update", *READS_MARKUP}]  # fmt: skip
        doors = [each for each in above(node, parents) if isinstance(each, ast.Call) and name_of(each.func) in DOORS]
        assert doors or not drawn, f"line {node.lineno}: {node.attr}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_S10_no_widget_reads_markup(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            assert name_of(node) not in NEVER, f"line {node.lineno}"
        if isinstance(node, ast.Call) and name_of(node.func) in READS_MARKUP and node.args:
            first = node.args[0]
            told = any(each.arg == "markup" and getattr(each.value, "value", None) is False for each in node.keywords)
            is_ours = isinstance(first, ast.Constant) and "[" not in str(first.value)
            assert told or is_ours or not isinstance(first, ast.Constant | ast.JoinedStr | ast.BinOp), (
                f"line {node.lineno}"
            )
