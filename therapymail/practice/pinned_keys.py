"""What the record knows of each key pinned to a client: how it was confirmed, its end, and whose names it bears."""

from therapymail.domain.client import Client, PinnedKey
from therapymail.domain.key_names import bears_one_of
from therapymail.domain.seal import Pin
from therapymail.domain.sealing import seals_until
from therapymail.pgp.certificate_packets import is_revoked
from therapymail.vault import certificates, clients, pins
from therapymail.vault.connection import Reader


def pinned_keys(reader: Reader) -> dict[str, tuple[PinnedKey, ...]]:
    """By client identity, their pinned keys in the order of their pins."""
    confirmations = pins.confirmations(reader)
    held = {certificate.fingerprint: certificate for certificate in certificates.held(reader)}

    def key(pin: Pin, client: Client) -> PinnedKey:
        certificate = held.get(pin.fingerprint)
        if certificate is None:
            return PinnedKey(pin.fingerprint, confirmations.get(pin.fingerprint), None, retired=pin.retired)
        return PinnedKey(
            pin.fingerprint,
            confirmations.get(pin.fingerprint),
            seals_until(certificate, pin.part),
            revoked=is_revoked(certificate.material),
            another_address=not bears_one_of(certificate.uids, client.writes_from),
            part=pin.part,
            parts=certificate.parts,
            retired=pin.retired,
        )

    return {client.identity: tuple(key(pin, client) for pin in client.pins) for client in clients.clients(reader)}
