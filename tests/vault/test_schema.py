"""The schema: documented as it is, migrated after a backup, whole or not at all, and never from the future."""

import re
import shutil
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.domain.draft import DraftName
from therapymail.domain.listing import ListFilter
from therapymail.domain.names import LetterName
from therapymail.domain.statuses import Ending
from therapymail.errors import FileUnusable, VaultDamaged, VaultNewer
from therapymail.vault import (
    agreements,
    bookmarks,
    clients,
    courses,
    drafts,
    erasures,
    exchange_tags,
    exchanges,
    images,
    journal,
    key_candidates,
    key_changes,
    milestones,
    outbox,
    passage_tags,
    rereads,
    retention,
    schema,
    sent,
    sent_copies,
    stale,
    statuses,
    texts,
)
from therapymail.vault.connection import Vault
from therapymail.vault.filing import file_letters
from therapymail.vault.letters import letter, list_letters
from therapymail.vault.notes_store import NOTE_INDEX_TABLES, NOTE_PROJECTIONS, NotesStore
from therapymail.vault.rebuild import INDEX_TABLES, PROJECTIONS, rebuild

from .builders import NOW, digest_of, filing, fingerprint_of, heron
from .conftest import TEST_KEY

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "schema.sql"
DOCUMENT_OF_NOTES = ROOT / "docs" / "schema-notes.sql"
RELEASED = Path(__file__).parent / "released"
CLASSES = ("original", "journal", "projection", "working state")
_WORKING_STATE = {
    *("place", "bookmark", "searched_address", "stranger", "secret", "meta"),
    *("draft", "draft_text", "draft_enclosure", "outbox", "outbox_sealed", "sent_copy", "draft_word"),
    "stale_course",
    *("key_candidate", "key_found", "autocrypt_offer"),
    "note_draft",
}
EVERYTHING = (
    "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
    " AND name NOT GLOB 'letter_index_*' AND name NOT GLOB 'note_index_*'"
)


def plain(sql: str) -> str:
    """`sql` without comments, with single blanks, and none before a comma or a bracket's end."""
    without_comments = re.sub(r"--[^\n]*", "", sql)
    return re.sub(r" (?=[,)])", "", re.sub(r"\s+", " ", without_comments)).strip()


def reference_database(document: Path = DOCUMENT) -> sqlcipher.Connection:
    """A database made by the document alone."""
    reference = sqlcipher.connect(":memory:")
    reference.executescript(document.read_text(encoding="utf-8"))
    return reference


def classes_in_document(document: Path = DOCUMENT) -> dict[str, str]:
    """What the comment before each CREATE TABLE says the table is."""
    found = {}
    text = document.read_text(encoding="utf-8")
    for comment, name in re.findall(r"((?:^--[^\n]*\n)+)CREATE (?:VIRTUAL )?TABLE (\w+)", text, re.MULTILINE):
        found[name] = comment.removeprefix("-- ").split(":")[0]
    return found


# --- the document --------------------------------------------------------------------------------------


def test_the_documented_schema_is_the_real_one(vault: Vault) -> None:
    with vault.reading() as reader:
        real = {name: plain(sql) for name, sql in reader.rows(EVERYTHING)}
        index_settings = reader.rows("SELECT k, v FROM letter_index_config ORDER BY k")
    reference = reference_database()
    assert {name: plain(sql) for name, sql in reference.execute(EVERYTHING)} == real
    assert reference.execute("SELECT k, v FROM letter_index_config ORDER BY k").fetchall() == index_settings


def test_every_table_says_what_it_is_and_rebuild_agrees(vault: Vault) -> None:
    said = classes_in_document()
    with vault.reading() as reader:
        rows = reader.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"
            " AND name NOT GLOB 'letter_index_*' AND name NOT GLOB 'note_index_*' AND name NOT GLOB 'sqlite_*'"
        )
    assert {name for (name,) in rows} == set(said)
    assert set(said.values()) <= set(CLASSES)
    assert {name for name, what in said.items() if what == "projection"} == {*PROJECTIONS, *INDEX_TABLES}
    assert {name for name, what in said.items() if what == "working state"} == _WORKING_STATE


def test_every_table_of_ours_is_strict(vault: Vault) -> None:
    with vault.reading() as reader:
        loose = reader.rows(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND schema = 'main'"
        )
    # SQLite's own, and what FTS5 makes for its index, cannot be.
    assert [name for (name,) in loose if not name.startswith(("sqlite_", "letter_index", "note_index"))] == []


def test_the_documented_schema_of_process_notes_is_the_real_one(tmp_path: Path) -> None:
    with NotesStore.create(tmp_path / "notes.db", TEST_KEY, NOW) as store, store.reading() as reader:
        real = {name: plain(sql) for name, sql in reader.rows(EVERYTHING)}
        index_settings = reader.rows("SELECT k, v FROM note_index_config ORDER BY k")
    reference = reference_database(DOCUMENT_OF_NOTES)
    assert {name: plain(sql) for name, sql in reference.execute(EVERYTHING)} == real
    assert reference.execute("SELECT k, v FROM note_index_config ORDER BY k").fetchall() == index_settings
    said = classes_in_document(DOCUMENT_OF_NOTES)
    assert {name for name, what in said.items() if what == "projection"} == {*NOTE_PROJECTIONS, *NOTE_INDEX_TABLES}
    assert {name for name, what in said.items() if what == "working state"} == {"meta", "note_draft"}


def test_a_store_of_one_sort_is_not_taken_for_the_other(tmp_path: Path, vault_path: Path) -> None:
    """Each has a key of its own; should they ever be one, the tables still differ."""
    with NotesStore.create(tmp_path / "notes.db", TEST_KEY, NOW) as store, store.reading() as reader:
        assert reader.row("SELECT 1 FROM sqlite_schema WHERE name IN ('letter', 'client', 'letter_text')") is None


# --- migrating -----------------------------------------------------------------------------------------


@pytest.fixture
def older(vault_path: Path) -> Path:
    """A vault of today's schema with two letters: older than the one that `with_next_step` knows."""
    with Vault.create(vault_path, TEST_KEY, NOW) as vault:
        client = heron(vault)
        with vault.writing() as writer:
            file_letters(writer, [filing(1, client), filing(2, client)], NOW)
    return vault_path


def with_next_step(monkeypatch: pytest.MonkeyPatch, *statements: str) -> int:
    steps = (*schema.steps(), *statements)
    monkeypatch.setattr(schema, "steps", lambda: steps)
    monkeypatch.setattr(schema, "NEWEST", len(steps))
    return len(steps)


def test_migrating_backs_up_first_and_keeps_everything(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = with_next_step(
        monkeypatch, "CREATE TABLE later (x INTEGER NOT NULL) STRICT;\nINSERT INTO later VALUES (1);"
    )
    with Vault.open(older, TEST_KEY) as vault, vault.reading() as reader:
        assert reader.row("SELECT x FROM later") == (1,)
        assert reader.row("PRAGMA user_version") == (newest,)
        assert len(list_letters(reader, ListFilter())) == 2
    (backup,) = schema.backups_of(older)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert b"letter number" not in backup.read_bytes()
    monkeypatch.undo()
    with Vault.open(backup, TEST_KEY) as before, before.reading() as reader:
        assert reader.row("PRAGMA user_version") == (newest - 1,)
        assert len(list_letters(reader, ListFilter())) == 2


def test_a_step_that_fails_halfway_changes_nothing(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_next_step(monkeypatch, "CREATE TABLE later (x INTEGER NOT NULL) STRICT;\nINSERT INTO absent VALUES (1);")
    with pytest.raises(sqlcipher.OperationalError):
        Vault.open(older, TEST_KEY)
    monkeypatch.undo()
    with Vault.open(older, TEST_KEY) as vault, vault.reading() as reader:
        assert reader.row("SELECT 1 FROM sqlite_schema WHERE name = 'later'") is None
        assert len(list_letters(reader, ListFilter())) == 2


def test_only_the_last_three_backups_are_kept(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = len(schema.steps()) + 1
    for number in range(5):
        with_next_step(monkeypatch, f"CREATE TABLE later_{number} (x INTEGER NOT NULL) STRICT;")
        Vault.open(older, TEST_KEY).close()
    names = [path.name for path in schema.backups_of(older)]
    assert names == [f"vault.before-schema-{first + number:04d}.db" for number in (2, 3, 4)]


def test_a_backup_that_finds_no_room_stops_the_migration(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_next_step(monkeypatch, "CREATE TABLE later (x INTEGER NOT NULL) STRICT;")
    # What stands in the way of the backup's name is as good as a full disk here.
    (older.parent / f"vault.before-schema-{len(schema.steps()):04d}.db").mkdir()
    with pytest.raises(FileUnusable):
        Vault.open(older, TEST_KEY)
    monkeypatch.undo()
    with Vault.open(older, TEST_KEY) as vault, vault.reading() as reader:
        assert reader.row("SELECT 1 FROM sqlite_schema WHERE name = 'later'") is None
    assert not list(older.parent.glob(".new-*"))


def test_a_vault_of_a_later_version_is_left_alone(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = with_next_step(monkeypatch, "CREATE TABLE later (x INTEGER NOT NULL) STRICT;")
    Vault.open(older, TEST_KEY).close()
    monkeypatch.undo()
    before = older.read_bytes()
    with pytest.raises(VaultNewer) as caught:
        Vault.open(older, TEST_KEY)
    assert (caught.value.found, caught.value.known) == (newest, newest - 1)
    assert older.read_bytes() == before


def test_an_encrypted_database_that_is_no_vault_is_refused(vault_path: Path) -> None:
    stranger = sqlcipher.connect(vault_path)
    stranger.execute(f"PRAGMA key = \"x'{TEST_KEY.hex()}'\"")
    stranger.execute("CREATE TABLE something (x)")
    stranger.close()
    with pytest.raises(VaultDamaged):
        Vault.open(vault_path, TEST_KEY)


# --- what was released ---------------------------------------------------------------------------------


@pytest.mark.parametrize("released", sorted(RELEASED.glob("schema-*.db")), ids=lambda path: path.stem)
def test_every_released_vault_opens_and_rebuilds(released: Path, vault_path: Path) -> None:
    shutil.copy(released, vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault:
        assert vault.damage() == ()
        with vault.reading() as reader:
            assert journal.verify(reader).problems == ()
            assert [client.code for client in clients.clients(reader)] == ["HERON", "WREN"]
            before = [(str(each.name), each.subject, each.tags) for each in list_letters(reader, ListFilter())]
            assert [name for name, _, _ in before][-4:] == ["WREN-1", "HERON-3", "HERON-2", "HERON-1"]
        with vault.writing() as writer:
            rebuild(writer)
            assert before == [(str(each.name), each.subject, each.tags) for each in list_letters(writer, ListFilter())]


def test_the_way_out_of_a_released_vault_is_as_it_was_left(vault_path: Path) -> None:
    shutil.copy(RELEASED / "schema-2.db", vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        rebuild(writer)
        assert [each.content.text for each in drafts.drafts(writer)] == [
            "nobody knows",
            "a held letter",
            "an open draft",
        ]
        assert drafts.enclosure_data(writer, DraftName(1)) == [b"plan"]
        entries = outbox.entries(writer, sent_since=NOW)
        assert {str(each.draft): each.state.value for each in entries} == {
            "D-2": "held",
            "D-3": "sent",
            "D-4": "uncertain",
        }
        assert outbox.entry(writer, DraftName(3)).letter == LetterName("HERON", 4)
        assert sent.proof_of(writer, letter(writer, LetterName("HERON", 4)).digest) is not None
        assert len(sent_copies.pending(writer)) == 1


def test_the_keys_found_in_letters_of_a_released_vault_are_there(vault_path: Path) -> None:
    shutil.copy(RELEASED / "schema-3.db", vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        rebuild(writer)
        (candidate,) = key_candidates.candidates(writer)
        assert candidate.certificate.fingerprint == fingerprint_of(2)
        assert [place.letter for place in candidate.places] == [LetterName("HERON", 1)]


def test_the_key_change_of_a_released_vault_is_open(vault_path: Path) -> None:
    shutil.copy(RELEASED / "schema-5.db", vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        rebuild(writer)
        [change] = key_changes.open_changes(writer)
        assert (change.fingerprint, change.pinned, change.letter) == (
            fingerprint_of(2),
            fingerprint_of(1),
            LetterName("HERON", 1),
        )


def test_the_work_of_a_released_vault_stands_as_it_stood(vault_path: Path) -> None:
    shutil.copy(RELEASED / "schema-6.db", vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        for _ in range(2):
            heron, wren = clients.clients(writer)
            first, second = agreements.agreements_with(writer, heron.identity)
            assert (first.version, first.withdrawn, second.terms.word_limit) == (1, None, 800)
            assert second.withdrawn is not None
            assert [each.agreement for each in exchanges.course_of(writer, heron.identity).exchanges] == [1, 1]
            assert [change.ending for change in statuses.statuses_of(writer, wren.identity)] == [Ending.PLANNED]
            rebuild(writer)


def test_what_was_said_of_clients_before_schema_6_is_known_since_when(vault_path: Path) -> None:
    shutil.copy(RELEASED / "schema-5.db", vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        before = {table: writer.rows(f"SELECT * FROM {table}") for table in ("client_status", "agreement")}
        assert len(stale.stale_clients(writer)) == len(clients.clients(writer))
        courses.bring_courses_up_to_date(writer)
        found = writer.rows("SELECT * FROM exchange ORDER BY client, number")
        rebuild(writer)
        assert {table: writer.rows(f"SELECT * FROM {table}") for table in before} == before
        assert found
        assert writer.rows("SELECT * FROM exchange ORDER BY client, number") == found


def test_the_marks_of_a_released_vault_are_there(vault_path: Path) -> None:
    shutil.copy(RELEASED / "schema-10.db", vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        for _ in range(2):
            heron = clients.clients(writer)[0].identity
            [tagged] = passage_tags.passages_of_client(writer, heron)
            assert (tagged.passage.first, tagged.passage.end, tagged.tags) == (0, 4, ("grief/father",))
            assert exchange_tags.exchange_tags(writer, heron) == {digest_of(1): ("review",)}
            [milestone] = milestones.milestones(writer, heron)
            assert (milestone.said, milestone.letter, milestone.passage) == (
                "she sees it",
                digest_of(1),
                tagged.passage,
            )
            assert [str(each.name) for each in bookmarks.bookmarks(writer, heron)] == ["B-2", "B-1"]
            assert [each.variants for each in images.images(writer, heron)] == [("dark room",)]
            assert rereads.first_read(writer, digest_of(1)) == NOW
            assert rereads.rereads_of_client(writer, heron) == {digest_of(1): (NOW.date(),)}
            rebuild(writer)


def test_F32_how_long_records_of_a_released_vault_are_kept_and_what_was_erased(vault_path: Path) -> None:
    shutil.copy(RELEASED / "schema-12.db", vault_path)
    with Vault.open(vault_path, TEST_KEY) as vault, vault.writing() as writer:
        for _ in range(2):
            heron = clients.clients(writer)[0].identity
            assert retention.retentions(writer)[heron].said == "as we agreed"
            assert retention.legal_holds(writer)[heron].reason == "a complaint"
            [erased] = erasures.erasures(writer)
            assert erased.certificate["counts"]["letters"] == 1
            assert writer.row("SELECT 1 FROM erased_letter WHERE digest = ?", (digest_of(30),))
            rebuild(writer)


def test_there_is_a_released_vault_of_every_schema() -> None:
    assert {path.stem for path in RELEASED.glob("schema-*.db")} == {
        f"schema-{number}" for number in range(1, len(schema.steps()) + 1)
    }


def test_S27_backups_go_when_the_vault_is_scrubbed(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_next_step(monkeypatch, "CREATE TABLE later (x INTEGER NOT NULL) STRICT;")
    with Vault.open(older, TEST_KEY) as vault:
        assert schema.backups_of(older)
        vault.scrub()
        assert schema.backups_of(older) == []
        assert not list(older.parent.glob("*.db-wal")) or (older.parent / "vault.db-wal").stat().st_size == 0


def test_F17_the_order_of_quotations_is_kept_from_schema_11_on(vault_path: Path) -> None:
    for name, is_ordered in (("schema-10.db", False), ("schema-11.db", True)):
        shutil.copy(RELEASED / name, vault_path)
        with Vault.open(vault_path, TEST_KEY) as vault, vault.reading() as reader:
            read = texts.reading(reader, digest_of(1))
            assert read is not None
            assert read.is_ordered is is_ordered
            assert [piece.quoted for piece in read.pieces] == ([True, False] if is_ordered else [False, True])
