"""Which keys end soon or have ended: the own one, and those that letters to clients are sealed to."""

from datetime import datetime

from therapymail.domain.expiry import OWN, Expiry, expires_within
from therapymail.domain.statuses import OVER
from therapymail.pgp.colons import ListedKey
from therapymail.practice.pinned_keys import pinned_keys
from therapymail.practice.policy import own_key_now
from therapymail.practice.practice import Practice
from therapymail.vault import clients
from therapymail.vault.connection import Reader


def expiring_keys(practice: Practice) -> tuple[Expiry, ...]:
    """The own key and clients' keys whose end is within 60 days or past, soonest first; closed work left out.

    Raises VaultLocked, GnupgMissing.
    """
    own = own_key_now(practice)
    with practice.vault() as vault, vault.reading() as reader:
        return expiries(reader, own, practice.clock())


def expiries(reader: Reader, own: ListedKey | None, now: datetime) -> tuple[Expiry, ...]:
    """As `expiring_keys`, from an open vault."""
    pinned = pinned_keys(reader)
    ends = [(OWN, own.seals_until if own else None)]
    ends += [
        (client.code, keys[0].expires)
        for client in clients.clients(reader)
        if client.status not in OVER and (keys := pinned.get(client.identity))
    ]
    found = (
        Expiry(whose, expires, within)
        for whose, expires in ends
        if expires is not None and (within := expires_within(expires, now)) is not None
    )
    return tuple(sorted(found, key=lambda each: each.expires))
