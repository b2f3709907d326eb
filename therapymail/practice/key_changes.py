"""A client's key change: what is open, taking the new key once another channel confirmed it, or dismissing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.client import Certificate, Client
from therapymail.domain.key_change import KeyChange, KeySign, NoticedKey, is_named
from therapymail.domain.spoken_fingerprint import told_fingerprint
from therapymail.errors import KeyUnknown, UnusableInput
from therapymail.pgp.certificate_packets import key_fingerprints
from therapymail.practice.certificate_intake import certificate_to_pin, same_key
from therapymail.practice.introduce import MAX_HOW_CHARACTERS, ClientOverview, client_named, pin_held, show_client
from therapymail.practice.keyring import write_clients_keyring
from therapymail.practice.letters_again import read_letters_of_keys
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, clients, key_changes, pins
from therapymail.vault.connection import Reader, Writer


@dataclass(frozen=True)
class OpenKeyChange:
    """A key change that waits for the therapist, with the code of its client."""

    code: str
    change: KeyChange


def open_key_changes(practice: Practice) -> tuple[OpenKeyChange, ...]:
    """Every key change that is not decided, those that stop letters first. Raises VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        return open_changes_of(reader)


def open_changes_of(reader: Reader) -> tuple[OpenKeyChange, ...]:
    """As `open_key_changes`, from an open vault."""
    codes = {client.identity: client.code for client in clients.clients(reader)}
    found = [OpenKeyChange(codes[each.client], each) for each in key_changes.open_changes(reader)]
    return tuple(sorted(found, key=lambda each: (not each.change.blocks, each.code, each.change.found)))


def keep_apart(writer: Writer, client: Client, certificate: Certificate, sign: KeySign, now: datetime) -> None:
    """Hold an inspected key in quarantine and note that it may be the client's, beside the one that is pinned."""
    certificates.hold(writer, certificate, now)
    parts = key_fingerprints(certificate.material)
    key_changes.recognise(writer, client.identity, certificate.fingerprint, parts, now)
    key_changes.note(writer, NoticedKey(client.identity, certificate.fingerprint, sign), None, now)


def change_to_decide(practice: Practice, code: str, name: str | None = None) -> KeyChange:
    """The open key change of a client that `name` (digits of a fingerprint) means; without it, the only one.

    Raises ClientUnknown, KeyUnknown where there is none, UnusableInput where there are several.
    """
    client = client_named(practice, code)
    with practice.vault() as vault, vault.reading() as reader:
        found = key_changes.open_changes(reader, client.identity)
    if name is not None:
        found = [each for each in found if same_key(each.fingerprint, name)]
    elif any(each.blocks for each in found):
        found = [each for each in found if each.blocks]
    if not found:
        raise KeyUnknown(name or f"of {client.code} beside the pinned one")
    if len(found) > 1:
        raise UnusableInput("fingerprint", "several keys are open; say which one with --fingerprint")
    return found[0]


def accept_new_key(practice: Practice, code: str, fingerprint: str, how: str) -> ClientOverview:
    """Pin the other key of a client and note when and `how` (the therapist's words) they confirmed it.

    `fingerprint` is what they gave, all of it, in digits or in words. The key that was pinned before stays pinned, for
    the letters it signed. Letters under the new key are looked at again. Raises ClientUnknown, KeyUnknown where the key
    itself is not at hand, KeyRefused, KeyOfNoUse, UnusableInput.
    """
    words = " ".join(how.split())
    if not words or len(words) > MAX_HOW_CHARACTERS or not words.isprintable():
        raise UnusableInput("how", 'say by which other channel, for example "by phone"')
    told = told_fingerprint(fingerprint)
    client = client_named(practice, code)
    if told in {pin.fingerprint for pin in client.pins}:
        raise UnusableInput("fingerprint", f"it is pinned for {client.code} already; leave out --new")
    # That they confirm it themselves outweighs the names it bears; the journal keeps that it bears another.
    to_pin = certificate_to_pin(practice, client, told, although_another_address=True)
    now = practice.clock()
    with practice.vault() as vault, vault.writing() as writer:
        if to_pin:
            certificates.hold(writer, to_pin, now)
        material = certificates.certificate(writer, told).material
        key_changes.recognise(writer, client.identity, told, key_fingerprints(material), now)
        pin_held(writer, client, told, now)
        pins.verify_key(writer, client.identity, told, words, practice.clock())
    write_clients_keyring(practice)
    read_letters_of_keys(practice, (told,))
    return show_client(practice, code)


def dismiss_keys(practice: Practice, code: str, names: Sequence[str], why: str) -> tuple[KeyChange, ...]:
    """Decide that other keys of a client are not used: they stop no letter, now or later. Without `names`: all.

    Raises ClientUnknown, KeyUnknown, UnusableInput.
    """
    client = client_named(practice, code)
    with practice.vault() as vault, vault.writing() as writer:
        found = key_changes.changes(writer, client.identity)
        chosen = [_meant(found, name) for name in names] if names else [each for each in found if each.is_open]
        for each in chosen:
            key_changes.dismiss(writer, client.identity, each.fingerprint, why, practice.clock())
        done = {each.fingerprint for each in chosen}
        decided = tuple(each for each in key_changes.changes(writer, client.identity) if each.fingerprint in done)
    if not decided:
        raise KeyUnknown(f"of {client.code} beside the pinned one")
    write_clients_keyring(practice)
    return decided


def retire_key(practice: Practice, code: str, name: str, why: str) -> ClientOverview:
    """Note that a client does not use a pinned key any more: lost, replaced, in other hands.

    What it signed before stays theirs; of letters received from now on its signature proves nothing. Raises
    ClientUnknown, KeyUnknown, UnusableInput.
    """
    reason = " ".join(why.split())
    if not reason or len(reason) > MAX_HOW_CHARACTERS or not reason.isprintable():
        raise UnusableInput("why", 'say why in a few words, for example "telephone stolen"')
    client = client_named(practice, code)
    fingerprint = next((pin.fingerprint for pin in client.pins if same_key(pin.fingerprint, name)), None)
    if fingerprint is None:
        raise KeyUnknown(" ".join(name.split())[:64])
    with practice.vault() as vault, vault.writing() as writer:
        pins.retire_key(writer, client.identity, fingerprint, reason, practice.clock())
    return show_client(practice, code)


def _meant(found: Sequence[KeyChange], name: str) -> KeyChange:
    digits = "".join(name.split()).upper().removeprefix("0X")
    chosen = [each for each in found if is_named(digits, (each.fingerprint,))]
    if len(chosen) > 1:
        raise UnusableInput("fingerprint", "several keys end like this; give all of it")
    if not chosen:
        raise KeyUnknown(" ".join(name.split())[:64])
    return chosen[0]
