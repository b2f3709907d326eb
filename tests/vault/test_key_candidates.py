"""Keys found in letters: kept as candidates, few, and gone with the letters they came with."""

from dataclasses import replace

import pytest

from therapymail.domain.found_key import FoundKey, KeySource
from therapymail.domain.names import LetterName
from therapymail.vault import certificates, clients, decisions, filing, key_candidates, pins
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.key_candidates import MAX_BYTES, MAX_CANDIDATES, MAX_PLACES
from therapymail.vault.rebuild import rebuild

from .builders import NOW, add_heron, certificate, digest_of, fingerprint_of
from .builders import filing as a_filing


def found(number: int, *, signs: bool = False, known: bool = False) -> FoundKey:
    return FoundKey(
        fingerprint_of(number),
        KeySource.ENCLOSED,
        signs,
        None if known else certificate(number),
        ("it is short",) if number == 2 else (),
    )


def file(writer: Writer, number: int, *keys: FoundKey) -> str:
    identity = next((each for each in clients.clients(writer)), None) or add_heron(writer)
    filing.file_letters(writer, [a_filing(number, identity, keys=keys)], NOW)
    return identity.identity


def fingerprints(writer: Writer) -> list[str]:
    return [each.certificate.fingerprint for each in key_candidates.candidates(writer)]


def test_S13_a_key_that_came_with_a_letter_is_a_candidate_and_no_pin_or_held_key(vault: Vault) -> None:
    with vault.writing() as writer:
        client = file(writer, 1, found(2, signs=True))
        (candidate,) = key_candidates.candidates(writer, client)
        assert (candidate.client, candidate.certificate) == (client, certificate(2))
        assert candidate.problems == ("it is short",)
        assert [(str(place.letter), place.source, place.signs) for place in candidate.places] == [
            ("HERON-1", KeySource.ENCLOSED, True)
        ]
        assert candidate.signs
        assert certificates.held(writer) == []
        assert clients.client_by_identity(writer, client).pins == ()
        assert key_candidates.candidates(writer, "another") == []


def test_a_letter_that_is_nobodys_gives_no_candidate(vault: Vault) -> None:
    with vault.writing() as writer:
        filing.file_letters(writer, [a_filing(1, None, keys=(found(2),))], NOW)
        assert key_candidates.candidates(writer) == []


def test_H14_a_candidate_goes_with_the_last_of_its_letters_that_is_erased(vault: Vault) -> None:
    with vault.writing() as writer:
        file(writer, 1, found(2))
        file(writer, 2, found(2, known=True), found(3))
        decisions.erase_letter(writer, digest_of(1), NOW)
        assert fingerprints(writer) == [fingerprint_of(2), fingerprint_of(3)]
        assert [str(place.letter) for place in key_candidates.places_of(writer, fingerprint_of(2))] == ["HERON-2"]
        decisions.erase_letter(writer, digest_of(2), NOW)
        assert fingerprints(writer) == []
        assert writer.rows("SELECT * FROM key_candidate UNION ALL SELECT *, 0, 0, 0, 0 FROM key_found") == []


def test_S14_few_candidates_are_kept_for_a_client_and_those_seen_last_stay(vault: Vault) -> None:
    with vault.writing() as writer:
        for number in range(MAX_CANDIDATES + 5):
            file(writer, number, found(number + 10))
        kept = fingerprints(writer)
        assert kept == [fingerprint_of(number + 15) for number in range(MAX_CANDIDATES)]


def test_S14_many_keys_in_one_letter_leave_few(vault: Vault) -> None:
    with vault.writing() as writer:
        file(writer, 1, *(found(number) for number in range(2, 60)))
        assert len(fingerprints(writer)) == MAX_CANDIDATES


def test_S14_a_large_certificate_is_no_candidate(vault: Vault) -> None:
    with vault.writing() as writer:
        large = replace(certificate(2), material=b"x" * (MAX_BYTES + 1))
        file(writer, 1, replace(found(2), certificate=large))
        file(writer, 2, found(3, known=True))
        assert fingerprints(writer) == []


def test_of_many_letters_the_first_and_the_last_are_remembered(vault: Vault) -> None:
    with vault.writing() as writer:
        for number in range(1, MAX_PLACES + 10):
            file(writer, number, found(2, known=number > 1))
        places = key_candidates.places_of(writer, fingerprint_of(2))
        assert len(places) == MAX_PLACES
        assert places[0].letter == LetterName("HERON", 1)
        assert places[-1].letter == LetterName("HERON", MAX_PLACES + 9)


def test_a_pinned_key_is_no_candidate_any_more_but_where_it_was_found_is_known(vault: Vault) -> None:
    with vault.writing() as writer:
        client = file(writer, 1, found(2))
        certificates.hold(writer, certificate(2), NOW)
        assert fingerprints(writer) == [fingerprint_of(2)]
        pins.pin_key(writer, client, fingerprint_of(2), NOW)
        assert fingerprints(writer) == []
        assert len(key_candidates.places_of(writer, fingerprint_of(2))) == 1


def test_candidates_outlast_a_rebuild(vault: Vault) -> None:
    with vault.writing() as writer:
        file(writer, 1, found(2))
        before = key_candidates.candidates(writer)
    with vault.writing() as writer:
        rebuild(writer)
    with vault.reading() as reader:
        assert key_candidates.candidates(reader) == before


@pytest.mark.parametrize("name", ["\x00", "\ud800", "a\nb"])
def test_whatever_a_key_is_called_it_can_be_kept(vault: Vault, name: str) -> None:
    with vault.writing() as writer:
        file(writer, 1, replace(found(2), certificate=replace(certificate(2), uids=(name,))))
        assert len(key_candidates.candidates(writer)) == 1
