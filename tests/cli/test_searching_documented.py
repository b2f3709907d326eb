"""docs/searching.md states what the program does: each query in it is read, each fault is told just so."""

import re
from pathlib import Path

import pytest

from therapymail.cli import failures
from therapymail.domain.query_printed import as_text
from therapymail.domain.query_text import MAX_DEPTH, MAX_QUERY_CHARACTERS, MAX_TERMS, read_query
from therapymail.domain.query_values import FILTERS
from therapymail.domain.saved_search import called
from therapymail.errors import ExitCode, QueryUnreadable
from therapymail.vault.search import COUNTED_AT_MOST

DOCUMENT = (Path(__file__).parents[2] / "docs" / "searching.md").read_text("utf-8")
IN_TABLES = [
    query
    for line in DOCUMENT.splitlines()
    if line.startswith("| `")
    for query in re.findall(r"`([^`]+)`", line.split("|")[1])
]
FAULTS = re.findall(r"```text\n(.*)\n( *\^)\n(.*)\n```", DOCUMENT)


@pytest.mark.parametrize("query", IN_TABLES)
def test_each_query_of_the_document_is_read_and_printed_as_it_stands_there(query: str) -> None:
    assert read_query(as_text(read_query(query))) == read_query(query)


def test_every_filter_is_in_the_document() -> None:
    assert {found for query in IN_TABLES if (found := query.partition(":")[0]) in FILTERS} == set(FILTERS)


@pytest.mark.parametrize(("query", "caret", "sentence"), FAULTS)
def test_each_fault_of_the_document_is_told_so(
    query: str, caret: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(QueryUnreadable) as caught:
        read_query(query)
    assert failures.report(caught.value) is ExitCode.USAGE
    assert capsys.readouterr().err.splitlines()[:3] == [f"  {query}", f"  {caret}", sentence]


def test_other_examples_and_numbers_of_the_document_are_those_of_the_program() -> None:
    assert len(FAULTS) == 3
    for kept in re.findall(r"--save \w+ '([^']+)'", DOCUMENT):
        read_query(kept)
    assert called("@waiting last:2w") is not None
    read_query("-tag:work (feeling:fear OR cue:sigh) last:1y")
    for number in (MAX_QUERY_CHARACTERS, MAX_TERMS, MAX_DEPTH, COUNTED_AT_MOST):
        assert f"{number}" in DOCUMENT


def test_the_caret_stands_below_the_place_whatever_width_characters_have(capsys: pytest.CaptureFixture[str]) -> None:
    for query, place in (("不足 (不", 5), ("x" * 1500 + " (" + "y" * 300, 37), ("不" * 900 + " (", 37)):
        with pytest.raises(QueryUnreadable) as caught:
            read_query(query)
        failures.report(caught.value)
        shown, caret, *_ = capsys.readouterr().err.splitlines()
        assert caret.index("^") - 2 in {place, place - 1}
        assert len(shown) <= 80
