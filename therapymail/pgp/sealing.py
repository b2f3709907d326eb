"""Seals one letter: a single gpg process that signs and encrypts to exactly two keys, or an error and no bytes."""

from therapymail.domain.sealing import Hindrance
from therapymail.errors import GnupgUnusable, KeyRefused, SealingFailed, TherapymailError
from therapymail.pgp.agent import require_agent
from therapymail.pgp.certificate_packets import key_fingerprints
from therapymail.pgp.runner import MIBIBYTE, RFC_4880_ALONE, Gpg, GpgRun, recipient
from therapymail.pgp.status import has, is_agent_missing, passphrase_error, values_of

_ARMOR_BEGIN, _ARMOR_END = b"-----BEGIN PGP MESSAGE-----\n", b"\n-----END PGP MESSAGE-----\n"
_AES, _OUTDATED_DIGESTS = frozenset({"7", "8", "9"}), frozenset({"1", "2", "3"})  # RFC 9580 sections 9.3 and 9.5
_REFUSALS = frozenset({"INV_RECP", "INV_SGNR", "NO_RECP", "NO_SGNR", "FAILURE", "ERROR"})


def seal(
    gpg: Gpg,
    payload: bytes,
    *,
    own: str,
    own_certificate: bytes,
    client_certificate: bytes,
    client_fingerprint: str,
    passphrase: bytes | None = None,
) -> bytes:
    """`payload` signed by the own key and encrypted to the client's certificate and the own key, as armor.

    `own` and `client_fingerprint` are full primary fingerprints, the certificates binary; the client's is
    read by gpg from a private file, so that no keyring can offer another. `passphrase` opens the own key where
    the agent does not hold it. PGP.md section 2: success is what the status says of exactly this, and the own
    key is always sealed to (HAZARDS C17). W1: nothing newer than RFC 4880, whatever the keys ask for. C4, C7: any
    error raises, and there is no way to seal less.

    Raises SealingFailed (its hindrance is one of domain.sealing), PassphraseNeeded, PassphraseWrong,
    GnupgMissing, GnupgUnusable, FileUnusable.
    """
    _fingerprints(client_certificate, client_fingerprint, Hindrance.KEY_NOT_HELD)
    own_parts = _fingerprints(own_certificate, own, Hindrance.OWN_KEY_UNUSABLE)
    with gpg.private_file(client_certificate) as certificate:
        keys = ["--local-user", own, "--recipient-file", str(certificate), *recipient(own)]
        how = ["--armor", RFC_4880_ALONE, *keys, "--output", "-", "--sign", "--encrypt"]
        limit = 2 * len(payload) + MIBIBYTE
        run = gpg.run(how, payload, passphrase=passphrase, output_cap=limit)
        if present := _present_methods(run):
            run = gpg.run([*present, *how], payload, passphrase=passphrase, output_cap=limit)
    if not _is_sealed(run, own_parts):
        raise _failure(gpg, run, own)
    return run.output


def _fingerprints(certificate: bytes, fingerprint: str, otherwise: Hindrance) -> frozenset[str]:
    """Those of the primary key and its subkeys, if `certificate` is the key `fingerprint`, and only that."""
    try:
        found = key_fingerprints(certificate)
    except KeyRefused:
        raise SealingFailed(otherwise) from None
    if found[0] != fingerprint.upper():
        raise SealingFailed(otherwise)
    return frozenset(found)


def _present_methods(run: GpgRun) -> list[str]:
    """What gpg has to be told where the keys had nothing better than outdated methods in common; mostly nothing.

    It takes what the keys prefer (PGP.md section 2). For one that prefers nothing, or only what was usual long ago,
    that is Triple-DES and SHA-1; every program that reads mail today reads AES and SHA-2 (W1).
    """
    told = []
    if any(fields[-1] not in _AES for fields in values_of(run.status, "BEGIN_ENCRYPTION")):
        told += ["--cipher-algo", "AES256"]
    if any(len(fields) > 2 and fields[2] in _OUTDATED_DIGESTS for fields in values_of(run.status, "SIG_CREATED")):
        told += ["--digest-algo", "SHA256"]
    return told


def _is_sealed(run: GpgRun, own_parts: frozenset[str]) -> bool:
    """PGP.md section 2: one signature, by the own key; every recipient taken; encryption ended; all of it here.

    Of a process that was ended, because it took too long or wrote too much, the runner gives no output.
    """
    order = [line.keyword for line in run.status]
    signers = [fields[-1].upper() for fields in values_of(run.status, "SIG_CREATED")]
    return (
        run.returncode == 0
        and order.count("END_ENCRYPTION") == 1
        and len(signers) == 1
        and signers[0] in own_parts
        and _REFUSALS.isdisjoint(order)
        and run.output.startswith(_ARMOR_BEGIN)
        and run.output.endswith(_ARMOR_END)
    )


def _failure(gpg: Gpg, run: GpgRun, own: str) -> TherapymailError:
    """Why there is no seal: a hindrance where a key is the reason, else that GnuPG does not work."""
    if is_agent_missing(run.status) or has(run.status, "INV_SGNR"):
        require_agent(gpg)  # without its agent gpg holds no secret key at all: no fault of the key
    if refused := values_of(run.status, "INV_RECP"):
        is_own = any(fields[-1].upper() == own.upper() for fields in refused)
        return SealingFailed(Hindrance.OWN_KEY_UNUSABLE if is_own else Hindrance.KEY_UNUSABLE)
    if has(run.status, "INV_SGNR") or has(run.status, "NO_SGNR"):
        return SealingFailed(Hindrance.OWN_KEY_UNUSABLE)
    return passphrase_error(run.status) or GnupgUnusable("it did not seal the letter")
