"""Who a message is sealed to: only ever a key named by its full fingerprint, and never one found on the way."""

import os

import pytest

from tests.support.gnupg import People
from therapymail.errors import GnupgUnusable
from therapymail.pgp.runner import recipient
from therapymail.pgp.vault_key import seal_vault_key


@pytest.mark.parametrize("name", ["ann@ann.example", "Ann", "DEADBEEF", "0123456789ABCDEF", "a" * 40, "", "A" * 39])
def test_H1_only_a_full_fingerprint_names_a_recipient(name: str) -> None:
    with pytest.raises(GnupgUnusable):
        recipient(name)


def test_H1_an_address_that_gpg_would_match_is_refused_before_gpg_is_asked(everybody: People) -> None:
    """gpg itself would seal to whichever key it finds by this piece of an address."""
    matched = everybody.others.run(["--recipient", "example", "--encrypt"], b"for somebody")
    assert matched.returncode == 0
    with pytest.raises(GnupgUnusable):
        seal_vault_key(everybody.others, "example", os.urandom(32), None)


def test_H2_sealing_to_an_unknown_key_fails_without_a_look_up(everybody: People) -> None:
    base = everybody.others.base()
    assert {"--no-auto-key-locate", "--disable-dirmngr", "--no-auto-key-retrieve"} <= set(base)
    run = everybody.others.run(["--recipient", "nobody@private.example", "--encrypt"], b"for nobody")
    assert run.returncode != 0
    assert run.output == b""
    assert not any(b"WKD" in line.arguments or line.keyword == "PROGRESS" for line in run.status)
