import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.gnupg import PASSPHRASE, People, altered, forget_passphrases, output, throw_away_home
from tests.support.handmade_seals import literal, message_without_integrity, ocb_message
from therapymail.domain.seal import OpeningFailure, SignatureFinding
from therapymail.errors import GnupgUnusable
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.own_key import make_key, own_certificate, revocation_certificate
from therapymail.pgp.runner import Gpg
from therapymail.pgp.single import SingleOpener

TEXT = b"The letter itself.\n" * 40


def failure_of(people: People, ciphertext: bytes) -> OpeningFailure | None:
    opened = SingleOpener(people.reader).decrypt(ciphertext)
    assert opened.plaintext is None
    assert opened.signatures == ()
    return opened.failure


def test_a_sealed_and_signed_letter_opens_with_its_facts(everybody: People) -> None:
    opened = SingleOpener(everybody.reader).decrypt(everybody.sealed(TEXT, signer=everybody.ann))
    assert opened.plaintext == TEXT
    assert opened.opened_with == everybody.own
    (fact,) = opened.signatures
    assert (fact.finding, fact.signer) == (SignatureFinding.GOOD, everybody.ann)


def test_D3_unknown_signer_is_settled_by_a_second_run_without_verifying(everybody: People) -> None:
    opened = SingleOpener(everybody.therapist).decrypt(everybody.sealed(TEXT, signer=everybody.ann))
    assert opened.plaintext == TEXT
    assert opened.notes == ("opened-twice",)
    (fact,) = opened.signatures
    assert (fact.finding, fact.signer) == (SignatureFinding.KEY_UNKNOWN, everybody.ann)


@pytest.mark.parametrize("size", [300, 9_000, 70_000])
def test_D3_T7042_OCB_TAMPER_a_tampered_OCB_message_is_refused_though_gpg_says_okay(
    everybody: People, size: int
) -> None:
    message = ocb_message(everybody.therapist.homedir, everybody.own, literal(os.urandom(size)))
    assert SingleOpener(everybody.therapist).decrypt(message).failure is None
    for place in (-1, -40, len(message) * 7 // 10):
        assert failure_of(everybody, altered(message, place)) is OpeningFailure.ALTERED
    assert failure_of(everybody, message[: len(message) * 8 // 10]) is OpeningFailure.DAMAGED


def test_D3_a_tampered_OCB_message_by_an_unknown_signer_is_refused(everybody: People) -> None:
    signed = output(everybody.others, ["--local-user", everybody.ann, "--compress-algo=none", "--sign"], TEXT * 20)
    message = ocb_message(everybody.therapist.homedir, everybody.own, signed)
    opened = SingleOpener(everybody.therapist).decrypt(message)
    assert opened.plaintext == TEXT * 20
    assert opened.notes == ("opened-twice",)
    for place in (-1, -20, len(message) // 2):
        assert failure_of(everybody, altered(message, place)) is OpeningFailure.ALTERED


def test_H3_S1_OK_DISCARD_a_changed_or_cut_message_gives_no_byte(everybody: People) -> None:
    sealed = everybody.sealed(TEXT, signer=everybody.ann)
    assert failure_of(everybody, altered(sealed)) is OpeningFailure.ALTERED
    assert failure_of(everybody, sealed[:-10]) is OpeningFailure.DAMAGED
    assert failure_of(everybody, sealed[:60]) is OpeningFailure.DAMAGED
    for place in range(100, len(sealed), 37):
        assert SingleOpener(everybody.reader).decrypt(altered(sealed, place)).plaintext is None


def test_S1_a_message_without_integrity_protection_gives_no_byte(everybody: People) -> None:
    old = message_without_integrity(everybody.therapist.homedir, everybody.own, literal(TEXT))
    assert failure_of(everybody, old) is OpeningFailure.NO_INTEGRITY


def test_H4_OK_PASSWORD_a_message_sealed_with_a_password_is_not_sealed_to_us(guarded: People) -> None:
    symmetric = output(guarded.others, ["--symmetric"], TEXT, passphrase=PASSPHRASE)
    for passphrase in (None, PASSPHRASE.encode()):
        opened = SingleOpener(guarded.reader, passphrase=passphrase).decrypt(symmetric)
        assert (opened.plaintext, opened.failure) == (None, OpeningFailure.SYMMETRIC)


def test_C32_a_message_sealed_to_us_and_with_a_password_opens_with_our_key_alone(guarded: People) -> None:
    both = output(
        guarded.others, ["--encrypt", "--symmetric", "--recipient", guarded.own], TEXT, passphrase="of another"
    )
    opened = SingleOpener(guarded.reader, passphrase=PASSPHRASE.encode()).decrypt(both)
    assert (opened.plaintext, opened.failure) == (TEXT, None)


def test_H4_signed_only_data_is_not_taken_for_sealed(everybody: People) -> None:
    signed = output(everybody.others, ["--local-user", everybody.ann, "--sign"], TEXT)
    opened = SingleOpener(everybody.reader).decrypt(signed)
    assert (opened.plaintext, opened.failure, opened.notes) == (None, OpeningFailure.STRUCTURE, ("not-encrypted",))


def test_S4_OK_LITERAL_SMUGGLING_a_literal_before_or_behind_the_seal_is_refused(everybody: People) -> None:
    sealed = everybody.sealed(TEXT)
    assert failure_of(everybody, literal(b"before") + sealed) is OpeningFailure.STRUCTURE
    assert failure_of(everybody, sealed + literal(b"behind")) is OpeningFailure.STRUCTURE
    assert failure_of(everybody, sealed + sealed) is OpeningFailure.STRUCTURE


def test_NO_KEY_sealed_to_somebody_else(everybody: People) -> None:
    assert failure_of(everybody, everybody.sealed(TEXT, to=everybody.eve)) is OpeningFailure.NO_KEY


def test_HIDDEN_a_hidden_recipient_opens(everybody: People) -> None:
    opened = SingleOpener(everybody.reader).decrypt(everybody.sealed(TEXT, "--throw-keyids"))
    assert opened.plaintext == TEXT
    assert opened.sealed_to == ("0" * 16,)


def test_RUN_PASSPHRASE_a_locked_key_is_told_from_a_missing_one(guarded: People) -> None:
    sealed = guarded.sealed(TEXT)
    for passphrase in (None, b"wrong"):
        forget_passphrases(guarded.therapist)
        opened = SingleOpener(guarded.reader, passphrase=passphrase).decrypt(sealed)
        assert (opened.plaintext, opened.failure) == (None, OpeningFailure.LOCKED)
    forget_passphrases(guarded.therapist)
    assert SingleOpener(guarded.reader, passphrase=PASSPHRASE.encode()).decrypt(sealed).plaintext == TEXT


def test_NEWER_a_version_6_message_is_called_unsupported(everybody: People) -> None:
    key_packet = bytes([0xC1, 24, 6, 21, 4]) + bytes(20) + b"\x19"
    data = bytes([0xD2, 40, 2, 9, 2, 6]) + bytes(36)
    assert failure_of(everybody, key_packet[:26] + data) is OpeningFailure.UNSUPPORTED


def test_S24_BOMBS_a_bomb_is_too_large(everybody: People) -> None:
    opener = SingleOpener(everybody.reader, output_cap=100_000)
    for size in (100_001, 20_000_000):
        opened = opener.decrypt(everybody.sealed(b"\0" * size))
        assert (opened.plaintext, opened.failure) == (None, OpeningFailure.TOO_LARGE)
    assert opener.decrypt(everybody.sealed(b"\0" * 100_000)).plaintext == b"\0" * 100_000


def test_S23_an_agent_that_cannot_start_is_no_fault_of_the_letter(everybody: People) -> None:
    with throw_away_home() as gpg:
        own = make_key(gpg, "Gone", "gone@practice.example", None)
        sealed = output(gpg, ["--recipient", own, "--encrypt"], TEXT)
        with AgentConnection(gpg.homedir) as agent:
            agent.kill()
        in_the_way = gpg.homedir / "S.gpg-agent" / "in the way"
        in_the_way.mkdir(parents=True)
        with pytest.raises(GnupgUnusable):
            SingleOpener(gpg).decrypt(sealed)
        shutil.rmtree(in_the_way.parent)
        assert SingleOpener(gpg).decrypt(sealed).plaintext == TEXT


# --- signatures by themselves ---------------------------------------------------------------------


def signature(people: People, signer: str, text: bytes = TEXT, gpg: Gpg | None = None) -> bytes:
    return output(gpg or people.others, ["--local-user", signer, "--detach-sign"], text)


def test_a_detached_signature_holds_for_exactly_its_text(everybody: People) -> None:
    opener = SingleOpener(everybody.reader)
    made = signature(everybody, everybody.ann)
    assert [fact.finding for fact in opener.verify_detached(TEXT, made)] == [SignatureFinding.GOOD]
    assert [fact.finding for fact in opener.verify_detached(TEXT + b" ", made)] == [SignatureFinding.BAD]
    assert opener.verify_detached(TEXT, b"") == ()
    assert opener.verify_detached(TEXT, b"garbage") == ()


def test_H6_two_signatures_are_two_facts(everybody: People) -> None:
    both = signature(everybody, everybody.ann) + signature(everybody, everybody.eve)
    facts = SingleOpener(everybody.reader).verify_detached(TEXT, both)
    assert {fact.signer for fact in facts} == {everybody.ann, everybody.eve}


def test_a_signature_that_brings_its_own_text_says_nothing_about_ours(everybody: People) -> None:
    inline = output(everybody.others, ["--local-user", everybody.ann, "--sign"], b"another text")
    assert SingleOpener(everybody.reader).verify_detached(TEXT, inline) == ()


def test_D4_a_signature_by_an_expired_key_is_not_good_and_says_when_it_expired(everybody: People) -> None:
    with throw_away_home() as gpg:
        then = datetime(2024, 3, 1, 12, tzinfo=UTC)
        past = replace(gpg, now=then)
        old = make_key(past, "Old", "old@client.example", None, days=10)
        made = signature(everybody, old, gpg=past)
        (fact,) = SingleOpener(gpg).verify_detached(TEXT, made)
        assert (fact.finding, fact.signer) == (SignatureFinding.KEY_EXPIRED, old)
        assert fact.key_expires == then + timedelta(days=10)
        assert fact.made_at == then


def test_D4_a_signature_by_a_revoked_key_is_not_good() -> None:
    with throw_away_home() as gpg:
        fingerprint = make_key(gpg, "Old", "old@client.example", None)
        made = output(gpg, ["--local-user", fingerprint, "--detach-sign"], TEXT)
        path = revocation_certificate(gpg, fingerprint)
        assert path
        output(gpg, ["--import"], path.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
        (fact,) = SingleOpener(gpg).verify_detached(TEXT, made)
        assert (fact.finding, fact.signer) == (SignatureFinding.KEY_REVOKED, fingerprint)


def test_opaque_signed_data_is_unwrapped(everybody: People) -> None:
    opener = SingleOpener(everybody.reader)
    signed = output(everybody.others, ["--local-user", everybody.ann, "--sign"], TEXT)
    found = opener.unwrap_signed(signed)
    assert found.content == TEXT
    assert [(fact.finding, fact.signer) for fact in found.signatures] == [(SignatureFinding.GOOD, everybody.ann)]
    assert opener.unwrap_signed(signed[:-20]).signatures != found.signatures
    assert opener.unwrap_signed(literal(TEXT)).content == TEXT
    assert opener.unwrap_signed(literal(TEXT)).signatures == ()


def test_A5_cleartext_signed_text_is_what_gpg_gives(everybody: People) -> None:
    opener = SingleOpener(everybody.reader)
    signed = output(everybody.others, ["--local-user", everybody.ann, "--clear-sign"], b"one\n- two\nFrom three\n")
    found = opener.unwrap_signed(signed)
    assert found.content == b"one\n- two\nFrom three\n"
    assert [fact.finding for fact in found.signatures] == [SignatureFinding.GOOD]
    changed = opener.unwrap_signed(signed.replace(b"one", b"two"))
    assert [fact.finding for fact in changed.signatures] == [SignatureFinding.BAD]


def test_sealed_data_is_not_unwrapped(everybody: People) -> None:
    assert SingleOpener(everybody.reader).unwrap_signed(everybody.sealed(TEXT)).content is None
    assert SingleOpener(everybody.reader).unwrap_signed(b"").content is None
    key = own_certificate(everybody.others, everybody.ann)
    assert SingleOpener(everybody.reader).unwrap_signed(key).content is None


def test_S5_H5_an_impostor_with_the_clients_name_is_another_signer(everybody: People) -> None:
    with throw_away_home() as gpg:
        impostor = make_key(gpg, "Ann", "ann@client.example", None)
        output(gpg, ["--import"], own_certificate(everybody.therapist, everybody.own))
        sealed = output(gpg, ["--recipient", everybody.own, "--local-user", impostor, "--sign", "--encrypt"], TEXT)
        opened = SingleOpener(everybody.reader).decrypt(sealed)
        assert [fact.signer for fact in opened.signatures] == [impostor]
        assert impostor != everybody.ann


def test_S5_an_embedded_file_name_forges_nothing(everybody: People) -> None:
    name = f"x\n[GNUPG:] GOODSIG {everybody.ann[-16:]} Ann\n[GNUPG:] VALIDSIG {everybody.ann}\n"
    opened = SingleOpener(everybody.reader).decrypt(everybody.sealed(TEXT, "--set-filename", name))
    assert opened.plaintext == TEXT
    assert opened.signatures == ()


def test_a_letter_for_your_eyes_only_opens_like_any_other(everybody: People) -> None:
    assert SingleOpener(everybody.reader).decrypt(everybody.sealed(TEXT, "--for-your-eyes-only")).plaintext == TEXT


def test_S23_a_gpg_that_was_killed_is_no_fault_of_the_letter(everybody: People, tmp_path: Path) -> None:
    """It is started once more; where that ends it again, the letter is not opened, and nothing stops on it (C42)."""
    message = everybody.sealed(TEXT, signer=everybody.ann)
    for kills, text in ((1, TEXT), (9, None)):
        left = tmp_path / f"kills-{kills}"
        left.write_text("\n" * kills)
        program = tmp_path / "gpg"
        program.write_text(
            f'#!/bin/sh\nif [ -s {left} ]; then sed -i 1d {left}; kill -9 $$; fi\nexec gpg "$@"\n',
        )
        program.chmod(0o700)
        gpg = replace(everybody.reader, program=str(program))
        assert SingleOpener(gpg).decrypt(message).plaintext == text
