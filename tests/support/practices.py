"""A practice made the ordinary way for tests, and clients who write to it with real gpg."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from therapymail.config import HostSettings, Settings
from therapymail.paths import PracticePaths, run_directory
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.home import make_home
from therapymail.pgp.own_key import own_certificate
from therapymail.pgp.runner import Gpg
from therapymail.practice.introduce import NewClient, add_client
from therapymail.practice.practice import Practice
from therapymail.practice.setup import SetupRequest, set_up
from therapymail.practice.setup_key import KeyChoice, KeySource

THERAPIST = "orla@practice.example"


@contextmanager
def short_directory() -> Iterator[Path]:
    """A directory with a path short enough for an agent's socket; agents of homes below it are ended."""
    directory = Path(tempfile.mkdtemp(prefix="tm-", dir="/tmp"))
    try:
        yield directory
    finally:
        for home in directory.rglob("private-keys-v1.d"):
            with AgentConnection(home.parent) as agent:
                agent.kill()
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def practice_in(
    directory: Path,
    imap: HostSettings | None = None,
    secret: str = "",
    environment: Mapping[str, str] | None = None,
    email: str = THERAPIST,
    smtp: HostSettings | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Iterator[Practice]:
    """A new, unlocked practice below `directory`; its own key has no passphrase, its run directory goes at the end.

    `secret` is for both hosts. With `clock` it is made and goes on at another time than the true one.
    """
    paths = PracticePaths(directory / "practice")
    run = run_directory(paths, environment or {})
    # nobody makes a backup in a test of something else, whose clock may go on for years
    settings = Settings(name="Dr Orla Fenwick", email=email, own_key="", imap=imap, smtp=smtp, backup_days=0)
    shows = clock or (lambda: datetime.now(UTC))
    blank = Practice(paths, settings, run, shows, environment or {}, is_clock_set=clock is not None)
    try:
        made = set_up(
            blank, SetupRequest(KeyChoice(KeySource.NEW), imap_secret=secret, smtp_secret=secret if smtp else "")
        )
        yield replace(blank, settings=replace(settings, own_key=made.key.fingerprint))
    finally:
        shutil.rmtree(run.shared, ignore_errors=True)


@contextmanager
def practice_of_this_process() -> Iterator[Practice]:
    """A new practice that commands run in this process find unlocked: its run directory is theirs."""
    with pytest.MonkeyPatch.context() as patch, short_directory() as directory:
        patch.setenv("XDG_RUNTIME_DIR", "")
        with practice_in(directory, environment=os.environ) as made:
            yield made


@dataclass(frozen=True)
class Writer:
    """Somebody who writes with OpenPGP: name, address, fingerprint, certificate."""

    name: str
    address: str
    fingerprint: str
    certificate: bytes


@dataclass
class Writers:
    """The GnuPG home of everybody who writes to a practice."""

    gpg: Gpg
    own_key: str
    made: dict[str, Writer] = field(default_factory=dict)

    def add(self, name: str, address: str) -> Writer:
        """Somebody new with an ed25519/cv25519 key."""
        parameters = (
            "Key-Type: EDDSA\nKey-Curve: ed25519\nKey-Usage: sign\nSubkey-Type: ECDH\nSubkey-Curve: cv25519\n"
            f"Subkey-Usage: encrypt\nName-Real: {name}\nName-Email: {address}\n"
            "Expire-Date: 0\n%no-protection\n%commit\n"
        )
        made = self.gpg.run(["--generate-key"], parameters.encode())
        fingerprint = next(line.arguments.split()[1].decode() for line in made.status if line.keyword == "KEY_CREATED")
        certificate = self.gpg.run(["--export", fingerprint]).output
        writer = Writer(name, address, fingerprint, certificate)
        self.made[address] = writer
        return writer

    def sealed(self, entity: bytes, signer: Writer | None, *, to_therapist: bool = True) -> bytes:
        """`entity` sealed to the therapist (and the signer), armored."""
        recipients = ["--recipient", self.own_key] if to_therapist else []
        if signer:
            recipients += ["--recipient", signer.fingerprint, "--sign", "--local-user", signer.fingerprint]
        done = self.gpg.run(["--armor", *recipients, "--encrypt"], entity)
        assert done.returncode == 0
        return done.output

    def letter(
        self,
        author: Writer,
        text: str,
        *,
        subject: str = "a letter",
        written: datetime | None = None,
        message_id: str | None = None,
        signer: Writer | None = None,
        signed: bool = True,
        from_header: str | None = None,
        extra: str = "",
    ) -> bytes:
        """A whole PGP/MIME mail with protected headers from `author` to the therapist; CRLF line ends."""
        when = written or datetime.now(UTC).replace(microsecond=0)
        identity = message_id or f"<{abs(hash((text, when))):x}@{author.address.partition('@')[2]}>"
        common = (
            f"From: {from_header or f'{author.name} <{author.address}>'}\r\nTo: Orla <{THERAPIST}>\r\n"
            f"Date: {format_datetime(when)}\r\nMessage-ID: {identity}\r\n{extra}"
        )
        inner = (
            f'{common}Subject: {subject}\r\nContent-Type: text/plain; charset="utf-8"; protected-headers="v1";'
            f' hp="cipher"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n'
        )
        armor = self.sealed(inner.encode(), (signer or author) if signed else None)
        return (
            (
                f"{common}Subject: ...\r\nMIME-Version: 1.0\r\nContent-Type: multipart/encrypted;"
                ' protocol="application/pgp-encrypted"; boundary="=-b"\r\n\r\n--=-b\r\n'
                "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--=-b\r\n"
                "Content-Type: application/octet-stream\r\n\r\n"
            ).encode()
            + armor.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            + b"\r\n--=-b--\r\n"
        )


@contextmanager
def writers_to(practice: Practice, directory: Path) -> Iterator[Writers]:
    """People who can write to `practice`: their home holds its certificate."""
    home = directory / "writers"
    make_home(home)
    with practice.run.process_directory() as run, practice.gpg() as own:
        gpg = Gpg(homedir=home, run_directory=run, now=practice.clock() if practice.is_clock_set else None)
        gpg.run(["--import"], own_certificate(own, practice.settings.own_key))
        yield Writers(gpg, practice.settings.own_key)


def introduce(practice: Practice, code: str, writer: Writer) -> None:
    """Add `writer` as the client `code`, their key pinned."""
    add_client(practice, NewClient(code, writer.name, (writer.address,), writer.certificate, "Europe/London"))
