"""Guards of the vault that only show when something else has gone wrong: each has a test that fails without it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.errors import FileUnusable, VaultDamaged, VaultLocked
from therapymail.vault import cipher, index, journal, schema
from therapymail.vault.connection import Vault
from therapymail.vault.decisions import erase_letter
from therapymail.vault.filing import file_letters
from therapymail.vault.journal import ChainFinding

from .builders import NOW, digest_of, filing, heron, reading
from .conftest import TEST_KEY


@contextlib.contextmanager
def raw_connection(path: Path) -> Iterator[sqlcipher.Connection]:
    """The file as somebody with the key and none of our rules sees it."""
    with contextlib.closing(cipher.connect(path, TEST_KEY.hex())) as connection:
        yield connection


# --- locks and connections -----------------------------------------------------------------------------


def test_S26_scrubbing_asks_the_guard_too(vault_path: Path) -> None:
    def locked() -> None:
        raise VaultLocked

    with Vault.create(vault_path, TEST_KEY, NOW, locked) as vault, pytest.raises(VaultLocked):
        vault.scrub()


def test_S26_a_closed_vault_holds_no_key(vault: Vault) -> None:
    assert TEST_KEY.hex() in repr(vars(vault))
    vault.close()
    assert TEST_KEY.hex() not in repr(vars(vault))


def test_a_vault_that_appears_meanwhile_is_never_overwritten(vault_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: False)
    Vault.create(vault_path, TEST_KEY, NOW).close()
    before = vault_path.read_bytes()
    with pytest.raises(FileUnusable):
        Vault.create(vault_path, bytes(32), NOW)
    assert vault_path.read_bytes() == before


def test_cells_are_checked(vault: Vault) -> None:
    with vault.reading() as reader:
        assert reader.row("PRAGMA cell_size_check") == (1,)


def test_S26_an_error_of_the_file_carries_nothing_of_sqlites_own_text(vault_path: Path) -> None:
    with Vault.create(vault_path, TEST_KEY, NOW):
        pass
    with pytest.raises(VaultDamaged) as caught:
        Vault.open(vault_path, bytes(32))
    assert caught.value.__suppress_context__


def test_a_migration_step_that_another_process_took_meanwhile_is_not_taken_twice(vault_path: Path) -> None:
    with Vault.create(vault_path, TEST_KEY, NOW):
        pass
    with raw_connection(vault_path) as connection:
        schema._take_steps(connection, schema.RECORD, first=0)
        assert schema.schema_of(connection) == schema.NEWEST


# --- erasing -------------------------------------------------------------------------------------------


def test_H14_scrubbing_says_so_when_somebody_still_reads_what_was_erased(
    vault_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cipher, "BUSY_SECONDS", 0.05)
    with Vault.create(vault_path, TEST_KEY, NOW) as vault, Vault.open(vault_path, TEST_KEY) as elsewhere:
        client = heron(vault)
        with vault.writing() as writer:
            file_letters(writer, [filing(1, client)], NOW)
        with elsewhere.reading() as reader:
            reader.row("SELECT count(*) FROM letter")
            with vault.writing() as writer:
                erase_letter(writer, digest_of(1), NOW)
            with pytest.raises(FileUnusable) as caught:
                vault.scrub()
    assert "another therapymail" in caught.value.why


def test_H14_a_letter_indexed_by_other_word_rules_is_taken_out_whole(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = heron(vault)
    with monkeypatch.context() as other_rules, vault.writing() as writer:
        other_rules.setattr(index, "_WORDS_VERSION", 0)
        other_rules.setattr(index, "word_terms", lambda words, _language: [word[::-1] for word in words])
        file_letters(writer, [filing(1, client, reading=reading(1, text="zerbinetta")), filing(2, client)], NOW)
    with vault.writing() as writer:
        erase_letter(writer, digest_of(1), NOW)
        writer.run("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'letter_index', 'row')")
        terms = {term for (term,) in writer.rows("SELECT term FROM temp.vocabulary")}
    assert [term for term in terms if "zerbin" in term or "nibrez" in term or "attenib" in term] == []


# --- proving -------------------------------------------------------------------------------------------


def test_an_original_is_never_edited(vault: Vault) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client)], NOW)
    with pytest.raises(sqlcipher.IntegrityError), vault.writing() as writer:
        writer.run("UPDATE letter_original SET raw = x'00'")


@pytest.mark.parametrize("with_head", [False, True])
def test_a_chain_that_is_gone_whole_is_found(vault: Vault, *, with_head: bool) -> None:
    heron(vault)
    with vault.writing() as writer:
        writer.run("DROP TRIGGER journal_is_never_shortened")
        writer.run("DELETE FROM journal_payload")
        writer.run("DELETE FROM journal")
        if with_head:
            writer.run("DELETE FROM journal_head")
    with vault.reading() as reader:
        findings = {problem.finding for problem in journal.verify(reader).problems}
    assert (ChainFinding.HEADLESS if with_head else ChainFinding.CUT_SHORT) in findings


def test_damage_names_rows_that_refer_to_nothing(vault: Vault, vault_path: Path) -> None:
    with raw_connection(vault_path) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO letter_tag (letter, tag) VALUES (99, 'x')")
    assert vault.damage() == ("a row refers to nothing",)


def test_damage_names_rows_that_break_the_schemas_rules(vault: Vault, vault_path: Path) -> None:
    client = heron(vault)
    with vault.writing() as writer:
        file_letters(writer, [filing(1, client)], NOW)
    with raw_connection(vault_path) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE letter SET number = NULL")
    assert len(vault.damage()) == 1


def test_damage_finds_a_changed_page_that_nothing_refers_to(vault_path: Path) -> None:
    with Vault.create(vault_path, TEST_KEY, NOW) as vault:
        with vault.writing() as writer:
            writer.run("CREATE TABLE filler (x BLOB NOT NULL) STRICT")
            writer.run("INSERT INTO filler VALUES (zeroblob(200000))")
        with vault.writing() as writer:
            writer.run("DROP TABLE filler")
    whole = bytearray(vault_path.read_bytes())
    last = whole[-cipher.PAGE_BYTES :]
    whole[-cipher.PAGE_BYTES // 2] ^= 1
    assert last != whole[-cipher.PAGE_BYTES :]
    vault_path.write_bytes(whole)
    with Vault.open(vault_path, TEST_KEY) as vault:
        assert vault.damage()


# --- filing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["message_id", "author_address", "in_reply_to", "notes"])
def test_C42_half_a_character_anywhere_in_a_header_stops_no_filing(vault: Vault, field: str) -> None:
    client = heron(vault)
    odd = "<\ud800@mail.example>"
    change = {field: (odd,) if field in {"in_reply_to", "notes"} else odd}
    with vault.writing() as writer:
        filed = file_letters(writer, [filing(1, client, **change), filing(2, client)], NOW)
    assert [each.is_new for each in filed] == [True, True]
