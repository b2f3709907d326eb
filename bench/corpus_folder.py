"""A corpus on disk as the measurements use it: its letters, their ciphertexts, its keys and its truth."""

import base64
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.corpus import CorpusPlan, make_corpus, manifest
from bench.gnupg import GnupgHome, gnupg_home


@dataclass(frozen=True)
class CorpusFolder:
    """The first `letters` letters, in order of writing, of the corpus in `directory`."""

    directory: Path
    letters: int

    @cached_property
    def about(self) -> dict[str, Any]:
        """corpus.json."""
        about: dict[str, Any] = json.loads((self.directory / "corpus.json").read_text())
        return about

    @cached_property
    def truth(self) -> list[dict[str, Any]]:
        """The manifest's entry of each letter."""
        entries = list(zip(range(self.letters), manifest(self.directory), strict=False))
        if len(entries) < self.letters:
            raise SystemExit(f"the corpus holds {len(entries)} letters, not {self.letters}")
        return [entry for _, entry in entries]

    @property
    def therapist(self) -> str:
        """The therapist's address."""
        return str(self.about["therapist"])

    @property
    def clients(self) -> list[str]:
        """The clients' addresses, in order."""
        return sorted(address for address in self.about["fingerprints"] if address != self.therapist)

    def key(self, name: str) -> bytes:
        """One of the corpus's key files: therapist.sec.asc, therapist.pub.asc, clients.pub.asc."""
        return (self.directory / "keys" / name).read_bytes()

    def planted(self) -> Counter[str]:
        """How many letters hold each planted word or phrase."""
        return Counter(term for entry in self.truth for term in entry["planted"])

    def write_maildir(self, target: Path, letters: Sequence[dict[str, Any]]) -> None:
        """A Maildir with a folder Sent of these letters, INTERNALDATE kept as the files' time."""
        for entry in letters:
            source = self.directory / entry["file"]
            folder = target / ".Sent" if entry["folder"] == "Sent" else target
            for part in ("cur", "new", "tmp"):
                (folder / part).mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / "cur" / source.name)

    def write_ciphertexts(self, target: Path, letters: Sequence[dict[str, Any]]) -> list[Path]:
        """Each letter's OpenPGP message, without armor, as a file `NUMBER.gpg` in `target`."""
        target.mkdir(parents=True, exist_ok=True)
        written = []
        for number, entry in enumerate(letters):
            written.append(target / f"{number:06d}.gpg")
            written[-1].write_bytes(dearmored((self.directory / entry["file"]).read_bytes()))
        return written


def dearmored(mail: bytes) -> bytes:
    """The binary OpenPGP message in a mail of a corpus (RFC 9580 section 6.2, trusted input)."""
    begin = mail.index(b"-----BEGIN PGP MESSAGE-----")
    body = mail[begin : mail.index(b"-----END PGP MESSAGE-----")]
    lines = body.partition(b"\n\n")[2].splitlines()
    return base64.b64decode(b"".join(line for line in lines if not line.startswith(b"=")))


@contextmanager
def corpus_at(given: Path | None, plan: CorpusPlan) -> Iterator[CorpusFolder]:
    """The corpus in the folder `given`, else one made for this run and removed afterwards."""
    if given is not None:
        yield CorpusFolder(given, plan.letters)
        return
    with tempfile.TemporaryDirectory(prefix="tm-corpus-") as name:
        make_corpus(Path(name), plan)
        yield CorpusFolder(Path(name), plan.letters)


@contextmanager
def therapist_home(corpus: CorpusFolder, passphrase: str | None) -> Iterator[GnupgHome]:
    """A GnuPG home as the therapist would have it: own key under `passphrase`, the clients' certificates.

    The agent remembers the passphrase, so that nothing asks.
    """
    with gnupg_home() as home:
        home.run("--import", stdin=corpus.key("therapist.sec.asc"), passphrase="")
        home.run("--import", stdin=corpus.key("clients.pub.asc"))
        own = home.own_fingerprint()
        home.run("--import-ownertrust", stdin=f"{own}:6:\n".encode())
        if passphrase is not None:
            home.run("--change-passphrase", own, passphrase=passphrase)
            home.preset(passphrase)
        home.run("--check-trustdb")
        yield home
