"""The table of exchanges: as a spreadsheet and Python's csv read it, and no cell of it a formula."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.support.looking_back import story_letterbook
from therapymail.domain.record import ToldExchange
from therapymail.exports.exchanges_csv import COLUMNS, cell, exchanges_csv


def test_one_row_for_each_exchange() -> None:
    exchanges = story_letterbook("HERON").exchanges
    text = exchanges_csv(ToldExchange(each, ("HERON-1", "HERON-2"), (), None) for each in exchanges)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["number"]) for row in rows] == [each.number for each in exchanges]
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["letters"] == "HERON-1 HERON-2"
    assert set(re.findall(r"\r?\n", text)) == {"\r\n"}


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\uff1d1", "|x", "%0A", "\x00=1"])
def test_no_cell_is_a_formula(begins: str) -> None:
    written = str(cell(begins))
    assert not re.match(r"[\s\x00]*[=+\-@\uff1d|%]", written)


@given(some.lists(some.text(), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_any_names_give_one_line_a_row_that_is_read_back(names: list[str]) -> None:
    exchange = story_letterbook("HERON").exchanges[0]
    text = exchanges_csv([ToldExchange(exchange, tuple(names), (), 1)])
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["late_hours"] == "1"
    assert not row["letters"].startswith(("=", "+", "-", "@"))
