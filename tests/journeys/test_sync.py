"""From a real mailbox to an opened record: the same journeys on Dovecot and on the embedded post office."""

from collections.abc import Iterable

import pytest

from tests.journeys.conftest import MONDAY, Correspondence
from tests.support.posts import PASSWORD
from tests.support.practices import introduce
from therapymail.domain.kinds import LetterState, Standing
from therapymail.domain.seal import OpeningFailure, Protection
from therapymail.errors import UnusableInput, VaultLocked
from therapymail.mail.account import connect
from therapymail.mail.folder import Folder, FolderState
from therapymail.mail.mailbox import Mailbox
from therapymail.practice import arrivals
from therapymail.practice.keys import import_own_key
from therapymail.practice.open_again import fetch_by_name, open_again
from therapymail.practice.practice import Practice
from therapymail.practice.receive import SyncRequest, sync
from therapymail.vault import journal, places, texts

NEWSLETTER = b"From: news@else.example\r\nTo: orla@practice.example\r\nSubject: offers\r\n\r\nBuy now.\r\n"


def text_of(practice: Practice, digest: bytes) -> str:
    with practice.vault() as vault, vault.reading() as reader:
        reading = texts.reading(reader, digest)
    assert reading is not None
    return reading.text


def test_letters_come_in_opened_attributed_and_once(correspondence: Correspondence) -> None:
    story = correspondence
    story.write(story.heron, "The door of the unlit room.", subject="the door")
    story.write(story.linden, "I joined a class.")
    story.deliver(NEWSLETTER)
    result = story.sync()
    assert (result.fetched, result.opened, result.proposed, result.skipped) == (2, 2, 0, 0)
    first, second = story.letters()
    assert (str(first.name), first.subject, first.standing) == ("HERON-1", "the door", Standing.ACCEPTED)
    assert (str(second.name), second.facts.protection) == ("LINDEN-1", Protection.SEALED)
    assert text_of(story.practice, first.digest).strip() == "The door of the unlit room."
    again = story.sync()
    assert (again.fetched, again.skipped) == (0, 0)
    story.write(story.heron, "A second letter.")
    assert story.sync().fetched == 1
    assert [str(letter.name) for letter in story.letters()] == ["HERON-1", "LINDEN-1", "HERON-2"]


def test_F10_unsigned_mail_is_proposed_and_anothers_signature_sets_aside(correspondence: Correspondence) -> None:
    story = correspondence
    story.write(story.heron, "Sealed, not signed.", signed=False)
    story.write(story.heron, "Signed by somebody unknown.", signer=story.stranger)
    story.write(story.heron, "Signed by another client.", signer=story.linden)
    story.write(story.stranger, "A name is no proof.")
    result = story.sync()
    assert (result.proposed, result.set_aside) == (2, 1)
    assert [letter.standing for letter in story.letters()] == [Standing.PROPOSED, Standing.PROPOSED, Standing.SET_ASIDE]
    assert story.letters()[2].client is None
    later = story.writers.letter(story.stranger, "Another.")
    story.deliver(later)
    assert story.sync().strangers == 1


def test_a_copy_in_another_folder_is_the_same_letter_in_another_place(correspondence: Correspondence) -> None:
    story = correspondence
    raw = story.write(story.heron, "Once only.")
    story.deliver(raw, "Archive")
    result = story.sync()
    assert (result.fetched, result.skipped, len(story.letters())) == (2, 1, 1)
    assert story.sync().fetched == 0


def test_a_reused_message_id_suppresses_nothing(correspondence: Correspondence) -> None:
    story = correspondence
    story.write(story.stranger, "Mine.", message_id="<same@heron.example>", from_header="maren@heron.example")
    story.write(story.heron, "The real one.", message_id="<same@heron.example>")
    story.sync()
    assert len(story.letters()) == 2
    assert "duplicate-message-id" in story.letters()[1].notes


def test_one_bad_letter_never_stops_the_others(correspondence: Correspondence) -> None:
    story = correspondence
    whole = story.writers.letter(story.heron, "whole " * 400, message_id="<a@heron.example>")
    story.deliver(whole[: len(whole) // 2])
    middle = whole.index(b"\r\n\r\n", whole.index(b"BEGIN PGP")) + 400
    story.deliver(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    story.deliver(b"From: maren@heron.example\r\nContent-Type: multipart/encrypted; boundary=\r\n\r\n--\r\n\x00\xff")
    story.write(story.heron, "Still readable.")
    result = story.sync()
    assert (result.fetched, result.opened, result.unopened) == (4, 1, 3)
    states = [letter.state for letter in story.letters()]
    assert states == [LetterState.FAILED] * 3 + [LetterState.OPENED]
    assert story.letters()[1].facts.failure in {OpeningFailure.ALTERED, OpeningFailure.DAMAGED}


def test_the_history_of_a_client_added_later_is_found(correspondence: Correspondence) -> None:
    story = correspondence
    story.write(story.stranger, "Before you knew me.")
    story.write(story.heron, "Already known.")
    assert story.sync().fetched == 1
    introduce(story.practice, "SLATE", story.stranger)
    assert story.sync().fetched == 1
    assert {str(letter.name) for letter in story.letters()} == {"HERON-1", "SLATE-1"}


def test_an_emptied_mailbox_takes_nothing_away(correspondence: Correspondence) -> None:
    story = correspondence
    for number in range(3):
        story.write(story.heron, f"letter {number}")
    story.sync()
    with connect(story.post.imap(story.user), PASSWORD) as mailbox:
        mailbox.open("INBOX")
        numbers = mailbox.uids()
    story.post.expunge(story.user, "INBOX", *numbers)
    assert "emptied" in story.sync().notes
    assert len(story.letters()) == 3
    story.write(story.heron, "after")
    assert story.sync().fetched == 1
    assert len(story.letters()) == 4


def test_absurd_and_missing_dates_do_no_harm(correspondence: Correspondence) -> None:
    story = correspondence
    to_orla = b"From: maren@heron.example\r\nTo: orla@practice.example\r\n"
    raw = to_orla + b"Date: Thu, 99 Foo 99999 99:99 +9999\r\n\r\nhello\r\n"
    story.deliver(raw)
    story.deliver(
        raw.replace(b"Thu, 99 Foo 99999 99:99 +9999", b"Fri, 1 Jan 2038 00:00:00 +0000").replace(b"hello", b"x")
    )
    story.sync()
    first, second = story.letters()
    assert first.written is None
    assert "no-date" in first.notes
    assert "date-differs-from-receipt" in second.notes
    assert second.received < MONDAY.replace(year=2026)


def test_a_lock_ends_a_sync_and_keeps_what_was_filed(correspondence: Correspondence) -> None:
    story = correspondence
    story.write(story.heron, "one")
    story.sync()
    story.write(story.heron, "two")
    story.practice.session.end()
    with pytest.raises(VaultLocked):
        sync(story.practice, SyncRequest())


def test_the_journal_of_a_sync_proves_itself(correspondence: Correspondence) -> None:
    story = correspondence
    for number in range(5):
        story.write(story.heron, f"letter {number}")
    story.sync()
    with story.practice.vault() as vault, vault.reading() as reader:
        report = journal.verify(reader)
    assert report.problems == ()


def test_a_letter_too_large_waits_until_it_is_fetched_by_name(
    correspondence: Correspondence, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = correspondence
    monkeypatch.setattr(arrivals, "LARGEST_BYTES", 4_000)
    story.write(story.heron, "long " + " ".join(str(number * 7919 % 10007) for number in range(3000)))
    story.write(story.heron, "short")
    assert story.sync().opened == 1
    large, short = story.letters()
    assert (large.state, large.standing, short.state) == (LetterState.TOO_LARGE, Standing.PROPOSED, LetterState.OPENED)
    assert story.sync().fetched == 0
    fetch_by_name(story.practice, str(large.name))
    large = story.letters()[0]
    assert (large.state, str(large.name), large.standing) == (LetterState.OPENED, "HERON-1", Standing.ACCEPTED)
    assert text_of(story.practice, large.digest).startswith("long 0 7919")
    with pytest.raises(UnusableInput):
        fetch_by_name(story.practice, str(large.name))


def test_a_letter_sealed_to_a_key_we_lack_opens_when_the_key_arrives(correspondence: Correspondence) -> None:
    story = correspondence
    old = story.writers.add("Orla before", "orla@before.example")
    secret = story.writers.gpg.run(["--export-secret-keys", old.fingerprint], passphrase=b"").output
    inner = b"Content-Type: text/plain\r\n\r\nto your old key\r\n"
    done = story.writers.gpg.run(
        ["--armor", "--sign", "--local-user", story.heron.fingerprint, "--recipient", old.fingerprint, "--encrypt"],
        inner,
    )
    story.deliver(
        b"From: maren@heron.example\r\nTo: orla@practice.example\r\nContent-Type: multipart/encrypted;"
        b' protocol="application/pgp-encrypted"; boundary="o"\r\n\r\n--o\r\n'
        b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--o\r\n"
        b"Content-Type: application/octet-stream\r\n\r\n" + done.output + b"\r\n--o--\r\n"
    )
    assert story.sync().unopened == 1
    assert story.letters()[0].state is LetterState.SEALED
    assert open_again(story.practice).opened == 0
    import_own_key(story.practice, secret, None)
    assert story.sync(full=True).opened == 1
    opened = story.letters()[0]
    assert (opened.state, opened.standing, str(opened.name)) == (LetterState.OPENED, Standing.ACCEPTED, "HERON-1")


def test_a_renumbered_folder_doubles_nothing_and_gives_letters_their_new_places(correspondence: Correspondence) -> None:
    story = correspondence
    kept = [story.writers.letter(story.heron, f"letter {number}") for number in range(3)]
    for raw in kept:
        story.deliver(raw, "Letters")
    assert story.sync().opened == 3
    with story.practice.vault() as vault, vault.reading() as reader:
        before = {letter.digest: places.places_of(reader, letter.digest) for letter in story.letters()}
    session = story.post.visit(story.user)
    with session:
        session.delete("Letters")
    for raw in [*kept, story.writers.letter(story.heron, "one more")]:
        story.deliver(raw, "Letters")
    result = story.sync()
    assert (result.fetched, result.opened, len(story.letters())) == (4, 1, 4)
    with story.practice.vault() as vault, vault.reading() as reader:
        for digest, old in before.items():
            now = places.places_of(reader, digest)
            assert len(now) == 1
            assert now[0].uidvalidity != old[0].uidvalidity
    assert story.sync().fetched == 0


def test_C40_a_folder_renumbered_between_two_looks_at_it_loses_nothing(
    correspondence: Correspondence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its state had shown news under the old numbers; opened, it has new ones, and the news are among all of it."""
    story = correspondence
    mails = [story.writers.letter(story.heron, f"letter {number}") for number in range(2)]
    story.deliver(mails[0], "Letters")
    assert story.sync().opened == 1
    story.deliver(mails[1], "Letters")
    usual = Mailbox.states

    def renumbered(mailbox: Mailbox, folders: Iterable[Folder | str]) -> dict[str, FolderState]:
        states = usual(mailbox, folders)
        with story.post.visit(story.user) as session:
            session.delete("Letters")
        for raw in mails:
            story.deliver(raw, "Letters")
        return states

    with monkeypatch.context() as patch:
        patch.setattr(Mailbox, "states", renumbered)
        story.sync()
    story.sync()
    assert len(story.letters()) == 2
