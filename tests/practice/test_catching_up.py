"""What a search needs done first is done in pieces, with counts; stopped anywhere, it goes on from there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vault.builders import NOW, add_heron, add_wren, filing, reading
from tests.vault.conftest import TEST_KEY
from tests.vault.searchable import Sample, vault_of
from therapymail.practice import catching_up
from therapymail.practice.catching_up import (
    CaughtUp,
    Told,
    bring_blocks_up_to_date,
    bring_exchanges_up_to_date,
    bring_filters_up_to_date,
    bring_older_blocks_up_to_date,
)
from therapymail.vault import block_filling, blocks, later_filters, newest, stale
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters

RELEASED = Path(__file__).parents[1] / "vault" / "released"


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setattr(catching_up, "_AT_ONCE", 1)
    shutil.copy(RELEASED / "schema-8.db", tmp_path / "vault.db")
    return Vault.open(tmp_path / "vault.db", TEST_KEY)


def left(vault: Vault) -> int:
    with vault.reading() as reader:
        return later_filters.left(reader)


def stopping_at(done: int, heard: list[CaughtUp]) -> Told:
    def told(at: CaughtUp) -> None:
        heard.append(at)
        if at.done == done:
            raise KeyboardInterrupt

    return told


def test_filters_are_brought_up_to_date_with_counts_and_go_on_where_they_were_stopped(older: Vault) -> None:
    heard: list[CaughtUp] = []
    with older:
        all_of_them = left(older)
        assert all_of_them >= 3
        with pytest.raises(KeyboardInterrupt):
            bring_filters_up_to_date(older, stopping_at(2, heard))
        assert [(at.done, at.of) for at in heard] == [(number, all_of_them) for number in range(3)]
        assert left(older) == all_of_them - 2
        heard.clear()
        bring_filters_up_to_date(older, heard.append)
        assert (heard[0].done, heard[0].of, heard[-1].done) == (0, all_of_them - 2, all_of_them - 2)
        heard.clear()
        bring_filters_up_to_date(older, heard.append)
        assert heard == []


def test_exchanges_are_found_client_after_client_and_go_on_where_they_were_stopped(tmp_path: Path) -> None:
    with Vault.create(tmp_path / "vault.db", TEST_KEY, NOW) as vault:
        with vault.writing() as writer:
            both = (add_heron(writer), add_wren(writer))
            file_letters(writer, [filing(at, each, reading=reading(at)) for at, each in enumerate(both)], NOW)
        with pytest.raises(KeyboardInterrupt):
            bring_exchanges_up_to_date(vault, stopping_at(1, []))
        heard: list[CaughtUp] = []
        bring_exchanges_up_to_date(vault, heard.append)
        assert [(at.done, at.of, at.clients) for at in heard] == [(0, 1, True), (1, 1, True)]
        with vault.reading() as reader:
            assert stale.stale_clients(reader) == []


def blocks_of(vault: Vault) -> int:
    with vault.reading() as reader:
        return len(reader.rows("SELECT 1 FROM index_block"))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (blocks, block_filling, newest):
        monkeypatch.setattr(module, "LETTERS", 8)
    monkeypatch.setattr(block_filling, "BLOCKS_AT_ONCE", 1)


@pytest.fixture
def twenty() -> Iterator[Vault]:
    with vault_of([Sample("Always here.", day=day) for day in range(20)]) as vault:
        yield vault


def test_letters_are_put_into_blocks_with_counts_and_go_on_where_that_was_stopped(
    twenty: Vault, small_blocks: None
) -> None:
    with twenty.writing() as writer:
        writer.run("INSERT INTO meta VALUES ('index_blocks_behind', '')")
    heard: list[CaughtUp] = []
    with pytest.raises(KeyboardInterrupt):
        bring_older_blocks_up_to_date(twenty, stopping_at(8, heard))
    assert [(at.done, at.of) for at in heard] == [(0, 20), (8, 20)]
    assert blocks_of(twenty) == 1
    bring_older_blocks_up_to_date(twenty, heard.append)
    assert blocks_of(twenty) == 2  # the newest four wait for more
    heard.clear()
    bring_older_blocks_up_to_date(twenty, heard.append)
    bring_blocks_up_to_date(twenty, heard.append)
    assert heard == []


def test_a_search_leaves_new_letters_to_the_next_sync(twenty: Vault, small_blocks: None) -> None:
    bring_older_blocks_up_to_date(twenty)
    assert blocks_of(twenty) == 0
    bring_blocks_up_to_date(twenty)
    assert blocks_of(twenty) == 2
