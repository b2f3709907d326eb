"""Notes with what they are about: letters, passages, exchanges; process notes in nothing of the record's (F19)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.arrived import arrived
from tests.support.practices import introduce, practice_in, short_directory, writers_to
from tests.vault.pages import deciphered
from therapymail.domain.agreement import Terms
from therapymail.domain.names import LetterName
from therapymail.domain.note import Note, NoteKind, NoteName, Purpose
from therapymail.domain.query import Searched
from therapymail.errors import (
    ExchangeUnknown,
    LetterUnknown,
    NoteLocked,
    NoteUnknown,
    UnusableInput,
)
from therapymail.practice.find import Found, SearchRequest, search_everything, search_letters
from therapymail.practice.note import (
    NoteRequest,
    begin_change,
    begin_note,
    discard_note,
    keep_note,
    save_note,
)
from therapymail.practice.note_links import LinkRequest
from therapymail.practice.note_reading import (
    list_notes,
    notes_of_the_record,
    process_notes_for_export,
    read_note,
)
from therapymail.practice.practice import Practice
from therapymail.practice.process_notes import (
    open_store,
)
from therapymail.practice.read import LettersRequest, list_letters, read_letter
from therapymail.vault import agreements, clients, journal
from therapymail.vault.decisions import erase_letter
from therapymail.vault.letters import letter

TUESDAY = datetime(2025, 1, 7, 21, 14, tzinfo=UTC)
TEXT = "I sat by the window. [sighs] The garden is bare, and I am [feeling low]. " + "word " * 50
CANARY, KEPT = "quillfeathered", "thistledown"


@pytest.fixture
def practice() -> Iterator[Practice]:
    with (
        short_directory() as directory,
        practice_in(directory) as made,
        writers_to(made, directory) as writers,
    ):
        heron, linden = writers.add("Maren", "maren@heron.example"), writers.add("Tomas", "tomas@linden.example")
        introduce(made, "HERON", heron)
        introduce(made, "LINDEN", linden)
        with made.vault() as vault, vault.writing() as writer:
            client = clients.client_by_code(writer, "HERON").identity
            starts = TUESDAY - timedelta(days=30)
            terms = replace(Terms(client_zone="Europe/London", own_zone="Europe/London"), word_limit=40)
            agreements.make_agreement(writer, client, terms, starts, starts)
        arrived(made, writers.letter(heron, TEXT, written=TUESDAY), TUESDAY)
        arrived(made, writers.letter(linden, "another client's letter", written=TUESDAY), TUESDAY)
        yield made


def kept(
    practice: Practice, kind: NoteKind, text: str, code: str = "HERON", template: str = "free", **about: object
) -> Note:
    begun = begin_note(practice, NoteRequest(code, kind, template, LinkRequest(**about)))  # type: ignore[arg-type]  # by name
    save_note(practice, begun.name, text)
    return keep_note(practice, begun.name).note


# --- what it is about ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NoteKind)
def test_a_note_is_about_a_letter_a_passage_and_an_exchange(practice: Practice, kind: NoteKind) -> None:
    note = kept(practice, kind, "on the garden", passage="HERON-1:22-28", exchange=1)
    whole = read_note(practice, note.name)
    assert (str(whole.view.letter), whole.view.exchange) == ("HERON-1", 1)
    assert (whole.passage, whole.quoted) == ((22, 28), "sighs]"[:6])
    (view,) = list_notes(practice, kind, "HERON")
    assert (view.name, str(view.letter), view.exchange) == (note.name, "HERON-1", 1)
    assert list_notes(practice, kind, "LINDEN") == ()


@pytest.mark.parametrize("kind", NoteKind)
def test_a_note_outlives_the_letter_it_is_about(practice: Practice, kind: NoteKind) -> None:
    note = kept(practice, kind, "on the garden", passage="HERON-1:22-28", exchange=1)
    with practice.vault() as vault, vault.writing() as writer:
        erase_letter(writer, letter(writer, LetterName("HERON", 1)).digest, practice.clock())
    whole = read_note(practice, note.name)
    assert (whole.view.letter, whole.view.exchange, whole.passage, whole.quoted) == (None, None, None, "")
    assert whole.text == "on the garden"


@pytest.mark.parametrize(
    ("about", "error"),
    [
        ({"letter": "LINDEN-1"}, UnusableInput),
        ({"letter": "HERON-9"}, LetterUnknown),
        ({"passage": "HERON-1:0-9999"}, UnusableInput),
        ({"passage": "HERON-1:0-3", "letter": "LINDEN-1"}, UnusableInput),
        ({"exchange": 2}, ExchangeUnknown),
    ],
)
def test_what_it_cannot_be_about_is_refused_and_nothing_is_begun(
    practice: Practice, about: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        kept(practice, NoteKind.PROGRESS, "x", **about)  # type: ignore[arg-type]  # by name
    assert list_notes(practice, NoteKind.PROGRESS) == ()


def test_F20_objective_is_filled_from_the_letter_where_it_is_asked_for(practice: Practice) -> None:
    asked = NoteRequest("HERON", NoteKind.PROGRESS, "soap", LinkRequest(letter="HERON-1"), prefill=True)
    begun = begin_note(practice, asked)
    note = keep_note(practice, begun.name).note
    text = read_note(practice, note.name).text
    words = len(TEXT.split())
    assert text == (
        f"## Objective\nHERON-1: {words} words, received 2025-01-07 21:14.\n"
        f"Exchange 1: {words} words; 40 agreed, over the agreed length; 2 days after the agreed day.\n"
        "Cues: [sighs], [feeling low]."
    )
    for template, links in (("soap", LinkRequest()), ("dap", LinkRequest(letter="HERON-1"))):
        with pytest.raises(UnusableInput):
            begin_note(practice, NoteRequest("HERON", NoteKind.PROGRESS, template, links, prefill=True))


def test_F34_the_days_a_note_can_be_changed_are_a_setting_fixed_when_it_is_written(practice: Practice) -> None:
    now = [datetime(2026, 11, 2, 9, tzinfo=UTC)]
    ours = replace(practice, clock=lambda: now[0], settings=replace(practice.settings, note_lock_days=2.0))
    note = kept(ours, NoteKind.PROGRESS, "on the garden")
    later = replace(ours, settings=replace(practice.settings, note_lock_days=100.0))
    now[0] += timedelta(days=2)
    with pytest.raises(NoteLocked):
        begin_change(later, note.name, Purpose.EDIT)
    with pytest.raises(NoteLocked):
        discard_note(later, note.name)
    assert list_notes(later, NoteKind.PROGRESS)[0].is_locked
    begin_change(later, note.name, Purpose.AMENDMENT)
    save_note(later, note.name, "and it grew")
    assert keep_note(later, note.name).note.amendments == 1
    assert kept(ours, NoteKind.PROCESS, "mine").locks is None


# --- apart ---------------------------------------------------------------------------------------------


def test_F19_the_record_holds_no_byte_of_a_process_note(practice: Practice) -> None:
    kept(practice, NoteKind.PROCESS, f"{CANARY} and more", passage="HERON-1:22-28", exchange=1)
    kept(practice, NoteKind.PROGRESS, KEPT, letter="HERON-1")
    store = open_store(practice)
    key, notes_key = practice.session.vault_key(), practice.session.kept("therapymail:notes") or b""
    store.close()
    record = deciphered(practice.paths.vault, key)
    assert KEPT.encode() in record
    assert CANARY.encode() not in record
    assert CANARY.encode() in deciphered(practice.paths.notes, notes_key)
    assert [each.text for each in notes_of_the_record(practice, "HERON")] == [KEPT]
    for shown in (
        read_letter(practice, "HERON-1"),
        list_letters(practice, LettersRequest()),
        list_notes(practice, NoteKind.PROGRESS),
        search_letters(practice, SearchRequest("garden OR window")),
        search_everything(practice, SearchRequest(f"{CANARY} OR {KEPT} in:notes")),
        search_everything(practice, SearchRequest(CANARY, searched=(Searched.NOTES,))),
    ):
        assert CANARY not in repr(shown._replace(read_as="") if isinstance(shown, Found) else shown)
    (found,) = search_everything(practice, SearchRequest(CANARY, searched=(Searched.PROCESS,))).notes
    assert found[1].total == 1


def test_F13_what_in_names_is_searched_and_nothing_else(practice: Practice) -> None:
    for kind in NoteKind:
        kept(practice, kind, "the garden again")
    for text, expected in (
        ("garden", ("HERON-1",)),
        ("garden in:letters", ("HERON-1",)),
        ("garden in:notes", ("N-1",)),
        ("garden in:process", ("P-1",)),
        ("garden (in:letters OR in:notes)", ("HERON-1", "N-1")),
        ("garden -in:process", ("HERON-1",)),
        ("-in:letters garden", ()),
        ("in:notes in:process garden", ()),
    ):
        found = search_everything(practice, SearchRequest(text))
        names = [str(hit.letter.name) for hit in found.letters.hits]
        names += [str(hit.note.name) for _, of_kind in found.notes for hit in of_kind.hits]
        assert tuple(names) == expected, text
    assert list_letters(practice, LettersRequest(query="garden in:process")) == ()


def test_F19_no_process_note_names_a_client_or_a_letter(practice: Practice) -> None:
    kept(practice, NoteKind.PROCESS, CANARY, passage="HERON-1:22-28")
    with open_store(practice):
        content = deciphered(practice.paths.notes, practice.session.kept("therapymail:notes") or b"")
    for word in (b"HERON", b"Maren", b"heron.example", b"window"):
        assert word not in content


def test_F19_they_leave_their_store_only_with_a_reason_which_is_journalled(practice: Practice) -> None:
    kept(practice, NoteKind.PROCESS, CANARY)
    for reason in ("", "  \n"):
        with pytest.raises(UnusableInput):
            process_notes_for_export(practice, "HERON", reason)
    (given,) = process_notes_for_export(practice, "HERON", "asked for by the client, and agreed")
    assert given.text == CANARY
    with open_store(practice) as store, store.reading() as reader:
        (said,) = [payload for entry, payload in journal.entries(reader) if entry.what == "notes.exported"]
    assert said == {"reason": "asked for by the client, and agreed", "notes": 1}
    assert process_notes_for_export(practice, "LINDEN", "a reason") == ()


def test_looking_for_process_notes_makes_no_store(practice: Practice) -> None:
    assert list_notes(practice, NoteKind.PROCESS) == ()
    assert search_everything(practice, SearchRequest("x", searched=(Searched.PROCESS,))).notes[0][1].total == 0
    name = NoteName(NoteKind.PROCESS, 1)
    for look in (
        lambda: read_note(practice, name),
        lambda: discard_note(practice, name),
        lambda: begin_change(practice, name, Purpose.EDIT),
    ):
        with pytest.raises(NoteUnknown):
            look()
    assert process_notes_for_export(practice, "HERON", "a reason") == ()
    assert not practice.paths.notes.exists()
    assert not practice.paths.notes_key.exists()
