"""A client's erasure takes every word of them from every table and page, and nothing of anybody else (S27, H14)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from therapymail.domain.client import Client
from therapymail.domain.listing import ListFilter
from therapymail.domain.note import NoteKind
from therapymail.vault import clients, erasing, erasures, journal, texts
from therapymail.vault.connection import Reader, Vault
from therapymail.vault.filing import file_letters
from therapymail.vault.index import count_searchable
from therapymail.vault.journal import Payload
from therapymail.vault.letters import list_letters
from therapymail.vault.notes_store import NotesStore, rebuild_notes
from therapymail.vault.rebuild import rebuild
from therapymail.vault.tags import tags_in_use

from .builders import NOW, add_wren, filing, reading
from .conftest import TEST_KEY
from .marked_client import MARKED, marked_vault, write_notes
from .pages import deciphered

# What a table holds that no erasure touches: one more column may hold something of a client.
COLUMNS_OF_NOBODY = {
    "backup_checked": {"moment", "sha256", "outcome"},
    "backup_made": {"moment", "sha256", "bytes", "letters", "entries", "sealed_to"},
    "bookmark": {"account", "folder", "uidvalidity", "uidnext", "highestmodseq", "messages"},
    "erased_letter": {"digest"},
    "erased_note": {"identity", "number"},
    "erasure": {"identity", "moment", "reason_kind", "letters", "certificate"},
    "executor": {"identity", "name", "contact", "fingerprint", "certificate", "instructions", "moment"},
    "executor_pack": {"moment", "executor", "sha256", "clients", "with_vault_key", "drilled", "words"},
    "journal": {"device", "sequence", "time", "what", "about", "payload_hash", "previous"},
    "journal_head": {"device", "sequence", "time", "hash"},
    "meta": {"name", "value"},
    "own_key_past": {"fingerprint", "since", "until"},
    "recovery_kit": {"moment", "fingerprint", "tested"},
    "secret": {"name", "value"},
    "stranger": {"account", "folder", "uidvalidity", "uid"},
}
_OURS = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
    " AND name NOT LIKE 'sqlite%'"
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a vault as `marked_vault` fills it, closed."""
    path = tmp_path_factory.mktemp("marked") / "vault.db"
    with Vault.create(path, TEST_KEY, NOW) as vault:
        with vault.writing() as writer:
            marked_vault(writer)
        vault.scrub()
    return path


@pytest.fixture
def marked(filled: Path, vault_path: Path) -> Iterator[Vault]:
    shutil.copy(filled, vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault:
        yield vault


def certified(counts: dict[str, int]) -> Payload:
    return {"reason_kind": "reason", "counts": counts}


def client(reader: Reader, code: str = "GYMKHANACODE") -> Client:
    return clients.client_by_code(reader, code)


def erase(vault: Vault) -> Payload:
    with vault.writing() as writer:
        return erasing.erase_client(writer, client(writer).identity, certified, "asked for it in writing", NOW)


def tables(reader: Reader) -> list[str]:
    return [name for (name,) in reader.rows(_OURS)]


def sizes(reader: Reader) -> dict[str, int]:
    """The number of rows of each table; an index counts by what was put into it."""
    wanted = [name for name in tables(reader) if name not in {"letter_index", "note_index"}]
    return {name: reader.rows(f"SELECT count(*) FROM {name}")[0][0] for name in wanted}


def everything(reader: Reader) -> dict[str, list[tuple[object, ...]]]:
    left_out = {"letter_index", "note_index", "meta"}
    return {
        name: sorted(reader.rows(f"SELECT * FROM {name}"), key=repr) for name in tables(reader) if name not in left_out
    }


# --- every table ---------------------------------------------------------------------------------------


def test_S27_every_table_of_either_store_is_named_by_the_erasure(marked: Vault, tmp_path: Path) -> None:
    """A new table fails here until somebody has thought of what an erasure does to it."""
    named = [*erasing.OF_CLIENT, *erasing.WITH_LETTERS, *erasing.BY_ITSELF, *erasing.OF_NOBODY]
    assert len(named) == len(set(named))
    with marked.reading() as reader:
        record = {name for name in tables(reader) if not name.startswith(("letter_index_", "note_index_"))}
    assert record == set(named)
    with NotesStore.create(tmp_path / "notes.db", TEST_KEY, NOW) as store, store.reading() as reader:
        of_notes = {name for name in tables(reader) if not name.startswith("note_index_")}
    assert of_notes <= set(named)


def test_S27_what_no_erasure_touches_has_no_column_for_a_client(marked: Vault) -> None:
    with marked.reading() as reader:
        columns = {
            name: {column for (column,) in reader.rows("SELECT name FROM pragma_table_info(?)", (name,))}
            for name in erasing.OF_NOBODY
        }
    assert columns == COLUMNS_OF_NOBODY


def test_S27_every_table_that_can_hold_something_of_a_client_loses_it(marked: Vault) -> None:
    """So the search for marked words below is a search in all of them."""
    with marked.reading() as reader:
        before = sizes(reader)
    erase(marked)
    with marked.reading() as reader:
        after = sizes(reader)
    # Blocks of letters are made of thousands (tests/vault/test_blocks.py).
    of_the_index = {"letter_index", "note_index", "index_block", "index_block_part", "index_bits"}
    losing = {*erasing.OF_CLIENT, *erasing.WITH_LETTERS, *erasing.BY_ITSELF} - of_the_index
    # The journal's payloads are fewer and its tombstones more; there is one language.
    unchanged = {name for name in losing - {"journal_payload", "index_language"} if after[name] >= before[name]}
    assert unchanged == set()


# --- every byte ----------------------------------------------------------------------------------------


def test_S27_H14_no_marked_word_is_left_in_any_page(marked: Vault) -> None:
    before = deciphered(marked._path, TEST_KEY).lower()
    assert [word for word in MARKED if word.encode() not in before] == []
    erase(marked)
    marked.scrub()
    after = deciphered(marked._path, TEST_KEY).lower()
    # FTS5 stores what terms have in common once: their later parts would give them away too.
    parts = {part for word in MARKED for part in (word, word[3:], word[:7])}
    assert sorted(part for part in parts if part.encode() in after) == []
    assert b"garden" in after
    assert marked.damage() == ()


def test_S27_no_key_of_theirs_is_left_and_every_other_one_is(marked: Vault) -> None:
    with marked.reading() as reader:
        keys = {key for (key,) in reader.rows("SELECT fingerprint FROM certificate")}
        theirs = keys - {
            key
            for (key,) in reader.rows(
                "SELECT fingerprint FROM pin WHERE client = ?", (client(reader, "WREN").identity,)
            )
        }
    assert len(theirs) == 2
    erase(marked)
    marked.scrub()
    after = deciphered(marked._path, TEST_KEY)
    assert [key for key in theirs if key.encode() in after] == []
    assert all(key.encode() in after for key in keys - theirs)


def test_H14_the_pages_of_the_index_are_written_anew(vault: Vault) -> None:
    """A word that once stood first in a page lives on in what leads to that page, if nobody writes it anew."""
    with vault.writing() as writer:
        theirs = clients.add_client(writer, code="HERON", name="A B", write_to="a@b.example", zone="UTC", now=NOW)
        other = add_wren(writer)
        words = [f"yeti{number:05d}" for number in range(9000)]
        for start in range(0, 9000, 300):
            text = " ".join(words[start : start + 300])
            file_letters(writer, [filing(start, theirs, reading=reading(1, text), original=b"-")], NOW)
            file_letters(writer, [filing(start + 1, other)], NOW)
    with vault.writing() as writer:
        writer.run("INSERT INTO letter_index (letter_index) VALUES ('optimize')")
    with vault.writing() as writer:
        erasing.erase_client(writer, theirs.identity, certified, "", NOW)
    vault.scrub()
    after = deciphered(vault._path, TEST_KEY)
    assert b"yeti0" not in after
    assert b"eti0" not in after
    with vault.reading() as reader:
        assert count_searchable(reader) == 30


# --- the rest stays ------------------------------------------------------------------------------------


def test_C41_after_an_erasure_a_rebuild_gives_the_identical_state(marked: Vault) -> None:
    erase(marked)
    with marked.writing() as writer:
        before = everything(writer)
        rebuild(writer)
        # A correction may be due again, and is found again from the same.
        assert everything(writer) == before


def test_S27_nothing_of_anybody_else_is_touched(marked: Vault) -> None:
    with marked.reading() as reader:
        wren = client(reader, "WREN")
        theirs = [each for each in list_letters(reader, ListFilter()) if each.client == wren.identity]
        originals = {each.digest: texts.original(reader, each.digest) for each in theirs}
        notes = reader.rows("SELECT * FROM note WHERE client = ?", (wren.identity,))
    erase(marked)
    with marked.reading() as reader:
        assert client(reader, "WREN") == wren
        assert list_letters(reader, ListFilter()) == theirs
        assert {each.digest: texts.original(reader, each.digest) for each in theirs} == originals
        assert reader.rows("SELECT * FROM note WHERE client = ?", (wren.identity,)) == notes
        assert tags_in_use(reader) == ["gardens"]
        assert reader.rows("SELECT name FROM saved_search") == [("garden",)]
        assert reader.rows("SELECT word FROM draft_word") == [("Garden",)]


def test_S27_the_journal_still_verifies_and_says_only_that_it_was_done(marked: Vault) -> None:
    with marked.reading() as reader:
        identity = client(reader).identity
    certificate = erase(marked)
    with marked.reading() as reader:
        report = journal.verify(reader)
        assert report.problems == ()
        # One more was there before: a letter that was erased by itself has entries that say nothing.
        assert report.erased > certificate["counts"]["entries"] > 30
        said = [(entry.what, payload) for entry, payload in journal.entries(reader) if entry.about == identity]
        assert [what for what, payload in said if payload is not None] == ["client.erased"]
        [erased] = erasures.erasures(reader)
        assert (erased.identity, erased.certificate) == (identity, certificate)
        assert certificate["counts"]["letters"] == 7


def test_S27_erased_letters_are_not_filed_again_though_the_client_comes_back(marked: Vault) -> None:
    erase(marked)
    with marked.writing() as writer:
        again = clients.add_client(
            writer,
            code="GYMKHANACODE",
            name="Kumquatname",
            write_to="kumquatname@quetzalhost.example",
            zone="UTC",
            now=NOW,
        )
        # 9 was erased by itself before.
        found = file_letters(writer, [filing(number, again) for number in (1, 2, 9, 60)], NOW)
    assert [(each.notes, each.is_new) for each in found] == [(("erased",), False)] * 3 + [((), True)]
    with marked.reading() as reader:
        assert str(list_letters(reader, ListFilter())[0].name) == "GYMKHANACODE-1"


def test_S27_process_notes_leave_their_store(tmp_path: Path) -> None:
    with NotesStore.create(tmp_path / "notes.db", TEST_KEY, NOW) as store:
        with Vault.create(tmp_path / "vault.db", TEST_KEY, NOW) as vault, vault.writing() as writer:
            theirs, other = marked_vault(writer)
        with store.writing() as writer:
            write_notes(writer, NoteKind.PROCESS, theirs, "axolotlnote", "begunnarwhal")
            write_notes(writer, NoteKind.PROCESS, other, "the garden")
        assert b"axolotlnote" in deciphered(tmp_path / "notes.db", TEST_KEY)
        with store.writing() as writer:
            assert erasing.erase_process_notes(writer, theirs.identity, NOW) == 2
        with store.writing() as writer:
            assert erasing.erase_process_notes(writer, theirs.identity, NOW) == 0
            before = everything(writer)
            rebuild_notes(writer)
            assert everything(writer) == before
            assert journal.verify(writer).problems == ()
        store.scrub()
        after = deciphered(tmp_path / "notes.db", TEST_KEY)
        assert [word for word in ("axolotlnote", "olotl", "narwhal", "lynx to axo") if word.encode() in after] == []
        assert b"garden" in after


def test_S27_what_would_go_is_counted_without_touching_it(marked: Vault) -> None:
    with marked.reading() as reader:
        before = everything(reader)
        found = erasing.find(reader, client(reader).identity)
        assert everything(reader) == before
    assert found.counts["letters"] == 7
    assert found.counts["addresses"] == 2
    assert min(found.counts.values()) >= 1
    assert erase(marked)["counts"] == found.counts
