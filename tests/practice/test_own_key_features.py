"""AC7: a key that asks others for a format GnuPG cannot open does not become the own key, and doctor says if it is.

AC5: doctor says, too, if no name of the own key bears our address, because letters then give no key.
"""

import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.asking_keys import key_that_asks
from tests.support.gnupg import throw_away_home
from tests.support.practices import practice_in, short_directory
from therapymail.errors import KeyAsksForMore, explain
from therapymail.pgp.certificate_packets import outline
from therapymail.pgp.own_key_intake import import_file
from therapymail.pgp.runner import Gpg
from therapymail.practice import keys
from therapymail.practice.checks.gpg import look_at_own_features, look_at_own_names
from therapymail.practice.doctor import examine
from therapymail.practice.practice import Practice
from therapymail.practice.setup_key import KeyChoice, KeySource, make_own_key

ADDRESS = "orla@practice.example"


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as made:
        yield made


@pytest.fixture
def home() -> Iterator[Gpg]:
    with throw_away_home() as gpg:
        yield gpg


@pytest.fixture(scope="module", params=[False, True], ids=["on the name", "on the key too"])
def asking(request: pytest.FixtureRequest) -> bytes:
    return key_that_asks("Orla", ADDRESS, on_the_key_itself=request.param)


def held(gpg: Gpg) -> bytes:
    return gpg.run(["--with-colons", "--list-keys"]).output


def test_AC7_setup_refuses_such_a_key_from_a_file(home: Gpg, practice: Practice, asking: bytes) -> None:
    assert outline(asking).wants_seipd2
    with pytest.raises(KeyAsksForMore) as refused:
        make_own_key(home, practice.settings, KeyChoice(KeySource.FILE, material=asking))
    assert b"\npub:" not in held(home)
    assert "SEIPD version 2" in explain(refused.value).sentence
    assert "--new-key" in explain(refused.value).next_step


def test_AC7_setup_refuses_such_a_key_from_the_persons_home(home: Gpg, practice: Practice, asking: bytes) -> None:
    with throw_away_home() as theirs:
        fingerprint = import_file(theirs, asking, None)
        choice = KeyChoice(KeySource.HOME, fingerprint=fingerprint, home=theirs.homedir)
        with pytest.raises(KeyAsksForMore):
            make_own_key(home, practice.settings, choice)
    assert b"\npub:" not in held(home)
    assert list((home.homedir / "private-keys-v1.d").glob("*.key")) == []


def test_AC7_setup_takes_a_key_that_asks_for_nothing_new(home: Gpg, practice: Practice) -> None:
    with throw_away_home() as theirs:
        made_by_gpg = ["--quick-generate-key", f"Orla <{ADDRESS}>", "future-default", "default", "never"]
        assert theirs.run(made_by_gpg, passphrase=b"").returncode == 0
        exported = theirs.run(["--export-secret-keys"], passphrase=b"").output
    made = make_own_key(home, practice.settings, KeyChoice(KeySource.FILE, material=exported))
    assert made.fingerprint.encode() in held(home)


def test_AC7_an_old_key_of_ones_own_still_opens_old_letters_and_is_told(practice: Practice, asking: bytes) -> None:
    shown = keys.inspect_key(practice, asking, own=True)
    assert "it asks for a message format that GnuPG cannot read (SEIPD version 2)" in shown.problems
    assert keys.import_own_key(practice, asking, None).secret


def test_AC5_doctor_says_that_no_name_of_the_own_key_bears_our_address_and_how_to_add_one() -> None:
    with short_directory() as directory, practice_in(directory) as practice:
        [good] = look_at_own_names(practice)
        assert good.ok
        assert not good.is_warning
        moved = replace(practice, settings=replace(practice.settings, email="orla@elsewhere.example"))
        [said] = look_at_own_names(moved)
        assert said.is_warning
        assert "orla@elsewhere.example" in said.says
        command = said.next_step.split("`")[1]
        subprocess.run(shlex.split(command), check=True, capture_output=True)
        [mended] = look_at_own_names(moved)
        assert not mended.is_warning
        assert "own key's names" in {check.name for check in examine(practice, online=False)}


def test_AC7_doctor_says_what_the_own_key_asks_for(practice: Practice, asking: bytes) -> None:
    [good] = look_at_own_features(practice)
    assert good.ok
    fingerprint = keys.import_own_key(practice, asking, None).fingerprint
    [bad] = look_at_own_features(replace(practice, settings=replace(practice.settings, own_key=fingerprint)))
    assert not bad.ok
    assert "SEIPD version 2" in bad.says
    assert "own key asks for" in {check.name for check in examine(practice, online=False)}
