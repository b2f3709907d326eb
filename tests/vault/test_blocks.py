"""Bits of common terms say what the index says, whatever comes, goes and changes; searches by them find the same."""

from array import array
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlcipher3.dbapi2 import OperationalError

from tests.vault.searchable import NOW, Sample, digest_of, filing_of, vault_of
from tests.vault.test_search import queries, samples
from therapymail.domain.kinds import Kind
from therapymail.domain.query import Query
from therapymail.domain.query_text import read_query
from therapymail.vault import block_filling, blocks, filing, index_lists, newest, tags
from therapymail.vault.block_filling import fill_blocks, in_no_block
from therapymail.vault.clients import clients
from therapymail.vault.connection import Reader, Vault, Writer
from therapymail.vault.indexing import bring_index_up_to_date, take_from_index
from therapymail.vault.matching import ALL_TIME, stretches
from therapymail.vault.search import find_ids, surroundings_of

_PLAIN = "SELECT rowid FROM letter_index WHERE letter_index MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC"


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (blocks, block_filling, newest):
            patch.setattr(module, "LETTERS", 8)
        patch.setattr(blocks, "PART", 3)
        patch.setattr(block_filling, "_COMMON", 3)
        patch.setattr(block_filling, "_OF_LOOKED_AT", 1)
        patch.setattr(newest, "_RARE", 3)
        patch.setattr(newest, "_MANY", 2)
        patch.setattr(newest, "_LONG_RUN", 2)
        patch.setattr(newest, "_PASSED_IN_A_PAGE", 3)
        patch.setattr(index_lists, "_SHORT", 3)
        yield


def say_the_same(reader: Reader) -> None:
    """Every bit is what the index says of the letter, and every letter between blocks is known to be there."""
    held = [row[0] for row in reader.rows("SELECT letter FROM letter_indexed ORDER BY letter")]
    above: int | None = None
    for first, last, letters, parts, followed in reader.rows("SELECT * FROM index_block ORDER BY first DESC"):
        ids = [
            letter
            for part in array("q", parts)
            for (some,) in reader.rows("SELECT ids FROM index_block_part WHERE first = ?", (part,))
            for letter in array("q", some)
        ]
        assert ids == [letter for letter in held if first <= letter <= last]
        assert len(ids) == letters
        assert followed or not any(last < letter < (above or ALL_TIME[1]) for letter in held)
        above = first
        for term, bits in reader.rows("SELECT term, bits FROM index_bits WHERE block = ?", (first,)):
            told = {row[0] for row in reader.rows(_PLAIN, (f'"{term}"', first, last + 1))}
            assert {ids[at] for at in range(8 * len(bits)) if bits[at // 8] >> at % 8 & 1} == told, term
    (lone,) = reader.rows("SELECT count(*) FROM index_bits WHERE block NOT IN (SELECT first FROM index_block)")
    assert lone == (0,)


def plainly(reader: Reader, query: Query) -> list[int]:
    where = stretches(query, surroundings_of(reader))
    return [row[0] for each in where for row in reader.rows(_PLAIN, (each.expression, each.first, each.end))]


def by_blocks(reader: Reader, query: Query) -> list[int]:
    return list(newest.newest(reader, stretches(query, surroundings_of(reader))))


def fill(writer: Writer, most: int = 2) -> None:
    while fill_blocks(writer, most):
        pass


@contextmanager
def filled(letters: list[Sample], kept_back: int) -> Iterator[Vault]:
    """A vault whose blocks were filled before and after the last letters came, wherever in time these are."""
    early = letters[: len(letters) - kept_back]
    with vault_of(early) as vault:
        with vault.writing() as writer:
            fill(writer)
            identities = {client.code: client.identity for client in clients(writer)}
            late = [filing_of(at, letters[at], identities) for at in range(len(early), len(letters))]
            filing.file_letters(writer, late, NOW)
            say_the_same(writer)
        yield vault


def change_kind(writer: Writer, letter: int, kind: Kind) -> None:
    writer.run("UPDATE letter SET kind = ? WHERE id = ?", (kind, letter))
    bring_index_up_to_date(writer, letter)


# Making what fails smaller would take minutes, and no result come before a test is given up.
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    st.lists(samples, min_size=9, max_size=30),
    st.integers(0, 6),
    st.lists(st.tuples(st.sampled_from(["tag", "kind", "take"]), st.integers(0, 29)), min_size=2, max_size=5),
    st.booleans(),
    st.lists(queries, min_size=1, max_size=20),
)
def test_blocks_and_index_find_the_same_whatever_happened(
    letters: list[Sample], kept_back: int, changes: list[tuple[str, int]], is_filled_again: bool, asked: list[Query]
) -> None:
    with filled(letters, kept_back) as vault, vault.writing() as writer:
        for what, at in changes:
            digest = digest_of(at % len(letters))
            row = writer.row("SELECT id FROM letter WHERE digest = ? AND state = 'opened'", (digest,))
            if row and what == "tag":
                tags.tag(writer, digest, ["grief/father"], [], NOW)
            elif row and what == "kind":
                change_kind(writer, row[0], Kind.MODULE)
            elif row:
                take_from_index(writer, row[0], digest)
            say_the_same(writer)
        if is_filled_again:
            fill(writer, 3)
            say_the_same(writer)
            assert in_no_block(writer) < blocks.LETTERS
        for query in asked:
            assert by_blocks(writer, query) == plainly(writer, query), query


def written(count: int) -> list[Sample]:
    return [
        Sample(f"Always the {'even' if at % 2 else 'odd'} letter, number n{at}.", day=at / 4) for at in range(count)
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("even odd", []),
        ("even -odd", list(range(39, 0, -2))),
        ("-always", []),
        ("-even -n2", [at for at in range(38, -1, -2) if at != 2]),
        ("n6 OR (even odd)", [6]),
        ('"even the odd"', []),
        ('"the even" n7', [7]),
        ("(n3 OR even) -n5 number", [at for at in range(39, 0, -2) if at != 5]),
        ("even on:2025-01-04", [13, 11]),
        ("numb* -eve*", list(range(38, -1, -2))),
    ],
)
def test_what_is_frequent_seldom_and_never_together_is_found_newest_first(query: str, found: list[int]) -> None:
    with filled(written(40), 0) as vault, vault.reading() as reader:
        row_ids = [row[0] for row in reader.rows("SELECT id FROM letter ORDER BY id")]
        assert reader.rows("SELECT count(*) FROM index_block") == [(5,)]
        assert [row_ids.index(each) for each in find_ids(reader, read_query(query), 100)] == found


def test_lists_that_never_meet_are_settled_without_asking_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    with filled(written(40), 0) as vault, vault.reading() as reader:
        monkeypatch.setattr(index_lists, "_FOUND", "no SQL")
        assert find_ids(reader, read_query("even odd"), 100) == []
        with pytest.raises(OperationalError):
            find_ids(reader, read_query("missing"), 100)


def test_H14_nothing_of_a_letter_that_goes_stays_in_blocks() -> None:
    with filled(written(40), 0) as vault, vault.writing() as writer:
        (row,) = writer.rows("SELECT id FROM letter WHERE digest = ?", (digest_of(12),))
        (before,) = writer.rows("SELECT count(*) FROM index_bits")
        take_from_index(writer, row[0], digest_of(12))
        assert writer.rows("SELECT 1 FROM index_block WHERE first <= ?1 AND last >= ?1", row) == []
        assert all(row[0] not in array("q", ids) for (ids,) in writer.rows("SELECT ids FROM index_block_part"))
        assert writer.rows("SELECT count(*) FROM index_bits") < [before]
        say_the_same(writer)
        fill(writer)
        say_the_same(writer)
        assert in_no_block(writer) == 0


@pytest.mark.parametrize("day", [-1, 3.1, 3.9, 20], ids=["oldest", "within a block", "between two", "newest"])
def test_a_letter_that_comes_late_is_found_before_and_after_its_block_is_filled_again(day: float) -> None:
    letters = [*written(40), Sample("Always late.", day=day)]
    with filled(letters, 1) as vault, vault.writing() as writer:
        assert len(find_ids(writer, read_query("late"), 10)) == 1
        assert len(find_ids(writer, read_query("always"), 100)) == 41
        assert len(find_ids(writer, read_query("always -even -odd"), 10)) == 1
        assert in_no_block(writer) >= 1
        fill(writer)
        assert in_no_block(writer) < blocks.LETTERS
        assert len(find_ids(writer, read_query("always -even -odd"), 10)) == 1


def test_what_changes_about_a_letter_changes_its_bits() -> None:
    with filled(written(40), 0) as vault, vault.writing() as writer:
        (row,) = writer.rows("SELECT id FROM letter WHERE digest = ?", (digest_of(12),))
        change_kind(writer, row[0], Kind.MODULE)
        say_the_same(writer)
        assert find_ids(writer, read_query("kind:module odd always"), 10) == [row[0]]
        assert row[0] not in find_ids(writer, read_query("-kind:module -even"), 40)
