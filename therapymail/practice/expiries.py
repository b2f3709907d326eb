"""Which keys end soon or have ended: the own one, and those that letters to clients are sealed to."""

from therapymail.domain.client import ClientStatus
from therapymail.domain.expiry import OWN, Expiry, expires_within
from therapymail.practice.introduce import list_clients
from therapymail.practice.policy import own_key_now
from therapymail.practice.practice import Practice

_OVER = {ClientStatus.CLOSED, ClientStatus.REFERRED}


def expiring_keys(practice: Practice) -> tuple[Expiry, ...]:
    """The own key and clients' keys whose end is within 60 days or past, soonest first; closed work left out.

    Raises VaultLocked, GnupgMissing.
    """
    now = practice.clock()
    own = own_key_now(practice)
    ends = [(OWN, own.seals_until if own else None)]
    ends += [
        (overview.client.code, overview.keys[0].expires)
        for overview in list_clients(practice)
        if overview.keys and overview.client.status not in _OVER
    ]
    found = (
        Expiry(whose, expires, within)
        for whose, expires in ends
        if expires is not None and (within := expires_within(expires, now)) is not None
    )
    return tuple(sorted(found, key=lambda each: each.expires))
