"""Erasing a client in a whole practice: what stops it, kills, and that stores and run directory are rid of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.support.arrived import arrived
from tests.support.killed import killed_at
from tests.support.practices import introduce, practice_in, short_directory, writers_to
from tests.support.shelf import Shelf, a_shelf
from tests.vault.pages import deciphered
from therapymail.domain.client import ClientStatus
from therapymail.domain.destruction import certificate_text
from therapymail.domain.note import NoteKind
from therapymail.domain.retention import MinorRule
from therapymail.errors import (
    ClientUnknown,
    NothingToUndo,
    ProcessNotesLocked,
    ReasonTells,
    StillKept,
    UnderLegalHold,
    UnusableInput,
)
from therapymail.pgp.passphrase import generate_passphrase
from therapymail.practice import erase, keeping
from therapymail.practice.audit import verify
from therapymail.practice.checks.keeping import look_at_keeping
from therapymail.practice.erase import Wish, carry_out, plan
from therapymail.practice.keeping import RetentionChange, agree, erased_records, hold, kept_records, lift
from therapymail.practice.note import NoteRequest, begin_note, keep_note, save_note
from therapymail.practice.practice import Practice
from therapymail.practice.process_notes import lock_process_notes, open_store, set_passphrase, unlock_process_notes
from therapymail.practice.rebuild import rebuild_record
from therapymail.practice.unlock import unlock
from therapymail.vault import clients, erasing
from therapymail.vault.connection import Vault
from therapymail.vault.statuses import set_status

WRITTEN = datetime(2025, 1, 7, 21, 14, tzinfo=UTC)
CODES = ("HERON", "WREN", "SLATE", "LINDEN", "ALDER", "ROWAN")
ASKED = Wish("asked for it")


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    """Six clients, each with a letter and a note in either store that bear a word of their own."""
    with short_directory() as directory, practice_in(directory) as made, writers_to(made, directory) as writers:
        for code in CODES:
            writer = writers.add(f"Given{code.lower()} Family", f"post@{word(code)}.example")
            introduce(made, code, writer)
            arrived(made, writers.letter(writer, f"the {word(code)} letter", written=WRITTEN), WRITTEN)
            for kind in NoteKind:
                begun = begin_note(made, NoteRequest(code, kind, "free"))
                save_note(made, begun.name, f"the {word(code)} note")
                keep_note(made, begun.name)
        yield made


def word(code: str) -> str:
    """A word that stands in everything of this client and nowhere else."""
    return f"quill{code.lower()}feather"


def everything_stored(practice: Practice) -> bytes:
    """Both stores deciphered, and the whole run directory."""
    with open_store(practice):
        notes_key = practice.session.kept("therapymail:notes") or b""
    stored = deciphered(practice.paths.vault, practice.session.vault_key()) + deciphered(
        practice.paths.notes, notes_key
    )
    return stored + b"".join(path.read_bytes() for path in practice.run.shared.rglob("*") if path.is_file())


def is_there(practice: Practice, code: str) -> bool:
    return any(part.encode() in everything_stored(practice) for part in (word(code), code, f"Given{code.lower()}"))


def test_S27_nothing_of_an_erased_client_is_left_in_either_store_or_the_run_directory(practice: Practice) -> None:
    assert is_there(practice, "HERON")
    killed = practice.paths.home / ".backup-0-5eed.db"  # a copy of the record that a killed `backup create` left
    killed.write_bytes(b"sealed")
    counts = plan(practice, "HERON").counts
    assert (counts["letters"], counts["notes"], counts["process_notes"], counts["keys"]) == (1, 1, 1, 1)
    certified = carry_out(practice, "HERON", ASKED)
    assert certified["counts"] == counts
    assert not is_there(practice, "HERON")
    assert not killed.exists()
    assert is_there(practice, "LINDEN")
    assert verify(practice).is_whole
    rebuild_record(practice)
    assert not is_there(practice, "HERON")
    with pytest.raises(ClientUnknown):
        carry_out(practice, "HERON", ASKED)


def test_F32_a_hold_stops_an_erasure_whatever_the_reason(practice: Practice) -> None:
    hold(practice, "LINDEN", "a complaint is open")
    agree(practice, RetentionChange("LINDEN", months=0, ended="2020-01-01"))
    assert not kept_records(practice, "LINDEN")[0].is_due
    for wish in (Wish(), ASKED):
        with pytest.raises(UnderLegalHold):
            carry_out(practice, "LINDEN", wish)
    assert plan(practice, "LINDEN").counts["letters"] == 1
    assert kept_records(practice, "LINDEN")[0].hold is not None
    lift(practice, "LINDEN", "it is settled")
    assert kept_records(practice, "LINDEN")[0].is_due
    with pytest.raises(NothingToUndo):
        lift(practice, "LINDEN", "once more")


def test_F32_before_the_agreed_time_only_a_reason_that_names_nobody_erases(practice: Practice) -> None:
    with pytest.raises(StillKept):
        carry_out(practice, "SLATE", Wish())
    agree(practice, RetentionChange("SLATE", months=84))
    with pytest.raises(StillKept):  # the work goes on
        carry_out(practice, "SLATE", Wish())
    for reason in ("Slate asked", "Givenslate wrote", f"mail to post@{word('SLATE')}.example"):
        with pytest.raises(ReasonTells):
            carry_out(practice, "SLATE", Wish(reason))
    for nothing in ("", " \n", "x" * 501):
        with pytest.raises(UnusableInput):
            carry_out(practice, "SLATE", Wish(nothing))
    assert is_there(practice, "SLATE")


def test_F32_when_the_time_is_over_it_is_told_and_the_certificate_says_so_without_content(practice: Practice) -> None:
    with practice.vault() as vault, vault.writing() as writer:
        identity = clients.client_by_code(writer, "ALDER").identity
        set_status(writer, identity, ClientStatus.CLOSED, practice.clock(), since=practice.clock() - timedelta(days=1))
    agree(practice, RetentionChange("ALDER", months=0))
    assert "ALDER" in [each.client.code for each in kept_records(practice) if each.is_due]
    [check] = look_at_keeping(practice)
    assert "ALDER" in check.says
    assert check.is_warning
    certified = carry_out(practice, "ALDER", Wish())
    assert certified["reason_kind"] == "retention"
    assert erased_records(practice)[0].certificate == certified
    said = certificate_text(certified, "file 12/2025")
    assert "Reference: file 12/2025" in said
    assert "the agreed time of keeping was over" in said
    assert "1 letter\n" in said
    assert not any(part in said for part in ("ALDER", "Givenalder", word("ALDER")))
    assert "file 12/2025" not in str(everything_stored(practice))


def test_S27_locked_process_notes_stop_an_erasure_before_it_begins(practice: Practice) -> None:
    own = generate_passphrase()
    set_passphrase(practice, own)
    lock_process_notes(practice)
    try:
        with pytest.raises(ProcessNotesLocked):
            carry_out(practice, "SLATE", ASKED)
        with practice.vault() as vault, vault.reading() as reader:
            assert not erasing.is_unfinished(reader)
            assert clients.client_by_code(reader, "SLATE").code == "SLATE"
    finally:
        unlock_process_notes(practice, own)
        set_passphrase(practice, None)


class Killed(BaseException):
    """What a kill leaves is what this leaves, and more: a transaction under way is rolled back either way."""


def test_S27_a_kill_between_the_stores_is_made_good_at_the_next_unlock(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(erase, "_erase_record", killed)
        with pytest.raises(Killed):
            carry_out(practice, "WREN", ASKED)
    [check, *_] = look_at_keeping(practice)
    assert not check.ok
    unlock(practice, None)
    assert not is_there(practice, "WREN")
    assert erased_records(practice)[0].certificate["counts"]["process_notes"] == 1


def test_S27_a_kill_before_the_files_are_rewritten_is_made_good_by_finishing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewritten = Vault.scrub

    def killed(store: Vault) -> None:
        if type(store) is Vault:
            raise Killed
        rewritten(store)

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "scrub", killed)
        with pytest.raises(Killed):
            carry_out(practice, "ROWAN", ASKED)
    assert [each.client.code for each in kept_records(practice)].count("ROWAN") == 0
    unlock(practice, None)
    assert not is_there(practice, "ROWAN")
    with practice.vault() as vault, vault.reading() as reader:
        assert not erasing.is_unfinished(reader)
    assert erase.finish_erasing(practice) is None


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    """A practice of its own, whose clients cost nothing to make."""
    with a_shelf() as made:
        yield made


def all_in_the_record(practice: Practice) -> bytes:
    return deciphered(practice.paths.vault, practice.session.vault_key())


def test_F32_S27_by_a_former_name_or_address_they_are_found_too(shelf: Shelf) -> None:
    practice, client = shelf.practice, shelf.new_client()
    with practice.vault() as vault, vault.writing() as writer:
        clients.edit_client(
            writer, client.identity, now=shelf.now, name="Formerly Plumwood", writes_from=["pl@um.example"]
        )
        clients.edit_client(writer, client.identity, now=shelf.now, name="Another", writes_from=["now@um.example"])
        other = clients.add_client(
            writer, code="PARTNER", name="Z", write_to="pl@um.example", zone="Europe/London", now=shelf.now
        )
        set_aside = (
            "INSERT INTO letter (digest, suffix, direction, kind, standing, state, received, subject, words,"
            " enclosures, size, message_id, author_address, facts, notes) VALUES"
            " (?, '', 'in', 'letter', 'set-aside', 'unopened', 1, ?, 0, 0, 1, ?, ?, '{}', '[]')"
        )
        writer.run(set_aside, (bytes(31) + b"a", "plumletter", "<a@um>", client.write_to))
        writer.run(set_aside, (bytes(31) + b"b", "partnerletter", "<b@um>", "pl@um.example"))
    for reason in ("Plumwood asked for it", f"mail to {client.write_to}"):
        with pytest.raises(ReasonTells):
            carry_out(practice, client.code, Wish(reason))
    carry_out(practice, client.code, ASKED)
    left = all_in_the_record(practice)
    assert not any(part in left for part in (b"Plumwood", b"plumletter", client.write_to.encode()))
    assert b"partnerletter" in left, "an address that is another client's now is no longer theirs"
    assert other.code in {each.client.code for each in kept_records(practice)}


def test_F32_a_hold_placed_after_a_kill_calls_the_erasure_off(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    practice, client = shelf.practice, shelf.new_client()

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(erase, "_erase_record", killed)
        with pytest.raises(Killed):
            carry_out(practice, client.code, ASKED)
    hold(practice, client.code, "a court asks for it")
    unlock(practice, None)
    assert client.code in {each.client.code for each in kept_records(practice)}
    lift(practice, client.code, "it is settled")
    unlock(practice, None)
    assert client.code in {each.client.code for each in kept_records(practice)}, "nobody asked for it again"


def test_F32_a_hold_that_comes_while_it_is_erased_stops_it(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    practice, client = shelf.practice, shelf.new_client()
    with monkeypatch.context() as patched:
        patched.setattr(erase, "_erase_process_notes", lambda *_: hold(practice, client.code, "a court asks for it"))
        with pytest.raises(UnderLegalHold):
            carry_out(practice, client.code, ASKED)
    unlock(practice, None)
    assert client.code in {each.client.code for each in kept_records(practice)}


def test_S27_killed_at_any_step_the_next_unlock_erases_all_or_nothing_was_begun(shelf: Shelf) -> None:
    practice = shelf.practice
    steps = ((erase, "_note"), (erase, "_erase_process_notes"), (erase, "_erase_record"), (Vault, "scrub"))
    ended = set()
    for number in range(10):
        client = shelf.new_client()
        shelf.file(client, 1, f"quillof{client.code.lower()}feather")
        was_killed = killed_at(number, steps, lambda: carry_out(practice, client.code, ASKED))  # noqa: B023 - at once
        unlock(practice, None)
        left, erased = all_in_the_record(practice), client.code not in {e.client.code for e in kept_records(practice)}
        gone = f"quillof{client.code.lower()}feather".encode() not in left and client.write_to.encode() not in left
        assert gone == erased, number
        ended.add((was_killed, erased))
    assert ended == {(True, False), (True, True), (False, True)}


def test_S27_process_notes_that_were_set_aside_are_named(shelf: Shelf) -> None:
    client = shelf.new_client()
    aside = shelf.practice.paths.notes.with_name("notes.db.aside-20260102-030405")
    aside.touch()
    assert plan(shelf.practice, client.code).aside == (aside.name,)
    aside.unlink()
    assert plan(shelf.practice, client.code).aside == ()


def test_F32_what_cannot_be_agreed_is_refused(practice: Practice) -> None:
    for change in (
        RetentionChange("SLATE", months=-1),
        RetentionChange("SLATE", months=1201),
        RetentionChange("LINDEN", minors=MinorRule.TWENTY_FIFTH_BIRTHDAY),
        RetentionChange("SLATE", months=12, born="1700-01-01"),
        RetentionChange("SLATE", months=12, born="2999-01-01"),
        RetentionChange("SLATE", until="9999-01-01"),
        RetentionChange("SLATE", months=12, ended="tomorrow"),
        RetentionChange("SLATE", months=12, said=""),
    ):
        with pytest.raises(UnusableInput):
            agree(practice, change)
    agreed = agree(practice, RetentionChange("SLATE", until="2031-05-06", said="as she wished"))
    assert agreed.keeping.kept_until == date(2031, 5, 6)
    agreed = agree(practice, RetentionChange("SLATE", months=12, ended="2025-01-31"))
    assert (agreed.keeping.kept_until, agreed.rule and agreed.rule.said) == (date(2026, 1, 31), "as she wished")
    assert keeping.said_why("  two\n words ") == "two words"
