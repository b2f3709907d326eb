"""The own keyring as one small archive: every secret key of a home as its agent keeps it, and all certificates."""

import re
from pathlib import Path

from therapymail.domain.archive import archive_bytes, small_archive
from therapymail.errors import FileUnusable, SealedFileRefused
from therapymail.paths import error_phrase, make_private_directory, write_private_file
from therapymail.pgp.runner import Gpg

MOST_BYTES = 8 << 20
_CERTIFICATES, _PRIVATE_KEYS, _REVOCATIONS, _CARD = (
    *("certificates.pgp", "private-keys-v1.d", "openpgp-revocs.d", "scdaemon.conf"),
)
# What may stand in it besides the certificates: names as GnuPG gives them, so that none leads elsewhere.
_FILE = re.compile(r"private-keys-v1\.d/[0-9A-F]{40}\.key|openpgp-revocs\.d/[0-9A-F]{40,64}\.rev|scdaemon\.conf")


def keyring_archive(gpg: Gpg) -> bytes:
    """The keyring of the home of `gpg`; private keys stay under their passphrase. Raises FileUnusable, GnupgMissing."""
    return archive_bytes({_CERTIFICATES: gpg.run(["--export"]).output, **_files(gpg.homedir)})


def put_keyring(content: bytes, home: Gpg, brought: Gpg) -> None:
    """Put the keyring `content` into `home`, a home of ours; what the home `brought` holds comes before it.

    The key that was brought is thus under the passphrase that was just given for it, and its certificate is the newer.
    Raises SealedFileRefused, FileUnusable, GnupgMissing.
    """
    files = small_archive(content, MOST_BYTES)
    certificates = files.pop(_CERTIFICATES, b"")
    if not all(map(_FILE.fullmatch, files)):
        raise SealedFileRefused("its keyring is not one of ours")
    for folder in (_PRIVATE_KEYS, _REVOCATIONS):
        make_private_directory(home.homedir / folder)
    for name, file in {**files, **_files(brought.homedir)}.items():
        write_private_file(home.homedir / name, file)
    for each in (certificates, brought.run(["--export"]).output):
        home.run(["--import"], each)


def _files(homedir: Path) -> dict[str, bytes]:
    found = [*(homedir / _PRIVATE_KEYS).glob("*.key"), *(homedir / _REVOCATIONS).glob("*.rev"), homedir / _CARD]
    try:
        named = {str(file.relative_to(homedir)): file for file in sorted(found) if file.is_file()}
        return {name: file.read_bytes() for name, file in named.items() if _FILE.fullmatch(name)}
    except OSError as error:
        raise FileUnusable(str(homedir), error_phrase(error)) from None
