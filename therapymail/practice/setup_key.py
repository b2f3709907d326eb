"""The own key of a new practice: made, copied from the person's GnuPG home, or from a file, and what it costs."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from therapymail.config import Settings
from therapymail.domain.recovery_kit import secret_alone
from therapymail.errors import KeyRefused
from therapymail.pgp.certificate_packets import key_packets
from therapymail.pgp.certificates import inspect
from therapymail.pgp.own_key import make_key
from therapymail.pgp.own_key_care import measure_operation, reprotect, revocation_certificate
from therapymail.pgp.own_key_intake import (
    KeyInHome,
    adopt_card,
    copy_from_home,
    import_file,
    keys_in_home,
    require_readable_answers,
)
from therapymail.pgp.passphrase import is_strong_enough
from therapymail.pgp.runner import Gpg
from therapymail.practice.practice import Practice

COSTLY_SECONDS = 0.06  # to open one letter; with a key made here it takes about 10 ms


class KeySource(StrEnum):
    """Where the own key comes from."""

    NEW = "new"
    HOME = "home"
    FILE = "file"


@dataclass(frozen=True)
class KeyChoice:
    """Which own key. `passphrase` is None for a key without one; `fingerprint` for HOME, `material` for FILE."""

    source: KeySource
    passphrase: str | None = None
    fingerprint: str = ""
    material: bytes = b""
    home: Path | None = None


@dataclass(frozen=True)
class OwnKeyMade:
    """The own key in the practice's home. `seconds_a_letter` is what opening one letter costs with a brought key."""

    fingerprint: str
    revocation: Path | None
    reprotected: bool = False
    seconds_a_letter: float = 0.0


def keys_to_copy(practice: Practice, home: Path) -> tuple[KeyInHome, ...]:
    """The keys in the person's GnuPG home that could become the own key. Raises GnupgMissing."""
    with practice.gpg() as gpg:
        return keys_in_home(gpg, home)


def make_own_key(gpg: Gpg, settings: Settings, choice: KeyChoice) -> OwnKeyMade:
    """Put the chosen key into the home of `gpg`; one brought along is protected anew where that is safe and saves time.

    Raises KeyRefused, KeyAsksForMore, KeyUnknown, PassphraseNeeded, PassphraseWrong.
    """
    if choice.source is KeySource.NEW:
        fingerprint = make_key(gpg, settings.name, settings.email, choice.passphrase)
        return OwnKeyMade(fingerprint, revocation_certificate(gpg, fingerprint))
    fingerprint = _brought(gpg, choice)
    seconds = measure_operation(gpg, fingerprint, choice.passphrase)
    if choice.passphrase is None or not is_strong_enough(choice.passphrase) or seconds < COSTLY_SECONDS:
        return OwnKeyMade(fingerprint, None, seconds_a_letter=seconds)
    reprotect(gpg, fingerprint, choice.passphrase)
    again = measure_operation(gpg, fingerprint, choice.passphrase)
    return OwnKeyMade(fingerprint, None, reprotected=True, seconds_a_letter=again)


def bring_key_to_open(gpg: Gpg, choice: KeyChoice) -> str:
    """Put a key that is brought along into the home of `gpg`, to open with: one that has expired too; its fingerprint.

    It is protected anew where its passphrase is strong enough. Raises as `make_own_key`.
    """
    fingerprint = _brought(gpg, choice)
    if choice.passphrase is not None and is_strong_enough(choice.passphrase):
        reprotect(gpg, fingerprint, choice.passphrase)
    return fingerprint


def _brought(gpg: Gpg, choice: KeyChoice) -> str:
    if choice.source is KeySource.FILE:
        material = secret_alone(choice.material)
        if (report := inspect(gpg, material)).secret:
            require_readable_answers(report.fingerprint, key_packets(material))
            return import_file(gpg, material, choice.passphrase)
        return adopt_card(gpg, material)  # a public key: its secret part must be on the card in the reader
    if choice.home is None:
        raise KeyRefused(choice.fingerprint, "there is no GnuPG home to copy it from")
    return copy_from_home(gpg, choice.home, choice.fingerprint, choice.passphrase)
