"""Public keys as rows: what is held comes back whole, and a client's key is not let go."""

from dataclasses import replace

import pytest

from therapymail.errors import KeyRefused, KeyUnknown
from therapymail.vault import certificates, pins
from therapymail.vault.connection import Vault

from .builders import NOW, add_heron, certificate, fingerprint_of


def test_held_certificates_come_back_whole(vault: Vault) -> None:
    with vault.writing() as writer:
        for number in (1, 2, 3):
            certificates.hold(writer, certificate(number), NOW)
    with vault.reading() as reader:
        held = certificates.held(reader)
    assert held == sorted((certificate(number) for number in (1, 2, 3)), key=lambda each: each.fingerprint)


def test_a_newer_copy_replaces_the_older_and_the_same_writes_nothing(vault: Vault) -> None:
    newer = replace(certificate(1), material=b"with a later expiry", expires=None)
    with vault.writing() as writer:
        for given in (certificate(1), certificate(1), newer, newer):
            certificates.hold(writer, given, NOW)
        assert certificates.certificate(writer, fingerprint_of(1)) == newer
        assert writer.row("SELECT count(*) FROM journal") == (2,)


def test_a_candidate_can_be_let_go_but_not_a_clients_key(vault: Vault) -> None:
    with vault.writing() as writer:
        client = add_heron(writer)
        for number in (1, 2):
            certificates.hold(writer, certificate(number), NOW)
        pins.pin_key(writer, client.identity, fingerprint_of(1), NOW)
        certificates.let_go(writer, fingerprint_of(2), NOW)
        with pytest.raises(KeyRefused):
            certificates.let_go(writer, fingerprint_of(1), NOW)
        with pytest.raises(KeyUnknown):
            certificates.let_go(writer, fingerprint_of(2), NOW)
        assert [each.fingerprint for each in certificates.held(writer)] == [fingerprint_of(1)]


def test_user_ids_no_encoding_can_write_down_are_kept_as_far_as_they_go(vault: Vault) -> None:
    with vault.writing() as writer:
        certificates.hold(writer, replace(certificate(1), uids=("Ann \udcff <a@x.example>",)), NOW)
        assert certificates.certificate(writer, fingerprint_of(1)).uids == ("Ann \ufffd <a@x.example>",)
