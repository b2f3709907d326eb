"""gpg as the bench itself uses it: making keys and letters, and the reference that the program is held against."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OUR_S2K_COUNT = 1_048_576  # what therapymail gives a key it makes
_AGENT_CONF = f"""s2k-count {OUR_S2K_COUNT}
allow-preset-passphrase
allow-loopback-pinentry
default-cache-ttl 86400
max-cache-ttl 86400
"""


@dataclass(frozen=True)
class GnupgHome:
    """A throw-away GnuPG home whose agent protects keys as therapymail does."""

    homedir: Path

    def run(self, *arguments: str, stdin: bytes = b"", passphrase: str | None = None) -> bytes:
        """What gpg answers on standard output. Raises CalledProcessError with gpg's words in it."""
        secret = ["--pinentry-mode", "loopback", "--passphrase", passphrase] if passphrase is not None else []
        done = subprocess.run(
            ["gpg", "--homedir", str(self.homedir), "--batch", "--no-tty", "--yes", "-q", *secret, *arguments],
            input=stdin,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, ["gpg", *arguments[:8]], done.stdout, done.stderr)
        return done.stdout

    def colons(self, *arguments: str) -> list[list[str]]:
        """A listing as fields (doc/DETAILS of GnuPG)."""
        return [line.split(":") for line in self.run("--with-colons", *arguments).decode().splitlines()]

    def fingerprint(self, address: str) -> str:
        """The primary fingerprint of the key of `address`."""
        return next(row[9] for row in self.colons("--list-keys", f"<{address}>") if row[0] == "fpr")

    def own_fingerprint(self) -> str:
        """The primary fingerprint of the first secret key."""
        return next(row[9] for row in self.colons("--list-secret-keys") if row[0] == "fpr")

    def preset(self, passphrase: str) -> None:
        """Have the agent remember the passphrase of every secret key here, so that nothing asks."""
        listing = self.colons("--with-keygrip", "--list-secret-keys")
        for keygrip in [row[9] for row in listing if row[0] == "grp"]:
            command = f"PRESET_PASSPHRASE {keygrip} -1 {passphrase.encode().hex()}"
            said = subprocess.run(
                ["gpg-connect-agent", "--homedir", str(self.homedir), command, "/bye"], capture_output=True, check=True
            )
            if not said.stdout.startswith(b"OK"):
                raise RuntimeError(f"gpg-agent will not remember a passphrase: {said.stdout.decode()}")


@contextmanager
def gnupg_home() -> Iterator[GnupgHome]:
    """A fresh home on a short path (an agent's socket has 108 characters), ended and removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="tm-", dir="/tmp", ignore_cleanup_errors=True) as name:
        (Path(name) / "gpg-agent.conf").write_text(_AGENT_CONF)
        try:
            yield GnupgHome(Path(name))
        finally:
            kill_agent(Path(name))


def kill_agent(homedir: Path) -> None:
    """End the agent of `homedir`, if one runs."""
    subprocess.run(["gpgconf", "--homedir", str(homedir), "--kill", "all"], check=False, capture_output=True)


def s2k_counts(homedir: Path) -> list[int]:
    """How often the agent hashes the passphrase, for each protected secret key file in `homedir`; 0: unprotected."""
    return [_s2k_count(file.read_bytes()) for file in sorted((homedir / "private-keys-v1.d").glob("*.key"))]


def _s2k_count(key_file: bytes) -> int:
    """The count in a private key file: `((sha1 #SALT# "COUNT") …)` or its canonical form `4:sha18:SALTn:COUNT`."""
    import re

    readable = re.search(rb'\(sha1\s+\S+\s+"(\d+)"\)', key_file)
    if readable:
        return int(readable[1])
    canonical = re.search(rb"4:sha18:(?s:.{8})(\d+):", key_file)
    if not canonical:
        return 0
    return int(key_file[canonical.end() : canonical.end() + int(canonical[1])])
