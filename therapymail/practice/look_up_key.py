"""Looking a client's key up in the key directory of their mail domain: when told to, for one address, and never pinned.

The directory's word is the word of whoever runs the domain: what it gives is a candidate like any other (S13, S22).
"""

from dataclasses import dataclass

from therapymail.domain.addresses import canonical_address
from therapymail.domain.client import Client
from therapymail.domain.key_change import KeySign
from therapymail.errors import KeyDirectoryUnreachable, KeyRefused, NothingFound, UnusableInput
from therapymail.mail.key_directory import KeyDirectory, Method
from therapymail.pgp.certificate_packets import key_packets
from therapymail.pgp.certificates import inspect, minimal
from therapymail.pgp.runner import Gpg
from therapymail.pgp.several_keys import certificates_in
from therapymail.practice.keys import HeldKey, import_key, offer_key, show_key
from therapymail.practice.practice import Practice
from therapymail.vault import clients
from therapymail.vault.certificates import held
from therapymail.vault.connection import Reader
from therapymail.vault.key_lookups import note_look_up

MAX_KEYS = 10


@dataclass(frozen=True)
class Wanted:
    """Whose key is to be looked up: the address (canonical), and the client it belongs to, if it is one's."""

    address: str
    client: Client | None

    @property
    def domain(self) -> str:
        """Whose host will learn that somebody looks for this address."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class LookedUp:
    """What a directory gave for an address: keys kept as candidates, or brought up to date where they were held.

    `refused` are the errors that say why others it gave were not taken.
    """

    wanted: Wanted
    method: Method
    keys: tuple[HeldKey, ...]
    refused: tuple[KeyRefused, ...] = ()


def wanted_key(practice: Practice, name: str) -> Wanted:
    """Whom a look-up of `name`, a client's code or an address, would ask for. Asks nobody.

    Of a client it is the address we write to. Raises ClientUnknown, UnusableInput, VaultLocked.
    """
    with practice.vault() as vault, vault.reading() as reader:
        if "@" not in name:
            client = clients.client_by_code(reader, name)
            return Wanted(client.write_to, client)
        address = canonical_address(name)
        if address == canonical_address(practice.settings.email):
            raise UnusableInput("address", "it is your own; see `therapymail key show own`")
        return Wanted(address, _client_of(reader, address))


def look_up_key(practice: Practice, wanted: Wanted, directory: KeyDirectory | None = None) -> LookedUp:
    """Ask the directory of the address's domain, and keep what it gives as a candidate; the journal notes the asking.

    PGP.md section 2: only a key counts that bears the address. Each is inspected in a home of its own, as any that came
    with a mail. Raises KeyDirectoryUnreachable, NothingFound, KeyRefused or KeyOfNoUse where nothing it gives can be
    taken; VaultLocked.
    """
    try:
        answer = (directory or KeyDirectory()).ask(wanted.address)
    except KeyDirectoryUnreachable:
        _note(practice, wanted, "unreachable")
        raise
    fit, refused = _sorted(practice, answer.keys, wanted.address)
    outcome = "found" if fit else "refused" if refused else "nothing"
    _note(practice, wanted, outcome, *fit)
    if not fit:
        raise refused[0] if refused else NothingFound("the directory of that address has no key for it")
    for material in fit.values():
        if wanted.client is not None:
            offer_key(practice, wanted.client.code, material, KeySign.OFFERED)
        else:
            import_key(practice, material, None)
    return LookedUp(wanted, answer.method, tuple(show_key(practice, each) for each in fit), tuple(refused))


def _sorted(practice: Practice, given: bytes, address: str) -> tuple[dict[str, bytes], list[KeyRefused]]:
    """By fingerprint the keys that bear the address and are of use, cut to its names; and why others are not."""
    fit: dict[str, bytes] = {}
    refused: list[KeyRefused] = []
    if not given:
        return fit, refused
    try:
        packets = certificates_in(key_packets(given))[:MAX_KEYS]
    except KeyRefused as error:
        return fit, [error]
    with practice.vault() as vault, vault.reading() as reader:
        known = {each.fingerprint for each in held(reader)}
    with practice.gpg() as gpg:
        for each in packets:
            try:
                fingerprint, reduced = _fit(gpg, each, address, known)
                fit[fingerprint] = reduced
            except KeyRefused as error:
                refused.append(error)
    return fit, refused


def _fit(gpg: Gpg, packets: bytes, address: str, known: set[str]) -> tuple[str, bytes]:
    """Fingerprint and minimal certificate. A held key is taken whatever it says now, also that it is revoked (K4)."""
    report = inspect(gpg, packets)
    if report.fingerprint not in known:
        report.refuse_unusable()
    return report.fingerprint, minimal(gpg, packets, address)


def _client_of(reader: Reader, address: str) -> Client | None:
    identity = clients.addresses(reader).get(address)
    return clients.client_by_identity(reader, identity) if identity else None


def _note(practice: Practice, wanted: Wanted, outcome: str, *fingerprints: str) -> None:
    client = wanted.client.identity if wanted.client else None
    with practice.vault() as vault, vault.writing() as writer:
        note_look_up(writer, client, wanted.address, outcome, fingerprints, practice.clock())
