"""AC5: what the seal holds of our key is proven from the letter as it was opened again, and nothing else passes."""

import base64
from dataclasses import replace

import pytest

from tests.support.gnupg import OWN_ADDRESS, People
from tests.support.letters import outgoing
from therapymail.domain.autocrypt import autocrypt_value
from therapymail.errors import NotProven
from therapymail.mail.autocrypt import offered_key
from therapymail.pgp.autocrypt_certificate import autocrypt_certificate
from therapymail.pgp.opening import open_mail
from therapymail.pgp.own_key import own_certificate
from therapymail.pgp.proof_inside import prove_inside
from therapymail.pgp.single import SingleOpener


def value_for(people: People, address: str = OWN_ADDRESS) -> str:
    certificate = own_certificate(people.therapist, people.own)
    return autocrypt_value(address, autocrypt_certificate(people.therapist, certificate, OWN_ADDRESS))


def proven_inside(people: People, autocrypt: str, more: str = "", *, offers_key: bool = True) -> bytes:
    """Seal a letter with this field and with the lines of `more` in its protected header, and prove it; its payload."""
    letter = outgoing(people, autocrypt=autocrypt)
    payload = open_mail(letter.raw, SingleOpener(people.reader)).payload or b""
    if more:
        payload = payload.replace(b"\r\nHP-Outer:", f"\r\n{more}\r\nHP-Outer:".encode(), 1)
    prove_inside(letter.proven(), payload, letter.expected, offers_key=offers_key)
    return payload


def test_AC5_our_key_is_inside_the_seal_and_not_outside(everybody: People) -> None:
    letter = outgoing(everybody, autocrypt=value_for(everybody))
    assert b"autocrypt" not in letter.raw.lower()
    payload = proven_inside(everybody, value_for(everybody))
    found = offered_key(payload, OWN_ADDRESS)
    assert found is not None
    assert (found.address, found.prefers_encryption) == (OWN_ADDRESS, True)
    assert payload.count(b"Autocrypt") == 1


def test_AC5_a_letter_without_a_header_is_proven_where_none_is_offered(everybody: People) -> None:
    proven_inside(everybody, "", offers_key=False)


def keydata(certificate: bytes) -> str:
    return base64.b64encode(certificate).decode()


def test_AC5_another_key_another_address_or_anything_besides_is_refused(everybody: People) -> None:
    good = value_for(everybody)
    anns = autocrypt_value(OWN_ADDRESS, own_certificate(everybody.others, everybody.ann))
    own = own_certificate(everybody.therapist, everybody.own)
    both = autocrypt_value(OWN_ADDRESS, own + own_certificate(everybody.others, everybody.ann))
    for value in (
        "",
        anns,
        both,
        autocrypt_value(OWN_ADDRESS, own + own),
        autocrypt_value(OWN_ADDRESS, own[:-20]),
        autocrypt_value(OWN_ADDRESS, b"no key at all"),
        value_for(everybody, "ann@client.example"),
        good.replace("mutual", "nopreference"),
        good.replace("keydata=", "_note=x; keydata="),
        good.replace("keydata= ", "keydata= A"),
        f"{good}; _later=x",
    ):
        with pytest.raises(NotProven) as refused:
            proven_inside(everybody, value)
        assert refused.value.check == "autocrypt"
    with pytest.raises(NotProven):
        proven_inside(everybody, good, offers_key=False)


@pytest.mark.parametrize(
    "more",
    [
        "Autocrypt-Gossip: addr=ben@client.example; keydata=mDME",
        "autocrypt-gossip: x",
        "Autocrypt: addr=ann@client.example; keydata=mDME",
        "Autocrypt-Setup-Message: v1",
    ],
)
def test_AC3_a_letter_that_gives_anybody_elses_key_is_never_sent(everybody: People, more: str) -> None:
    with pytest.raises(NotProven):
        proven_inside(everybody, value_for(everybody), more)
    with pytest.raises(NotProven):
        proven_inside(everybody, "", more, offers_key=False)


def test_AC5_a_name_with_another_address_is_refused(everybody: People) -> None:
    letter = outgoing(everybody, autocrypt=value_for(everybody))
    payload = open_mail(letter.raw, SingleOpener(everybody.reader)).payload or b""
    moved = payload.replace(OWN_ADDRESS.encode(), b"other@practice.example")
    with pytest.raises(NotProven):
        prove_inside(letter.proven(), moved, replace(letter.expected, sender="other@practice.example"), offers_key=True)
