"""The therapist's own key: made new and listed; taking one in and caring for it stand beside and are named here."""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from therapymail.domain.addresses import is_address
from therapymail.domain.sanitise import sanitise_line
from therapymail.errors import GnupgMissing, GnupgUnusable, UnusableInput
from therapymail.pgp.own_key_care import (
    check_passphrase,
    extend,
    keygrips,
    measure_operation,
    own_certificate,
    remove_own_key,
    reprotect,
    revocation_certificate,
)
from therapymail.pgp.own_key_intake import adopt_card, copy_from_home, import_file
from therapymail.pgp.passphrase import ENOUGH_BITS, MAX_CHARACTERS, generate_passphrase, is_strong_enough, strength
from therapymail.pgp.runner import RFC_4880_ALONE, Gpg

__all__ = [
    "ENOUGH_BITS",
    "OwnKey",
    "adopt_card",
    "check_passphrase",
    "copy_from_home",
    "extend",
    "generate_passphrase",
    "import_file",
    "is_strong_enough",
    "keygrips",
    "make_key",
    "measure_operation",
    "own_certificate",
    "own_keys",
    "remove_own_key",
    "reprotect",
    "revocation_certificate",
    "strength",
]

# Signing and encrypting keys that every program in use reads (PGP.md K9); gpg adds certifying to the primary.
_NEW_KEY = """\
Key-Type: EDDSA
Key-Curve: ed25519
Key-Usage: sign
Subkey-Type: ECDH
Subkey-Curve: cv25519
Subkey-Usage: encrypt
Name-Real: {name}
Name-Email: {email}
Expire-Date: {days}
{protection}
%commit
"""
_UNUSABLE_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029<>]")
_KEY_SECONDS = 300.0


@dataclass(frozen=True)
class OwnKey:
    """A secret key of the practice's home. Times are UTC; `expires` is None for a key without end."""

    fingerprint: str
    uids: tuple[str, ...]
    created: datetime
    expires: datetime | None
    can_encrypt: bool


def make_key(gpg: Gpg, name: str, email: str, passphrase: str | None, *, days: int = 0) -> str:
    """Make an ed25519/cv25519 key for `name` and `email`, valid for `days` (0: without end); its fingerprint.

    `passphrase` None means none, explicitly. Parameters go in by stdin and a pipe, never by argv (S28).
    Raises UnusableInput for a name, address or passphrase that cannot be used, GnupgUnusable.
    """
    if _UNUSABLE_IN_A_NAME.search(name) or not name.strip():
        raise UnusableInput("name", "it must be one line without < and >")
    if not is_address(email):
        raise UnusableInput("address", "it must look like name@domain.example")
    secret = None if passphrase is None else _usable(passphrase)
    protection = "%no-protection" if secret is None else "%ask-passphrase"
    wanted = _NEW_KEY.format(name=name.strip(), email=email, days=f"{days}d" if days else 0, protection=protection)
    made = gpg.run([RFC_4880_ALONE, "--generate-key"], wanted.encode(), passphrase=secret, timeout=_KEY_SECONDS)
    for line in made.status:
        if line.keyword == "KEY_CREATED" and made.returncode == 0:
            return line.fields()[1]
    raise GnupgUnusable("it did not make a key (see that its agent starts and the disk is not full)")


def own_keys(gpg: Gpg) -> list[OwnKey]:
    """The secret keys of the home, oldest first, listed by python-gnupg. Raises GnupgMissing."""
    import gnupg

    # Its debug log holds names (HAZARDS H6, H7).
    logging.getLogger("gnupg").disabled = True
    clock = ["--faked-system-time", f"{gpg.now.astimezone(UTC):%Y%m%dT%H%M%S}!"] if gpg.now else []
    try:
        lister = gnupg.GPG(gpgbinary=gpg.program, gnupghome=str(gpg.homedir), options=clock)
    except OSError:
        raise GnupgMissing(gpg.program) from None
    lister.encoding, lister.decode_errors = "utf-8", "replace"
    found = [_own_key(listed) for listed in lister.list_keys(secret=True)]
    return sorted(found, key=lambda key: (key.created, key.fingerprint))


def _own_key(listed: dict[str, Any]) -> OwnKey:
    return OwnKey(
        fingerprint=listed["fingerprint"],
        uids=tuple(sanitise_line(uid) for uid in listed["uids"]),
        created=_moment(listed["date"]) or datetime.fromtimestamp(0, UTC),
        expires=_moment(listed["expires"]),
        can_encrypt="E" in listed["cap"] and "D" not in listed["cap"] and listed["trust"] not in set("idren"),
    )


def _moment(seconds: str) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds.isdigit() else None


def _usable(passphrase: str) -> bytes:
    if not passphrase or "\n" in passphrase or "\0" in passphrase or len(passphrase.encode()) > MAX_CHARACTERS:
        raise UnusableInput("passphrase", f"it must be one line of 1 to {MAX_CHARACTERS} bytes")
    return passphrase.encode()
