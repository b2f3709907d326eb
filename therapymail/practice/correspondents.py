"""Who writes in this practice, read from the vault for attribution."""

from therapymail.domain.addresses import canonical_address
from therapymail.domain.attribution import Correspondents
from therapymail.domain.client import Client
from therapymail.practice.practice import Practice
from therapymail.vault import clients, letters
from therapymail.vault.connection import Vault
from therapymail.vault.own_keys import own_pins


def read_correspondents(practice: Practice, vault: Vault) -> Correspondents:
    """The therapist's address and keys, and every client by each address they write from."""
    with vault.reading() as reader:
        everybody = clients.clients(reader)
        pins = own_pins(reader, practice.settings.own_key)
    by_address: dict[str, Client] = {}
    for client in everybody:
        for address in {client.write_to, *client.writes_from}:
            by_address[address] = client
    return Correspondents(
        own_addresses=frozenset({canonical_address(practice.settings.email)}),
        own_pins=pins,
        by_address=by_address,
    )


def clients_answered(
    vault: Vault, known: Correspondents, message_ids: tuple[str, ...], *, only_ours: bool
) -> tuple[Client, ...]:
    """The clients whose accepted letters `message_ids` name; with `only_ours`, letters written to them alone."""
    with vault.reading() as reader:
        identities = letters.clients_answered(reader, message_ids, only_ours=only_ours)
    by_identity = {client.identity: client for client in known.by_address.values()}
    return tuple(by_identity[identity] for identity in identities if identity in by_identity)
