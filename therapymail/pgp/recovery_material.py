"""What a recovery kit is made of, and the proof that it works: in a GnuPG home of its own that goes again (C33)."""

import base64
import binascii

from therapymail.errors import GnupgUnusable, KeyOnCard, KeyRefused, KitFailed, OpenPgpUnreadable, VaultDamaged
from therapymail.pgp.armor import dearmor
from therapymail.pgp.armor_writing import armored, crc24
from therapymail.pgp.colons import listed_keys
from therapymail.pgp.home import scratch_home
from therapymail.pgp.own_key_care import check_passphrase, keygrips, revocation_certificate
from therapymail.pgp.own_key_intake import import_file
from therapymail.pgp.own_key_passphrase import is_on_card
from therapymail.pgp.runner import Gpg
from therapymail.pgp.status import passphrase_error
from therapymail.pgp.vault_key import unseal_vault_key

_SECRET, _PUBLIC = "PRIVATE KEY BLOCK", "PUBLIC KEY BLOCK"
_VOID = b"y\n0\n\ny\n"  # yes; no reason given; no words; yes
_SILENCED = b":-----BEGIN"  # gpg puts a colon before the certificate it keeps, so that nobody imports it by mistake


def secret_armored(gpg: Gpg, fingerprint: str, passphrase: str | None) -> str:
    """The secret key, armored, under the passphrase it has.

    Raises KeyOnCard, PassphraseNeeded, PassphraseWrong, KeyUnknown, GnupgUnusable.
    """
    if is_on_card(gpg, keygrips(gpg, fingerprint)):
        raise KeyOnCard(fingerprint)
    check_passphrase(gpg, fingerprint, passphrase)
    secret = passphrase.encode() if passphrase else None
    run = gpg.run(["--export-secret-keys", "--", fingerprint], passphrase=secret)
    if run.returncode or not run.output:
        raise passphrase_error(run.status) or GnupgUnusable("it does not give out the secret key")
    return armored(run.output, _SECRET)


def revocation_armored(gpg: Gpg, fingerprint: str, passphrase: str | None) -> str:
    """A certificate that declares the key void, armored: gpg's own, or one made now; empty where it makes none."""
    kept = revocation_certificate(gpg, fingerprint)
    if kept is not None:
        text = kept.read_bytes().replace(_SILENCED, _SILENCED[1:])
    else:
        secret = passphrase.encode() if passphrase else None
        asking = ["--no-batch", "--command-fd", "0", "--gen-revoke", "--", fingerprint]
        text = gpg.run(asking, _VOID, passphrase=secret).output
    try:
        return armored(dearmor(text, _PUBLIC), _PUBLIC)
    except OpenPgpUnreadable:
        return ""


def prove_kit(gpg: Gpg, fingerprint: str, secret: str, revocation: str, passphrase: str | None, sealed: bytes) -> bytes:
    """The vault's key in `sealed`, opened by what stands in a kit and `passphrase` alone; its revocation looked at too.

    Raises KitFailed naming what is wrong, PassphraseNeeded, PassphraseWrong, GnupgUnusable.
    """
    material = _packets(secret, _SECRET)
    with scratch_home(gpg) as scratch:
        try:
            found = import_file(scratch, material, passphrase)
        except KeyRefused as refused:
            raise KitFailed(f"its key cannot be taken in ({refused.why})") from None
        if found != fingerprint:
            raise KitFailed("it is of another key than your own one")
        try:
            raw_key = unseal_vault_key(scratch, fingerprint, sealed, passphrase)
        except VaultDamaged:
            raise KitFailed("its key does not open the record") from None
        if revocation:
            scratch.run(["--import"], _packets(revocation, _PUBLIC))
            [key] = listed_keys(scratch, fingerprint)
            if key.primary.validity != "r":
                raise KitFailed("its certificate does not declare your own key void")
    return raw_key


def _packets(armor: str, label: str) -> bytes:
    """What an armored block holds, its checksum looked at: whoever typed it may have mistyped. Raises KitFailed."""
    try:
        packets = dearmor(armor.encode("utf-8", "replace"), label)
    except OpenPgpUnreadable as unreadable:
        raise KitFailed(f"its key cannot be read ({unreadable.why})") from None
    sums = [line.strip()[1:] for line in armor.splitlines() if line.strip().startswith("=") and len(line.strip()) == 5]
    try:
        if sums and base64.b64decode(sums[-1], validate=True) != crc24(packets).to_bytes(3, "big"):
            raise KitFailed("a character of its key is not as it was printed (the checksum differs)")
    except (binascii.Error, ValueError):
        raise KitFailed("the checksum of its key cannot be read") from None
    return packets
