"""F41, C33: another own key takes the place of the old one at one moment, and the old one stays for what it opened."""

from collections.abc import Iterator

import pytest

from tests.practice.test_old_own_keys import filed
from tests.support.killed import killed_at
from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from therapymail.bootstrap import open_practice
from therapymail.domain.kinds import LetterState
from therapymail.domain.seal import Pin, Protection, SealFacts, Signature, SignatureFact, SignatureFinding, verdict_of
from therapymail.errors import KeyRefused, OwnKeyReplaced, PassphraseNeeded, PassphraseWrong, VaultLocked
from therapymail.pgp.own_key_passphrase import opens_with, secret_keygrips
from therapymail.pgp.recovery_material import secret_armored
from therapymail.practice import own_key_replace, process_notes, vault_keys, whole_change
from therapymail.practice.checks.recovery import look_at_clients_copies
from therapymail.practice.judging import Judge
from therapymail.practice.keys import export_key
from therapymail.practice.own_key_replace import KeyReplaced, replace_own_key
from therapymail.practice.own_passphrase import change_passphrase
from therapymail.practice.practice import Practice
from therapymail.practice.session import Session
from therapymail.practice.setup_key import KeyChoice, KeySource
from therapymail.practice.unlock import lock, unlock
from therapymail.vault import own_keys
from therapymail.vault.rekey import opens_with as vault_opens_with

FIRST = "vexing.Orchid.Tundra.Bobsled.Kumquat.93"
SECOND = "sundial.Gazebo.Walrus.Thicket.Nectar.41"


@pytest.fixture(scope="module")
def people() -> Iterator[tuple[Practice, Writers, Writer]]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron = writers.add("Maren", "maren@heron.example")
        introduce(practice, "HERON", heron)
        change_passphrase(practice, None, FIRST)
        process_notes.open_store(practice).close()
        yield practice, writers, heron


def now(practice: Practice) -> Practice:
    """The practice as the next start finds it."""
    return open_practice(practice.paths.home, environment=practice.environment)


def put_new_key(practice: Practice, passphrase: str, new: str) -> tuple[Practice, KeyReplaced]:
    return replace_own_key(practice, KeyChoice(KeySource.NEW, new), passphrase)


def test_F41_all_that_the_old_key_opened_opens_with_the_new_one(people: tuple[Practice, Writers, Writer]) -> None:
    practice, writers, heron = people
    vault_key = practice.session.vault_key()
    sealed_before = practice.paths.vault_key.read_bytes()
    letter = writers.letter(heron, "to the key you had then")
    after, done = put_new_key(practice, FIRST, SECOND)
    assert (done.old, done.made.fingerprint) == (practice.settings.own_key, after.settings.own_key)
    assert done.to_tell == ("HERON",)
    assert done.apart == ()
    assert done.made.revocation is not None
    assert now(practice).settings == after.settings
    assert after.session.is_open(), "it stays unlocked"
    process_notes.open_store(after).close()
    lock(after)
    unlock(now(after), SECOND)
    with pytest.raises(PassphraseWrong):
        unlock(now(after), FIRST)
    assert filed(after, letter) is LetterState.OPENED, "one passphrase opens old letters too"
    assert done.rekeyed
    assert not vault_opens_with(after.paths.vault, vault_key), "who had the old key has no key to the vault as it is"
    assert after.paths.vault_key.read_bytes() != sealed_before
    assert not after.paths.vault_key_next.exists()
    with after.gpg() as gpg:
        assert opens_with(gpg, done.old, SECOND)
    assert "PUBLIC KEY" in export_key(after, done.old), "the old key is still shown"
    [behind] = look_at_clients_copies(after)
    assert "HERON" in behind.says, "who still seals to it is told"
    assert export_key(after, "own") != export_key(after, done.old)


def test_F41_what_the_old_key_signed_while_it_was_ones_own_stays_ones_own(
    people: tuple[Practice, Writers, Writer],
) -> None:
    """The letters in Sent that an earlier own key signed were shown as signed by a key that is not one's own."""
    practice = now(people[0])
    with practice.vault() as vault, vault.reading() as reader:
        old = next(pin for pin in own_keys.earlier(reader))
        pins = Judge.of(practice, reader).own_pins
    assert pins[0] == Pin(practice.settings.own_key, verified=True)
    assert old.retired is not None
    facts = SealFacts(Protection.SEALED, (SignatureFact(SignatureFinding.GOOD, old.fingerprint),))
    before, after = old.retired.replace(year=2020), old.retired
    assert verdict_of(facts, pins, before).signature is Signature.VERIFIED
    assert verdict_of(facts, pins, after).signature is Signature.OTHER, "who took the old key signs nothing in our name"


def test_C1_a_process_that_began_with_the_old_key_neither_reads_nor_seals_any_more(
    people: tuple[Practice, Writers, Writer],
) -> None:
    stale = people[0]
    assert now(stale).session.is_open()
    assert not stale.session.is_open()
    with pytest.raises(OwnKeyReplaced):
        stale.vault()
    with pytest.raises(OwnKeyReplaced):
        unlock(stale, SECOND)


def test_F41_the_same_key_is_no_other_one(people: tuple[Practice, Writers, Writer]) -> None:
    practice = now(people[0])
    own = practice.settings.own_key
    with practice.gpg() as gpg:
        material = secret_armored(gpg, own, SECOND).encode()
    with pytest.raises(KeyRefused):
        replace_own_key(practice, KeyChoice(KeySource.FILE, SECOND, material=material), SECOND)
    with practice.gpg() as gpg:
        assert own in secret_keygrips(gpg), "it was not taken away for that"
    assert practice.session.is_open()


def test_F41_an_earlier_key_can_become_the_own_one_again(people: tuple[Practice, Writers, Writer]) -> None:
    practice = now(people[0])
    with practice.vault() as vault, vault.reading() as reader:
        old = own_keys.earlier(reader)[0].fingerprint
    with practice.gpg() as gpg:
        material = secret_armored(gpg, old, SECOND).encode()
    after, done = replace_own_key(practice, KeyChoice(KeySource.FILE, SECOND, material=material), SECOND)
    assert after.settings.own_key == old
    with after.vault() as vault, vault.reading() as reader:
        assert [pin.fingerprint for pin in own_keys.earlier(reader)] == [done.old]


def test_C33_without_the_old_passphrase_nothing_is_changed(people: tuple[Practice, Writers, Writer]) -> None:
    practice = now(people[0])
    with practice.gpg() as gpg:
        before = secret_keygrips(gpg)
    for given, refused in ((None, PassphraseNeeded), (FIRST, PassphraseWrong)):
        with pytest.raises(refused):
            replace_own_key(practice, KeyChoice(KeySource.NEW, FIRST), given)
    lock(practice)
    with pytest.raises(VaultLocked):
        put_new_key(practice, SECOND, FIRST)
    unlock(practice, SECOND)
    with practice.gpg() as gpg:
        assert secret_keygrips(gpg) == before
    assert now(practice).settings == practice.settings


def test_C33_killed_at_any_step_the_practice_opens_with_the_old_key_or_the_new_one(
    people: tuple[Practice, Writers, Writer],
) -> None:
    steps = (
        *((own_key_replace, "_note"), (own_key_replace, "change_together"), (whole_change, "finish_change")),
        *((vault_keys, "rekey"), (vault_keys, "write_private_file"), (vault_keys, "note_vault_rekeyed")),
        (Session, "begin"),
    )
    practice = now(people[0])
    letter = people[1].letter(people[2], "to the first key of all")
    passphrase, other = SECOND, FIRST
    outcomes = set()
    for number in range(0, 60, 2):
        own = practice.settings.own_key
        begun, given, wanted = practice, passphrase, other
        killed = killed_at(number, steps, lambda: put_new_key(begun, given, wanted))  # noqa: B023 - at once
        practice = now(practice)
        is_new = practice.settings.own_key != own
        outcomes.add((killed, is_new))
        if is_new:
            passphrase, other = other, passphrase
        lock(practice)
        unlock(practice, passphrase)
        assert not practice.paths.vault_key_next.exists(), "the exchange was brought to its end"
        with practice.vault() as vault, vault.reading() as reader:
            pins = own_keys.own_pins(reader, practice.settings.own_key)
            assert len({pin.fingerprint for pin in pins}) == len(pins)
        process_notes.open_store(practice).close()
        if not killed:
            break
    assert outcomes == {(True, False), (True, True), (False, True)}
    assert filed(practice, letter) is LetterState.OPENED, "after all of this"
