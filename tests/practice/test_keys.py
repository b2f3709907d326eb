"""A client's key on its way into the record: of no use, newer, revoked, or of another address (C24, C31, K4)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.gnupg import output
from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from therapymail.domain.client import PinnedKey
from therapymail.domain.key_fault import KeyFault
from therapymail.domain.sealing import Hindrance, Permit, Refusal, decide
from therapymail.errors import KeyOfNoUse, KeyRefused
from therapymail.pgp.own_key import revocation_certificate
from therapymail.practice.checks.vault import look_at_client_keys
from therapymail.practice.introduce import ClientChange, NewClient, add_client, edit_client, show_client, verify_client
from therapymail.practice.keys import import_key, pin_key, show_key
from therapymail.practice.policy import own_key_now, sealing_facts
from therapymail.practice.practice import Practice
from therapymail.vault import clients, journal


@pytest.fixture
def people() -> Iterator[tuple[Practice, Writers, Writer]]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron = writers.add("Maren Quist", "maren@heron.example")
        introduce(practice, "HERON", heron)
        verify_client(practice, "HERON", heron.fingerprint, "by telephone")
        yield practice, writers, heron


def exported(writers: Writers, writer: Writer) -> bytes:
    return output(writers.gpg, ["--export", "--", writer.fingerprint])


def revoked(writers: Writers, writer: Writer) -> bytes:
    path = revocation_certificate(writers.gpg, writer.fingerprint)
    assert path
    output(writers.gpg, ["--import"], path.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
    return exported(writers, writer)


def pinned(practice: Practice, code: str = "HERON") -> PinnedKey:
    return show_client(practice, code).keys[0]


def decided(practice: Practice, code: str = "HERON") -> Permit | Refusal:
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code)
        return decide(sealing_facts(practice, reader, client, own_key_now(practice), None))


def payloads(practice: Practice, what: str) -> list[Any]:
    with practice.vault() as vault, vault.reading() as reader:
        return [payload for entry, payload in list(journal.entries(reader)) if entry.what == what]


def test_K4_a_newer_copy_of_a_pinned_key_keeps_pin_and_verification(people: tuple[Practice, Writers, Writer]) -> None:
    practice, writers, heron = people
    before = pinned(practice)
    writers.gpg.run(["--quick-set-expire", "--", heron.fingerprint, "90d"])
    for code in (None, "HERON"):
        taken = import_key(practice, exported(writers, heron), code)
        assert (taken.pinned_to, taken.confirmed) == ("HERON", before.confirmed)
        assert taken.expires
    assert pinned(practice) == before._replace(expires=taken.expires)
    assert isinstance(decided(practice), Permit)
    assert len(payloads(practice, "client.key-pinned")) == 1
    held = len(payloads(practice, "certificate.held"))
    import_key(practice, heron.certificate, None)  # what is older changes nothing
    assert pinned(practice).expires == taken.expires
    assert len(payloads(practice, "certificate.held")) == held == 2


def test_K4_C27_a_revoked_key_is_taken_and_nothing_is_sealed_to_it(people: tuple[Practice, Writers, Writer]) -> None:
    practice, writers, heron = people
    taken = import_key(practice, revoked(writers, heron), None)
    assert (taken.pinned_to, taken.fault, taken.can_encrypt) == ("HERON", KeyFault.REVOKED, False)
    assert pinned(practice).revoked
    assert decided(practice) == Refusal((Hindrance.KEY_REVOKED,))
    import_key(practice, heron.certificate, "HERON")  # the copy from before does not bring it back
    assert decided(practice) == Refusal((Hindrance.KEY_REVOKED,))
    [check] = look_at_client_keys(practice)
    assert "revoked" in check.says
    assert "--client HERON" in check.next_step


def test_C24_a_key_that_nothing_can_be_sealed_to_is_refused_with_a_sentence_for_the_client(
    people: tuple[Practice, Writers, Writer],
) -> None:
    practice, writers, _ = people
    wren = writers.add("Wren", "wren@mail.example")
    made = writers.gpg.run(["--passphrase", "", "--quick-generate-key", "Sign <owl@mail.example>", "ed25519", "sign"])
    signing = next(line.fields()[1] for line in made.status if line.keyword == "KEY_CREATED")
    for material, address, words in (
        (revoked(writers, wren), "wren@mail.example", "revoked"),
        (output(writers.gpg, ["--export", signing]), "owl@mail.example", "Nothing can be encrypted"),
    ):
        with pytest.raises(KeyOfNoUse) as refused:
            add_client(practice, NewClient("OWL", "Somebody", (address,), material, "UTC"))
        assert words in refused.value.tell
        edit_client(practice, "HERON", ClientChange(add_addresses=(address,)))
        with pytest.raises(KeyOfNoUse):
            import_key(practice, material, "HERON")
    assert [key.fingerprint for key in show_client(practice, "HERON").keys] == [pinned(practice).fingerprint]


def test_C31_a_key_of_another_address_is_pinned_only_by_a_choice_that_the_journal_keeps(
    people: tuple[Practice, Writers, Writer],
) -> None:
    practice, writers, _ = people
    alias = writers.add("Tomas", "alias@elsewhere.example")
    new = NewClient("LINDEN", "Tomas Adeyemi", ("tomas@linden.example",), alias.certificate, "UTC")
    with pytest.raises(KeyRefused):
        add_client(practice, new)
    add_client(practice, replace(new, although_another_address=True))
    assert pinned(practice, "LINDEN").another_address
    assert not pinned(practice).another_address
    assert [payload.get("although") for payload in payloads(practice, "client.key-pinned")] == [None, "another-address"]
    assert import_key(practice, exported(writers, alias), None).uids == ("Tomas <alias@elsewhere.example>",)


def test_C31_a_held_key_of_another_address_is_not_pinned_without_that_choice(
    people: tuple[Practice, Writers, Writer],
) -> None:
    practice, writers, heron = people
    alias = writers.add("Maren", "alias@elsewhere.example")
    import_key(practice, alias.certificate, None)
    for refused in (
        lambda: edit_client(practice, "HERON", ClientChange(pin=alias.fingerprint)),
        lambda: import_key(practice, alias.certificate, "HERON"),
        lambda: pin_key(practice, alias.fingerprint, "HERON"),
    ):
        with pytest.raises(KeyRefused):
            refused()
    assert show_key(practice, alias.fingerprint).pinned_to is None
    kept = import_key(practice, alias.certificate, "HERON", although_another_address=True)
    assert kept.pinned_to is None  # beside a pinned key it waits for a decision
    assert decided(practice) == Refusal((Hindrance.KEY_CHANGE_OPEN,))
    pin_key(practice, alias.fingerprint, "HERON", although_another_address=True)
    assert [key.fingerprint for key in show_client(practice, "HERON").keys] == [alias.fingerprint, heron.fingerprint]
    assert pinned(practice).confirmed is None
    assert decided(practice) == Refusal((Hindrance.KEY_UNVERIFIED,))
