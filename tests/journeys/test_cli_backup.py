"""Backup on the command line: made, read again, the machine lost, and put back from file, key and passphrase alone."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_commands_documented import keys_of, keys_of_each
from tests.support.program import Program, program
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.own_key import generate_passphrase
from therapymail.pgp.runner import Gpg

PASSPHRASE = generate_passphrase()


@dataclass
class Theft:
    """What is left when the laptop is stolen: the backup, the secret key in a file, and the passphrase."""

    therapymail: Program
    stick: Path
    key: Path
    words: Path
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return str(self.said["create"]["file"])

    def with_key(self) -> tuple[str, ...]:
        return ("--import-key", str(self.key), "--passphrase-file", str(self.words))


@pytest.fixture(scope="module")
def theft() -> Iterator[Theft]:
    with program() as therapymail:
        directory = therapymail.directory
        theft = Theft(therapymail, directory / "stick", directory / "key.asc", directory / "words")
        theft.words.write_text(PASSPHRASE + "\n")
        own = ("--new-key", "--passphrase-file", str(theft.words))
        therapymail.ok("setup", "--yes", "--offline", "--name", "Orla", "--email", "orla@practice.example", *own)
        therapymail.ok("client", "add", "HERON", "heron@clients.example", "--name", "H", "--yes")
        therapymail.ok("write", "HERON", "--body-file", "-", stdin=b"Dear Maren, the lighthouse.")
        theft.stick.mkdir()
        theft.said["create"] = therapymail.ok("backup", "create", str(theft.stick), "--json").answer
        theft.said["verify"] = therapymail.ok("backup", "verify", theft.file, "--json").answer
        theft.said["list"] = therapymail.ok("backup", "list", "--json").answer
        gnupg = therapymail.home / "gnupg"
        exported = Gpg(gnupg, directory).run(["--armor", "--export-secret-keys"], passphrase=PASSPHRASE.encode())
        theft.key.write_bytes(exported.output)
        with AgentConnection(gnupg) as agent:
            agent.kill()
        shutil.rmtree(therapymail.home)
        yield theft


def test_F37_from_the_file_the_key_and_the_passphrase_the_practice_is_back(theft: Theft) -> None:
    therapymail = theft.therapymail
    theft.said["restore"] = therapymail.ok("backup", "restore", theft.file, *theft.with_key(), "--json").answer
    assert theft.said["restore"]["home"] == str(therapymail.home)
    therapymail.ok("unlock", "--passphrase-file", str(theft.words))
    assert [client["code"] for client in therapymail.ok("client", "list", "--json").answer["clients"]] == ["HERON"]
    assert "lighthouse" in therapymail.ok("drafts", "show", "D-1").out
    checks = {check["name"]: check for check in therapymail.ok("doctor", "--offline", "--json").answer["checks"]}
    assert checks["journal"]["ok"]
    taken = therapymail.run("backup", "restore", theft.file, *theft.with_key())
    assert (taken.code, "already is a practice" in taken.err) == (3, True)


def test_each_answer_has_the_documented_keys(theft: Theft) -> None:
    if "restore" not in theft.said:
        pytest.skip("the restore before this did not answer")
    for name, answer in theft.said.items():
        assert set(answer) - {"version"} == keys_of(f"backup {name}"), name
    assert set(theft.said["list"]["backups"][0]) == keys_of_each("backups")
    assert len({theft.said[name]["sha256"] for name in ("create", "verify", "restore")}) == 1


def test_S28_no_word_of_it_is_in_the_file_its_name_or_what_is_said(theft: Theft) -> None:
    content = Path(theft.file).read_bytes()
    for word in (b"lighthouse", b"HERON", b"heron@clients", b"Orla", b"config.toml", PASSPHRASE.encode()):
        assert word not in content
        assert word.decode() not in Path(theft.file).name
    assert [file.name for file in theft.stick.iterdir()] == [Path(theft.file).name]


def test_what_is_no_backup_of_ones_own_is_refused_in_one_sentence(theft: Theft) -> None:
    elsewhere = str(theft.therapymail.directory / "elsewhere")
    other = theft.stick.parent / "not-one"
    other.write_bytes(b"\x1b[31mSQLite" * 400)
    for arguments, code in (
        ((str(other), *theft.with_key()), 7),
        ((theft.file, "--import-key", str(other)), 7),
        ((theft.file, "--import-key", str(theft.key), "--no-passphrase"), 4),
        ((theft.file,), 2),
        ((str(theft.stick / "none"), *theft.with_key()), 3),
    ):
        ran = theft.therapymail.run("--home", elsewhere, "backup", "restore", *arguments)
        assert ran.code == code, ran
        assert len(ran.err.strip().splitlines()) <= 2
        assert "\x1b" not in ran.err
    assert not Path(elsewhere).exists()


def test_C33_a_backup_from_before_another_own_key_says_which_key_restores_it(tmp_path: Path) -> None:
    """And with the paper of the present key that one is taken again: neither is lost."""
    with program() as therapymail:
        own = ("--new-key", "--no-passphrase")
        therapymail.ok("setup", "--yes", "--offline", "--name", "Orla", "--email", "orla@practice.example", *own)
        therapymail.ok("unlock")
        file, papers = str(tmp_path / "file"), [tmp_path / "first.asc", tmp_path / "second.asc"]
        made = therapymail.ok("backup", "create", file, "--json").answer
        _secret_of(therapymail, made["sealed_to"][0], papers[0])
        therapymail.ok("key", "replace", "--yes", *own)
        verified = therapymail.ok("backup", "verify", file, "--json").answer
        assert verified["own_key"] == made["sealed_to"][0]
        said = therapymail.ok("backup", "verify", file)
        assert f"key you had before, {made['sealed_to'][0][-16:]}" in said.out + said.err
        present = therapymail.ok("backup", "create", f"{file}.2", "--json").answer["sealed_to"][0]
        assert present != made["sealed_to"][0]
        _secret_of(therapymail, present, papers[1])
        elsewhere = replace(therapymail, directory=therapymail.directory / "elsewhere")
        refused = elsewhere.run("backup", "restore", file, "--import-key", str(papers[1]), "--no-passphrase")
        assert (refused.code, "another key" in refused.err) == (7, True)
        elsewhere.ok("backup", "restore", file, "--import-key", str(papers[0]), "--no-passphrase")
        elsewhere.ok("unlock")
        elsewhere.ok("key", "replace", "--yes", "--import-key", str(papers[1]), "--no-passphrase")
        assert elsewhere.ok("backup", "create", f"{file}.3", "--json").answer["sealed_to"] == [present]


def _secret_of(therapymail: Program, fingerprint: str, file: Path) -> None:
    gpg = Gpg(therapymail.home / "gnupg", therapymail.directory)
    file.write_bytes(gpg.run(["--armor", "--export-secret-keys", "--", fingerprint]).output)
