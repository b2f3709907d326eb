"""The program under test: a fresh practice made by its own command line, and therapymail run as a whole process."""

import contextlib
import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.corpus_folder import CorpusFolder
from bench.gnupg import GnupgHome, kill_agent, s2k_counts
from bench.mailbox import USER
from bench.measuring import ProcessRun, run_process
from bench.story import THERAPIST_ADDRESS, THERAPIST_NAME
from tests.support.mailhost import HostFacts
from therapymail.bootstrap import open_practice
from therapymail.errors import TherapymailError
from therapymail.practice.introduce import NewClient, add_client
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import lock


@dataclass(frozen=True)
class Program:
    """therapymail on one practice directory, as a person runs it."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        return {**os.environ, "THERAPYMAIL_HOME": str(self.home)}

    def run(
        self, *arguments: str, stdin: bytes = b"", meanwhile: Callable[[threading.Event], None] | None = None
    ) -> ProcessRun:
        """Run a command as a whole process."""
        command = [command_path(), *arguments]
        return run_process(command, environment=self.environment, stdin=stdin, meanwhile=meanwhile)

    def answer(self, *arguments: str) -> dict[str, Any]:
        """What a command answers with `--json`. Raises SystemExit if it fails."""
        answered: dict[str, Any] = json.loads(self.run(*arguments, "--json").checked().stdout)
        return answered

    def practice(self) -> Practice:
        """The practice in this process."""
        return open_practice(self.home)

    def s2k_counts(self) -> list[int]:
        """How its own key's files are protected."""
        return s2k_counts(self.practice().paths.gnupg)


def command_path() -> str:
    """The installed command `therapymail` of the Python that runs this."""
    beside = Path(sys.executable).with_name("therapymail")
    found = str(beside) if beside.exists() else shutil.which("therapymail")
    if not found:
        raise SystemExit("the command therapymail is not installed: pip install -e .")
    return found


@contextmanager
def fresh_practice(host: HostFacts | None, own: "OwnKey | None" = None) -> Iterator[Program]:
    """A practice set up by `therapymail setup`, unlocked; locked and removed afterwards.

    Without `host` it has no mailbox; without `own` it makes itself a key without a passphrase.
    """
    with tempfile.TemporaryDirectory(prefix="tm-", dir="/tmp", ignore_cleanup_errors=True) as name:
        program = Program(Path(name) / "practice")
        with _own_key_options(Path(name), own) as own_key:
            _set_up(program, host, own_key)
        try:
            yield program
        finally:
            _left(program)


@contextmanager
def kept_practice(home: Path) -> Iterator[Program]:
    """A practice at `home` that outlives the run: set up where there is none yet, and unlocked; locked afterwards."""
    program = Program(home)
    if home.exists():
        program.run("unlock").checked()
    else:
        home.parent.mkdir(parents=True, exist_ok=True)
        with _own_key_options(home.parent, None) as own_key:
            _set_up(program, None, own_key)
    try:
        yield program
    finally:
        _left(program)


def _set_up(program: Program, host: HostFacts | None, own_key: list[str]) -> None:
    password = f"{host.users[USER]}\n".encode() if host else b""
    mailbox = _mailbox_options(host) if host else ["--offline"]
    program.run("setup", "--yes", "--name", THERAPIST_NAME, *own_key, *mailbox, stdin=password).checked()


def _left(program: Program) -> None:
    """Nothing of it goes on running, and nothing stays in shared memory."""
    with contextlib.suppress(TherapymailError):  # a set-up that failed leaves no practice to lock
        practice = program.practice()
        lock(practice)
        shutil.rmtree(practice.run.shared, ignore_errors=True)
    kill_agent(program.home / "gnupg")


@dataclass(frozen=True)
class OwnKey:
    """The own key that a practice is set up with: a secret key file's bytes and its passphrase or None."""

    material: bytes
    passphrase: str | None
    address: str

    @classmethod
    def of(cls, corpus: CorpusFolder, home: GnupgHome, passphrase: str | None) -> "OwnKey":
        """The corpus's therapist key as `home` protects it."""
        exported = home.run("--armor", "--export-secret-keys", home.own_fingerprint(), passphrase=passphrase)
        return cls(exported, passphrase, corpus.therapist)


@contextmanager
def _own_key_options(place: Path, own: OwnKey | None) -> Iterator[list[str]]:
    """The options of `setup` about the own key; its files are gone afterwards."""
    if own is None:
        yield ["--email", THERAPIST_ADDRESS, "--new-key", "--no-passphrase"]
        return
    key, secret = place / "own.asc", place / "passphrase"
    key.write_bytes(own.material)
    secret.write_text(f"{own.passphrase or ''}\n")
    protection = ["--no-passphrase"] if own.passphrase is None else ["--passphrase-file", str(secret)]
    yield ["--email", own.address, "--import-key", str(key), *protection]
    key.unlink()
    secret.unlink()


def _mailbox_options(host: HostFacts) -> list[str]:
    imap, smtp = f"{host.host}:{host.ports['imaps']}", f"{host.host}:{host.ports['submissions']}"
    return [
        *("--imap", imap, "--imap-security", "tls", "--smtp", smtp, "--smtp-security", "tls"),
        *("--username", USER, "--password-stdin", "--ca-file", host.ca, "--no-roundtrip"),
    ]


def add_clients(program: Program, corpus: CorpusFolder, home: GnupgHome) -> None:
    """Put every client of the corpus on the record with their key, through the verb itself."""
    practice = program.practice()
    for number, address in enumerate(corpus.clients):
        key = home.run("--export", f"<{address}>")
        add_client(practice, NewClient(f"C{number:03d}", f"Client {number}", [address], key, "UTC"))


def add_pseudonyms(program: Program, addresses: Sequence[str]) -> list[str]:
    """Put clients without keys on the record; their identities, in order."""
    practice = program.practice()
    return [
        add_client(practice, NewClient(f"C{number:03d}", f"Client {number}", [address], None, "UTC")).client.identity
        for number, address in enumerate(addresses)
    ]
