"""Exports as JSON keep to docs/export.schema.json, and nothing in a letter reaches beyond its string."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.support.looking_back import NOW, story_letterbook, story_notes, story_timeline
from therapymail.domain.letterbook import Letterbook
from therapymail.domain.record import Record, ToldExchange, ToldNote
from therapymail.exports.record_json import (
    exchanges_json,
    letterbook_json,
    own_letterbook_json,
    record_json,
    timeline_json,
)

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "export.schema.json").read_text("utf-8"))


def faults(text: str) -> list[str]:
    """What is wrong with an export; it is judged by the schema of what it says it is."""
    answer = json.loads(text)
    of_its_kind = {**SCHEMA, "oneOf": [{"$ref": f"#/$defs/{answer['export'].replace('-', '_')}"}]}
    return [
        f"{list(each.absolute_path)}: {each.message}"[:200]
        for each in Draft202012Validator(of_its_kind).iter_errors(answer)
    ]


def record_of(book: Letterbook, **changes: Any) -> Record:
    notes = tuple(ToldNote(str(each.note.name), each, "HERON-1", 1, "the room") for each in story_notes(book.code))
    told = tuple(ToldExchange(each, ("HERON-1",), (), 3) for each in book.exchanges)
    made = Record(book, "active", NOW, NOW, told, (), (), notes)
    return replace(made, **changes)


@pytest.mark.parametrize("code", ["HERON", "LINDEN", "SLATE"])
def test_every_export_as_json_keeps_to_the_schema(code: str) -> None:
    book, told = story_letterbook(code), record_of(story_letterbook(code)).exchanges
    Draft202012Validator.check_schema(SCHEMA)
    for text in (
        record_json(record_of(book)),
        letterbook_json(book),
        own_letterbook_json(book),
        exchanges_json(code, told, NOW),
        timeline_json(story_timeline(code), NOW),
    ):
        assert faults(text) == []
        assert Draft202012Validator(SCHEMA).is_valid(json.loads(text))


def test_the_schema_finds_what_is_missing() -> None:
    broken = json.loads(letterbook_json(story_letterbook("HERON")))
    del broken["letters"][0]["text"]
    assert faults(json.dumps(broken))


def test_F19_a_record_without_process_notes_says_that_they_were_left_out() -> None:
    assert json.loads(record_json(record_of(story_letterbook("HERON"))))["process_notes"] is None


def test_F49_the_clients_own_holds_letters_alone() -> None:
    own = json.loads(own_letterbook_json(story_letterbook("HERON")))
    assert {key for letter in own["letters"] for key in letter} == {
        "from",
        "at",
        "subject",
        "text",
        "quoted",
        "enclosures",
    }
    assert "HERON" not in json.dumps(own)


HOSTILE = "\x00\x1b[2J\x1b]0;pwned\x07<script>alert(1)</script>\u202egnp.exe\u2028\ud800\x7f=cmd|' /C calc'!A0"


def test_S09_a_hostile_letter_is_printable_ascii_and_comes_back_as_it_was() -> None:
    book = story_letterbook("HERON")
    entry = book.entries[0]
    letter = entry.letter._replace(subject=HOSTILE)
    pieces = (entry.pieces[0]._replace(text=HOSTILE + "x" * 1_000_000),)
    text = letterbook_json(replace(book, entries=(replace(entry, letter=letter, pieces=pieces),)))
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert json.loads(text)["letters"][0]["text"] == HOSTILE + "x" * 1_000_000


@given(some.text(some.characters()))
@settings(max_examples=40, deadline=None)
def test_any_text_comes_back_as_it_was(words: str) -> None:
    book = story_letterbook("SLATE")
    entry = replace(book.entries[0], pieces=(book.entries[0].pieces[0]._replace(text=words),))
    text = letterbook_json(replace(book, entries=(entry,), now=datetime(2025, 1, 1, tzinfo=UTC)))
    assert json.loads(text)["letters"][0]["text"] == words
