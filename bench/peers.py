"""What the program is held against: one `gpg --decrypt-files`, and isync with notmuch where they are installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.gnupg import GnupgHome
from bench.measuring import ProcessRun, run_process


def gnupg_version() -> str:
    """The version of gpg."""
    return _first_line("gpg", "--version")


def peer_versions() -> dict[str, str]:
    """The peers that are installed, with what they say of their version."""
    installed = [name for name in ("mbsync", "notmuch") if shutil.which(name)]
    return {name: _first_line(name, "--version") for name in installed}


def missing_peers() -> list[str]:
    """The Debian packages that are to be installed for the whole comparison."""
    packages = {"mbsync": "isync", "notmuch": "notmuch"}
    return [package for program, package in packages.items() if not shutil.which(program)]


@dataclass(frozen=True)
class DecryptFiles:
    """What one `gpg --decrypt-files` did: its time, how many letters it opened, how many signatures were good."""

    run: ProcessRun
    opened: int
    good_signatures: int


def gpg_decrypt_files(home: GnupgHome, ciphertexts: Sequence[Path]) -> DecryptFiles:
    """Open all of `ciphertexts` with one gpg, signatures verified; the plaintexts, beside them, are removed."""
    names = b"".join(os.fsencode(path) + b"\n" for path in ciphertexts)
    command = ["gpg", "--homedir", str(home.homedir), "--batch", "--no-tty", "--yes", "-q", "--trust-model", "always"]
    run = run_process([*command, "--no-auto-check-trustdb", "--status-fd", "1", "--decrypt-files"], stdin=names)
    for path in ciphertexts:
        path.with_suffix("").unlink(missing_ok=True)
    opened, good = run.stdout.count(b"[GNUPG:] DECRYPTION_OKAY"), run.stdout.count(b"[GNUPG:] GOODSIG")
    return DecryptFiles(run, opened, good)


@dataclass(frozen=True)
class PeerSync:
    """Seconds of `mbsync` and of `notmuch new` after it, and how many letters notmuch could decrypt."""

    mbsync: float
    notmuch: float
    opened: int

    @property
    def seconds(self) -> float:
        """From nothing to ready to search."""
        return self.mbsync + self.notmuch


@dataclass(frozen=True)
class PeerAccount:
    """A mailbox for mbsync: IMAP with TLS on `port` of localhost."""

    port: int
    user: str
    password: str
    ca: str


def mbsync_and_notmuch(account: PeerAccount, home: GnupgHome, address: str) -> PeerSync:
    """A first `mbsync` into an empty Maildir, then a first `notmuch new` that decrypts into its index."""
    with tempfile.TemporaryDirectory(prefix="tm-peers-") as name:
        place = Path(name)
        mail = place / "mail"
        mail.mkdir()
        (place / "mbsyncrc").write_text(_mbsync_configuration(account, place))
        (place / "notmuch-config").write_text(
            f"[database]\npath={mail}\n[user]\nname=Therapist\nprimary_email={address}\n[index]\ndecrypt=true\n"
        )
        environment = {
            **os.environ,
            "GNUPGHOME": str(home.homedir),
            "NOTMUCH_CONFIG": str(place / "notmuch-config"),
            "HOME": str(place),
        }
        fetched = run_process(["mbsync", "-q", "-c", str(place / "mbsyncrc"), "-a"], environment=environment).checked()
        run_process(["notmuch", "config", "set", "index.decrypt", "true"], environment=environment).checked()
        indexed = run_process(["notmuch", "new", "--quiet"], environment=environment).checked()
        counting = ["notmuch", "count", "--exclude=false", "property:index.decryption=success"]
        opened = run_process(counting, environment=environment).checked()
        return PeerSync(fetched.seconds, indexed.seconds, int(opened.stdout))


def _mbsync_configuration(account: PeerAccount, place: Path) -> str:
    return f"""IMAPAccount therapist
Host localhost
Port {account.port}
User {account.user}
Pass {account.password}
SSLType IMAPS
CertificateFile {account.ca}

IMAPStore far
Account therapist

MaildirStore near
Path {place}/mail/
Inbox {place}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns INBOX Sent
Create Near
Sync Pull
SyncState *
"""


def _first_line(program: str, option: str) -> str:
    said = subprocess.run([program, option], capture_output=True, check=False).stdout
    return said.decode(errors="replace").partition("\n")[0].strip()
