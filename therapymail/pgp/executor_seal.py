"""A small file sealed to another person's key alone, signed by the own one, and the proof that it opens so (F35)."""

import contextlib
from collections.abc import Collection
from pathlib import Path

from therapymail.domain.seal import SignatureFinding
from therapymail.errors import GnupgUnusable, KeyRefused, KeyUnknown, PackRefused
from therapymail.pgp.certificate_packets import encryption_key_ids, key_fingerprints
from therapymail.pgp.home import scratch_home
from therapymail.pgp.own_key_care import own_certificate
from therapymail.pgp.own_key_intake import copy_from_home
from therapymail.pgp.packets import MessageLayout
from therapymail.pgp.runner import RFC_4880_ALONE, Gpg
from therapymail.pgp.single import SingleOpener, layout_or_none
from therapymail.pgp.status import has, passphrase_error, values_of


def seal_to_one(gpg: Gpg, own_key: str, fingerprint: str, certificate: bytes, content: bytes) -> bytes:
    """`content` sealed to the key `fingerprint` (its certificate, binary) and no other, signed by the own key; binary.

    The own key's passphrase must be with the agent. Raises KeyRefused where nothing can be sealed to it now,
    PassphraseNeeded, GnupgUnusable.
    """
    with gpg.private_file(certificate) as file:
        how = [RFC_4880_ALONE, "--recipient-file", str(file), "--local-user", own_key, "--sign", "--encrypt"]
        run = gpg.run(["--cipher-algo", "AES256", *how], content)
    if has(run.status, "INV_RECP") or has(run.status, "NO_RECP"):
        raise KeyRefused(fingerprint, "nothing can be sealed to it now (it has ended, or was revoked)")
    if run.returncode or not has(run.status, "END_ENCRYPTION"):
        raise passphrase_error(run.status) or GnupgUnusable("it does not seal the pack")
    signed = [fields[5] for fields in values_of(run.status, "SIG_CREATED") if len(fields) > 5]
    if signed != [own_key] or not _is_for(layout_or_none(run.output), certificate):
        raise GnupgUnusable("it does not seal the pack as asked")
    return run.output


def opened_with_that_key_alone(
    gpg: Gpg, sealed: bytes, certificate: bytes, source: Path, passphrase: str | None, signers: Collection[str]
) -> bytes:
    """What `sealed` holds, opened in an empty home with no secret but the key of `certificate`, taken from `source`.

    `source` is a GnuPG home that has it, and is only read; `passphrase` opens that key, None where it has none.
    Signed it must be by one of `signers`, earlier own keys among them. Raises PackRefused naming what does not hold,
    PassphraseNeeded, PassphraseWrong, KeyUnknown where the key is not there, FileUnusable, GnupgUnusable.
    """
    if not _is_for(layout_or_none(sealed), certificate):
        raise PackRefused("it is not sealed to the executor's key alone")
    own = _certificates(gpg, signers)
    with scratch_home(gpg) as scratch:
        fingerprint = copy_from_home(scratch, source, key_fingerprints(certificate)[0], passphrase)
        scratch.run(["--import"], own)
        opener = SingleOpener(scratch, passphrase=passphrase.encode() if passphrase else None)
        opened = opener.decrypt(sealed)
    if opened.plaintext is None or opened.opened_with != fingerprint:
        raise PackRefused("the executor's key does not open it")
    good = [fact.signer for fact in opened.signatures if fact.finding is SignatureFinding.GOOD]
    if len(opened.signatures) != 1 or not set(good) & set(signers):
        raise PackRefused("it is not signed by your own key")
    return opened.plaintext


def _certificates(gpg: Gpg, signers: Collection[str]) -> bytes:
    found = b""
    for signer in signers:
        with contextlib.suppress(KeyUnknown):  # an earlier key that is not here any more
            found += own_certificate(gpg, signer)
    return found


def _is_for(layout: MessageLayout | None, certificate: bytes) -> bool:
    """Whether it is one sealed message to exactly one part of that key, and to no password."""
    if layout is None or layout.seal is None or layout.stray or layout.passwords or len(layout.recipients) != 1:
        return False
    return set(layout.recipients) <= encryption_key_ids(certificate)
