"""Notes in either store: written, changed while they may be, amended, erased with all the journal says of them."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from therapymail.domain.note import Note, NoteKind, NoteLinks, NoteName, Purpose
from therapymail.domain.note_template import PROGRESS
from therapymail.domain.passage import Passage
from therapymail.errors import NoteChanged, NoteLocked, NoteUnknown, NothingWritten
from therapymail.vault import journal, note_drafts, notes, schema
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.note_search import search_notes
from therapymail.vault.notes_store import NOTE_PROJECTIONS, NotesStore, note_passphrase, rebuild_notes

from .builders import NOW, digest_of, reading
from .conftest import TEST_KEY
from .pages import deciphered
from .test_rebuild import state

WEEK = timedelta(days=7)
HERON, WREN = "a" * 32, "b" * 32
CANARY = "quillfeathered"
RELEASED = Path(__file__).parent / "released"


@pytest.fixture(params=NoteKind)
def kind(request: pytest.FixtureRequest) -> NoteKind:
    kind: NoteKind = request.param
    return kind


@pytest.fixture
def store(kind: NoteKind, tmp_path: Path) -> Iterator[Vault]:
    """The store that holds notes of this kind."""
    sort = Vault if kind is NoteKind.PROGRESS else NotesStore
    with sort.create(tmp_path / "store.db", TEST_KEY, NOW) as made:
        yield made


def begun(writer: Writer, kind: NoteKind, text: str = "the garden", client: str = HERON) -> NoteName:
    links = NoteLinks(digest_of(1), Passage.of(digest_of(1), reading(1).text, 5, 11), digest_of(2))
    return note_drafts.begin_new(
        writer, kind, client=client, template="soap", begun_with=PROGRESS[0].rendered(), text=text, links=links, now=NOW
    ).name


def kept(writer: Writer, kind: NoteKind, text: str = "the garden", client: str = HERON) -> Note:
    return note_drafts.keep(writer, begun(writer, kind, text, client), WEEK, NOW)


def test_a_note_is_kept_as_it_was_written(store: Vault, kind: NoteKind) -> None:
    with store.writing() as writer:
        made = kept(writer, kind, "## Plan\nthe garden\n\n## Objective\n")
        expected = "N-1" if kind is NoteKind.PROGRESS else "P-1"
        assert (str(made.name), made.client, made.format, made.words) == (expected, HERON, "soap", 4)
        assert notes.whole(writer, made.name).text == "## Plan\nthe garden"
        assert made.links.passage is not None
        assert made.links.passage.place_in(reading(1).text) == (5, 11)
        assert (made.links.letter, made.links.exchange, made.locks) == (digest_of(1), digest_of(2), NOW + WEEK)
        assert note_drafts.drafts(writer, kind) == []


def test_F20_a_note_in_which_nothing_was_written_is_not_kept(store: Vault, kind: NoteKind) -> None:
    with store.writing() as writer:
        name = begun(writer, kind, PROGRESS[0].rendered())
        with pytest.raises(NothingWritten):
            note_drafts.keep(writer, name, WEEK, NOW)
        assert note_drafts.draft(writer, name).text == PROGRESS[0].rendered()


def test_F34_a_locked_note_is_only_amended(store: Vault, kind: NoteKind) -> None:
    later = NOW + WEEK
    with store.writing() as writer:
        name = kept(writer, kind).name
        notes.rewrite(writer, name, "the garden, watered", later - timedelta(seconds=1))
        for change in (
            lambda: notes.rewrite(writer, name, "something else", later),
            lambda: note_drafts.begin_change(writer, name, Purpose.EDIT, later),
            lambda: notes.refuse_locked(writer, notes.note(writer, name), later),
        ):
            with pytest.raises(NoteLocked):
                change()
        notes.amend(writer, name, "it grew", later)
        notes.amend(writer, name, "and grew", later + WEEK)
        found = notes.whole(writer, name)
    assert found.text == "the garden, watered"
    assert [(each.written, each.text) for each in found.amendments] == [(later, "it grew"), (later + WEEK, "and grew")]
    assert found.note.changed == later + WEEK


def test_S23_F34_a_clock_that_is_set_back_opens_no_locked_note(store: Vault, kind: NoteKind) -> None:
    with store.writing() as writer:
        name = kept(writer, kind).name
        notes.amend(writer, name, "it grew", NOW + WEEK)
        with pytest.raises(NoteLocked):
            notes.rewrite(writer, name, "something else", NOW)


def test_S23_F34_a_clock_that_once_stood_years_ahead_does_not_lock_the_notes_of_every_later_day(
    store: Vault, kind: NoteKind
) -> None:
    with store.writing() as writer:
        former = kept(writer, kind).name
        notes.amend(writer, former, "it grew", NOW + 3000 * WEEK)  # the clock's mistake
        later = kept(writer, kind).name
        notes.rewrite(writer, later, "something else", NOW + WEEK / 2)
        with pytest.raises(NoteLocked):
            notes.rewrite(writer, former, "something else", NOW)
        with pytest.raises(NoteLocked):
            notes.rewrite(writer, later, "too late", NOW + WEEK)


def test_a_change_and_an_amendment_are_written_step_by_step(store: Vault, kind: NoteKind) -> None:
    with store.writing() as writer:
        name = kept(writer, kind).name
        first = note_drafts.begin_change(writer, name, Purpose.EDIT, NOW)
        assert (first.text, first.purpose) == ("the garden", Purpose.EDIT)
        saved = note_drafts.save(writer, name, "the garden, half", builds_on=first.revision, now=NOW)
        with pytest.raises(NoteChanged):
            note_drafts.save(writer, name, "from another window", builds_on=first.revision, now=NOW)
        assert note_drafts.begin_change(writer, name, Purpose.EDIT, NOW) == saved
        with pytest.raises(NoteChanged):
            note_drafts.begin_change(writer, name, Purpose.AMENDMENT, NOW)
        assert notes.whole(writer, name).text == "the garden"
        note_drafts.keep(writer, name, WEEK, NOW)
        assert notes.whole(writer, name).text == "the garden, half"
        addition = note_drafts.begin_change(writer, name, Purpose.AMENDMENT, NOW)
        assert note_drafts.begin_change(writer, name, Purpose.EDIT, NOW) == addition
        note_drafts.save(writer, name, "an addition", builds_on=None, now=NOW)
        assert note_drafts.keep(writer, name, WEEK, NOW).amendments == 1


def test_a_number_is_never_given_twice(store: Vault, kind: NoteKind) -> None:
    with store.writing() as writer:
        first = kept(writer, kind)
        second = begun(writer, kind)
        notes.erase(writer, first, NOW)
        third = kept(writer, kind)
        notes.erase(writer, third, NOW)
        (rebuild_notes if kind is NoteKind.PROCESS else lambda _: None)(writer)
        assert [each.number for each in (first.name, second, third.name, begun(writer, kind))] == [1, 2, 3, 4]


def test_notes_that_are_unknown_are_said_to_be(store: Vault, kind: NoteKind) -> None:
    with store.reading() as reader:
        for ask in (notes.note, notes.whole, note_drafts.draft):
            with pytest.raises(NoteUnknown):
                ask(reader, NoteName(kind, 7))


def test_H14_an_erased_note_leaves_no_word(store: Vault, kind: NoteKind, tmp_path: Path) -> None:
    with store.writing() as writer:
        gone = kept(writer, kind, f"{CANARY} one")
        notes.rewrite(writer, gone.name, f"{CANARY} two", NOW)
        notes.amend(writer, gone.name, f"{CANARY} three", NOW)
        note_drafts.begin_change(writer, gone.name, Purpose.EDIT, NOW)
        kept(writer, kind, "what stays", WREN)
    with store.writing() as writer:
        notes.erase(writer, notes.note(writer, gone.name), NOW)
    assert store.clear_log()
    with store.reading() as reader:
        assert journal.verify(reader).problems == ()
        assert [each.client for each in notes.notes(reader, kind)] == [WREN]
        assert not [payload for _, payload in journal.entries(reader) if payload and "text" in payload][1:]
    assert CANARY.encode() not in deciphered(tmp_path / "store.db", TEST_KEY)


def test_S27_every_note_about_a_client_is_erased_begun_ones_too(store: Vault, kind: NoteKind, tmp_path: Path) -> None:
    with store.writing() as writer:
        for number in range(3):
            kept(writer, kind, f"{CANARY} {number}")
        begun(writer, kind, CANARY)
        stays = kept(writer, kind, "what stays", WREN)
        assert notes.erase_all_of(writer, kind, HERON, NOW + 3 * WEEK) == 4
        assert [each.name for each in notes.notes(writer, kind)] == [stays.name]
    store.scrub()
    assert CANARY.encode() not in deciphered(tmp_path / "store.db", TEST_KEY)
    assert schema.backups_of(tmp_path / "store.db") == []


def test_searching_finds_notes_and_their_amendments_in_the_forms_of_words(store: Vault, kind: NoteKind) -> None:
    from therapymail.domain.query_text import read_query

    with store.writing() as writer:
        made = kept(writer, kind, "We talked of the gardens that I and she had known, and of what the sea was.")
        other = kept(writer, kind, "Nothing of the kind is in this one, but it was written as well.", WREN)
        notes.amend(writer, other.name, "And then there was a garden in it after all, for what it is.", NOW)
        for text, expected in (
            ("garden", [other, made]), ('"the sea"', [made]), ("client:WREN", [other]), ("-garden", []),
            ("from:me sea", [made]), ("before:2020", []), ("gar*", [other, made]), ("tag:x", []),
        ):  # fmt: skip
            found = search_notes(writer, kind, read_query(text), identity_of=lambda code: {"WREN": WREN}[code])
            assert {hit.note.name for hit in found.hits} == {each.name for each in expected}, text
            assert found.total == len(expected)
        notes.erase(writer, notes.note(writer, made.name), NOW)
        assert search_notes(writer, kind, read_query("sea"), identity_of=str).hits == ()


# --- the store of process notes ------------------------------------------------------------------------


@pytest.fixture
def process(tmp_path: Path) -> Iterator[NotesStore]:
    with NotesStore.create(tmp_path / "notes.db", TEST_KEY, NOW) as made:
        yield made


def test_rebuilding_the_process_notes_changes_nothing(process: NotesStore) -> None:
    with process.writing() as writer:
        for number in range(3):
            kept(writer, NoteKind.PROCESS, f"text {number}")
        begun(writer, NoteKind.PROCESS, "not yet kept")
        name = NoteName(NoteKind.PROCESS, 2)
        notes.rewrite(writer, name, "another", NOW)
        notes.amend(writer, name, "more", NOW)
        notes.erase(writer, notes.note(writer, NoteName(NoteKind.PROCESS, 1)), NOW)
        note_passphrase(writer, own=True, now=NOW)
        tables = (*NOTE_PROJECTIONS, "note_indexed", "note_draft", "journal", "journal_payload", "journal_head")
        before = state(writer, tables)
        assert rebuild_notes(writer) > 0
        assert state(writer, tables) == before
        assert journal.verify(writer).problems == ()


def test_F34_a_journal_of_process_notes_that_was_emptied_shows(process: NotesStore) -> None:
    with process.writing() as writer:
        kept(writer, NoteKind.PROCESS)
    with process.writing() as writer:
        writer.run("DROP TRIGGER journal_is_never_shortened")
        for table in ("journal_payload", "journal", "journal_head"):
            writer.run(f"DELETE FROM {table}")
        assert journal.verify(writer).problems


def test_F19_no_word_of_a_process_note_lies_in_clear(process: NotesStore, tmp_path: Path) -> None:
    with process.writing() as writer:
        kept(writer, NoteKind.PROCESS, CANARY)
    for file in tmp_path.iterdir():
        assert CANARY.encode() not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("released", sorted(RELEASED.glob("notes-*.db")), ids=lambda path: path.stem)
def test_every_released_store_opens_and_rebuilds(released: Path, tmp_path: Path) -> None:
    shutil.copy(released, tmp_path / "notes.db")
    with NotesStore.open(tmp_path / "notes.db", TEST_KEY) as store:
        assert store.damage() == ()
        with store.writing() as writer:
            rebuild_notes(writer)
            assert journal.verify(writer).problems == ()
            (kept,) = notes.notes(writer, NoteKind.PROCESS)
            whole = notes.whole(writer, kept.name)
            assert (str(kept.name), whole.text, whole.amendments[0].text) == (
                "P-1",
                "## Theme\nthe garden",
                "read again",
            )
            assert kept.links.passage is not None
            assert kept.links.passage.place_in(reading(1).text) == (0, 4)
            assert [str(each.name) for each in note_drafts.drafts(writer, NoteKind.PROCESS)] == ["P-3"]


def test_there_is_a_released_store_of_every_schema() -> None:
    assert [path.stem for path in sorted(RELEASED.glob("notes-*.db"))] == [
        f"notes-{number}" for number in range(1, len(schema.steps_of_notes()) + 1)
    ]
