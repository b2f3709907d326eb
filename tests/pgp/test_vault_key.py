import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.gnupg import PASSPHRASE, People, altered, forget_passphrases, output, throw_away_home
from therapymail.errors import GnupgUnusable, KeyUnknown, PassphraseNeeded, PassphraseWrong, VaultDamaged
from therapymail.pgp.own_key import make_key, own_certificate, revocation_certificate
from therapymail.pgp.runner import Gpg
from therapymail.pgp.vault_key import seal_vault_key, unseal_vault_key

KEY = secrets.token_bytes(32)


def why_refused(gpg: Gpg, own: str, sealed: bytes, passphrase: str | None = None) -> str:
    with pytest.raises(VaultDamaged) as raised:
        unseal_vault_key(gpg, own, sealed, passphrase)
    assert raised.value.what == "vault.key"
    return raised.value.why


def test_the_key_comes_back(everybody: People) -> None:
    gpg, own = everybody.therapist, everybody.own
    assert unseal_vault_key(gpg, own, seal_vault_key(gpg, own, KEY, None), None) == KEY


def test_the_passphrase_is_needed_and_must_be_right_even_while_it_is_cached(guarded: People) -> None:
    gpg, own = guarded.therapist, guarded.own
    forget_passphrases(gpg)
    with pytest.raises(PassphraseNeeded):
        seal_vault_key(gpg, own, KEY, None)
    with pytest.raises(PassphraseWrong):
        seal_vault_key(gpg, own, KEY, "wrong")
    sealed = seal_vault_key(gpg, own, KEY, PASSPHRASE)
    assert unseal_vault_key(gpg, own, sealed, PASSPHRASE) == KEY
    assert unseal_vault_key(gpg, own, sealed, None) == KEY  # cached
    with pytest.raises(PassphraseWrong):
        unseal_vault_key(gpg, own, sealed, "wrong")
    forget_passphrases(gpg)
    with pytest.raises(PassphraseNeeded):
        unseal_vault_key(gpg, own, sealed, None)


def test_a_corrupt_file_is_told(everybody: People) -> None:
    gpg, own = everybody.therapist, everybody.own
    sealed = seal_vault_key(gpg, own, KEY, None)
    for bad in (b"", b"garbage", sealed[:-1], sealed + b"x", sealed + sealed, altered(sealed), altered(sealed, 60)):
        assert why_refused(gpg, own, bad)


def test_a_key_that_anybody_could_have_sealed_is_refused(everybody: People) -> None:
    unsigned = everybody.sealed(KEY)
    assert "signed" in why_refused(everybody.reader, everybody.own, unsigned)
    swapped = everybody.sealed(KEY, signer=everybody.eve)
    assert "signed" in why_refused(everybody.reader, everybody.own, swapped)
    assert "signed" in why_refused(everybody.therapist, everybody.own, swapped)


def test_a_key_sealed_to_others_as_well_is_refused(everybody: People) -> None:
    with throw_away_home() as gpg:
        own = make_key(gpg, "A", "a@practice.example", None)
        output(gpg, ["--import"], own_certificate(everybody.others, everybody.eve))
        both = ["--recipient", own, "--recipient", everybody.eve, "--local-user", own, "--sign", "--encrypt"]
        assert "one key" in why_refused(gpg, own, output(gpg, both, KEY))


def test_a_key_sealed_and_signed_by_another_own_key_is_refused() -> None:
    with throw_away_home() as gpg:
        first, second = (make_key(gpg, name, f"{name}@practice.example", None) for name in ("first", "second"))
        sealed = seal_vault_key(gpg, second, KEY, None)
        assert "another key" in why_refused(gpg, first, sealed)


def test_a_signed_message_that_is_no_key_is_refused(everybody: People) -> None:
    gpg, own = everybody.therapist, everybody.own
    short = output(gpg, ["--recipient", own, "--local-user", own, "--sign", "--encrypt"], KEY[:31])
    assert "hold" in why_refused(gpg, own, short)
    signed = output(gpg, ["--local-user", own, "--sign"], KEY)
    assert why_refused(gpg, own, signed)


def test_without_the_own_key_that_is_said(everybody: People) -> None:
    sealed = seal_vault_key(everybody.therapist, everybody.own, KEY, None)
    with throw_away_home() as empty:
        with pytest.raises(KeyUnknown):
            unseal_vault_key(empty, everybody.own, sealed, "x")
        assert "another key" in why_refused(empty, everybody.own, sealed)


def test_a_key_signed_by_somebody_else_as_well_is_refused() -> None:
    with throw_away_home() as gpg:
        own, other = (make_key(gpg, name, f"{name}@practice.example", None) for name in ("own", "other"))
        signing = ["--local-user", own, "--local-user", other, "--sign"]
        assert "own key alone" in why_refused(gpg, own, output(gpg, ["--recipient", own, *signing, "--encrypt"], KEY))


def test_a_gpg_that_seals_to_somebody_else_as_well_is_not_believed(everybody: People, tmp_path: Path) -> None:
    with throw_away_home() as gpg:
        own = make_key(gpg, "A", "a@practice.example", None)
        output(gpg, ["--import"], own_certificate(everybody.others, everybody.eve))
        program = tmp_path / "gpg"
        program.write_text(f'#!/bin/sh\nexec gpg --recipient {everybody.eve} "$@"\n')
        program.chmod(0o700)
        with pytest.raises(GnupgUnusable):
            seal_vault_key(replace(gpg, program=str(program)), own, KEY, None)


def test_K6_an_own_key_that_expired_meanwhile_still_opens_the_vault() -> None:
    with throw_away_home() as gpg:
        past = replace(gpg, now=datetime(2024, 3, 1, tzinfo=UTC))
        own = make_key(past, "A", "a@practice.example", None, days=10)
        assert unseal_vault_key(gpg, own, seal_vault_key(past, own, KEY, None), None) == KEY


def test_K6_an_own_key_that_was_revoked_meanwhile_still_opens_the_vault() -> None:
    with throw_away_home() as gpg:
        own = make_key(gpg, "A", "a@practice.example", None)
        sealed = seal_vault_key(gpg, own, KEY, None)
        path = revocation_certificate(gpg, own)
        assert path
        output(gpg, ["--import"], path.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
        assert unseal_vault_key(gpg, own, sealed, None) == KEY
