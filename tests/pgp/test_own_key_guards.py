"""What is written into gpg's parameters for a new key, and what is read back of a key's names (HAZARDS S9, S12)."""

from dataclasses import replace

import pytest

from tests.support.gnupg import throw_away_home
from therapymail.errors import UnusableInput
from therapymail.pgp import certificates
from therapymail.pgp.certificate_packets import each_packet, outline, without_hostile_names
from therapymail.pgp.certificates import inspect
from therapymail.pgp.own_key import make_key, own_certificate, own_keys

# Of no kind that anybody uses, so that no control character gives it away; a picture goes for two reasons.
ATTRIBUTE = b"\xd1\x23" + b'"' + b"d" * 34
SIGNATURE = b"\xc2\x06\x04\x10\x16\x0a\x00\x00"


@pytest.mark.parametrize(
    "email", ["a@b.example\nKey-Length: 1024", "a@b.example\n%no-protection", "a@b", "", "a b@c.example"]
)
def test_S12_an_address_that_would_be_more_than_an_address_is_refused(email: str) -> None:
    with throw_away_home() as gpg, pytest.raises(UnusableInput):
        make_key(gpg, "Ann", email, None)


def test_S9_names_of_own_keys_are_sanitised() -> None:
    with throw_away_home() as gpg:
        gpg.run(["--passphrase", "", "--quick-generate-key", "Ann\u202e\x1b[31m <a@b.example>"])
        (key,) = own_keys(gpg)
    assert "\u202e" not in key.uids[0]
    assert "\x1b" not in key.uids[0]


def test_S14_a_user_attribute_in_a_key_is_not_kept() -> None:
    with throw_away_home() as gpg:
        material = own_certificate(gpg, make_key(gpg, "Ann", "a@b.example", None))
    with_attribute = material + ATTRIBUTE + SIGNATURE
    kept = without_hostile_names(with_attribute)
    assert [packet.tag for packet in each_packet(with_attribute)].count(17) == 1
    assert kept == material


def test_AC7_a_key_that_asks_for_what_gpg_cannot_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who holds the secret key could make such a one: what its packets ask for is said in their place."""
    with throw_away_home() as gpg:
        material = own_certificate(gpg, make_key(gpg, "Ann", "a@b.example", None))
        assert inspect(gpg, material).problems == ()
        monkeypatch.setattr(certificates, "outline", lambda packets: replace(outline(packets), wants_seipd2=True))
        assert any("SEIPD" in problem for problem in inspect(gpg, material).problems)
