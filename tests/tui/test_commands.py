"""One definition of every command: whatever screen or part offers it, it has a key, a name, a sentence and a deed."""

import importlib
import pkgutil

import pytest
from textual.dom import DOMNode

import therapymail.tui.screens
import therapymail.tui.widgets
from therapymail.tui.app import TherapymailApp
from therapymail.tui.commands import Card, Command, shown_key
from therapymail.tui.places import PLACES

_OF_OTHERS = ("focused.", "app.")


def _offering() -> list[type[DOMNode]]:
    """Every class of the interface that has commands."""
    found: set[type[DOMNode]] = {TherapymailApp}
    for package in (therapymail.tui.screens, therapymail.tui.widgets):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            members = vars(importlib.import_module(module.name)).values()
            found |= {each for each in members if isinstance(each, type) and issubclass(each, DOMNode)}
    return sorted((each for each in found if getattr(each, "HERE", ())), key=lambda each: each.__name__)


@pytest.mark.parametrize("offering", _offering(), ids=lambda each: each.__name__)
def test_every_command_has_a_key_a_name_a_help_line_and_a_deed(offering: type[DOMNode]) -> None:
    commands: tuple[Command, ...] = offering.HERE  # type: ignore[attr-defined]
    keys = [key for command in commands for key in command.keys.split(",")]
    assert len(keys) == len(set(keys)), "one key, one command"
    for command in commands:
        assert command.name.strip()
        assert len(command.name) <= 16, command.name
        assert command.says.endswith("."), command.says
        assert all(command.shown_keys)
        if not command.action.startswith(_OF_OTHERS):
            assert hasattr(offering, f"action_{command.verb}"), command.action


def test_every_part_that_explains_itself_says_something() -> None:
    cards = [card for each in _offering() if isinstance(card := getattr(each, "CARD", None), Card)]
    assert cards
    assert all(card.title and card.says.endswith(".") for card in cards)


def test_every_place_has_a_key_of_its_own_that_works_everywhere() -> None:
    assert len({place.key for place in PLACES}) == len(PLACES)
    assert {place.command for place in PLACES} <= set(TherapymailApp.HERE)


def test_keys_are_written_for_people() -> None:
    assert [shown_key(key) for key in ("ctrl+l", "ctrl+@", "slash", "f9", "T", "question_mark")] == [
        "^L",
        "^Space",
        "/",
        "F9",
        "T",
        "?",
    ]
