"""The key that an export is sealed to: a client's pinned one, one's own, or a colleague's, by the rules of letters."""

import re
from typing import NamedTuple

from therapymail.domain.client import Certificate, Client
from therapymail.domain.sealing import Hindrance, of_certificate, of_clients_key
from therapymail.domain.sealing_text import hindrance_phrase, hindrance_step
from therapymail.errors import ExportRefused, UnusableInput
from therapymail.pgp.certificate_packets import is_revoked
from therapymail.pgp.own_key_care import own_certificate
from therapymail.practice.policy import is_usable, own_key_now, sealing_facts
from therapymail.practice.practice import Practice
from therapymail.practice.seal_letter import to_seal_to
from therapymail.vault import certificates, key_changes
from therapymail.vault.connection import Reader

OWN = "own"
_WHOLE = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")
_SEE = "See `therapymail key list`."


class ExportKey(NamedTuple):
    """A key that may be sealed to now: its primary fingerprint, and its certificate as it is to be used."""

    fingerprint: str
    material: bytes


def clients_key(practice: Practice, reader: Reader, client: Client) -> ExportKey:
    """The key that letters to `client` are sealed to, if anything may be sealed to it now (PGP.md K4 to K6).

    Where the work with them stands makes no difference: what is theirs they may have after it is closed.
    Raises ExportRefused.
    """
    facts = sealing_facts(practice, reader, client, None, None)
    if hindrances := of_clients_key(facts):
        raise _refused(hindrances[0], client.code)
    assert facts.certificate is not None
    pin = client.pins[0]
    return ExportKey(pin.fingerprint, to_seal_to(facts.certificate.material, pin.part))


def key_named(practice: Practice, reader: Reader, typed: str, client: Client | None) -> ExportKey:
    """The key that `typed` means: "own", or a whole fingerprint of one that is held. `client` is whom it is about.

    A whole fingerprint, because nobody else has confirmed a colleague's key. Raises UnusableInput, KeyUnknown,
    and ExportRefused for one that nothing may be sealed to, or that belongs to another client.
    """
    own = practice.settings.own_key
    wanted = own if typed.strip().lower() == OWN else "".join(typed.split()).upper().removeprefix("0X")
    if not _WHOLE.fullmatch(wanted):
        raise UnusableInput("--to", "a whole fingerprint, as `therapymail key list` shows it, or own")
    if wanted == own:
        return _own_key(practice)
    certificate = certificates.certificate(reader, wanted)
    if certificate.client is None:
        return _colleagues_key(practice, reader, certificate)
    if client is None or certificate.client != client.identity:
        raise ExportRefused("that key belongs to a client whom this is not about", _SEE)
    if not client.pins or client.pins[0].fingerprint != wanted:
        raise _refused(Hindrance.KEY_RETIRED, client.code)
    return clients_key(practice, reader, client)


def _own_key(practice: Practice) -> ExportKey:
    own = own_key_now(practice)
    if own is None or not is_usable(own, practice.clock()):
        raise _refused(Hindrance.OWN_KEY_UNUSABLE, "")
    with practice.gpg() as gpg:
        return ExportKey(practice.settings.own_key, own_certificate(gpg, practice.settings.own_key))


def _colleagues_key(practice: Practice, reader: Reader, certificate: Certificate) -> ExportKey:
    if certificate.fingerprint in {change.fingerprint for change in key_changes.open_changes(reader)}:
        raise ExportRefused("nobody has decided yet whose key that is", "See `therapymail today`.")
    revoked = is_revoked(certificate.material)
    if found := of_certificate(certificate, None, practice.clock(), revoked=revoked):
        raise ExportRefused(hindrance_phrase(found[0]), "Ask them for the key they use now.")
    return ExportKey(certificate.fingerprint, certificate.material)


def _refused(hindrance: Hindrance, code: str) -> ExportRefused:
    return ExportRefused(hindrance_phrase(hindrance), hindrance_step(hindrance, draft="", code=code))
