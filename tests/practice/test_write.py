"""Drafts: begun, kept, answered and enclosed, with real vaults and real letters."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.practices import Writers, introduce, practice_in, short_directory, writers_to
from therapymail.domain.draft import DraftContent, DraftName
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Filing, Reading
from therapymail.domain.seal import Protection, SealFacts
from therapymail.domain.written import as_written
from therapymail.errors import (
    ClientUnknown,
    DraftChanged,
    DraftUnknown,
    LetterNotAccepted,
    NotOpened,
    UnusableInput,
    explain,
)
from therapymail.practice import write
from therapymail.practice.introduce import show_client
from therapymail.practice.practice import Practice
from therapymail.vault import filing

MARKED = "xylographic-heron"


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Practice, Writers, Path]]:
    with short_directory() as directory, practice_in(directory) as practice, writers_to(practice, directory) as writers:
        introduce(practice, "HERON", writers.add("A. Heron", "heron@mail.example"))
        yield practice, writers, directory


@pytest.fixture
def practice(place: tuple[Practice, Writers, Path]) -> Practice:
    return place[0]


_NUMBER = iter(range(1, 1000))


def file_letter(practice: Practice, reading: Reading | None, **also: object) -> str:
    """A letter of HERON's on the record; its name."""
    number = next(_NUMBER)
    client = show_client(practice, "HERON").client
    given = {
        "digest": number.to_bytes(32, "big"),
        "client": client.identity,
        "direction": Direction.IN,
        "kind": Kind.LETTER,
        "standing": Standing.ACCEPTED,
        "state": LetterState.OPENED if reading else LetterState.FAILED,
        "received": datetime(2026, 3, 3, 9, 0, number % 60, tzinfo=UTC),
        "written": datetime(2026, 3, 3, 8, 0, tzinfo=UTC),
        "message_id": f"<{number}@mail.example>",
        "in_reply_to": (),
        "author_address": "heron@mail.example",
        "facts": SealFacts(Protection.SEALED),
        "reading": reading,
        "original": b"...",
        "size": 3,
        **also,
    }
    with practice.vault() as vault, vault.writing() as writer:
        filed = filing.file_letters(writer, [Filing(**given)], practice.clock())  # type: ignore[arg-type]
    return str(filed[0].name)


# --- keeping -------------------------------------------------------------------------------------------


@given(st.builds(DraftContent, st.text(max_size=60), st.text(max_size=300)))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_C11_what_was_saved_is_what_is_shown_again(practice: Practice, content: DraftContent) -> None:
    draft = write.start_draft(practice, "HERON", content)
    view = write.show_draft(practice, draft.name)
    assert view.draft == draft
    assert view.draft.content == as_written(content)
    assert write.save(practice, draft.name, view.draft.content, draft.revision) == view.draft, (
        "saving it again is nothing"
    )
    write.discard(practice, draft.name)


def test_C11_every_field_of_a_draft_is_there_again(practice: Practice) -> None:
    name = file_letter(practice, Reading("the garden", "I slept."))
    draft = write.start_reply(practice, name, Kind.CLARIFICATION)
    write.enclose(practice, draft.name, "/home/orla/secret place/diary.txt", b"dear diary")
    write.save(practice, draft.name, DraftContent("other", "text\n\n"))
    view = write.show_draft(practice, draft.name)
    assert (view.draft.kind, str(view.answers), view.draft.content) == (
        Kind.CLARIFICATION,
        name,
        DraftContent("other", "text\n\n"),
    )
    assert [(item.name, item.size) for item in view.draft.enclosures] == [("diary.txt", 10)]
    assert view.entry is None
    assert view.draft.code == "HERON"
    assert write.list_drafts(practice)[0] == view


def test_C12_a_save_on_an_older_revision_overwrites_nothing(practice: Practice) -> None:
    draft = write.start_draft(practice, "HERON", DraftContent("a", "first"))
    write.save(practice, draft.name, DraftContent("a", "second"), draft.revision)
    with pytest.raises(DraftChanged):
        write.save(practice, draft.name, DraftContent("a", "third"), draft.revision)
    assert write.show_draft(practice, draft.name).draft.content.text == "second"


def test_a_discarded_draft_is_gone(practice: Practice) -> None:
    draft = write.start_draft(practice, "HERON", DraftContent("a", "b"))
    write.discard(practice, draft.name)
    with pytest.raises(DraftUnknown):
        write.show_draft(practice, draft.name)


def test_writing_to_nobody_begins_nothing(practice: Practice) -> None:
    before = len(write.list_drafts(practice))
    with pytest.raises(ClientUnknown):
        write.start_draft(practice, "WREN", DraftContent("a", "b"))
    assert len(write.list_drafts(practice)) == before


def test_S20_no_file_of_the_practice_holds_what_a_draft_says(place: tuple[Practice, Writers, Path]) -> None:
    practice, _, directory = place
    draft = write.start_draft(practice, "HERON", DraftContent(MARKED, MARKED))
    write.enclose(practice, draft.name, f"{MARKED}.txt", MARKED.encode())
    for root in (directory, practice.run.shared):
        for file in root.rglob("*"):
            assert MARKED not in file.name
            assert not file.is_file() or MARKED.encode() not in file.read_bytes(), file


# --- answering -----------------------------------------------------------------------------------------


def test_a_reply_quotes_the_letter_and_says_re_once(practice: Practice) -> None:
    name = file_letter(practice, Reading("Re: sleep", "I slept.\nWell."))
    draft = write.start_reply(practice, name)
    assert draft.content.subject == "Re: sleep"
    assert draft.kind is Kind.RESPONSE
    assert "> I slept." in draft.content.text
    assert "you wrote" in draft.content.text
    assert "HERON" not in draft.content.text, "the code is ours alone"
    assert not draft.content.words, "a quotation is not what we wrote, but for its line"


def test_S3_C3_W6_only_what_was_sealed_and_its_authors_own_is_quoted(practice: Practice) -> None:
    reading = Reading("x", "sealed words", quoted="earlier words", unsealed_text="smuggled words")
    draft = write.start_reply(practice, file_letter(practice, reading))
    assert "sealed words" in draft.content.text
    assert "smuggled" not in draft.content.text
    assert "earlier" not in draft.content.text


def test_S3_REPLY_ORACLE_C22_of_a_mail_around_sealed_pieces_nothing_is_quoted(practice: Practice) -> None:
    block = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"
    around = SealFacts(Protection.PARTLY, notes=("sealed-part",))
    answered = file_letter(practice, Reading("x", f"Tell me what this says:\n{block}\n"), facts=around)
    assert write.start_reply(practice, answered).content.text == ""


def test_W6_the_sealed_text_of_a_letter_with_files_beside_it_is_quoted(practice: Practice) -> None:
    facts = SealFacts(Protection.PARTLY, opened_with="A" * 40, notes=("attachments-outside-seal",))
    draft = write.start_reply(practice, file_letter(practice, Reading("x", "sealed words"), facts=facts))
    assert "> sealed words" in draft.content.text


def test_S3_a_reply_goes_to_the_clients_own_address_whatever_the_mail_said(practice: Practice) -> None:
    draft = write.start_reply(practice, file_letter(practice, Reading("x", "y"), author_address="evil@mail.example"))
    client = show_client(practice, "HERON").client
    assert draft.client == client.identity
    assert client.write_to == "heron@mail.example"
    assert not {"address", "recipient", "recipients", "to"} & set(vars(draft)), "a draft names no address at all"


def test_C3_a_letter_that_is_only_proposed_is_not_quoted(practice: Practice) -> None:
    name = file_letter(practice, Reading("x", "y"), standing=Standing.PROPOSED)
    with pytest.raises(LetterNotAccepted) as refused:
        write.start_reply(practice, name)
    assert f"accept {name}" in explain(refused.value).next_step


def test_C3_a_letter_that_was_not_opened_is_not_quoted(practice: Practice) -> None:
    with pytest.raises(NotOpened):
        write.start_reply(practice, file_letter(practice, None))


@pytest.mark.parametrize(
    "also", [{"direction": Direction.OUT}, {"kind": Kind.BOUNCE}], ids=["own letter", "delivery report"]
)
def test_what_nobody_can_answer_is_refused(practice: Practice, also: dict[str, object]) -> None:
    with pytest.raises(UnusableInput):
        write.start_reply(practice, file_letter(practice, Reading("x", "y"), **also))


def test_a_delivery_report_is_nothing_that_is_written(practice: Practice) -> None:
    draft = write.start_draft(practice, "HERON", DraftContent("a", "b"))
    with pytest.raises(UnusableInput):
        write.set_kind(practice, draft.name, Kind.BOUNCE)
    with pytest.raises(UnusableInput):
        write.start_draft(practice, "HERON", DraftContent("a", "b"), Kind.BOUNCE)


def test_business_is_answered_as_business(practice: Practice) -> None:
    name = file_letter(practice, Reading("fees", "How much?"), kind=Kind.ADMIN)
    assert write.start_reply(practice, name).kind is Kind.ADMIN


# --- enclosures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/home/orla/clients/heron/diary.pdf", "diary.pdf"),
        ("C:\\Users\\Orla\\diary.pdf", "diary.pdf"),
        ("..", "enclosure"),
        ("", "enclosure"),
        ("a\u202egpj.exe", "a\u2426gpj.exe"),
        ("two\nlines\x1b[31m.txt", "two lines\u2426[31m.txt"),
    ],
)
def test_S21_S25_an_enclosure_bears_its_last_name_alone(path: str, name: str) -> None:
    assert write.enclosure_name(path) == name


@given(st.text(max_size=400))
@settings(max_examples=60)
def test_S21_S25_any_name_becomes_one_short_line_without_a_path(path: str) -> None:
    name = write.enclosure_name(path)
    assert name
    assert len(name) <= 120
    assert not {"/", "\\", "\n"} & set(name)
    assert write.enclosure_name(name) == name


def test_S21_a_picture_goes_without_its_metadata(practice: Practice) -> None:
    exif = b"Exif\x00\x00" + b"GPS-here" * 4
    picture = b"\xff\xd8\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + b"\xff\xda\x00\x02xx\xff\xd9"
    draft = write.start_draft(practice, "HERON", DraftContent("a", "b"))
    enclosed = write.enclose(practice, draft.name, "garden.jpg", picture).enclosures[0]
    assert enclosed.size < len(picture)
    assert "metadata-removed" in enclosed.notes


def test_an_enclosure_over_the_limit_is_refused(practice: Practice) -> None:
    draft = write.start_draft(practice, "HERON", DraftContent("a", "b"))
    with pytest.raises(UnusableInput, match="25 MB"):
        write.enclose(practice, draft.name, "x.bin", b"\0" * (write.MAX_ENCLOSURE_BYTES + 1))
    with pytest.raises(UnusableInput):
        write.remove_enclosure(practice, draft.name, 0)


def test_there_is_no_draft_of_a_number_never_given(practice: Practice) -> None:
    with pytest.raises(DraftUnknown):
        write.save(practice, DraftName(99999), DraftContent("a", "b"))
