"""What the record knows of each key pinned to a client: how it was confirmed, and how long it is valid."""

from therapymail.domain.client import Client, PinnedKey
from therapymail.vault import certificates, clients
from therapymail.vault.connection import Reader


def pinned_keys(reader: Reader) -> dict[str, tuple[PinnedKey, ...]]:
    """By client identity, their pinned keys in the order of their pins."""
    confirmations = clients.confirmations(reader)
    expiries = {certificate.fingerprint: certificate.expires for certificate in certificates.held(reader)}

    def of(client: Client) -> tuple[PinnedKey, ...]:
        return tuple(
            PinnedKey(pin.fingerprint, confirmations.get(pin.fingerprint), expiries.get(pin.fingerprint))
            for pin in client.pins
        )

    return {client.identity: of(client) for client in clients.clients(reader)}
