"""Real mail by other people's programs, with the keys that open it: read where it lies, never copied."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from therapymail.domain.seal import OpeningFailure, SignatureFact, SignatureFinding
from therapymail.pgp.decrypter import Decrypted, Unwrapped
from therapymail.pgp.runner import Gpg
from therapymail.pgp.single import SingleOpener

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
_GPG = ["gpg", "--batch", "--no-tty", "--quiet", "--no-options", "--no-auto-check-trustdb", "--disable-dirmngr"]


def corpus(name: str) -> Path:
    """The directory of the corpus `name`; skips the test, saying so, where the corpora are not at hand."""
    directory = CORPORA / name
    if not directory.is_dir():
        pytest.skip(f"the corpus {name} is not at hand (wanted in ../shared/corpora)")
    return directory


@dataclass(frozen=True)
class CorpusMail:
    """One mail of a corpus: its name in the corpus's results (`tests.mbx#2` for one of several) and its bytes."""

    name: str
    raw: bytes


def mails(name: str) -> Iterator[CorpusMail]:
    """Every mail of the corpus `name`; the mails of an mbox one by one."""
    for path in sorted((corpus(name) / "messages").iterdir()):
        content = path.read_bytes()
        parts = _of_mbox(content) if path.suffix in {".mbox", ".mbx"} else [content]
        for number, raw in enumerate(parts):
            yield CorpusMail(path.name if len(parts) == 1 else f"{path.name}#{number}", raw)


def results(name: str) -> dict[str, list[dict[str, Any]]]:
    """What gpg said of each mail of the corpus, by mail, as recorded beside it; empty where nothing is recorded."""
    path = corpus(name) / "results.json"
    if not path.is_file():
        return {}
    return {entry["file"]: entry["ops"] for entry in json.loads(path.read_text())}


@dataclass(frozen=True)
class Tabled:
    """A mail's row in its corpus's table: what gpg said of its OpenPGP parts, and the program that wrote it."""

    verdict: str
    producer: str


def table(name: str) -> dict[str, Tabled]:
    """The table of the corpus `name`, by mail."""
    lines = (corpus(name) / "RESULTS.tsv").read_text(errors="replace").splitlines()
    rows = (line.split("\t") for line in lines)
    return {cells[0]: Tabled(cells[1], cells[3] if len(cells) > 3 else "") for cells in rows if len(cells) > 1}


_KEYWORDS = {
    "GOODSIG": SignatureFinding.GOOD,
    "BADSIG": SignatureFinding.BAD,
    "EXPKEYSIG": SignatureFinding.KEY_EXPIRED,
    "REVKEYSIG": SignatureFinding.KEY_REVOKED,
    "ERRSIG": SignatureFinding.KEY_UNKNOWN,
}


def plaintexts(operations: list[dict[str, Any]]) -> set[str]:
    """The SHA-256 (hex) of everything that gpg decrypted of a mail and vouched for."""
    return {
        operation["pt_sha256"]
        for operation in operations
        if any(line.startswith("DECRYPTION_OKAY") for line in operation["status"]) and operation.get("ptlen")
    }


def signatures(operations: list[dict[str, Any]]) -> set[SignatureFinding]:
    """What gpg said of the signatures of a mail."""
    words = [line.partition(" ")[0] for operation in operations for line in operation["status"]]
    return {_KEYWORDS[word] for word in words if word in _KEYWORDS}


def tabled_signatures(verdict: str) -> set[SignatureFinding]:
    """What the verdict of a table says of the signatures of a mail."""
    return {finding for word, finding in _KEYWORDS.items() if word in verdict}


@contextmanager
def corpus_opener(name: str, *, output_cap: int = 20_000_000) -> Iterator["CorpusOpener"]:
    """An opener whose throw-away GnuPG home holds the keys of the corpus `name`; `output_cap` in bytes."""
    home = Path(tempfile.mkdtemp(prefix="tm-", dir="/tmp"))
    run = Path(tempfile.mkdtemp(prefix="tm-", dir="/dev/shm"))
    try:
        home.chmod(0o700)
        (home / "private-keys-v1.d").mkdir(mode=0o700)
        (home / "gpg-agent.conf").write_text("s2k-count 65536\n")  # else each use of a passphrase costs up to 1 s
        import_keys(name, home)
        yield CorpusOpener(Gpg(home, run), _passphrases(name), output_cap=output_cap)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(run, ignore_errors=True)


class CorpusOpener:
    """A SingleOpener that tries each passphrase of a corpus, and keeps what it opened for comparison."""

    def __init__(self, gpg: Gpg, passphrases: Sequence[bytes], *, output_cap: int) -> None:
        openers = [SingleOpener(gpg, passphrase=word, output_cap=output_cap) for word in passphrases]
        self._openers = openers or [SingleOpener(gpg, output_cap=output_cap)]
        self.gpg = gpg
        self.opened: list[bytes] = []

    def decrypt(self, ciphertext: bytes) -> Decrypted:
        answer = Decrypted(None, OpeningFailure.LOCKED)
        for opener in self._openers:
            answer = opener.decrypt(ciphertext)
            if answer.plaintext is not None:
                self.opened.append(answer.plaintext)
            if answer.failure is not OpeningFailure.LOCKED:
                break
        return answer

    def verify_detached(self, signed: bytes, signature: bytes) -> tuple[SignatureFact, ...]:
        return self._openers[0].verify_detached(signed, signature)

    def unwrap_signed(self, data: bytes) -> Unwrapped:
        return self._openers[0].unwrap_signed(data)


def _passphrases(name: str) -> tuple[bytes, ...]:
    """The passphrases that opened something of the corpus, as its results record them."""
    operations = [operation for recorded in results(name).values() for operation in recorded]
    return tuple(dict.fromkeys(operation["pw"].encode() for operation in operations if operation.get("pw")))


def _of_mbox(content: bytes) -> list[bytes]:
    pieces = content.replace(b"\r\n", b"\n").split(b"\n\nFrom ") if b"\r\n" not in content else [content]
    return [pieces[0], *(b"From " + piece for piece in pieces[1:])]


def import_keys(name: str, home: Path) -> None:
    """Bring the keys of the corpus `name` into the GnuPG home `home`."""
    keys = corpus(name) / "keys"
    files = sorted(path for path in keys.rglob("*") if path.is_file()) if keys.is_dir() else []
    for path in files:
        if path.parent.name == "private-keys-v1.d":
            shutil.copyfile(path, home / "private-keys-v1.d" / path.name)
    gpg = [*_GPG, "--homedir", str(home)]
    for path in files:
        if path.name == "pubring.kbx":
            ring = ["--no-default-keyring", "--keyring", str(path), "--export"]
            exported = subprocess.run([*gpg, *ring], capture_output=True, check=False).stdout
            subprocess.run([*gpg, "--import"], input=exported, capture_output=True, check=False)
        elif path.suffix in {".gpg", ".pgp", ".asc", ".txt", ".key", ".pub"} and path.name != "trustdb.gpg":
            subprocess.run([*gpg, "--import", "--", str(path)], capture_output=True, check=False)
