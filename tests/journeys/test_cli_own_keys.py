"""Own keys that a therapist already has: from a GnuPG home, from a file, with strong and weak passphrases."""

import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.program import Program, Ran, program
from tests.support.terminal import at_terminal
from therapymail.errors import ExitCode

STRONG = "vexing.Orchid.Tundra.Bobsled.Kumquat.93"
WEAK = "sunshine"
PERSON = ("--name", "Dr Orla Fenwick", "--email", "orla@practice.example", "--zone", "Europe/London")


@dataclass(frozen=True)
class OwnHome:
    """A GnuPG home as a therapist has it, at its default place, one key in it under `passphrase`."""

    therapymail: Program
    passphrase: str
    fingerprint: str

    @property
    def directory(self) -> Path:
        return self.therapymail.directory / ".gnupg"

    @property
    def secret(self) -> Path:
        """A file that holds the passphrase."""
        file = self.therapymail.directory / "secret"
        file.write_text(f"{self.passphrase}\n")
        return file

    def gpg(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return gpg(self.directory, *arguments, stdin=stdin)

    def setup(self, *more: str) -> Ran:
        return self.therapymail.run("setup", "--yes", "--offline", *PERSON, *more)

    def opens_what_is_sealed_to_it(self) -> bool:
        sealed = self.gpg(
            "--armor", "--trust-model", "always", "--recipient", self.fingerprint, "--encrypt", stdin=b"unlit room"
        )
        ran = self.therapymail.ok("open", "-", stdin=b"From: a@b.example\nSubject: x\n\n" + sealed)
        return "unlit room" in ran.out


def gpg(home: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """What a plain gpg answers in `home`."""
    return subprocess.run(
        ["gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback", *arguments],
        input=stdin, capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip


def made(therapymail: Program, passphrase: str) -> OwnHome:
    home = therapymail.directory / ".gnupg"
    home.mkdir(mode=0o700)
    uid = "Orla <orla@practice.example>"
    gpg(home, "--passphrase", passphrase, "--quick-generate-key", uid, "ed25519", "default", "never")
    fingerprint = next(
        line.split(":")[9]
        for line in gpg(home, "--with-colons", "--list-keys").decode().splitlines()
        if line[:4] == "fpr:"
    )
    gpg(home, "--passphrase", passphrase, "--quick-add-key", fingerprint, "cv25519", "encr", "never")
    return OwnHome(therapymail, passphrase, fingerprint)


@pytest.fixture
def therapymail() -> Iterator[Program]:
    with program() as made_:
        yield made_


def test_a_key_of_ones_own_home_is_copied_and_protected_anew(therapymail: Program) -> None:
    own = made(therapymail, STRONG)
    before = {file: file.read_bytes() for file in own.directory.rglob("*.key")}
    ran = own.setup("--key", own.fingerprint, "--passphrase-file", str(own.secret))
    assert ran.code == 0, ran
    assert "protected anew here to open letters quickly" in ran.err
    assert STRONG not in ran.out + ran.err
    assert own.opens_what_is_sealed_to_it()
    assert therapymail.ok("lock").err == "Locked.\n"
    assert therapymail.run("tags").code == ExitCode.LOCKED
    assert therapymail.ok("unlock", "--passphrase-command", shlex.join(["cat", str(own.secret)])).code == 0
    assert own.opens_what_is_sealed_to_it()
    assert {file: file.read_bytes() for file in own.directory.rglob("*.key")} == before


def test_a_key_with_a_weak_passphrase_keeps_its_protection_and_setup_says_what_that_costs(therapymail: Program) -> None:
    own = made(therapymail, WEAK)
    ran = own.setup("--key", own.fingerprint[-16:], "--passphrase-file", str(own.secret))
    assert ran.code == 0, ran
    assert re.search(r"Opening one letter takes \d+\.\d", ran.err)
    assert "a first sync of 10,000 letters would take about" in ran.err
    assert "minutes, once" in ran.err
    assert own.opens_what_is_sealed_to_it()


def test_GNUPGHOME_names_the_home_to_copy_from(therapymail: Program) -> None:
    own = made(therapymail, STRONG)
    elsewhere = therapymail.directory / "elsewhere"
    own.directory.rename(elsewhere)
    flags = ("--key", own.fingerprint, "--passphrase-file", str(own.secret))
    missing = own.setup(*flags)
    assert missing.code == ExitCode.NOTHING_FOUND
    assert not therapymail.home.exists()
    told = Program(therapymail.directory, {**therapymail.environment, "GNUPGHOME": str(elsewhere)})
    assert told.run("setup", "--yes", "--offline", *PERSON, *flags).code == 0


def test_a_key_is_taken_from_a_file(therapymail: Program) -> None:
    own = made(therapymail, STRONG)
    file = therapymail.directory / "own.asc"
    file.write_bytes(own.gpg("--passphrase", STRONG, "--armor", "--export-secret-keys", own.fingerprint))
    ran = own.setup("--import-key", str(file), "--passphrase-file", str(own.secret), "--json")
    assert ran.code == 0, ran
    assert ran.answer["fingerprint"] == own.fingerprint
    assert own.opens_what_is_sealed_to_it()


@pytest.mark.parametrize("source", ["--key", "--import-key"])
def test_a_wrong_passphrase_takes_everything_back(therapymail: Program, source: str) -> None:
    own = made(therapymail, STRONG)
    file = therapymail.directory / "own.asc"
    file.write_bytes(own.gpg("--passphrase", STRONG, "--armor", "--export-secret-keys", own.fingerprint))
    wrong = therapymail.directory / "wrong"
    wrong.write_text("not it\n")
    given = own.fingerprint if source == "--key" else str(file)
    ran = own.setup(source, given, "--passphrase-file", str(wrong))
    assert ran.code == ExitCode.LOCKED
    assert "does not open" in ran.err
    assert not therapymail.home.exists()
    none = own.setup(source, given)
    assert none.code == ExitCode.LOCKED
    assert not therapymail.home.exists()


def test_the_wizard_offers_the_keys_of_ones_own_home_and_asks_again_for_the_passphrase(therapymail: Program) -> None:
    own = made(therapymail, STRONG)
    with at_terminal(
        therapymail.command("setup", "--offline", "--no-kit", *PERSON), therapymail.environment
    ) as terminal:
        terminal.answer(("Which [1]: ", "2"))
        shown = " ".join(terminal.expect("Which [1]: ").split())
        assert "Orla <orla@practice.example>" in shown
        assert own.fingerprint[:4] in shown
        terminal.type("1")
        terminal.answer(("Passphrase of that key", "not it"))
        terminal.expect("does not open your own key.")
        terminal.answer(("Passphrase of that key", STRONG))
        terminal.expect("Next: ", 60)
        assert terminal.wait() == 0
    assert own.opens_what_is_sealed_to_it()


def test_the_wizard_says_where_it_looked_for_keys(therapymail: Program) -> None:
    with at_terminal(
        therapymail.command("setup", "--offline", "--no-kit", *PERSON), therapymail.environment
    ) as terminal:
        terminal.answer(("Which [1]: ", "2"))
        terminal.expect(f"No key of yours is in {therapymail.directory / '.gnupg'}.")
        terminal.answer(("Which [1]: ", "3"), ("The file: ", "/nowhere"), ("There is no such file.", ""))
        terminal.interrupt()
        assert terminal.wait() == ExitCode.INTERRUPTED
    assert not therapymail.home.exists()


def test_an_expired_own_key_is_extended_as_doctor_says(therapymail: Program) -> None:
    own = made(therapymail, STRONG)
    assert own.setup("--key", own.fingerprint, "--passphrase-file", str(own.secret)).code == 0
    home = therapymail.home / "gnupg"
    for parts in ((), ("*",)):
        gpg(home, "--passphrase", STRONG, "--quick-set-expire", own.fingerprint, "seconds=1", *parts)
    time.sleep(2)
    checks = {check["name"]: check for check in therapymail.run("doctor", "--offline", "--json").answer["checks"]}
    assert not checks["own key"]["ok"]
    assert "`therapymail key extend`" in checks["own key"]["next"]
    assert therapymail.run("key", "extend", "--for", "soon").code == ExitCode.USAGE
    [extended] = therapymail.ok("key", "extend", "--for", "2y", "--json").answer["keys"]
    assert extended["can_encrypt"]
    assert extended["expires"] is not None
    checks = {check["name"]: check for check in therapymail.ok("doctor", "--offline", "--json").answer["checks"]}
    assert checks["own key"]["level"] == "ok"
    assert therapymail.ok("key", "extend", "--for", "never", "--json").answer["keys"][0]["expires"] is None
