"""Clients' certificates: inspected apart before anything is believed, cut to what is needed, and made a keyring.

PGP.md K3 and HAZARDS S14: nothing from a mail or a file is imported into a home of ours. Scratch homes in
the run directory come and go with each call.
"""

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from therapymail.domain.addresses import canonical_address
from therapymail.domain.client import EncryptionPart
from therapymail.domain.key_fault import KeyFault, sentence_for_client
from therapymail.domain.sanitise import sanitise_line
from therapymail.errors import FileUnusable, GnupgUnusable, KeyOfNoUse, KeyRefused, UnusableInput
from therapymail.paths import error_phrase
from therapymail.pgp.certificate_packets import (
    CertificateOutline,
    is_hostile,
    key_packets,
    outline,
    without_foreign_signatures,
    without_hostile_names,
)
from therapymail.pgp.colons import LISTING, KeyPart, ListedKey, parse_listing
from therapymail.pgp.home import scratch_home
from therapymail.pgp.key_formats import fault_of_format, fault_of_method
from therapymail.pgp.own_key_care import own_certificate
from therapymail.pgp.runner import Gpg

__all__ = ["CertificateReport", "inspect", "inspect_all", "minimal", "own_certificate", "write_keyring"]

MAX_KEYS, MAX_USER_IDS = 10, 50
SECONDS = 15.0  # that gpg may look at one key; it takes some tenths of one
_RSA, _ELGAMAL_OR_DSA = {1, 2, 3}, {16, 17, 20}
_SHORTEST_RSA, _SHORTEST_ELGAMAL = 2048, 2048
_IN_A_FILTER = ("&&", "||", " ", '"', "\\")


@dataclass(frozen=True)
class CertificateReport:
    """What a key is, before anybody relies on it. Times are UTC; `uids` are sanitised, hostile ones left out.

    `expires` is when sealing to it ends, `can_encrypt` whether we would seal to it now; `problems` are sentences of
    ours; `secret` is true where any secret part came along; `fault` is why nothing can be sealed to it, if so. `parts`
    are those it can be sealed to now, the newest, which gpg takes, first.
    """

    fingerprint: str
    uids: tuple[str, ...]
    created: datetime | None
    expires: datetime | None
    can_encrypt: bool
    secret: bool
    problems: tuple[str, ...] = ()
    fault: KeyFault | None = None
    parts: tuple[EncryptionPart, ...] = ()

    def refuse_unusable(self) -> None:
        """Raise KeyOfNoUse where nothing can be sealed to it."""
        if self.fault is not None:
            raise _of_no_use(self.fingerprint, "; ".join(self.problems) or "it cannot be sealed to", self.fault)


def inspect(gpg: Gpg, material: bytes) -> CertificateReport:
    """What the one key in `material` (armored or binary) is. Raises KeyRefused where it is none of K3's kind."""
    reports = inspect_all(gpg, material)
    if len(reports) != 1:
        raise KeyRefused("", f"it holds {len(reports)} keys; give one at a time")
    return reports[0]


def inspect_all(gpg: Gpg, material: bytes) -> tuple[CertificateReport, ...]:
    """What each key in `material` is, at most ten.

    Raises KeyRefused: larger than 200 KiB, another format than version 4, without a usable name, or more than
    10 keys or 50 names. Nothing is imported; secret keys are reported as such.
    """
    packets = key_packets(material)
    found = outline(packets)
    _refuse(found)
    with scratch_home(gpg) as scratch:
        listed = parse_listing(
            scratch.run([*LISTING, "--with-fingerprint", "--show-keys"], packets, timeout=SECONDS).output
        )
    if not listed:
        raise KeyRefused("", "GnuPG finds no key in it")
    return tuple(_report(key, found) for key in listed)


def minimal(
    gpg: Gpg,
    material: bytes,
    addresses: Sequence[str] | str | None = None,
    *,
    although_another_address: bool = False,
) -> bytes:
    """The certificate in `material` as it is kept: self-signatures, and only the names with one of `addresses`.

    Without addresses every harmless name stays, and also with `although_another_address` where none bears one of
    them. Raises KeyRefused where it is secret, more than one, or bears none of the addresses.
    """
    wanted = [addresses] if isinstance(addresses, str) else list(addresses or ())
    report = inspect(gpg, material)
    if report.secret:
        raise KeyRefused(report.fingerprint, "it is a secret key; a client sends only the public one")
    options = ["import-options import-minimal"]
    if wanted:
        options.append("import-filter keep-uid=" + " || ".join(f"mbox = {_filterable(each)}" for each in wanted))
    with scratch_home(gpg) as scratch:
        scratch.run(["--import"], _own_alone(material), private_options=options, timeout=SECONDS)
        kept = scratch.run(["--export-options", "export-minimal", "--export", "--", report.fingerprint]).output
    if not kept and although_another_address:
        return minimal(gpg, material)
    if not kept:
        raise KeyRefused(report.fingerprint, "none of its names bears the client's address")
    return kept


def brought_up_to_date(gpg: Gpg, held: bytes, fresh: bytes, addresses: Sequence[str]) -> bytes:
    """The `held` certificate with what `fresh`, of the same key, says beyond it: new ends, parts, a revocation.

    What is older changes nothing, and no revocation is forgotten (PGP.md K4). Of its names those with one of
    `addresses` stay, all where none has one. Raises KeyRefused where it is another key or a secret one.
    """
    fingerprint, report = inspect(gpg, held).fingerprint, inspect(gpg, fresh)
    if report.fingerprint != fingerprint or report.secret:
        raise KeyRefused(report.fingerprint, "it is not a public copy of the key that is held")
    export = ["--export-options", "export-minimal"]
    only = ["--export-filter", "keep-uid=" + " || ".join(f"mbox = {_filterable(each)}" for each in addresses)]
    with scratch_home(gpg) as scratch:
        for each in (held, fresh):
            how = ["import-options import-minimal"]
            scratch.run(["--import"], _own_alone(each), private_options=how, timeout=SECONDS)
        whole = scratch.run([*export, "--export", "--", fingerprint]).output
        kept = scratch.run([*export, *only, "--export", "--", fingerprint]).output if addresses else b""
    return kept if kept and outline(kept).user_ids else whole


def _own_alone(material: bytes) -> bytes:
    """The packets of one key with which gpg is left to judge: harmless names, and what the key itself signed."""
    return without_foreign_signatures(without_hostile_names(key_packets(material)))


def write_keyring(certificates: Iterable[bytes], path: Path, program: str = "gpg") -> None:
    """Make `path` (in the run directory, not yet there) a keybox of minimal `certificates`, for verifying.

    Raises GnupgMissing, GnupgUnusable, FileUnusable.
    """
    try:
        scratch = Path(tempfile.mkdtemp(prefix="h-", dir=path.parent))
    except OSError as error:
        raise FileUnusable(str(path.parent), error_phrase(error)) from None
    try:
        gpg = Gpg(homedir=scratch, run_directory=path.parent, program=program)
        ring = ["--no-autostart", "--no-default-keyring", "--keyring", f"gnupg-kbx:{path}"]
        # Validity is for the reader's clock to judge, which in a demo is not the machine's. Self-signatures
        # were checked by `minimal`; repairing them again would double the time.
        how = ["--ignore-time-conflict", "--import-options", "no-repair-keys"]
        material = b"".join(certificates)
        # Of no certificates GnuPG 2.4 says that the import failed; listing makes the keybox where there is none.
        run = gpg.run([*ring, *how, "--import"], material) if material else gpg.run([*ring, "--list-keys"])
        if not path.is_file() or any(line.keyword == "FAILURE" for line in run.status):
            raise GnupgUnusable("it does not make a keyring")
        path.chmod(0o600)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        path.with_name(f"{path.name}~").unlink(missing_ok=True)


def _refuse(found: CertificateOutline) -> None:
    if not found.keys:
        raise KeyRefused("", "there is no OpenPGP key in it")
    if fault := fault_of_format(found):
        odd = max(found.versions - {4}, default=None)
        what = "its method cannot be used" if odd is None else f"its format (version {odd}) cannot be read"
        raise _of_no_use("", f"{what} by GnuPG", fault)
    if found.unwieldy:
        raise KeyRefused("", "its numbers are larger than any program makes them")
    if found.keys > MAX_KEYS:
        raise KeyRefused("", f"it holds more than {MAX_KEYS} keys")
    if not found.user_ids:
        raise KeyRefused("", "it bears no name")
    if found.user_ids > MAX_USER_IDS:
        raise KeyRefused("", f"it bears more than {MAX_USER_IDS} names")


def _report(key: ListedKey, found: CertificateOutline) -> CertificateReport:
    # With the key itself gpg calls every name of it revoked.
    over = {"r"} if key.primary.validity != "r" else set()
    names = [uid for uid, validity in key.uids if validity not in over and not is_hostile(uid)]
    if not names:
        raise KeyRefused(key.primary.fingerprint, "it bears no usable name")
    problems = list(_problems(key, found))
    return CertificateReport(
        fingerprint=key.primary.fingerprint,
        uids=tuple(sanitise_line(name.decode("utf-8", "replace")) for name in names),
        created=key.primary.created,
        expires=key.seals_until,
        can_encrypt=key.can_encrypt and not any(_is_weak(part) for part in _encrypting(key)),
        secret=key.is_secret or found.secret,
        problems=tuple(problems),
        fault=_fault(key, found),
        parts=_parts(key),
    )


def _parts(key: ListedKey) -> tuple[EncryptionPart, ...]:
    """What gpg may choose from (PGP.md K5): its subkeys, or the primary key where no subkey encrypts."""
    if not key.can_encrypt:
        return ()
    usable = [part for part in _encrypting(key) if not _is_weak(part) and part.created is not None]
    usable = [part for part in usable if part is not key.primary] or usable
    parts = [EncryptionPart(part.fingerprint, part.created, part.expires) for part in usable if part.created]
    return tuple(sorted(parts, key=lambda part: part.created, reverse=True))


def _fault(key: ListedKey, found: CertificateOutline) -> KeyFault | None:
    """Why nothing can be sealed to it; None where it can."""
    if key.primary.validity == "r":
        return KeyFault.REVOKED
    if key.primary.validity == "e":
        return KeyFault.EXPIRED
    if not key.can_encrypt:
        return fault_of_method(found.algorithms) or KeyFault.CANNOT_ENCRYPT
    return KeyFault.WEAK if any(_is_weak(part) for part in _encrypting(key)) else None


def _of_no_use(fingerprint: str, why: str, fault: KeyFault) -> KeyOfNoUse:
    return KeyOfNoUse(fingerprint, why, sentence_for_client(fault))


def _problems(key: ListedKey, found: CertificateOutline) -> Iterable[str]:
    primary = key.primary
    if primary.validity == "r":
        yield "it is revoked"
    elif primary.validity == "e" and primary.expires:
        yield f"it expired on {primary.expires:%Y-%m-%d}"
    elif not key.can_encrypt:
        yield "no part of it can encrypt now"
    if len(parts := _parts(key)) > 1:
        yield f"{len(parts)} parts of it can be sealed to; letters go to the one of {parts[0].created:%Y-%m-%d}"
    for part in _encrypting(key):
        if _is_weak(part):
            yield f"the part that encrypts is too weak ({part.bits} bits)"
    if primary.algorithm in _RSA and primary.bits < _SHORTEST_RSA:
        yield f"its RSA key is short ({primary.bits} bits)"
    if found.weak_digest:
        yield "its own signatures use an outdated digest (SHA-1 or older)"
    if found.wants_seipd2:
        yield "it asks for a message format that GnuPG cannot read (SEIPD version 2)"
    if len(key.uids) > len([uid for uid, _ in key.uids if not is_hostile(uid)]):
        yield "names that could be taken for something else were left out"


def _encrypting(key: ListedKey) -> list[KeyPart]:
    return [part for part in (key.primary, *key.subkeys) if "e" in part.usage and part.is_usable]


def _is_weak(part: KeyPart) -> bool:
    if part.algorithm in _RSA:
        return part.bits < _SHORTEST_RSA
    return part.algorithm in _ELGAMAL_OR_DSA and part.bits < _SHORTEST_ELGAMAL


def _filterable(address: str) -> str:
    """`address` for gpg's filter language, where && and || mean something. Raises UnusableInput."""
    usable = canonical_address(address)
    if any(sign in usable for sign in _IN_A_FILTER):
        raise UnusableInput("address", "it holds signs that no key can be searched for")
    return usable
