import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.gnupg import PASSPHRASE, forget_passphrases, output, recording_gpg, snapshot, throw_away_home
from therapymail.errors import (
    GnupgMissing,
    GnupgUnusable,
    KeyRefused,
    KeyUnknown,
    PassphraseNeeded,
    PassphraseWrong,
    UnusableInput,
)
from therapymail.pgp import own_key
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.runner import Gpg
from therapymail.pgp.single import SingleOpener

NAME, ADDRESS = "Dr Ørla Fenwick", "orla@practice.example"


@pytest.fixture
def gpg() -> Iterator[Gpg]:
    with throw_away_home() as made:
        yield made


@pytest.fixture
def theirs() -> Iterator[Gpg]:
    """The person's own GnuPG home, not made by us."""
    with throw_away_home() as made:
        (made.homedir / "gpg.conf").unlink()
        (made.homedir / "gpg-agent.conf").write_text("s2k-count 65536\n")  # GnuPG's own choice takes seconds here
        yield made


def opens(gpg: Gpg, fingerprint: str, passphrase: str | None) -> bool:
    sealed = output(gpg, ["--recipient", fingerprint, "--encrypt"], b"text")
    opener = SingleOpener(gpg, passphrase=passphrase.encode() if passphrase else None)
    return opener.decrypt(sealed).plaintext == b"text"


def test_H7_K9_a_new_key_is_ed25519_with_the_name_and_address_given(gpg: Gpg) -> None:
    fingerprint = own_key.make_key(gpg, NAME, ADDRESS, PASSPHRASE)
    (listed,) = own_key.own_keys(gpg)
    assert listed.fingerprint == fingerprint
    assert listed.uids == (f"{NAME} <{ADDRESS}>",)
    assert (listed.expires, listed.can_encrypt) == (None, True)
    assert abs(listed.created - datetime.now(UTC)) < timedelta(minutes=5)
    assert own_key.revocation_certificate(gpg, fingerprint)
    assert opens(gpg, fingerprint, PASSPHRASE)


def test_a_key_without_passphrase_only_when_asked_for(gpg: Gpg) -> None:
    fingerprint = own_key.make_key(gpg, NAME, ADDRESS, None)
    own_key.check_passphrase(gpg, fingerprint, None)
    with pytest.raises(UnusableInput):
        own_key.make_key(gpg, NAME, ADDRESS, "")


def test_S28_making_a_key_shows_neither_name_nor_passphrase(gpg: Gpg, tmp_path: Path) -> None:
    program, record = recording_gpg(tmp_path)
    own_key.make_key(replace(gpg, program=program), NAME, ADDRESS, PASSPHRASE)
    seen = record.read_text()
    assert "--generate-key" in seen
    for secret in (PASSPHRASE, "Fenwick", ADDRESS):
        assert secret not in seen


@pytest.mark.parametrize("name", ["", "  ", "A\n%no-protection", "A <b@c.example>", "A\x85B", "A\u2028B"])
def test_S12_a_name_that_would_be_more_than_a_name_is_refused(gpg: Gpg, name: str) -> None:
    with pytest.raises(UnusableInput):
        own_key.make_key(gpg, name, ADDRESS, None)


@pytest.mark.parametrize("passphrase", ["a\nb", "a\0b", "x" * 300])
def test_a_passphrase_gpg_cannot_take_is_refused(gpg: Gpg, passphrase: str) -> None:
    with pytest.raises(UnusableInput):
        own_key.make_key(gpg, NAME, ADDRESS, passphrase)


def test_the_passphrase_is_checked_not_the_cache(gpg: Gpg) -> None:
    fingerprint = own_key.make_key(gpg, NAME, ADDRESS, PASSPHRASE)
    own_key.measure_operation(gpg, fingerprint, PASSPHRASE)  # cached now
    with pytest.raises(PassphraseWrong):
        own_key.check_passphrase(gpg, fingerprint, "wrong")
    with pytest.raises(PassphraseNeeded):
        own_key.check_passphrase(gpg, fingerprint, None)
    own_key.check_passphrase(gpg, fingerprint, PASSPHRASE)
    with pytest.raises(KeyUnknown):
        own_key.check_passphrase(gpg, "A" * 40, PASSPHRASE)


def test_the_cost_is_measured_in_seconds_a_letter(gpg: Gpg) -> None:
    fingerprint = own_key.make_key(gpg, NAME, ADDRESS, PASSPHRASE)
    forget_passphrases(gpg)
    with pytest.raises(PassphraseNeeded):
        own_key.measure_operation(gpg, fingerprint, None)
    forget_passphrases(gpg)
    with pytest.raises(PassphraseWrong):
        own_key.measure_operation(gpg, fingerprint, "wrong")
    assert 0 < own_key.measure_operation(gpg, fingerprint, PASSPHRASE) < 5


def test_a_costly_key_is_protected_anew_with_our_count(gpg: Gpg) -> None:
    settings = gpg.homedir / "gpg-agent.conf"
    ours = settings.read_text()
    settings.write_text(ours.replace("s2k-count 1048576", "s2k-count 4194304"))
    fingerprint = own_key.make_key(gpg, NAME, ADDRESS, PASSPHRASE)
    with AgentConnection(gpg.homedir) as agent:
        agent.kill()
    settings.write_text(ours)
    assert _counts(gpg) == {b"4194304"}
    with pytest.raises(PassphraseWrong):
        own_key.reprotect(gpg, fingerprint, "wrong")
    own_key.reprotect(gpg, fingerprint, PASSPHRASE)
    assert _counts(gpg) == {b"1048576"}
    own_key.reprotect(gpg, fingerprint, PASSPHRASE, "another passphrase")
    own_key.check_passphrase(gpg, fingerprint, "another passphrase")


def _counts(gpg: Gpg) -> set[bytes]:
    files = (gpg.homedir / "private-keys-v1.d").iterdir()
    return {count for path in files for count in (b"1048576", b"4194304") if count in path.read_bytes()}


def test_C25_the_own_key_is_extended_with_its_subkeys(gpg: Gpg) -> None:
    fingerprint = own_key.make_key(gpg, NAME, ADDRESS, PASSPHRASE, days=3)
    (listed,) = own_key.own_keys(gpg)
    assert listed.expires
    assert listed.expires - datetime.now(UTC) < timedelta(days=4)
    forget_passphrases(gpg)
    with pytest.raises(PassphraseWrong):
        own_key.extend(gpg, fingerprint, 30, "wrong")
    with pytest.raises(PassphraseNeeded):
        own_key.extend(gpg, fingerprint, 30, None)
    own_key.extend(gpg, fingerprint, 30, PASSPHRASE)
    later = replace(gpg, now=datetime.now(UTC) + timedelta(days=20))
    assert opens(later, fingerprint, PASSPHRASE)
    own_key.extend(gpg, fingerprint, 0, PASSPHRASE)
    assert own_key.own_keys(gpg)[0].expires is None


def test_an_expired_own_key_cannot_be_sealed_to_and_is_listed_so(gpg: Gpg) -> None:
    fingerprint = own_key.make_key(gpg, NAME, ADDRESS, None, days=1)
    later = replace(gpg, now=datetime.now(UTC) + timedelta(days=2))
    assert not own_key.own_keys(later)[0].can_encrypt
    with pytest.raises(KeyRefused):
        own_key.measure_operation(later, fingerprint, None)


def test_an_expired_key_is_taken_and_listed_in_a_home_that_was_empty(gpg: Gpg, theirs: Gpg) -> None:
    then = replace(theirs, now=datetime(2024, 3, 1, tzinfo=UTC))
    fingerprint = own_key.make_key(then, NAME, ADDRESS, None, days=30)
    assert own_key.copy_from_home(gpg, theirs.homedir, fingerprint, None) == fingerprint
    (gpg.homedir / "trustdb.gpg").unlink(missing_ok=True)
    (listed,) = own_key.own_keys(gpg)
    assert listed.expires == datetime(2024, 3, 31, tzinfo=UTC)
    assert not listed.can_encrypt
    assert own_key.keygrips(gpg, fingerprint)


# --- brought along --------------------------------------------------------------------------------


def test_a_key_is_copied_from_the_persons_home_which_stays_as_it_was(gpg: Gpg, theirs: Gpg) -> None:
    fingerprint = own_key.make_key(theirs, NAME, ADDRESS, PASSPHRASE)
    with AgentConnection(theirs.homedir) as agent:
        agent.kill()
    before = snapshot(theirs.homedir)
    assert own_key.copy_from_home(gpg, theirs.homedir, fingerprint, PASSPHRASE) == fingerprint
    assert snapshot(theirs.homedir) == before
    with AgentConnection(theirs.homedir) as agent:
        assert not agent.is_running()
    assert opens(gpg, fingerprint, PASSPHRASE)
    own_key.reprotect(gpg, fingerprint, PASSPHRASE)
    assert _counts(gpg) == {b"1048576"}


def test_a_key_is_found_by_its_key_id_too(gpg: Gpg, theirs: Gpg) -> None:
    fingerprint = own_key.make_key(theirs, NAME, ADDRESS, None)
    assert own_key.copy_from_home(gpg, theirs.homedir, fingerprint[-16:].lower(), None) == fingerprint


@pytest.mark.parametrize(("given", "error"), [("wrong", PassphraseWrong), (None, PassphraseNeeded)])
def test_a_copy_that_does_not_open_is_taken_back(
    gpg: Gpg, theirs: Gpg, given: str | None, error: type[Exception]
) -> None:
    fingerprint = own_key.make_key(theirs, NAME, ADDRESS, PASSPHRASE)
    with pytest.raises(error):
        own_key.copy_from_home(gpg, theirs.homedir, fingerprint, given)
    assert own_key.own_keys(gpg) == []
    assert list((gpg.homedir / "private-keys-v1.d").iterdir()) == []
    own_key.check_passphrase(theirs, fingerprint, PASSPHRASE)


def test_a_home_without_that_key_or_without_its_secret_part_is_told(gpg: Gpg, theirs: Gpg) -> None:
    with pytest.raises(KeyUnknown):
        own_key.copy_from_home(gpg, theirs.homedir, "A" * 40, None)
    fingerprint = own_key.make_key(theirs, NAME, ADDRESS, None)
    for path in (theirs.homedir / "private-keys-v1.d").iterdir():
        path.unlink()
    with pytest.raises(KeyRefused):
        own_key.copy_from_home(gpg, theirs.homedir, fingerprint, None)


def test_a_home_on_keyboxd_is_explained(gpg: Gpg, theirs: Gpg) -> None:
    (theirs.homedir / "public-keys.d").mkdir()
    with pytest.raises(GnupgUnusable) as raised:
        own_key.copy_from_home(gpg, theirs.homedir, "A" * 40, None)
    assert "keyboxd" in raised.value.why


def test_a_key_on_a_smartcard_is_copied_as_a_note_of_the_card(gpg: Gpg, theirs: Gpg) -> None:
    # Without a card in the machine this is as far as a test can go: the agent knows that a card has it.
    fingerprint = own_key.make_key(theirs, NAME, ADDRESS, None)
    for path in (theirs.homedir / "private-keys-v1.d").iterdir():
        path.write_bytes(_stub(path.read_bytes()))
    assert own_key.copy_from_home(gpg, theirs.homedir, fingerprint, None) == fingerprint
    with AgentConnection(gpg.homedir) as agent:
        infos = [agent.key_info(grip) for grip in own_key.keygrips(gpg, fingerprint)]
    assert all(info and info.on_card for info in infos)
    assert [key.fingerprint for key in own_key.own_keys(gpg)] == [fingerprint]


def _stub(private: bytes) -> bytes:
    """What gpg-agent keeps of a key on a card (agent/keyformat.txt, shadowed private key)."""
    start = private.index(b"(private-key")
    public, _, rest = private[start:].partition(b"(d")
    point = public.replace(b"(private-key", b"(shadowed-private-key", 1)
    depth = rest.index(b")") + 1
    card = b'(shadowed t1-v1 (#D2760001240102000006012345670000# "OPENPGP.1"))'
    return b"Key: " + point + card + rest[depth:]


def test_adopting_a_card_without_a_card_says_what_is_missing(gpg: Gpg, theirs: Gpg) -> None:
    fingerprint = own_key.make_key(theirs, NAME, ADDRESS, None)
    with pytest.raises(GnupgUnusable) as raised:
        own_key.adopt_card(gpg, own_key.own_certificate(theirs, fingerprint))
    assert "scdaemon" in raised.value.why
    assert "pcsc-shared" in (gpg.homedir / "scdaemon.conf").read_text()


@pytest.mark.parametrize("armor", [[], ["--armor"]])
def test_a_key_is_taken_from_a_file(gpg: Gpg, theirs: Gpg, armor: list[str]) -> None:
    fingerprint = own_key.make_key(theirs, NAME, ADDRESS, PASSPHRASE)
    material = output(theirs, [*armor, "--export-secret-keys", "--", fingerprint], passphrase=PASSPHRASE)
    with pytest.raises(PassphraseWrong):
        own_key.import_file(gpg, material, "wrong")
    with pytest.raises(PassphraseNeeded):
        own_key.import_file(gpg, material, None)
    assert own_key.own_keys(gpg) == []
    assert own_key.import_file(gpg, material, PASSPHRASE) == fingerprint
    assert opens(gpg, fingerprint, PASSPHRASE)
    assert _counts(gpg) == {b"1048576"}


def test_a_failed_second_import_does_not_remove_the_key_that_was_there(gpg: Gpg, theirs: Gpg) -> None:
    fingerprint = own_key.make_key(theirs, NAME, ADDRESS, PASSPHRASE)
    material = output(theirs, ["--export-secret-keys", "--", fingerprint], passphrase=PASSPHRASE)
    own_key.import_file(gpg, material, PASSPHRASE)
    with pytest.raises(PassphraseWrong):
        own_key.import_file(gpg, material, "wrong")
    assert [key.fingerprint for key in own_key.own_keys(gpg)] == [fingerprint]


def test_what_is_no_secret_key_is_refused(gpg: Gpg, theirs: Gpg) -> None:
    fingerprint = own_key.make_key(theirs, NAME, ADDRESS, None)
    for material in (own_key.own_certificate(theirs, fingerprint), b"", b"hello", b"\xff" * 300):
        with pytest.raises(KeyRefused):
            own_key.import_file(gpg, material, None)


def test_two_keys_in_one_file_are_not_taken(gpg: Gpg, theirs: Gpg) -> None:
    for name in ("A", "B"):
        own_key.make_key(theirs, name, f"{name.lower()}@practice.example", None)
    with pytest.raises(KeyRefused):
        own_key.import_file(gpg, output(theirs, ["--export-secret-keys"]), None)


def test_listing_needs_gpg_and_logs_no_name(gpg: Gpg, caplog: pytest.LogCaptureFixture) -> None:
    own_key.make_key(gpg, NAME, ADDRESS, None)
    with caplog.at_level(logging.DEBUG):
        own_key.own_keys(gpg)
    assert "Fenwick" not in caplog.text
    with pytest.raises(GnupgMissing):
        own_key.own_keys(replace(gpg, program="/nonexistent/gpg"))
