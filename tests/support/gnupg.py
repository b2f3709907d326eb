"""Throw-away GnuPG homes of our own making, and people with keys in them; every agent ends with its home."""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.home import make_home
from therapymail.pgp.own_key import make_key, own_certificate
from therapymail.pgp.runner import Gpg

PASSPHRASE = "thimble-orbit-velvet-crane-blossom-ladder"
OWN_ADDRESS, ANN_ADDRESS, EVE_ADDRESS = "therapist@practice.example", "ann@client.example", "eve@evil.example"


@contextmanager
def throw_away_home(parent: Path | None = None) -> Iterator[Gpg]:
    """A new home made as the practice makes its own, in `parent` (else /tmp), with a memory-backed run directory."""
    directory = Path(tempfile.mkdtemp(prefix="tm-", dir=parent or "/tmp"))
    run = Path(tempfile.mkdtemp(prefix="tm-", dir="/dev/shm"))
    home = directory / "gnupg"
    try:
        make_home(home, run)
        yield Gpg(home, run)
    finally:
        with AgentConnection(home) as agent:
            agent.kill()
        shutil.rmtree(directory, ignore_errors=True)
        shutil.rmtree(run, ignore_errors=True)


@dataclass(frozen=True)
class People:
    """A therapist with an own key in a home of their own; Ann, a client, and Eve in another, who know that key.

    `keyring` holds Ann's and Eve's certificates, as the clients' keyring does.
    """

    therapist: Gpg
    others: Gpg
    own: str
    ann: str
    eve: str
    keyring: Path

    @property
    def reader(self) -> Gpg:
        """The therapist's gpg with the clients' keyring beside the own key."""
        return Gpg(self.therapist.homedir, self.therapist.run_directory, keyring=self.keyring)

    def sealed(self, text: bytes, *more: str, signer: str | None = None, to: str | None = None) -> bytes:
        """`text` sealed by somebody to the own key (or `to`), binary; signed by `signer` if given."""
        signing = ["--local-user", signer, "--sign"] if signer else []
        return output(self.others, ["--recipient", to or self.own, *more, *signing, "--encrypt"], text)


@contextmanager
def people(passphrase: str | None = None) -> Iterator[People]:
    """Therapist, Ann and Eve; the own key under `passphrase` or without one."""
    with throw_away_home() as therapist, throw_away_home() as others:
        own = make_key(therapist, "Dr Orla Fenwick", OWN_ADDRESS, passphrase)
        ann = make_key(others, "Ann", ANN_ADDRESS, None)
        eve = make_key(others, "Eve", EVE_ADDRESS, None)
        output(others, ["--import"], own_certificate(therapist, own))
        keyring = therapist.run_directory / "clients.kbx"
        ring = ["--no-default-keyring", "--keyring", f"gnupg-kbx:{keyring}"]
        for fingerprint in (ann, eve):
            output(therapist, [*ring, "--import"], own_certificate(others, fingerprint))
        yield People(therapist, others, own, ann, eve, keyring)


def newer_gpg() -> str | None:
    """GnuPG 2.4 or later: the program that THERAPYMAIL_GPG24 names, else `gpg` itself where it is that new."""
    program = os.environ.get("THERAPYMAIL_GPG24") or "gpg"
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"gpg \(GnuPG\) (\d+)\.(\d+)", shown)
    return program if found and (int(found[1]), int(found[2])) >= (2, 4) else None


def output(gpg: Gpg, arguments: list[str], stdin: bytes = b"", passphrase: str | None = None) -> bytes:
    """What gpg writes; the test fails where gpg does."""
    run = gpg.run(arguments, stdin, passphrase=passphrase.encode() if passphrase else None)
    assert run.returncode == 0, (arguments[0], run.status)
    return run.output


def forget_passphrases(gpg: Gpg) -> None:
    """Let the agent forget what it has cached."""
    with AgentConnection(gpg.homedir) as agent:
        agent.clear()


def recording_gpg(directory: Path, delay: float = 0.0) -> tuple[str, Path]:
    """A program that runs gpg and records its argv and environment as the system shows them; it and the record.

    It reads /proc/self before it becomes gpg: what `ps` would show to anybody on the machine.
    """
    record = directory / "seen"
    program = directory / "gpg"
    program.write_text(
        "#!/bin/sh\n"
        f"tr '\\0' '\\n' < /proc/$$/cmdline >> {record}\n"
        f"tr '\\0' '\\n' < /proc/$$/environ >> {record}\n"
        f"sleep {delay}\n"
        'exec gpg "$@"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program), record


def altered(message: bytes, at: int = -1) -> bytes:
    """`message` with one bit changed at `at`."""
    octets = bytearray(message)
    octets[at] ^= 1
    return bytes(octets)


def snapshot(directory: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file below `directory`: mode, time of change in nanoseconds, content.

    Sockets are left out: an agent that ends takes its own away one after the other, the last when it answers no more.
    """
    found = {}
    for path in sorted(directory.rglob("*")):
        status = path.lstat()
        if stat.S_ISSOCK(status.st_mode):
            continue
        content = path.read_bytes() if path.is_file() else b""
        found[os.fspath(path.relative_to(directory))] = (status.st_mode, status.st_mtime_ns, content)
    return found
