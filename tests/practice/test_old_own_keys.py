"""K6: the therapist's older keys open what was sealed to them, expired and revoked ones too; nothing new uses them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.gnupg import output
from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from therapymail.domain.kinds import LetterState
from therapymail.domain.letter import Filing, Place
from therapymail.domain.listing import ListFilter
from therapymail.pgp.own_key import revocation_certificate
from therapymail.pgp.single import SingleOpener
from therapymail.practice.arrival import Arrival, read_arrival
from therapymail.practice.correspondents import read_correspondents
from therapymail.practice.introduce import verify_client
from therapymail.practice.keyring import clients_keyring
from therapymail.practice.keys import OWN, import_own_key, list_keys
from therapymail.practice.open_again import open_again
from therapymail.practice.practice import Practice
from therapymail.vault import filing, letters

People = tuple[Practice, Writers, Writer]


@pytest.fixture
def people() -> Iterator[People]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron = writers.add("Maren", "maren@heron.example")
        introduce(practice, "HERON", heron)
        verify_client(practice, "HERON", heron.fingerprint, "by telephone")
        yield practice, writers, heron


def sealed_to(writers: Writers, old: Writer, heron: Writer) -> bytes:
    """A letter of HERON's to the key the therapist had then."""
    inner = b"Content-Type: text/plain\r\n\r\nto the key you had then\r\n"
    sealing = ["--armor", "--sign", "--local-user", heron.fingerprint, "--recipient", old.fingerprint, "--encrypt"]
    armor = output(writers.gpg, sealing, inner).replace(b"\n", b"\r\n")
    return (
        f"From: Maren <{heron.address}>\r\nTo: <orla@practice.example>\r\nMessage-ID: <old@heron.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/encrypted;"
        ' protocol="application/pgp-encrypted"; boundary="o"\r\n\r\n--o\r\n'
        "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--o\r\n"
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode() + b"%b\r\n--o--\r\n" % armor


def filed(practice: Practice, raw: bytes) -> LetterState:
    with practice.vault() as vault, practice.gpg(clients_keyring(practice)) as gpg:
        known = read_correspondents(practice, vault)
        arrival = Arrival(Place("imap", "INBOX", 7, 1), datetime.now(UTC), raw)
        read = read_arrival(arrival, SingleOpener(gpg), known, lambda *_, **__: ())
        assert isinstance(read, Filing)
        with vault.writing() as writer:
            filing.file_letters(writer, [read], practice.clock())
    return read.state


@pytest.mark.parametrize("fate", ["kept", "expired", "revoked"])
def test_K6_an_old_own_key_opens_the_letters_sealed_to_it_whatever_became_of_it(people: People, fate: str) -> None:
    practice, writers, heron = people
    old = writers.add("Orla before", "orla@before.example")
    raw = sealed_to(writers, old, heron)
    assert filed(practice, raw) is LetterState.SEALED
    if fate == "expired":
        for parts in ((), ("*",)):
            output(writers.gpg, ["--quick-set-expire", "--", old.fingerprint, "seconds=1", *parts])
        time.sleep(2)
    if fate == "revoked":
        path = revocation_certificate(writers.gpg, old.fingerprint)
        assert path
        output(writers.gpg, ["--import"], path.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
    secret = output(writers.gpg, ["--export-secret-keys", "--", old.fingerprint])
    taken = import_own_key(practice, secret, None)
    assert (taken.fingerprint, taken.pinned_to, taken.secret) == (old.fingerprint, OWN, True)
    assert taken.is_old
    assert open_again(practice).opened == 1
    with practice.vault() as vault, vault.reading() as reader:
        [letter] = letters.list_letters(reader, ListFilter())
    assert letter.state is LetterState.OPENED
    assert letter.facts.opened_with == old.fingerprint
    own = {key.fingerprint: key.is_old for key in list_keys(practice) if key.pinned_to == OWN}
    assert own == {practice.settings.own_key: False, old.fingerprint: True}
