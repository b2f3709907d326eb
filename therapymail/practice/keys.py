"""Keys: the own ones, the clients' and candidates; showing, taking in after inspection, and giving out public ones."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from therapymail.domain.client import Certificate, Client, Confirmation
from therapymail.domain.found_key import KeyPlace
from therapymail.domain.key_fault import KeyFault
from therapymail.errors import KeyRefused, KeyUnknown, UnusableInput
from therapymail.pgp.armor_writing import armored
from therapymail.pgp.certificate_packets import is_revoked
from therapymail.pgp.certificates import CertificateReport, inspect
from therapymail.pgp.own_key import own_keys
from therapymail.pgp.own_key_care import extend, own_certificate
from therapymail.pgp.own_key_intake import import_file
from therapymail.practice.certificate_intake import certificate_to_hold, found_fingerprint, held_fingerprint, same_key
from therapymail.practice.introduce import ClientChange, edit_client, pin_held
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, clients, key_candidates
from therapymail.vault.connection import Reader

OWN = "own"


@dataclass(frozen=True)
class HeldKey:
    """A key as lists show it. `pinned_to` is a client code, "own", or None for a candidate; `problems` are ours.

    `confirmed` is when and how another channel confirmed a client's key, `fault` why nothing can be sealed to it (of a
    held one: only that it is revoked). `found` are the letters it came with.
    """

    fingerprint: str
    uids: tuple[str, ...]
    created: datetime | None
    expires: datetime | None
    can_encrypt: bool
    secret: bool
    pinned_to: str | None
    problems: tuple[str, ...] = field(default=())
    confirmed: Confirmation | None = None
    fault: KeyFault | None = None
    found: tuple[KeyPlace, ...] = ()


def list_keys(practice: Practice) -> tuple[HeldKey, ...]:
    """Own keys first, then the clients', then the candidates: imported ones, and those that came with letters.

    Raises VaultLocked, GnupgMissing.
    """
    with practice.vault() as vault, vault.reading() as reader:
        codes, confirmations = _codes(reader), clients.confirmations(reader)
        held = [_held(certificate, codes, confirmations) for certificate in certificates.held(reader)]
        held += _candidates(reader, {key.fingerprint for key in held})
        keys = [replace(key, found=key_candidates.places_of(reader, key.fingerprint)) for key in held]
    return (*_own_keys(practice), *sorted(keys, key=lambda key: (key.pinned_to is None, key.pinned_to or "")))


def show_key(practice: Practice, name: str) -> HeldKey:
    """The key that `name` means: a fingerprint, its last digits, a client code, or `own`. Raises KeyUnknown."""
    fingerprint = _meant(practice, name)
    return next(key for key in list_keys(practice) if key.fingerprint == fingerprint)


def pin_key(practice: Practice, name: str, code: str | None, *, although_another_address: bool = False) -> HeldKey:
    """Pin the key that `name` means to a client, from now on the one that letters are sealed to; not verified by that.

    Without `code`, to the client whose letters it came with. Raises KeyUnknown, KeyRefused (none of its names bears
    the client's address, or it is another client's), UnusableInput where nobody's letters brought it or several
    clients' did, ClientUnknown.
    """
    fingerprint = show_key(practice, name).fingerprint
    change = ClientChange(pin=fingerprint, although_another_address=although_another_address)
    edit_client(practice, code or _code_of(practice, fingerprint), change)
    return show_key(practice, fingerprint)


def inspect_key(practice: Practice, material: bytes, *, own: bool, to_pin: bool = False) -> HeldKey:
    """What `material` holds, without taking it. Raises KeyRefused where it is not what it is said to be.

    With `to_pin` also KeyOfNoUse where nothing can be sealed to it, unless it is a copy of a pinned key.
    """
    with practice.gpg() as gpg:
        report = inspect(gpg, material)
    if report.secret and not own:
        raise KeyRefused(report.fingerprint, "it is a secret key; a client sends only the public one (yours: --own)")
    if own and not report.secret:
        raise KeyRefused(report.fingerprint, "it is no secret key; leave out --own for a client's key")
    if to_pin and pinned_key(practice, report.fingerprint) is None:
        report.refuse_unusable()
    return _reported(report)


def pinned_key(practice: Practice, fingerprint: str) -> HeldKey | None:
    """The key with this fingerprint where it is pinned to a client. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        codes, confirmations = _codes(reader), clients.confirmations(reader)
        return next(
            (
                _held(certificate, codes, confirmations)
                for certificate in certificates.held(reader)
                if certificate.fingerprint == fingerprint and certificate.client
            ),
            None,
        )


def import_key(
    practice: Practice, material: bytes, code: str | None, *, although_another_address: bool = False
) -> HeldKey:
    """Hold a certificate: pinned to the client `code`, or as a candidate, or bringing a held one up to date.

    One that is brought up to date keeps its pin and its verification. With `although_another_address` it may bear
    none of the client's addresses. Raises KeyRefused, KeyOfNoUse, ClientUnknown, VaultLocked.
    """
    client = _client(practice, code) if code else None
    certificate = certificate_to_hold(practice, material, client, although_another_address=although_another_address)
    now = practice.clock()
    with practice.vault() as vault, vault.writing() as writer:
        certificates.hold(writer, certificate, now)
        if client and [pin.fingerprint for pin in client.pins[:1]] != [certificate.fingerprint]:
            pin_held(writer, client, certificate.fingerprint, now)
        taken = certificates.certificate(writer, certificate.fingerprint)
        kept = _held(taken, _codes(writer), clients.confirmations(writer))
    write_clients_keyring(practice)
    return kept


def import_own_key(practice: Practice, material: bytes, passphrase: str | None) -> HeldKey:
    """Take a further secret key of the therapist's, for opening older letters. Raises KeyRefused, PassphraseWrong."""
    with practice.gpg() as gpg:
        fingerprint = import_file(gpg, material, passphrase)
    return next(key for key in _own_keys(practice) if key.fingerprint == fingerprint)


def extend_own_key(practice: Practice, days: int, passphrase: str | None) -> HeldKey:
    """Let the own key be valid for `days` from now (0: without end).

    Raises PassphraseNeeded, PassphraseWrong, GnupgUnusable.
    """
    with practice.gpg() as gpg:
        extend(gpg, practice.settings.own_key, days, passphrase)
    return next(key for key in _own_keys(practice) if key.fingerprint == practice.settings.own_key)


def export_key(practice: Practice, name: str) -> str:
    """The public key that `name` means, armored. Raises KeyUnknown, ClientUnknown, VaultLocked."""
    fingerprint = _meant(practice, name)
    if any(key.fingerprint == fingerprint for key in _own_keys(practice)):
        with practice.gpg() as gpg:
            return armored(own_certificate(gpg, fingerprint))
    with practice.vault() as vault, vault.reading() as reader:
        return armored(certificates.certificate(reader, fingerprint).material)


def _meant(practice: Practice, name: str) -> str:
    if name.lower() == OWN:
        return practice.settings.own_key
    for key in _own_keys(practice):
        if same_key(key.fingerprint, name):
            return key.fingerprint
    with practice.vault() as vault, vault.reading() as reader:
        try:
            return held_fingerprint(reader, name)
        except KeyUnknown:
            found = found_fingerprint(reader, name)
            if found is None:
                raise
            return found


def _code_of(practice: Practice, fingerprint: str) -> str:
    """The one client whose letters brought the candidate."""
    with practice.vault() as vault, vault.reading() as reader:
        codes = _codes(reader)
        came = {
            each.client for each in key_candidates.candidates(reader) if each.certificate.fingerprint == fingerprint
        }
    if len(came) != 1:
        raise UnusableInput("client", "say whose it is with --client CODE")
    return codes[came.pop()]


def _candidates(reader: Reader, held: set[str]) -> list[HeldKey]:
    """Those that came with letters and are not held, each once."""
    found: dict[str, HeldKey] = {}
    for each in key_candidates.candidates(reader):
        if each.certificate.fingerprint not in held:
            key = replace(_held(each.certificate, {}, {}), problems=each.problems)
            found.setdefault(key.fingerprint, key)
    return list(found.values())


def _own_keys(practice: Practice) -> tuple[HeldKey, ...]:
    with practice.gpg() as gpg:
        found = own_keys(gpg)
    return tuple(
        HeldKey(key.fingerprint, key.uids, key.created, key.expires, key.can_encrypt, secret=True, pinned_to=OWN)
        for key in found
    )


def _client(practice: Practice, code: str) -> Client:
    with practice.vault() as vault, vault.reading() as reader:
        return clients.client_by_code(reader, code)


def _codes(reader: Reader) -> dict[str, str]:
    return {client.identity: client.code for client in clients.clients(reader)}


def _held(certificate: Certificate, codes: dict[str, str], confirmations: dict[str, Confirmation]) -> HeldKey:
    return HeldKey(
        certificate.fingerprint,
        certificate.uids,
        certificate.created,
        certificate.expires,
        certificate.can_encrypt,
        secret=False,
        pinned_to=codes.get(certificate.client) if certificate.client else None,
        confirmed=confirmations.get(certificate.fingerprint),
        fault=KeyFault.REVOKED if is_revoked(certificate.material) else None,
    )


def _reported(report: CertificateReport) -> HeldKey:
    return HeldKey(
        report.fingerprint,
        report.uids,
        report.created,
        report.expires,
        report.can_encrypt,
        secret=report.secret,
        pinned_to=None,
        problems=report.problems,
        fault=report.fault,
    )
