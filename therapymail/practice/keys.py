"""Keys: the own ones, the clients' and candidates; showing, taking in after inspection, and giving out public ones."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from therapymail.domain.client import Certificate, Client, Confirmation, EncryptionPart
from therapymail.domain.found_key import KeyPlace
from therapymail.domain.key_change import KeySign
from therapymail.domain.key_fault import KeyFault
from therapymail.errors import KeyRefused, KeyUnknown, UnusableInput
from therapymail.pgp.armor_writing import armored
from therapymail.pgp.certificate_packets import is_revoked
from therapymail.pgp.certificates import CertificateReport, inspect
from therapymail.pgp.own_key import own_keys as secret_keys
from therapymail.pgp.own_key_care import extend, own_certificate
from therapymail.pgp.own_key_intake import import_file
from therapymail.practice.certificate_intake import certificate_to_hold, found_fingerprint, held_fingerprint, same_key
from therapymail.practice.introduce import ClientChange, client_named, edit_client, pin_held
from therapymail.practice.key_changes import keep_apart
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.letters_again import read_letters_of_keys
from therapymail.practice.practice import Practice
from therapymail.practice.renewals import hold_newer
from therapymail.vault import certificates, clients, key_candidates, key_changes, own_keys, pins
from therapymail.vault.autocrypt_offers import senders
from therapymail.vault.connection import Reader

OWN = "own"
NEWEST = "newest"  # of the parts of a key that can be sealed to: what gpg takes


@dataclass(frozen=True)
class HeldKey:
    """A key as lists show it. `pinned_to` is a client code, "own", or None for a candidate; `problems` are ours.

    `confirmed` is when and how another channel confirmed a client's key, `fault` why nothing can be sealed to it (of a
    held one: only that it is revoked). `found` are the letters it came with. `parts` are those that can be sealed to,
    the newest first; `part` is the chosen one, if any was. `sent_by` is the client whose program sends a candidate now.
    `is_old`: one of our own that only opens older letters.
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
    parts: tuple[EncryptionPart, ...] = ()
    part: str | None = None
    sent_by: str | None = None
    is_old: bool = False


def list_keys(practice: Practice) -> tuple[HeldKey, ...]:
    """Own keys first, then the clients', then the candidates: imported ones, and those that came with letters.

    Raises VaultLocked, GnupgMissing.
    """
    with practice.vault() as vault, vault.reading() as reader:
        codes, confirmations = _codes(reader), pins.confirmations(reader)
        held = [_held(certificate, codes, confirmations) for certificate in certificates.held(reader)]
        held += _candidates(reader, {key.fingerprint for key in held})
        parts = {pin.fingerprint: pin.part for client in clients.clients(reader) for pin in client.pins}
        keys = [
            replace(key, found=key_candidates.places_of(reader, key.fingerprint), part=parts.get(key.fingerprint))
            for key in held
        ]
        sent = senders(reader, [key.fingerprint for key in keys if key.pinned_to is None])
        keys = [replace(key, sent_by=codes.get(sent.get(key.fingerprint, ""))) for key in keys]
    return (*_own_keys(practice), *sorted(keys, key=lambda key: (key.pinned_to is None, key.pinned_to or "")))


def show_key(practice: Practice, name: str) -> HeldKey:
    """The key that `name` means: a fingerprint, its last digits, a client code, or `own`. Raises KeyUnknown."""
    fingerprint = _meant(practice, name)
    return next(key for key in list_keys(practice) if key.fingerprint == fingerprint)


def pin_key(
    practice: Practice,
    name: str,
    code: str | None,
    *,
    although_another_address: bool = False,
    part: str | None = None,
) -> HeldKey:
    """Pin the key that `name` means to a client, from now on the one that letters are sealed to; not verified by that.

    Without `code`, to the client it is pinned to, or whose letters it came with. `part` names the one of its encryption
    parts to seal to (PGP.md K5), by its fingerprint or the end of it, or is `newest`. Letters it signed are looked at
    again. Raises KeyUnknown, KeyRefused (none of its names bears the client's address, or it is another client's),
    UnusableInput where nobody's letters brought it or several clients' did, or it has no such part, ClientUnknown.
    """
    fingerprint = show_key(practice, name).fingerprint
    code = code or _code_of(practice, fingerprint)
    change = ClientChange(pin=fingerprint, although_another_address=although_another_address)
    client = edit_client(practice, code, change).client
    if part is not None:
        _choose_part(practice, client, fingerprint, part)
    read_letters_of_keys(practice, (fingerprint,))
    return show_key(practice, fingerprint)


def _choose_part(practice: Practice, client: Client, fingerprint: str, part: str) -> None:
    with practice.vault() as vault, vault.writing() as writer:
        parts = certificates.certificate(writer, fingerprint).parts
        chosen = [each.fingerprint for each in parts if same_key(each.fingerprint, part.removesuffix("!"))]
        if len(chosen) != 1 and part.lower() != NEWEST:
            raise UnusableInput("part", "it names none of the parts that letters can be sealed to; see `key show`")
        pins.choose_part(
            writer, client.identity, fingerprint, "" if part.lower() == NEWEST else chosen[0], practice.clock()
        )


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
        codes, confirmations = _codes(reader), pins.confirmations(reader)
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
    """Hold a certificate: as the key of the client `code`, or as a candidate, or bringing a held one up to date.

    It is pinned to a client who has no key yet. Beside a pinned one it stays in quarantine, as an open key change that
    stops letters, until the therapist decides (PGP.md K4). One that is brought up to date keeps its pin and its
    verification. With `although_another_address` it may bear none of the client's addresses. Raises KeyRefused,
    KeyOfNoUse, ClientUnknown, VaultLocked.
    """
    client = client_named(practice, code) if code else None
    certificate = certificate_to_hold(practice, material, client, although_another_address=although_another_address)
    if client is not None and client.pins and certificate.fingerprint not in {pin.fingerprint for pin in client.pins}:
        return _quarantined(practice, client, certificate, KeySign.IMPORTED)
    now = practice.clock()
    with practice.vault() as vault, vault.writing() as writer:
        held = next((each for each in certificates.held(writer) if each.fingerprint == certificate.fingerprint), None)
        hold_newer(writer, certificate, held.client if held else None, now)
        if client and [pin.fingerprint for pin in client.pins[:1]] != [certificate.fingerprint]:
            pin_held(writer, client, certificate.fingerprint, now)
        taken = certificates.certificate(writer, certificate.fingerprint)
        kept = _held(taken, _codes(writer), pins.confirmations(writer))
    write_clients_keyring(practice)
    read_letters_of_keys(practice, (taken.fingerprint,))
    return kept


def offer_key(practice: Practice, code: str, material: bytes, sign: KeySign) -> HeldKey:
    """Keep a key in quarantine that may be a client's, beside the one that is pinned, or before any is.

    Never pins. One that is held is brought up to date. Raises KeyRefused, ClientUnknown, VaultLocked.
    """
    client = client_named(practice, code)
    certificate = certificate_to_hold(practice, material, None)
    if certificate.fingerprint in {pin.fingerprint for pin in client.pins}:
        return import_key(practice, material, code)
    return _quarantined(practice, client, certificate, sign)


def _quarantined(practice: Practice, client: Client, certificate: Certificate, sign: KeySign) -> HeldKey:
    with practice.vault() as vault, vault.writing() as writer:
        if any(each.client for each in certificates.held(writer) if each.fingerprint == certificate.fingerprint):
            raise KeyRefused(certificate.fingerprint, "it is already the key of another client")
        keep_apart(writer, client, certificate, sign, practice.clock())
        kept = _held(certificates.certificate(writer, certificate.fingerprint), _codes(writer), {})
    write_clients_keyring(practice)
    return kept


def import_own_key(practice: Practice, material: bytes, passphrase: str | None) -> HeldKey:
    """Take a further secret key of the therapist's, for opening older letters: what it signed is the therapist's too.

    Raises KeyRefused, PassphraseWrong, VaultLocked.
    """
    with practice.gpg() as gpg:
        fingerprint = import_file(gpg, material, passphrase)
    if fingerprint != practice.settings.own_key:
        with practice.vault() as vault, vault.writing() as writer:
            own_keys.note_earlier(writer, fingerprint, practice.clock())
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
    """The one client it is pinned to, or whose letters or whose therapist brought the candidate."""
    with practice.vault() as vault, vault.reading() as reader:
        codes = _codes(reader)
        held = {each.client for each in certificates.held(reader) if each.fingerprint == fingerprint and each.client}
        came = held or {
            *(each.client for each in key_candidates.candidates(reader) if each.certificate.fingerprint == fingerprint),
            *(each.client for each in key_changes.changes(reader) if each.fingerprint == fingerprint),
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
        found = secret_keys(gpg)
    return tuple(
        HeldKey(
            key.fingerprint,
            key.uids,
            key.created,
            key.expires,
            key.can_encrypt,
            secret=True,
            pinned_to=OWN,
            is_old=key.fingerprint != practice.settings.own_key,
        )
        for key in found
    )


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
        parts=certificate.parts,
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
        parts=report.parts,
    )
