"""M06 in the record: found, resolved, once, never by the number of mails, and the same after a rebuild."""

from datetime import timedelta

import pytest

from therapymail.domain.client import Client
from therapymail.domain.key_change import KeyResolution, KeySign, NoticedKey
from therapymail.domain.names import LetterName
from therapymail.errors import KeyUnknown, UnusableInput
from therapymail.vault import certificates, clients, filing, key_changes, pins
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.key_changes import CLOCKS_DIFFER, MOST_OPEN, NoticedIn
from therapymail.vault.rebuild import rebuild

from .builders import NOW, add_heron, add_wren, certificate, digest_of, fingerprint_of
from .builders import filing as a_filing

TABLES = ("key_change", "pin", "pin_part", "pin_retired", "certificate", "certificate_part")
LATER = NOW + timedelta(days=1)
FRESH = fingerprint_of(2)
LETTER = NoticedIn(digest_of(1), LATER, answers_us=False)


def with_pin(writer: Writer) -> Client:
    client = add_heron(writer)
    certificates.hold(writer, certificate(1), NOW)
    pins.pin_key(writer, client.identity, fingerprint_of(1), NOW)
    pins.verify_key(writer, client.identity, fingerprint_of(1), "by telephone", NOW)
    return client


def noticed(client: Client, number: int = 2, sign: KeySign = KeySign.SIGNED, named: str = "") -> NoticedKey:
    return NoticedKey(client.identity, fingerprint_of(number), sign, named)


def rebuilt(writer: Writer) -> bool:
    def state() -> list[object]:
        return [sorted(writer.rows(f"SELECT * FROM {table}"), key=repr) for table in TABLES]

    before = state()
    rebuild(writer)
    return state() == before


def test_M06_a_sign_is_on_the_record_with_both_fingerprints_its_time_and_its_letter(vault: Vault) -> None:
    with vault.writing() as writer:
        client = with_pin(writer)
        filing.file_letters(writer, [a_filing(1, client)], NOW)
        assert key_changes.note(writer, noticed(client), LETTER, LATER)
        [change] = key_changes.open_changes(writer)
        assert (change.client, change.fingerprint, change.pinned) == (client.identity, FRESH, fingerprint_of(1))
        assert (change.sign, change.letter, change.found) == (KeySign.SIGNED, LetterName("HERON", 1), LATER)
        assert key_changes.is_blocked(writer, client.identity)
        assert not key_changes.note(writer, noticed(client), LETTER, LATER)  # the next letter says the same
        assert rebuilt(writer)


@pytest.mark.parametrize("sign", [KeySign.OFFERED, KeySign.VOUCHED])
def test_M06_what_came_along_is_shown_and_stops_nothing_until_a_letter_is_signed_by_it(
    vault: Vault, sign: KeySign
) -> None:
    with vault.writing() as writer:
        client = with_pin(writer)
        key_changes.note(writer, noticed(client, sign=sign), LETTER, LATER)
        assert not key_changes.is_blocked(writer, client.identity)
        later = NoticedIn(digest_of(4), LATER + timedelta(days=1), answers_us=False)
        assert key_changes.note(writer, noticed(client), later, LATER + timedelta(days=1))
        [change] = key_changes.open_changes(writer)
        assert (change.sign, change.found) == (KeySign.SIGNED, LATER)
        assert not key_changes.note(writer, noticed(client, sign=sign), later, LATER)
        assert key_changes.is_blocked(writer, client.identity)
        assert rebuilt(writer)


def test_M06_there_is_no_change_without_a_pin_of_a_pinned_key_or_before_it_was_pinned(vault: Vault) -> None:
    with vault.writing() as writer:
        client, without = with_pin(writer), add_wren(writer)
        old = NoticedIn(digest_of(1), NOW - CLOCKS_DIFFER - timedelta(seconds=1), answers_us=True)
        assert not key_changes.note(writer, noticed(without), LETTER, LATER)
        assert not key_changes.note(writer, noticed(client, 1), LETTER, LATER)
        by_id = NoticedKey(client.identity, fingerprint_of(1)[-16:], KeySign.SIGNED)
        assert not key_changes.note(writer, by_id, LETTER, LATER)
        assert not key_changes.note(writer, noticed(client), old, LATER)  # a letter of before: a key of before
        assert key_changes.changes(writer) == []
        just = NoticedIn(digest_of(1), NOW.replace(microsecond=0) - timedelta(seconds=1), answers_us=False)
        assert key_changes.note(writer, noticed(client), just, LATER)  # by a mail host's clock, in whole seconds


def test_M06_a_dismissed_key_never_stops_a_letter_again(vault: Vault) -> None:
    with vault.writing() as writer:
        client = with_pin(writer)
        key_changes.note(writer, noticed(client), LETTER, LATER)
        key_changes.dismiss(writer, client.identity, FRESH, "  she has\n no other key ", LATER)
        [change] = key_changes.changes(writer)
        assert (change.resolution, change.why) == (KeyResolution.DISMISSED, "she has no other key")
        for sign in KeySign:
            assert not key_changes.note(writer, noticed(client, sign=sign), LETTER, LATER)
        assert not key_changes.is_blocked(writer, client.identity)
        assert rebuilt(writer)
        with pytest.raises(KeyUnknown):
            key_changes.dismiss(writer, client.identity, fingerprint_of(9), "no", LATER)
        with pytest.raises(UnusableInput):
            key_changes.dismiss(writer, client.identity, FRESH, " \n", LATER)


def test_M06_a_key_dismissed_by_the_id_in_its_signature_is_dismissed_when_it_comes_itself(vault: Vault) -> None:
    with vault.writing() as writer:
        client = with_pin(writer)
        part = fingerprint_of(7)
        key_changes.note(writer, NoticedKey(client.identity, part, KeySign.SIGNED), LETTER, LATER)
        key_changes.dismiss(writer, client.identity, part, "not hers", LATER)
        assert not key_changes.note(writer, noticed(client, named=part), LETTER, LATER)
        assert not key_changes.is_blocked(writer, client.identity)


def test_M06_pinning_resolves_and_the_old_key_stays_for_its_letters(vault: Vault) -> None:
    with vault.writing() as writer:
        client = with_pin(writer)
        key_changes.note(writer, noticed(client), LETTER, LATER)
        key_changes.dismiss(writer, client.identity, FRESH, "too early", LATER)
        certificates.hold(writer, certificate(2), LATER)
        pins.pin_key(writer, client.identity, FRESH, LATER + timedelta(hours=1))
        [change] = key_changes.changes(writer)
        assert (change.resolution, change.is_here) == (KeyResolution.PINNED, True)
        assert [pin.fingerprint for pin in clients.client_by_code(writer, "HERON").pins] == [FRESH, fingerprint_of(1)]
        with pytest.raises(UnusableInput):
            key_changes.dismiss(writer, client.identity, FRESH, "no", LATER)
        assert rebuilt(writer)
        pins.unpin_key(writer, client.identity, FRESH, LATER + timedelta(hours=2))
        assert key_changes.changes(writer) == []
        again = NoticedIn(digest_of(3), LATER + timedelta(hours=3), answers_us=False)
        assert key_changes.note(writer, noticed(client), again, LATER)  # a key that was taken away is news again
        assert rebuilt(writer)


def test_M06_a_key_named_by_a_part_of_it_is_recognised_once_it_is_here(vault: Vault) -> None:
    with vault.writing() as writer:
        client = with_pin(writer)
        part, fresh = fingerprint_of(7), fingerprint_of(2)
        key_changes.note(writer, NoticedKey(client.identity, part[-16:], KeySign.SIGNED), LETTER, LATER)
        key_changes.recognise(writer, client.identity, fresh, (fresh, part), LATER)
        [change] = key_changes.open_changes(writer)
        assert (change.fingerprint, change.named, change.sign) == (fresh, part[-16:], KeySign.SIGNED)
        assert change.found == LATER
        key_changes.note(writer, NoticedKey(client.identity, fingerprint_of(8), KeySign.SIGNED), LETTER, LATER)
        key_changes.recognise(writer, client.identity, fingerprint_of(1), (fingerprint_of(1), fingerprint_of(8)), LATER)
        assert [each.fingerprint for each in key_changes.open_changes(writer)] == [fresh]  # a part of the pinned key
        assert rebuilt(writer)


def test_M06_a_stranger_fills_no_journal_and_stops_letters_for_no_longer_than_two_dismissals(vault: Vault) -> None:
    with vault.writing() as writer:
        client = with_pin(writer)
        for number in range(10, 40):
            key_changes.note(writer, noticed(client, number, KeySign.OFFERED), LETTER, LATER)
            key_changes.note(writer, noticed(client, number + 100), LETTER, LATER)
        assert len(key_changes.open_changes(writer)) == 2 * MOST_OPEN
        for each in key_changes.open_changes(writer):
            key_changes.dismiss(writer, client.identity, each.fingerprint, "forged", LATER)
        assert key_changes.note(writer, noticed(client, 50), LETTER, LATER)
        assert not key_changes.is_blocked(writer, client.identity)
        answering = LETTER._replace(answers_us=True)
        assert key_changes.note(writer, noticed(client, 51), answering, LATER)
        assert key_changes.is_blocked(writer, client.identity)
        assert rebuilt(writer)


def test_M06_the_history_of_a_clients_keys_is_what_the_journal_says(vault: Vault) -> None:
    with vault.writing() as writer:
        client = with_pin(writer)
        key_changes.note(writer, noticed(client), LETTER, LATER)
        certificates.hold(writer, certificate(2), LATER)
        pins.pin_key(writer, client.identity, FRESH, LATER)
        pins.verify_key(writer, client.identity, FRESH, "code word", LATER)
        pins.retire_key(writer, client.identity, fingerprint_of(1), "laptop stolen", LATER)
        told = key_changes.history(writer, client.identity, [FRESH, fingerprint_of(1)])
        assert [(each.what, each.fingerprint, each.detail) for each in told] == [
            ("held", fingerprint_of(1), ""),
            ("key-pinned", fingerprint_of(1), ""),
            ("key-verified", fingerprint_of(1), "by telephone"),
            ("key-change-found", FRESH, "signed"),
            ("held", FRESH, ""),
            ("key-pinned", FRESH, ""),
            ("key-verified", FRESH, "code word"),
            ("key-retired", fingerprint_of(1), "laptop stolen"),
        ]
        first, second = clients.client_by_code(writer, "HERON").pins
        assert (first.fingerprint, first.retired) == (FRESH, None)
        assert second.retired == LATER
        pins.choose_part(writer, client.identity, FRESH, fingerprint_of(5), LATER)
        assert clients.client_by_code(writer, "HERON").pins[0].part == fingerprint_of(5)
        assert rebuilt(writer)
        pins.choose_part(writer, client.identity, FRESH, "", LATER)
        pins.pin_key(writer, client.identity, fingerprint_of(1), LATER)
        pinned = clients.client_by_code(writer, "HERON").pins
        assert [(pin.fingerprint, pin.retired, pin.part) for pin in pinned] == [
            (fingerprint_of(1), None, None),
            (FRESH, None, None),
        ]
        assert rebuilt(writer)
