"""Where keys are in letters: found in real mail, and nothing a mail holds makes the search raise or go on for long."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.corpora import mails
from therapymail.domain.found_key import KeySource
from therapymail.domain.seal import OpeningFailure, SignatureFact
from therapymail.pgp.decrypter import Decrypted, Unwrapped
from therapymail.pgp.opening import open_mail
from therapymail.practice.enclosed_keys import MAX_ENCLOSED, KeyMaterial, key_material
from therapymail.practice.opened_reading import reading_of

PUBLIC = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"
ENCLOSURE = (
    b'--b\r\nContent-Type: application/pgp-keys; name="k%d.asc"\r\nContent-Disposition: attachment\r\n\r\n'
    + PUBLIC
    + b"\r\n\r\nAA%d\r\n-----END PGP PUBLIC KEY BLOCK-----\r\n"
)


class OpensNothing:
    """A Decrypter without a key."""

    def decrypt(self, ciphertext: bytes) -> Decrypted:
        return Decrypted(None, OpeningFailure.NO_KEY)

    def verify_detached(self, signed: bytes, signature: bytes) -> tuple[SignatureFact, ...]:
        return ()

    def unwrap_signed(self, data: bytes) -> Unwrapped:
        return Unwrapped(None)


def found(raw: bytes) -> tuple[KeyMaterial, ...]:
    opened = open_mail(raw, OpensNothing())
    reading, _ = reading_of(opened)
    return key_material(raw, opened, reading)


def multipart(*parts: bytes, header: bytes = b"") -> bytes:
    start = b"From: ann@client.example\r\n" + header + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    text = b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    return start + text + b"".join(parts) + b"--b--\r\n"


def test_S14_few_files_of_one_letter_are_looked_at() -> None:
    given = found(multipart(*(ENCLOSURE % (number, number) for number in range(MAX_ENCLOSED + 6))))
    assert len(given) == MAX_ENCLOSED
    assert {each.source for each in given} == {KeySource.ENCLOSED}


def test_the_same_key_twice_is_one() -> None:
    assert len(found(multipart(ENCLOSURE % (1, 1), ENCLOSURE % (1, 1)))) == 1


@pytest.mark.parametrize(
    "part",
    [
        b'--b\r\nContent-Type: application/pgp-signature; name="s.asc"\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n',
        b'--b\r\nContent-Type: application/octet-stream; name="letter.pgp"\r\n\r\n\x85\x01\x0c\r\n',
        b'--b\r\nContent-Type: application/pdf; name="key.pdf"\r\n\r\n' + PUBLIC + b"\r\n",
        b'--b\r\nContent-Type: application/pgp-keys; name="k.asc"\r\n\r\n' + PUBLIC + b"A" * 300_000 + b"\r\n",
    ],
)
def test_S14_what_is_no_key_or_too_large_is_not_looked_into(part: bytes) -> None:
    assert found(multipart(part)) == ()


@pytest.mark.corpora
@pytest.mark.parametrize("name", ["kde", "autocrypt-headers", "autocrypt-spec", "synthetic-attacks", "mailpile"])
def test_C42_real_mail_gives_keys_or_none_and_never_an_error(name: str) -> None:
    given = {each.name: found(each.raw) for each in mails(name)}
    assert all(len(keys) <= MAX_ENCLOSED + 2 for keys in given.values())
    if name == "autocrypt-headers":
        assert sum(map(len, given.values())) == 6


_PIECES = st.sampled_from(
    [
        ENCLOSURE % (1, 1),
        PUBLIC,
        b"--b\r\n",
        b"--b--",
        b"Autocrypt: addr=ann@client.example; keydata=QUJD\r\n",
        b'Content-Type: multipart/mixed; boundary="b"\r\n',
        b"Content-Transfer-Encoding: base64\r\n",
        b"\r\n\r\n",
        b"\x99\x01",
        b"\x00",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_PIECES | st.binary(max_size=20), max_size=16))
def test_nothing_a_mail_holds_makes_it_raise(pieces: list[bytes]) -> None:
    for raw in (b"".join(pieces), multipart(*pieces), b"From: ann@client.example\r\n" + b"".join(pieces)):
        for each in found(raw):
            assert each.material
