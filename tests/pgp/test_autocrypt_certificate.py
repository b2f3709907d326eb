"""AC5: the certificate that our Autocrypt header carries is ours, with one name and one part to seal to."""

import time
from collections.abc import Iterator

import pytest

from tests.support.gnupg import OWN_ADDRESS, People, output, throw_away_home
from therapymail.domain.autocrypt import MAX_VALUE, autocrypt_value
from therapymail.domain.mail_headers import field_line
from therapymail.mail.autocrypt import AutocryptKey, offered_key
from therapymail.pgp.autocrypt_certificate import autocrypt_certificate
from therapymail.pgp.certificate_packets import each_packet, encryption_key_ids, key_fingerprints, outline
from therapymail.pgp.certificates import inspect
from therapymail.pgp.own_key import make_key, own_certificate
from therapymail.pgp.packets import sealed_to_key_ids
from therapymail.pgp.runner import Gpg


def tags(certificate: bytes) -> list[int]:
    return [packet.tag for packet in each_packet(certificate)]


@pytest.fixture
def busy() -> Iterator[tuple[Gpg, str]]:
    """An own key that has seen years: two names besides, a part that has ended, one that signs, a newer one to seal."""
    with throw_away_home() as gpg:
        own = make_key(gpg, "Dr Orla Fenwick", OWN_ADDRESS, None)
        for name in ("Orla <orla@home.example>", "Orla without an address"):
            do(gpg, "--quick-add-uid", own, name)
        for method, usage, ends in (("cv25519", "encrypt", "seconds=1"), ("ed25519", "sign", "never")):
            do(gpg, "--quick-add-key", own, method, usage, ends)
        time.sleep(1.1)  # so that one has ended, and the next is the newest
        do(gpg, "--quick-add-key", own, "cv25519", "encrypt", "never")
        yield gpg, own


def do(gpg: Gpg, *arguments: str) -> None:
    assert gpg.run([*arguments], passphrase=b"").returncode == 0


def test_AC5_of_a_plain_key_it_is_the_five_packets_of_the_specification(everybody: People) -> None:
    certificate = own_certificate(everybody.therapist, everybody.own)
    cut = autocrypt_certificate(everybody.therapist, certificate, OWN_ADDRESS)
    assert tags(cut) == [6, 13, 2, 14, 2]
    assert key_fingerprints(cut)[0] == everybody.own
    assert len(cut) < 700
    report = inspect(everybody.therapist, cut)
    assert (report.can_encrypt, report.secret, report.uids) == (True, False, (f"Dr Orla Fenwick <{OWN_ADDRESS}>",))


def test_AC5_one_name_and_one_valid_part_of_a_key_that_has_seen_years(busy: tuple[Gpg, str]) -> None:
    gpg, own = busy
    certificate = own_certificate(gpg, own)
    assert outline(certificate).user_ids == 3
    cut = autocrypt_certificate(gpg, certificate, OWN_ADDRESS)
    assert b"home.example" not in cut
    assert outline(cut).user_ids == 1
    assert tags(cut).count(14) == 2  # one to seal to, and the one that signs our letters
    [sealing] = encryption_key_ids(cut)
    signed = output(gpg, ["--local-user", own, "--sign"], b"a letter")
    with throw_away_home() as theirs:
        output(theirs, ["--import"], cut)
        letter = output(theirs, ["--recipient", own, "--encrypt"], b"an answer")
        assert output(gpg, ["--decrypt"], letter) == b"an answer"
        assert output(theirs, ["--decrypt"], signed) == b"a letter"
    whole = gpg.run(["--recipient", own, "--encrypt"], b"x").output
    assert sealed_to_key_ids(whole) == (sealing,)


def test_AC5_no_header_where_no_name_bears_our_address_or_nothing_can_be_sealed_to_it(everybody: People) -> None:
    certificate = own_certificate(everybody.therapist, everybody.own)
    assert autocrypt_certificate(everybody.therapist, certificate, "other@practice.example") == b""
    assert autocrypt_certificate(everybody.others, own_certificate(everybody.others, everybody.ann), OWN_ADDRESS) == b""
    with throw_away_home() as gpg:
        do(gpg, "--quick-generate-key", f"Orla <{OWN_ADDRESS}>", "ed25519", "sign", "never")
        [own] = [line.split(b":")[9].decode() for line in output(gpg, ["--with-colons", "-k"]).split(b"\n")
                 if line.startswith(b"fpr")]  # fmt: skip
        assert autocrypt_certificate(gpg, own_certificate(gpg, own), OWN_ADDRESS) == b""


def test_AC5_the_header_is_folded_and_is_read_as_it_was_meant(everybody: People) -> None:
    certificate = own_certificate(everybody.therapist, everybody.own)
    cut = autocrypt_certificate(everybody.therapist, certificate, OWN_ADDRESS)
    line = field_line("Autocrypt", autocrypt_value(OWN_ADDRESS, cut))
    assert max(len(each) for each in line.split(b"\r\n")) <= 76
    assert line.startswith(f"Autocrypt: addr={OWN_ADDRESS}; prefer-encrypt=mutual; keydata=\r\n ".encode())
    assert offered_key(f"From: {OWN_ADDRESS}\r\n".encode() + line + b"\r\n") == AutocryptKey(OWN_ADDRESS, cut, True)


def test_AC5_a_header_longer_than_ten_kibibytes_is_not_sent() -> None:
    assert len(autocrypt_value(OWN_ADDRESS, b"k" * 7500)) <= MAX_VALUE
    assert autocrypt_value(OWN_ADDRESS, b"k" * 7600) == ""
    assert autocrypt_value(OWN_ADDRESS, b"") == ""
