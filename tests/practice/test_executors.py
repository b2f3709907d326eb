"""F35: a pack opens with the executor's key alone, says whom to reach and no word of a letter, and grows old."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.practice.test_old_own_keys import filed
from tests.support.gnupg import output
from tests.support.killed import killed_at
from tests.support.practices import introduce, practice_in, short_directory, writers_to
from therapymail.domain.agreement import default_terms
from therapymail.domain.client import ClientStatus
from therapymail.domain.executor import Executor, VaultKey
from therapymail.domain.statuses import Ending
from therapymail.errors import ExecutorExists, ExecutorUnknown, KeyRefused, KeyUnknown, PackRefused, UnusableInput
from therapymail.pgp.executor_seal import seal_to_one
from therapymail.pgp.home import make_home
from therapymail.pgp.own_key import make_key, own_certificate
from therapymail.pgp.runner import Gpg
from therapymail.practice import executors
from therapymail.practice.executors import (
    drill_with_key,
    drill_with_words,
    executor_packs,
    executor_states,
    give_vault_key,
    make_pack,
    name_executor,
    remove_executor,
)
from therapymail.practice.practice import Practice
from therapymail.practice.vault_key_taken_back import take_back_vault_key
from therapymail.vault import agreements, clients, statuses
from therapymail.vault.rekey import opens_with

BODY = "zanzibar-marzipan"  # a word of a letter, and nowhere else


class Colleague(NamedTuple):
    """A practice with two clients, one of whom is over, and Dr Birk's own GnuPG home on another machine."""

    practice: Practice
    home: Gpg
    certificate: bytes
    directory: Path

    def pack(self, name: str) -> Path:
        """A new pack, sealed to Dr Birk."""
        return make_pack(self.practice, "Dr Birk", self.directory / name).file


@pytest.fixture(scope="module")
def colleague() -> Iterator[Colleague]:
    with short_directory() as directory, practice_in(directory) as practice:
        with writers_to(practice, directory) as writers:
            heron, wren = writers.add("Maren Holm", "maren@heron.example"), writers.add("Ben", "ben@wren.example")
            introduce(practice, "HERON", heron)
            introduce(practice, "WREN", wren)
            filed(practice, writers.letter(heron, f"a letter about {BODY}", subject=BODY))
        with practice.vault() as vault, vault.writing() as writer:
            identity = clients.client_by_code(writer, "HERON").identity
            terms = replace(default_terms("Europe/London", "Europe/London"), fallback="ring her sister, 0123 456")
            agreements.make_agreement(writer, identity, terms, practice.clock(), practice.clock())
            over = clients.client_by_code(writer, "WREN").identity
            statuses.set_status(writer, over, ClientStatus.CLOSED, practice.clock(), ending=Ending.PLANNED)
        make_home(directory / "birk")
        with practice.run.process_directory() as run:
            home = Gpg(homedir=directory / "birk", run_directory=run)
            fingerprint = make_key(home, "Dr Birk", "birk@colleague.example", None)
            certificate = output(home, ["--export", "--", fingerprint])
            with practice.gpg() as own:
                output(home, ["--import"], own_certificate(own, practice.settings.own_key))
            wanted = Executor("", "Dr Birk", "0987 654", "", b"", "Ring each.\n\nDestroy the archive.")
            name_executor(practice, wanted, certificate)
            yield Colleague(practice, home, certificate, directory)


def test_F35_the_pack_opens_with_the_executors_key_alone_and_says_whom_to_reach(colleague: Colleague) -> None:
    """By gpg alone, as a colleague without therapymail would."""
    file = colleague.pack("pack.gpg")
    assert file.stat().st_mode & 0o777 == 0o600
    page = output(colleague.home, ["--decrypt", "--", str(file)]).decode()
    for said in ("Maren Holm", "maren@heron.example", "Europe/London", "ring her sister, 0123 456", "HERON",
                 "Ring each.", "Destroy the archive.", str(colleague.practice.paths.home)):  # fmt: skip
        assert said in page
    for unsaid in (BODY, "WREN", "ben@wren.example", colleague.practice.session.vault_key().hex(), "BEGIN PGP"):
        assert unsaid not in page
    with colleague.practice.gpg() as own:
        assert own.run(["--decrypt", "--", str(file)]).returncode, "not even one's own key opens it"


def test_F35_the_drill_proves_it_and_is_noted(colleague: Colleague) -> None:
    practice, file = colleague.practice, colleague.pack("drilled.gpg")
    assert "never shown to open" in executor_states(practice)[0].says
    before = {path: path.stat().st_mtime_ns for path in colleague.home.homedir.rglob("*") if path.is_file()}
    assert drill_with_key(practice, file.read_bytes(), colleague.home.homedir, None).name == "Dr Birk"
    assert {path: path.stat().st_mtime_ns for path in colleague.home.homedir.rglob("*") if path.is_file()} == before
    assert executor_states(practice)[0].says == ""
    with practice.gpg() as own:
        listed = own.run(["--list-secret-keys", "--with-colons"]).output
    assert b"Birk" not in listed, "their key came into no home of ours"


def test_F35_the_words_read_back_prove_it_too(colleague: Colleague) -> None:
    practice, file = colleague.practice, colleague.pack("words.gpg")
    page = output(colleague.home, ["--decrypt", "--", str(file)]).decode()
    words = page.partition('could open this: <code class="whole">')[2].partition("</code>")[0]
    assert words.count("-") == 5
    with pytest.raises(PackRefused):
        drill_with_words(practice, "Dr Birk", "some other words")
    assert drill_with_words(practice, "dr birk", words.replace("-", " ").upper()).name == "Dr Birk"
    assert executor_states(practice)[0].says == ""


def test_F35_what_does_not_open_so_is_refused(colleague: Colleague) -> None:
    practice = colleague.practice
    sealed = colleague.pack("whole.gpg").read_bytes()
    with pytest.raises(PackRefused, match="none that was made"):
        drill_with_key(practice, sealed[:-1] + bytes([sealed[-1] ^ 1]), colleague.home.homedir, None)
    with pytest.raises(KeyUnknown):
        drill_with_key(practice, sealed, practice.paths.gnupg, None)
    with pytest.raises(PackRefused):
        drill_with_key(practice, b"", colleague.home.homedir, None)


@pytest.mark.parametrize("more", ["another key", "a password"])
def test_F35_sealed_to_one_more_the_drill_fails(
    colleague: Colleague, more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pack that somebody else could open too, made and noted as ours are."""

    def sealed_to_more(gpg: Gpg, own: str, fingerprint: str, certificate: bytes, content: bytes) -> bytes:
        extra = ["--recipient", own] if more == "another key" else ["--symmetric"]
        with gpg.private_file(certificate) as file:
            return gpg.run(
                ["--recipient-file", str(file), *extra, "--local-user", own, "--sign", "--encrypt"],
                content, passphrase=None if more == "another key" else b"a password",
            ).output  # fmt: skip

    monkeypatch.setattr("therapymail.practice.executors.seal_to_one", sealed_to_more)
    file = colleague.pack(f"{more}.gpg")
    with pytest.raises(PackRefused, match="alone"):
        drill_with_key(colleague.practice, file.read_bytes(), colleague.home.homedir, None)


def test_F35_a_pack_grows_old_after_twelve_months(colleague: Colleague) -> None:
    practice, file = colleague.practice, colleague.pack("old.gpg")
    drill_with_key(practice, file.read_bytes(), colleague.home.homedir, None)
    later = replace(practice, clock=lambda: datetime.now(UTC) + timedelta(days=366))
    assert "over twelve months old" in executor_states(later)[0].says
    assert "executor pack" in executor_states(later)[0].next_step


def test_F35_no_file_is_written_over_and_none_is_noted_that_is_not_there(colleague: Colleague) -> None:
    practice = colleague.practice
    file = colleague.pack("taken.gpg")
    noted = len(executor_packs(practice, "Dr Birk")[1])
    for place in (file, colleague.directory / "nowhere" / "pack.gpg"):
        with pytest.raises(Exception, match=r"already|does not exist"):
            make_pack(practice, "Dr Birk", place)
    assert len(executor_packs(practice, "Dr Birk")[1]) == noted


def test_F35_a_key_that_has_ended_is_not_sealed_to(colleague: Colleague) -> None:
    past = replace(colleague.home, now=datetime(2020, 1, 1, tzinfo=UTC))
    fingerprint = make_key(past, "Ended", "ended@colleague.example", None, days=30)
    certificate = output(past, ["--export", "--", fingerprint])
    with colleague.practice.gpg() as gpg, pytest.raises(KeyRefused):
        seal_to_one(gpg, colleague.practice.settings.own_key, fingerprint, certificate, b"a pack")


def test_F35_the_vaults_key_is_given_apart_and_taken_back(colleague: Colleague) -> None:
    practice = colleague.practice
    key = practice.session.vault_key()
    file = colleague.directory / "killed.gpg"
    assert killed_at(1, ((executors, "place_private_file"),), lambda: give_vault_key(practice, "Dr Birk", file))
    assert file.exists()
    assert executor_packs(practice, "Dr Birk")[1][0].vault_key is VaultKey.OPENS, "none is given that is not noted"
    left_behind = practice.paths.home / ".backup-999999999-a.db"  # as of a killed `backup create`: under the key before
    left_behind.touch()
    given = give_vault_key(practice, "Dr Birk", colleague.directory / "vault-key.gpg")
    text = output(colleague.home, ["--decrypt", "--", str(given.file)]).decode()
    assert f"Key: {key.hex()}\n" in text
    assert executor_packs(practice, "Dr Birk")[1][0].vault_key is VaultKey.OPENS
    take_back_vault_key(practice, None)
    assert practice.session.is_open()
    assert not opens_with(practice.paths.vault, key), "what was given opens the vault no more"
    _, packs = executor_packs(practice, "Dr Birk")
    assert packs[0].vault_key is VaultKey.TAKEN_BACK
    assert not left_behind.exists()
    assert not practice.paths.vault_key_next.exists()


def test_F35_executors_have_one_name_each_and_can_be_changed_and_removed(colleague: Colleague) -> None:
    practice = colleague.practice
    again = Executor("", "DR BIRK", "by post", "", b"", "")
    with pytest.raises(ExecutorExists):
        name_executor(practice, again, colleague.certificate)
    with pytest.raises(ExecutorUnknown):
        name_executor(practice, replace(again, name="Dr Elm"), None, change=True)
    with pytest.raises(UnusableInput):
        name_executor(practice, replace(again, name="Dr Elm"), None)
    with pytest.raises(UnusableInput):
        name_executor(practice, replace(again, name="Dr\nElm"), colleague.certificate)
    changed = name_executor(practice, again, None, change=True)
    assert (changed.name, changed.contact) == ("Dr Birk", "by post")
    assert changed.instructions.startswith("Ring each.")
    assert name_executor(practice, replace(again, name="Dr Elm"), colleague.certificate).identity != changed.identity
    removed, holds = remove_executor(practice, "Dr E")
    assert (removed.name, holds) == ("Dr Elm", False)
    with pytest.raises(ExecutorUnknown):
        executor_packs(practice, "Dr Elm")
