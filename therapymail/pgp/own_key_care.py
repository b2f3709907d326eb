"""What is done with an own key in the home: passphrase checked and changed, cost measured, validity extended."""

import time
from pathlib import Path

from therapymail.domain.seal import OpeningFailure
from therapymail.errors import GnupgUnusable, KeyRefused, KeyUnknown, PassphraseNeeded, PassphraseWrong
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.colons import ListedKey, listed_keys
from therapymail.pgp.runner import Gpg
from therapymail.pgp.single import SingleOpener
from therapymail.pgp.status import passphrase_error

_MEASUREMENTS = 3


def own_certificate(gpg: Gpg, fingerprint: str) -> bytes:
    """The public key, binary and minimal: what clients are given. Raises KeyUnknown."""
    exported = gpg.run(["--export-options", "export-minimal", "--export", "--", fingerprint])
    if not exported.output:
        raise KeyUnknown(fingerprint)
    return exported.output


def keygrips(gpg: Gpg, fingerprint: str) -> tuple[str, ...]:
    """The agent's names for the private keys of `fingerprint`: primary and subkeys. Raises KeyUnknown."""
    key = _key(gpg, fingerprint)
    return tuple(part.keygrip for part in (key.primary, *key.subkeys) if part.keygrip)


def check_passphrase(gpg: Gpg, fingerprint: str, passphrase: str | None) -> None:
    """Check that the own key opens with `passphrase`, whatever the agent has cached; nothing for a card's key.

    Raises PassphraseNeeded if it has one and none is given, PassphraseWrong, KeyUnknown, GnupgUnusable.
    """
    grips = keygrips(gpg, fingerprint)
    with AgentConnection(gpg.homedir) as agent:
        for grip in grips:
            info = agent.key_info(grip)
            if info is None or info.on_card or not info.protected:
                continue
            if not passphrase:
                raise PassphraseNeeded
            agent.verify_passphrase(grip, passphrase)


def reprotect(gpg: Gpg, fingerprint: str, passphrase: str, new: str | None = None) -> None:
    """Protect every private key of `fingerprint` again, with this home's s2k-count, under `new` or as before.

    Only sensible with a strong passphrase (`is_strong_enough`), and only in the practice's own home.
    Raises PassphraseWrong (keys before the first wrong one keep their new protection), KeyUnknown, GnupgUnusable.
    """
    check_passphrase(gpg, fingerprint, passphrase)
    with AgentConnection(gpg.homedir) as agent:
        for grip in keygrips(gpg, fingerprint):
            info = agent.key_info(grip)
            if info and info.protected and not info.on_card:
                agent.change_passphrase(grip, passphrase, passphrase if new is None else new)


def measure_operation(gpg: Gpg, fingerprint: str, passphrase: str | None) -> float:
    """Seconds that opening one letter costs with the own key: the least of three, after a first one.

    Raises KeyRefused for a key that cannot be sealed to, PassphraseNeeded, PassphraseWrong.
    """
    sealed = gpg.run(["--recipient", fingerprint, "--encrypt"], b"a measurement")
    if sealed.returncode or not sealed.output:
        raise KeyRefused(fingerprint, "it has no usable part for encryption (expired, revoked or for signing only)")
    opener = SingleOpener(gpg, passphrase=passphrase.encode() if passphrase else None)
    seconds = []
    for _ in range(_MEASUREMENTS + 1):
        began = time.perf_counter()
        opened = opener.decrypt(sealed.output)
        seconds.append(time.perf_counter() - began)
        if opened.failure is OpeningFailure.LOCKED:
            raise PassphraseWrong if passphrase else PassphraseNeeded
        if opened.failure:
            raise KeyRefused(fingerprint, "the secret part that opens letters is missing")
    return min(seconds[1:])  # anything above is other work of this machine


def extend(gpg: Gpg, fingerprint: str, days: int, passphrase: str | None) -> None:
    """Let the own key and its subkeys be valid for `days` from now (0: without end), expired ones too.

    Raises KeyUnknown, PassphraseNeeded, PassphraseWrong, GnupgUnusable.
    """
    secret = passphrase.encode() if passphrase else None
    # By name: `*` would leave out the subkeys that have expired already.
    subkeys = [part.fingerprint for part in _key(gpg, fingerprint).subkeys if part.validity != "r"]
    for parts in ([], subkeys) if subkeys else ([],):
        done = gpg.run(
            ["--quick-set-expire", "--", fingerprint, f"{days}d" if days else "0", *parts], passphrase=secret
        )
        if done.returncode:
            raise passphrase_error(done.status) or GnupgUnusable("it did not extend the own key")


def revocation_certificate(gpg: Gpg, fingerprint: str) -> Path | None:
    """Where gpg put the revocation certificate when it made the key (to be kept elsewhere); None if it did not."""
    path = gpg.homedir / "openpgp-revocs.d" / f"{fingerprint}.rev"
    return path if path.is_file() else None


def remove_own_key(gpg: Gpg, fingerprint: str) -> None:
    """Take a key out of the home again, secret part and all: only for one that was just brought in."""
    gpg.run(["--yes", "--delete-secret-and-public-key", "--", fingerprint])


def _key(gpg: Gpg, fingerprint: str) -> ListedKey:
    for key in listed_keys(gpg, fingerprint):
        if key.primary.fingerprint == fingerprint.upper():
            return key
    raise KeyUnknown(fingerprint)
