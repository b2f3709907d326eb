"""Clients: adding one with a pinned key, listing and showing them, changing what the record knows, verifying keys."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from therapymail.domain.addresses import canonical_address
from therapymail.domain.client import Client, ClientStatus, PinnedKey
from therapymail.domain.found_key import KeyCandidate
from therapymail.domain.key_change import KeyChange, KeyEvent
from therapymail.domain.key_names import bears_one_of
from therapymail.domain.kinds import Standing
from therapymail.domain.mail_program import Invited
from therapymail.domain.names import client_code
from therapymail.domain.seal import Pin
from therapymail.domain.spoken_fingerprint import told_fingerprint
from therapymail.domain.statuses import StatusChange
from therapymail.domain.zones import is_zone
from therapymail.errors import KeyUnknown, UnusableInput
from therapymail.pgp.certificate_packets import key_fingerprints
from therapymail.practice.certificate_intake import certificate_from, certificate_to_pin, held_fingerprint
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.pinned_keys import pinned_keys
from therapymail.practice.practice import Practice
from therapymail.practice.unpinned_keys import candidates_of
from therapymail.vault import certificates, clients, key_changes, letters, notices, pins
from therapymail.vault.autocrypt_offers import Program, programs
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.exchanges import open_exchanges
from therapymail.vault.statuses import statuses, statuses_of

MAX_NAME_CHARACTERS = 200
MAX_HOW_CHARACTERS = 500


@dataclass(frozen=True)
class NewClient:
    """What is known of a client to add. `key` is their certificate (armored or binary), or None for later.

    The first of `addresses` is the one we write to. With `although_another_address` a key is taken that bears none of
    them (HAZARDS C31): the therapist knows that it is the client's.
    """

    code: str
    name: str
    addresses: Sequence[str]
    key: bytes | None
    zone: str
    although_another_address: bool = False


@dataclass(frozen=True)
class ClientChange:
    """What to change of a client; None and empty leave it. `pin` and `unpin` are fingerprints of held keys.

    `although_another_address`: `pin` may bear none of the client's addresses.
    """

    name: str | None = None
    zone: str | None = None
    write_to: str | None = None
    add_addresses: tuple[str, ...] = field(default=())
    drop_addresses: tuple[str, ...] = field(default=())
    pin: str | None = None
    unpin: str | None = None
    status: ClientStatus | None = None
    although_another_address: bool = False


@dataclass(frozen=True)
class ClientOverview:
    """A client, how many accepted letters, both ways, are on their record, and their pinned keys in order.

    `candidates` are keys that may be theirs and are not pinned, `changes` other keys that something spoke
    for, decided ones too, and `history` what happened to their keys; only one client whole has them. `open_exchange` is
    the number of the first exchange that no response has come to; `said` is what was said last of how the work stands.
    `programs` are what their mail programs say of their keys, of one client whole: a suggestion, which no letter is
    sealed by; `invited` is the onboarding kit that one client whole got last.
    """

    client: Client
    letters: int
    keys: tuple[PinnedKey, ...] = ()
    candidates: tuple[KeyCandidate, ...] = ()
    changes: tuple[KeyChange, ...] = ()
    history: tuple[KeyEvent, ...] = ()
    open_exchange: int | None = None
    said: StatusChange | None = None
    programs: tuple[Program, ...] = ()
    invited: Invited | None = None


def add_client(practice: Practice, new: NewClient) -> ClientOverview:
    """Put a client on the record, their key pinned, not yet verified.

    Raises UnusableInput, ClientExists, KeyRefused, VaultLocked.
    """
    code, name, zone = client_code(new.code), person_name(new.name), zone_name(new.zone)
    addresses = [canonical_address(address) for address in new.addresses]
    if not addresses:
        raise UnusableInput("address", "a client needs at least one")
    _refuse_own(practice, addresses)
    certificate = (
        certificate_from(practice, new.key, addresses, although_another_address=new.although_another_address)
        if new.key
        else None
    )
    now = practice.clock()
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.add_client(
            writer, code=code, name=name, write_to=addresses[0], writes_from=addresses, zone=zone, now=now
        )
        if certificate:
            certificates.hold(writer, certificate, now)
            pin_held(writer, client, certificate.fingerprint, now)
        overview = _overview(writer, code)
    if certificate:
        write_clients_keyring(practice)
    return overview


def list_clients(practice: Practice) -> tuple[ClientOverview, ...]:
    """Every client by code. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        counts, keys, waiting, said = _counts(reader), pinned_keys(reader), open_exchanges(reader), statuses(reader)
        undecided = key_changes.open_changes(reader)
        return tuple(
            ClientOverview(
                client,
                counts.get(client.identity, 0),
                keys.get(client.identity, ()),
                changes=tuple(each for each in undecided if each.client == client.identity),
                open_exchange=waiting.get(client.identity),
                said=next(iter(said.get(client.identity, [])[::-1]), None),
            )
            for client in clients.clients(reader)
        )


def client_named(practice: Practice, code: str) -> Client:
    """The client with this code, and no more. Raises ClientUnknown, UnusableInput, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return clients.client_by_code(reader, code)


def show_client(practice: Practice, code: str) -> ClientOverview:
    """One client. Raises ClientUnknown, UnusableInput, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return _overview(reader, code)


def edit_client(practice: Practice, code: str, change: ClientChange) -> ClientOverview:
    """Change what is known of a client; `pin` may also name a key that came with their letters.

    Raises ClientUnknown, ClientExists, UnusableInput, KeyUnknown, KeyRefused.
    """
    now = practice.clock()
    to_pin = None
    if change.pin:
        to_pin = certificate_to_pin(
            practice,
            client_named(practice, code),
            change.pin,
            although_another_address=change.although_another_address,
        )
    _refuse_own(practice, [*change.add_addresses, *([change.write_to] if change.write_to else [])])
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, code)
        if to_pin:
            certificates.hold(writer, to_pin, now)
        if change.pin:
            pinned = certificates.certificate(writer, held_fingerprint(writer, change.pin))
            parts = key_fingerprints(pinned.material)
            key_changes.recognise(writer, client.identity, pinned.fingerprint, parts, now)
            pin_held(writer, client, pinned.fingerprint, now)
        if change.unpin:
            pins.unpin_key(writer, client.identity, held_fingerprint(writer, change.unpin), now)
        clients.edit_client(
            writer,
            client.identity,
            name=person_name(change.name) if change.name is not None else None,
            zone=zone_name(change.zone) if change.zone is not None else None,
            write_to=change.write_to,
            writes_from=_addresses_after(client, change),
            status=change.status,
            now=now,
        )
        overview = _overview(writer, code)
    write_clients_keyring(practice)
    return overview


def pin_held(writer: Writer, client: Client, fingerprint: str, now: datetime) -> None:
    """Pin a held key; the journal says so where it bears none of the client's addresses. Raises as pins.pin_key."""
    theirs = bears_one_of(certificates.certificate(writer, fingerprint).uids, client.writes_from)
    pins.pin_key(writer, client.identity, fingerprint, now, although_another_address=not theirs)


def sealing_pin(practice: Practice, code: str) -> Pin:
    """The pin that letters to a client are sealed to. Raises ClientUnknown, KeyUnknown where there is none."""
    client = client_named(practice, code)
    if not client.pins:
        raise KeyUnknown(f"of {client.code}")
    return client.pins[0]


def verify_client(practice: Practice, code: str, fingerprint: str, how: str) -> ClientOverview:
    """Note when and `how` (the therapist's words) a client confirmed the fingerprint of a pinned key.

    `fingerprint` is what they gave, all of it, in digits or in words (domain/spoken_fingerprint.py).

    Raises UnusableInput where it is not one of their pinned keys, ClientUnknown.
    """
    words = " ".join(how.split())
    if not words or len(words) > MAX_HOW_CHARACTERS or not words.isprintable():
        raise UnusableInput("how", 'say by which other channel, for example "by phone"')
    told = told_fingerprint(fingerprint)
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, code)
        if told not in {pin.fingerprint for pin in client.pins}:
            raise UnusableInput("fingerprint", f"it is not the key pinned for {client.code}; do not use that key")
        pins.verify_key(writer, client.identity, told, words, practice.clock())
        return _overview(writer, code)


def person_name(text: str) -> str:
    """A person's name as it is kept: one line, without controls. Raises UnusableInput."""
    name = " ".join(text.split())
    if not name or len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        raise UnusableInput("name", f"1 to {MAX_NAME_CHARACTERS} ordinary characters on one line")
    return name


def zone_name(text: str) -> str:
    """The name of a time zone. Raises UnusableInput."""
    if not is_zone(text):
        raise UnusableInput("zone", "it must be a time zone name like Europe/London")
    return text


def _refuse_own(practice: Practice, addresses: Sequence[str]) -> None:
    """Raise UnusableInput for the therapist's own address: what we send would be a client's letter to themselves."""
    if canonical_address(practice.settings.email) in map(canonical_address, addresses):
        raise UnusableInput("address", "it is your own")


def _addresses_after(client: Client, change: ClientChange) -> list[str] | None:
    if not change.add_addresses and not change.drop_addresses:
        return None
    dropped = {canonical_address(address) for address in change.drop_addresses}
    write_to = canonical_address(change.write_to) if change.write_to else client.write_to
    if write_to in dropped:
        raise UnusableInput("address", "the address we write to stays; name another with --write-to first")
    missing = dropped - set(client.writes_from)
    if missing:
        raise UnusableInput("address", "that is not an address of this client")
    kept = [address for address in client.writes_from if address not in dropped]
    return [*kept, *(canonical_address(address) for address in change.add_addresses)]


def _overview(reader: Reader, code: str) -> ClientOverview:
    client = clients.client_by_code(reader, code)
    return ClientOverview(
        client,
        _counts(reader).get(client.identity, 0),
        pinned_keys(reader)[client.identity],
        candidates_of(reader, client),
        tuple(key_changes.changes(reader, client.identity)),
        tuple(key_changes.history(reader, client.identity, [pin.fingerprint for pin in client.pins])),
        open_exchanges(reader).get(client.identity),
        next(iter(statuses_of(reader, client.identity)[::-1]), None),
        programs=programs(reader, client.identity),
        invited=notices.last_invitation(reader, client.identity),
    )


def _counts(reader: Reader) -> dict[str, int]:
    """Accepted letters by client."""
    counts: dict[str, int] = {}
    for (identity, _, standing), number in letters.count_letters(reader).items():
        if identity is not None and standing is Standing.ACCEPTED:
            counts[identity] = counts.get(identity, 0) + number
    return counts
