"""Exports from a real vault: what is in them and what is not, whom they are sealed to, and what the journal keeps."""

import csv
import io
import json
import mailbox
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.exporting import FIRST, PROCESS, PROGRESS, SECOND, Shelf, shelf
from tests.support.gnupg import snapshot
from therapymail.domain.anonymise import Replacement
from therapymail.domain.exporting import FORMS, Exported, Form
from therapymail.domain.key_change import KeySign
from therapymail.errors import (
    ClientUnknown,
    ExitCode,
    ExportRefused,
    KeyUnknown,
    UnusableInput,
    explain,
)
from therapymail.pgp.packets import read_layout
from therapymail.practice.export import ExportRequest, hand_out_export, list_exports, prepare_export, write_export
from therapymail.practice.export_file import Target
from therapymail.practice.export_value import NotesWanted
from therapymail.practice.key_changes import retire_key
from therapymail.practice.keys import offer_key
from therapymail.vault import journal


@pytest.fixture(scope="module")
def shop() -> Iterator[Shelf]:
    with shelf() as made:
        yield made


def exported(shop: Shelf, what: Exported, form: Form, **asked: object) -> bytes:
    """What an export hands out."""
    given: dict[str, object] = {"code": "" if what is Exported.CALENDAR else "HERON", **asked}
    pieces: list[bytes] = []
    prepared = prepare_export(shop.practice, ExportRequest(what, form, **given))  # type: ignore[arg-type]  # by name
    hand_out_export(shop.practice, prepared, pieces.append)
    return b"".join(pieces)


# --- what is in them -----------------------------------------------------------------------------------


def test_F33_a_record_holds_letters_notes_and_exchanges_of_its_client_alone(shop: Shelf) -> None:
    content = exported(shop, Exported.RECORD, Form.JSON)
    record = json.loads(content)
    assert [letter["text"] for letter in record["letters"]] == [FIRST, SECOND]
    assert [note["text"] for note in record["notes"]] == [PROGRESS]
    assert record["exchanges"][0]["letters"] == ["HERON-1", "HERON-2"]
    assert (record["client"]["code"], record["client"]["name"], record["client"]["addresses"]) == ("HERON", None, [])
    assert b"another's" not in content
    named = json.loads(exported(shop, Exported.RECORD, Form.JSON, names=True))
    assert (named["client"]["name"], named["client"]["addresses"]) == ("Maren Quist", ["maren@heron.example"])


@pytest.mark.parametrize("what", [Exported.RECORD, Exported.LETTERBOOK, Exported.EXCHANGES])
def test_F19_no_export_holds_a_byte_of_a_process_note_unless_it_was_put_in(shop: Shelf, what: Exported) -> None:
    for form in FORMS[what]:
        holds_notes = (what, form) != (Exported.LETTERBOOK, Form.JSON)
        for notes in (NotesWanted(), *([NotesWanted(progress=True)] if holds_notes else [])):
            assert PROCESS.encode() not in exported(shop, what, form, notes=notes)


def test_F19_process_notes_are_put_in_only_with_a_reason_and_their_journal_hears_it(shop: Shelf) -> None:
    with pytest.raises(UnusableInput):
        exported(shop, Exported.RECORD, Form.JSON, notes=NotesWanted(progress=True, process=True, reason=" "))
    wanted = NotesWanted(progress=True, process=True, reason="a second opinion")
    record = json.loads(exported(shop, Exported.RECORD, Form.JSON, notes=wanted))
    assert [note["text"] for note in record["process_notes"]] == [PROCESS]
    assert PROCESS.encode() in exported(shop, Exported.LETTERBOOK, Form.HTML, notes=wanted)
    (_, last), *_ = list_exports(shop.practice, "HERON")
    assert (last.process_notes, last.reason) == (1, "a second opinion")


@pytest.mark.parametrize("notes", [NotesWanted(progress=True), NotesWanted(process=True, reason="x")])
def test_F19_a_form_that_has_no_notes_says_so_and_none_is_told_as_given_out(shop: Shelf, notes: NotesWanted) -> None:
    before = list_exports(shop.practice, "HERON")
    with pytest.raises(UnusableInput, match="as"):
        exported(shop, Exported.LETTERBOOK, Form.JSON, notes=notes)
    assert list_exports(shop.practice, "HERON") == before


@pytest.mark.parametrize(
    ("what", "form"), [(what, form) for what in (Exported.LETTERBOOK, Exported.RECORD) for form in FORMS[what]]
)
def test_S09_a_hostile_letter_is_harmless_in_every_form(shop: Shelf, what: Exported, form: Form) -> None:
    text = exported(shop, what, form).decode()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "harbour" in text
    if form is Form.HTML:
        assert "<b>bold" not in text


def test_exchanges_as_a_table(shop: Shelf) -> None:
    (row,) = csv.DictReader(io.StringIO(exported(shop, Exported.EXCHANGES, Form.CSV).decode()))
    assert (row["number"], row["letters"], row["answered"]) == ("1", "HERON-1 HERON-2", "")


def test_originals_are_as_they_came_and_open_with_the_own_key(shop: Shelf, tmp_path: Path) -> None:
    (tmp_path / "heron.mbox").write_bytes(exported(shop, Exported.LETTERS, Form.MBOX))
    box = mailbox.mbox(tmp_path / "heron.mbox")
    sealed = [
        part.get_payload(decode=True) for mail in box for part in mail.walk() if "octet" in part.get_content_type()
    ]
    box.close()
    with shop.practice.gpg() as gpg:
        opened = [gpg.run(["--decrypt"], each).output for each in sealed if isinstance(each, bytes)]
    assert [b"lighthouse" in each or b"harbour" in each for each in opened] == [True, True]
    (tmp_path / "heron.zip").write_bytes(exported(shop, Exported.LETTERS, Form.EML))
    with zipfile.ZipFile(tmp_path / "heron.zip") as archive:
        archive.extractall(tmp_path)
        assert archive.namelist() == ["HERON-1.eml", "HERON-2.eml", "SHA256SUMS"]
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True)


def test_due_dates_are_a_calendar_without_names(shop: Shelf) -> None:
    text = exported(shop, Exported.CALENDAR, Form.CALENDAR)
    assert text.startswith(b"BEGIN:VCALENDAR")
    assert b"HERON" not in text


# --- anonymised ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "form"),
    [(what, form) for what in (Exported.LETTERBOOK, Exported.RECORD, Exported.EXCHANGES) for form in FORMS[what]],
)
def test_F31_names_and_chosen_words_are_in_no_form_of_an_anonymised_export(
    shop: Shelf, what: Exported, form: Form
) -> None:
    chosen = (Replacement("Leeds", "a northern city"),)
    wanted = NotesWanted(progress=(what, form) != (Exported.LETTERBOOK, Form.JSON))
    text = exported(shop, what, form, replacements=chosen, notes=wanted).decode().lower()
    for word in ("maren", "quist", "orla", "fenwick", "leeds", "heron", "london"):
        assert word not in text, word
    assert what is Exported.EXCHANGES or "a northern city" in text


def test_F31_capitalised_words_that_are_left_are_listed_before_anything_is_written(shop: Shelf) -> None:
    prepared = prepare_export(shop.practice, ExportRequest(Exported.LETTERBOOK, Form.HTML, "HERON", replacements=()))
    assert "Leeds" in [each.word for each in prepared.unknown]


@pytest.mark.parametrize(("what", "form"), [(Exported.LETTERBOOK, Form.MARKDOWN), (Exported.RECORD, Form.JSON)])
def test_F31_nothing_is_listed_that_is_not_in_the_export(shop: Shelf, what: Exported, form: Form) -> None:
    text = exported(shop, what, form, replacements=()).decode()
    prepared = prepare_export(shop.practice, ExportRequest(what, form, "HERON", replacements=()))
    assert [each.word for each in prepared.unknown if each.word not in text] == []


@pytest.mark.parametrize("what", [Exported.LETTERS, Exported.CALENDAR])
def test_F31_originals_cannot_be_anonymised(shop: Shelf, what: Exported) -> None:
    with pytest.raises(UnusableInput):
        prepare_export(shop.practice, ExportRequest(what, FORMS[what][0], "HERON", replacements=()))


# --- sealed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS[Exported.LETTERBOOK])
def test_F49_the_clients_own_is_sealed_to_their_key_alone_and_holds_letters_alone(shop: Shelf, form: Form) -> None:
    before = snapshot(shop.practice.paths.home).keys() | snapshot(shop.practice.run.shared).keys()
    sealed = exported(shop, Exported.LETTERBOOK, form, for_client=True)
    assert (snapshot(shop.practice.paths.home).keys() | snapshot(shop.practice.run.shared).keys()) - before == set()
    assert len(read_layout(sealed).recipients) == 1
    code, content = shop.opened(sealed)
    assert code == 0
    assert b"lighthouse" in content
    for word in (PROGRESS, PROCESS, "HERON", "maren@heron"):
        assert word.encode() not in content, word
    with shop.practice.gpg() as gpg:
        assert gpg.run(["--decrypt"], sealed).returncode != 0
    (_, last), *_ = list_exports(shop.practice, "HERON")
    assert (last.for_client, last.to) == (True, shop.heron.fingerprint)


@pytest.mark.parametrize(
    "asked",
    [
        {"to": "own"},
        {"notes": NotesWanted(progress=True)},
        {"notes": NotesWanted(process=True, reason="x")},
        {"replacements": ()},
    ],
)
def test_F49_nothing_else_goes_into_the_clients_own(shop: Shelf, asked: dict[str, object]) -> None:
    with pytest.raises(UnusableInput):
        exported(shop, Exported.LETTERBOOK, Form.HTML, for_client=True, **asked)


def test_an_export_is_sealed_to_oneself_or_to_a_colleague(shop: Shelf) -> None:
    mine = exported(shop, Exported.RECORD, Form.JSON, to="own")
    with shop.practice.gpg() as gpg:
        assert json.loads(gpg.run(["--decrypt"], mine).output)["export"] == "record"
    theirs = exported(shop, Exported.RECORD, Form.JSON, to=shop.colleague.fingerprint.lower())
    assert json.loads(shop.opened(theirs)[1])["export"] == "record"


@pytest.mark.parametrize("typed", ["ida@else.example", "", "F" * 39, "HERON"])
def test_H1_a_key_is_named_by_its_whole_fingerprint_alone(shop: Shelf, typed: str) -> None:
    with pytest.raises(UnusableInput):
        exported(shop, Exported.RECORD, Form.JSON, to=typed)
    with pytest.raises(UnusableInput):
        exported(shop, Exported.RECORD, Form.JSON, to=shop.colleague.fingerprint[-16:])


def test_K4_a_key_that_is_not_held_or_is_in_quarantine_is_not_sealed_to(shop: Shelf) -> None:
    with pytest.raises(KeyUnknown):
        exported(shop, Exported.RECORD, Form.JSON, to="F" * 40)
    offer_key(shop.practice, "LINDEN", shop.stranger.certificate, KeySign.IMPORTED)
    with pytest.raises(ExportRefused) as refused:
        exported(shop, Exported.RECORD, Form.JSON, to=shop.stranger.fingerprint)
    assert refused.value.exit_code is ExitCode.NOT_SENT


def test_F58_another_clients_key_is_not_sealed_to(shop: Shelf) -> None:
    for code, fingerprint in (("HERON", shop.linden.fingerprint), ("LINDEN", shop.heron.fingerprint)):
        with pytest.raises(ExportRefused) as refused:
            exported(shop, Exported.RECORD, Form.JSON, code=code, to=fingerprint)
        assert refused.value.why == "that key belongs to a client whom this is not about"


def test_K6_a_key_that_letters_may_not_be_sealed_to_gets_no_export_either(shop: Shelf) -> None:
    with pytest.raises(ExportRefused) as unconfirmed:
        exported(shop, Exported.LETTERBOOK, Form.HTML, code="LINDEN", for_client=True)
    assert unconfirmed.value.exit_code is ExitCode.NOT_SENT
    assert "LINDEN" in explain(unconfirmed.value).next_step
    with pytest.raises(ExportRefused):
        exported(shop, Exported.LETTERBOOK, Form.HTML, code="LINDEN", to=shop.linden.fingerprint)


def test_unknown_clients_and_empty_records_are_said(shop: Shelf) -> None:
    with pytest.raises(ClientUnknown):
        exported(shop, Exported.RECORD, Form.JSON, code="NOBODY")


# --- the journal ---------------------------------------------------------------------------------------


def test_F34_the_journal_keeps_what_and_to_whom_and_neither_path_nor_content(shop: Shelf, tmp_path: Path) -> None:
    target = tmp_path / "maren-quist.html"
    prepared = prepare_export(
        shop.practice, ExportRequest(Exported.LETTERBOOK, Form.HTML, "HERON", reason="for her surgery")
    )
    made = write_export(shop.practice, prepared, Target(target, manifest=True))
    (code, last), *_ = list_exports(shop.practice)
    assert (code, last.what, last.form, last.letters, last.sha256, last.size) == (
        *("HERON", Exported.LETTERBOOK, Form.HTML, 2),
        *(made.sha256, target.stat().st_size),
    )
    assert last.reason == "for her surgery"
    subprocess.run(["sha256sum", "-c", f"{target.name}.sha256"], cwd=tmp_path, check=True, capture_output=True)
    with shop.practice.vault() as vault, vault.reading() as reader:
        entries = [(entry, payload) for entry, payload in journal.entries(reader) if entry.what == "export.made"]
    for word in ("maren", "quist", str(tmp_path), "lighthouse"):
        assert word not in str(entries).lower()


def test_what_is_only_put_together_is_no_export(shop: Shelf) -> None:
    before = list_exports(shop.practice)
    prepare_export(shop.practice, ExportRequest(Exported.RECORD, Form.JSON, "HERON"))
    assert list_exports(shop.practice) == before


def test_K4_a_retired_key_ends_the_clients_own_too(shop: Shelf) -> None:
    """Last of all: it changes what the others look at."""
    retire_key(shop.practice, "HERON", shop.heron.fingerprint, "lost")
    for asked in ({"for_client": True}, {"to": shop.heron.fingerprint}):
        with pytest.raises(ExportRefused):
            exported(shop, Exported.LETTERBOOK, Form.HTML, **asked)
