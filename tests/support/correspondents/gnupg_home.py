"""The GnuPG home that programs share which leave OpenPGP to gpg."""

from pathlib import Path

from tests.support.correspondents.correspondent import ran
from tests.support.correspondents.mailbox import Mailbox


def make_gnupg_home(mailbox: Mailbox) -> Path:
    """A home below the mailbox's directory; its agent ends with that."""
    home = mailbox.directory / "gnupg"
    home.mkdir(mode=0o700)
    (home / "private-keys-v1.d").mkdir(mode=0o700)
    return home


def make_key(home: Path, mailbox: Mailbox, *how: str) -> bytes:
    """A key without a passphrase by gpg's quick way; its certificate."""
    gpg = ["gpg", "--homedir", home, "--batch"]
    ran([*gpg, "--passphrase", "", "--quick-generate-key", f"{mailbox.name} <{mailbox.address}>", *how])
    return ran([*gpg, "--export", mailbox.address])


def learn(home: Path, certificate: bytes) -> str:
    """Import a certificate and confirm it, as programs want it that ask whose key it is; the address it bears."""
    gpg = ["gpg", "--homedir", home, "--batch", "--yes"]
    shown = ran([*gpg, "--with-colons", "--import-options", "show-only", "--import"], certificate).decode()
    fingerprint = next(line.split(":")[9] for line in shown.splitlines() if line.startswith("fpr:"))
    ran([*gpg, "--import"], certificate)
    ran([*gpg, "--quick-lsign-key", fingerprint])
    user_id = next(line.split(":")[9] for line in shown.splitlines() if line.startswith("uid:"))
    return user_id.rpartition("<")[2].rstrip(">")
