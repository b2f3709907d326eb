"""What is refused of a client's name, of a verification's words, and of a key that is named too shortly (S7, S14)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.support.practices import Writer, introduce, practice_in, short_directory, writers_to
from therapymail.domain.client import Certificate, ClientStatus
from therapymail.domain.sealing import Permit, Refusal, SealingFacts, decide
from therapymail.domain.spoken_fingerprint import spoken_words
from therapymail.errors import UnusableInput
from therapymail.practice.certificate_intake import held_fingerprint, same_key
from therapymail.practice.introduce import (
    MAX_HOW_CHARACTERS,
    ClientChange,
    NewClient,
    add_client,
    edit_client,
    person_name,
    show_client,
    verify_client,
    zone_name,
)
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, journal

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def people() -> Iterator[tuple[Practice, Writer]]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron = writers.add("Maren Quist", "maren@heron.example")
        introduce(practice, "HERON", heron)
        yield practice, heron


@pytest.mark.parametrize("name", ["", "   ", "Maren\x1b[31m", "Maren\u202e", "Maren\x00", "x" * 201])
def test_S9_a_name_that_is_more_than_a_name_is_refused(name: str) -> None:
    with pytest.raises(UnusableInput):
        person_name(name)
    assert person_name("  Maren \n Quist ") == "Maren Quist"


@pytest.mark.parametrize("how", ["", "  \n ", "x" * (MAX_HOW_CHARACTERS + 1)])
def test_S7_a_key_is_verified_only_with_a_word_on_how(people: tuple[Practice, Writer], how: str) -> None:
    practice, heron = people
    with pytest.raises(UnusableInput):
        verify_client(practice, "HERON", heron.fingerprint, how)
    assert [pin.verified for pin in show_client(practice, "HERON").client.pins] == [False]


@pytest.mark.parametrize("told", ["", "0" * 40, "half"])
def test_S7_only_the_whole_pinned_fingerprint_is_verified(people: tuple[Practice, Writer], told: str) -> None:
    practice, heron = people
    with pytest.raises(UnusableInput):
        verify_client(practice, "HERON", told if told != "half" else heron.fingerprint[-16:], "by phone")
    assert [pin.verified for pin in show_client(practice, "HERON").client.pins] == [False]


def test_C27_a_fingerprint_read_out_in_words_is_the_fingerprint(people: tuple[Practice, Writer]) -> None:
    practice, heron = people
    words = list(spoken_words(heron.fingerprint))
    for wrong in ([*words[1:], words[0]], words[:-1], [*words[:-2], words[-1], words[-2]]):
        with pytest.raises(UnusableInput):
            verify_client(practice, "HERON", " ".join(wrong), "by telephone")
    [key] = verify_client(practice, "HERON", " ".join(words), "by telephone").keys
    assert key.confirmed is not None
    assert key.confirmed.how == "by telephone"


def test_S14_a_short_key_id_names_no_key() -> None:
    fingerprint = "A" * 24 + "0123456789ABCDEF"
    assert same_key(fingerprint, "0x0123 4567 89ab cdef")
    assert same_key(fingerprint, fingerprint)
    for short in ("", "89ABCDEF", "123456789ABCDEF", "F"):
        assert not same_key(fingerprint, short)


def test_S14_an_ending_that_two_keys_share_names_neither(
    people: tuple[Practice, Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    twins = [Certificate(each * 24 + "0" * 16, b"", (), NOON, None, can_encrypt=True, client=None) for each in "AB"]
    monkeypatch.setattr(certificates, "held", lambda _: twins)
    with people[0].vault() as vault, vault.reading() as reader:
        with pytest.raises(UnusableInput):
            held_fingerprint(reader, "0" * 16)
        assert held_fingerprint(reader, "A" * 24 + "0" * 16) == "A" * 24 + "0" * 16


def test_a_zone_nobody_knows_is_refused() -> None:
    for zone in ("", "Nowhere/Land", "../etc/passwd"):
        with pytest.raises(UnusableInput):
            zone_name(zone)


def test_C2_a_client_is_paused_closed_and_taken_up_again_and_the_journal_says_so(
    people: tuple[Practice, Writer],
) -> None:
    practice, _ = people
    for status in (ClientStatus.PAUSED, ClientStatus.CLOSED, ClientStatus.REFERRED, ClientStatus.ACTIVE):
        before = entries(practice)
        assert edit_client(practice, "HERON", ClientChange(status=status)).client.status is status
        assert edit_client(practice, "HERON", ClientChange(status=status)).client.status is status
        assert entries(practice) == before + 1  # saying it twice is one change


@pytest.mark.parametrize("status", [ClientStatus.PAUSED, ClientStatus.CLOSED, ClientStatus.REFERRED])
def test_C2_to_a_paused_or_closed_client_no_letter_may_leave(
    people: tuple[Practice, Writer], status: ClientStatus
) -> None:
    practice, heron = people
    verify_client(practice, "HERON", heron.fingerprint, "by phone")
    client = edit_client(practice, "HERON", ClientChange(status=status)).client
    certificate = Certificate(heron.fingerprint, heron.certificate, (), NOON, None, can_encrypt=True, client=None)
    facts = SealingFacts(client, certificate, "A" * 40, None, own_usable=True, now=NOON)
    assert isinstance(decide(facts), Refusal)
    active = edit_client(practice, "HERON", ClientChange(status=ClientStatus.ACTIVE)).client
    assert isinstance(decide(replace(facts, client=active)), Permit)


def entries(practice: Practice) -> int:
    """How many entries the journal has."""
    with practice.vault() as vault, vault.reading() as reader:
        return journal.verify(reader).entries


def test_S7_the_therapists_own_address_is_no_clients(people: tuple[Practice, Writer]) -> None:
    practice, _ = people
    own = practice.settings.email.upper()
    for change in (ClientChange(write_to=own), ClientChange(add_addresses=(own,))):
        with pytest.raises(UnusableInput, match="your own"):
            edit_client(practice, "HERON", change)
    with pytest.raises(UnusableInput, match="your own"):
        add_client(practice, NewClient("LINDEN", "Tomas Thistledown", [own], None, "Europe/London"))
