"""Completion of notes: names alone, and those of process notes only once P is typed and they are unlocked."""

import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.practice.test_process_notes import OWN, write_one
from tests.support.practices import practice_in, short_directory
from therapymail.cli.completing import complete_note
from therapymail.practice.practice import Practice
from therapymail.practice.process_notes import lock_process_notes, set_passphrase
from therapymail.practice.unlock import lock, unlock


@pytest.fixture
def practice(monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    with short_directory() as directory, practice_in(directory, environment=os.environ) as made:
        yield made


def offered(practice: Practice, typed: str) -> list[str]:
    context: Any = SimpleNamespace(find_root=lambda: SimpleNamespace(params={"home": practice.paths.home}))
    return complete_note(context, typed)


def test_F19_names_of_process_notes_are_offered_only_where_they_are_asked_for(practice: Practice) -> None:
    write_one(practice)
    assert offered(practice, "") == []
    assert offered(practice, "N-") == []
    assert offered(practice, "p") == ["P-1"]
    set_passphrase(practice, OWN)
    lock_process_notes(practice)
    assert offered(practice, "P-") == []
    lock(practice)
    assert offered(practice, "P-") == offered(practice, "N") == []
    unlock(practice, None)
