"""What a client's program says of its key, letter by letter: the peer state of Autocrypt Level 1, a suggestion only.

A pin always wins (HAZARDS S13): nothing here is sealed to. Why gossip is no part of it: docs/decisions/autocrypt.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import NamedTuple

STALE_AFTER = timedelta(days=35)  # Autocrypt Level 1, section 2.4: then a key is discouraged


class AutocryptOffer(NamedTuple):
    """The key that a letter's own Autocrypt header gave: fingerprint of a key that GnuPG can read (40 hex digits).

    `mutual`: with the wish for sealed answers; `sealed`: the header stood inside the seal.
    """

    fingerprint: str
    mutual: bool
    sealed: bool


class SeenMail(NamedTuple):
    """One mail from an address, as far as its peer state goes; `received` and `written` (None: no date) are UTC."""

    digest: bytes
    received: datetime
    written: datetime | None
    offer: AutocryptOffer | None

    @property
    def effective(self) -> datetime:
        """When it counts as written: a date in the future counts as the time of receipt (section 2.3)."""
        return self.received if self.written is None else min(self.written, self.received)


@dataclass(frozen=True)
class PeerState:
    """What is known of one address. Times are UTC: `last_seen` of its newest mail, `offered` of that with `offer`.

    PGP.md AC2 calls them last_seen and autocrypt_timestamp; `offer` is its public_key and prefer_encrypt. `letter` is
    the digest of the mail that gave it.
    """

    last_seen: datetime
    offered: datetime | None = None
    offer: AutocryptOffer | None = None
    letter: bytes = b""

    @property
    def is_stale(self) -> bool:
        """Whether the program has not sent the key for long while mails went on coming: it may not have it any more."""
        return self.offered is not None and self.last_seen - self.offered > STALE_AFTER


def updated(state: PeerState | None, mail: SeenMail) -> PeerState:
    """`state` after one more mail, by the rule of the specification (section 2.3); None before the first.

    Of two keys with one date the specification takes whichever it reads last; here it is always that of the greater
    digest, so that the order of arrival never matters.
    """
    if state is None:
        state = PeerState(mail.effective)
    if state.offered is not None and mail.effective < state.offered:
        return state
    offer, offered, letter = state.offer, state.offered, state.letter
    if mail.offer is not None and (offered is None or (mail.effective, mail.digest) > (offered, letter)):
        offer, offered, letter = mail.offer, mail.effective, mail.digest
    return PeerState(max(state.last_seen, mail.effective), offered, offer, letter)


def peer_state(mails: Iterable[SeenMail]) -> PeerState | None:
    """The state that `mails` of one address leave, in whatever order they come; None without any."""
    return reduce(updated, mails, None)
