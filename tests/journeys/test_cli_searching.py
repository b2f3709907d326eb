"""Searching at the command line: faults with their place, saved searches, and how a search was read."""

from collections.abc import Iterator

import pytest

from tests.support.program import Program, program, setup_offline


@pytest.fixture(scope="module")
def therapymail() -> Iterator[Program]:
    with program() as made:
        setup_offline(made)
        made.ok("client", "add", "HERON", "heron@mail.example", "--name", "A. Heron", "--yes")
        made.ok("note", "add", "HERON", "--body-file", "-", stdin=b"the garden grew")
        yield made


def test_a_search_that_cannot_be_read_shows_its_place_to_a_person_and_to_a_program(therapymail: Program) -> None:
    ran = therapymail.run("search", "grief (sister")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[:2] == ["  grief (sister", "        ^"]
    assert "this parenthesis is never closed" in ran.err
    told = therapymail.run("search", "words:800..300", "--json")
    assert told.code == 2
    assert told.answer == {
        "version": 1,
        "unreadable": {"position": 6, "why": "words: the smaller number comes first"},
    }
    assert therapymail.run("search").code == 2


def test_searches_are_saved_listed_used_and_forgotten(therapymail: Program) -> None:
    assert "No search is saved" in therapymail.ok("search", "--saved").err
    saved = therapymail.ok("search", "--save", "Grown", "garden", "in:notes", "--json").answer["saved"]
    assert [set(each) for each in saved] == [{"name", "query", "saved"}]
    assert (saved[0]["name"], saved[0]["query"]) == ("grown", "garden in:notes")
    answer = therapymail.ok("search", "@grown", "last:1w", "--json").answer
    assert (answer["query"], answer["note_total"]) == ("(garden in:notes) last:1w", 1)
    assert "Before, it was: garden in:notes" in therapymail.ok("search", "--save", "grown", "garden OR seed").err
    listed = therapymail.ok("search", "--saved").out
    assert "@grown  garden OR seed" in listed
    assert therapymail.run("search", "--save", "bad", "(a").code == 2
    assert therapymail.run("search", "--save", "not a name", "a").code == 2
    therapymail.ok("rebuild")
    assert therapymail.ok("search", "--saved").out == listed
    assert therapymail.ok("search", "--forget", "grown", "--json").answer["saved"] == []
    assert therapymail.run("search", "--forget", "grown").code == 8
    unknown = therapymail.run("search", "@grown")
    assert unknown.code == 2
    assert "no search is saved under this name" in unknown.err
