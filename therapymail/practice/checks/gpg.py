"""GnuPG: installed, recent, proof against a tampered message, its agent reachable; the own key and its expiry."""

import shlex
from collections.abc import Iterator
from datetime import datetime

from therapymail.domain.addresses import canonical_address
from therapymail.domain.autocrypt import autocrypt_value
from therapymail.domain.expiry import OWN, expires_within, expiry_step
from therapymail.domain.key_names import bears_one_of
from therapymail.errors import GnupgUnusable
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.autocrypt_certificate import autocrypt_certificate
from therapymail.pgp.certificate_packets import outline
from therapymail.pgp.colons import listed_keys
from therapymail.pgp.home import probe
from therapymail.pgp.own_key import own_keys
from therapymail.pgp.own_key_care import own_certificate
from therapymail.practice.checks.check import Check
from therapymail.practice.policy import own_key_now
from therapymail.practice.practice import Practice


def look_at_gnupg(practice: Practice) -> Iterator[Check]:
    """Whether gpg can be relied on. Raises GnupgMissing, GnupgUnusable."""
    with practice.gpg() as gpg:
        found = probe(gpg)
    yield Check("GnuPG", ok=True, says=f"Version {found.version}; a sealed message opens, a tampered one is refused.")


def look_at_agent(practice: Practice) -> Iterator[Check]:
    """Whether the agent of the practice's home answers. Raises GnupgMissing, GnupgUnusable."""
    with AgentConnection(practice.paths.gnupg) as agent:
        agent.start()
    yield Check("GnuPG agent", ok=True, says="It answers.")


def look_at_own_key(practice: Practice) -> Iterator[Check]:
    """Whether the own key is there, and how long it is valid. Raises GnupgMissing, GnupgUnusable."""
    wanted = practice.settings.own_key
    with practice.gpg() as gpg:
        held = {key.fingerprint: key for key in own_keys(gpg)}
    if wanted not in held:
        raise GnupgUnusable("your own key is not in the practice's GnuPG home; restore gnupg/ from a backup")
    own = own_key_now(practice)
    yield expiry_check(own.seals_until if own else held[wanted].expires, practice.clock())


def look_at_own_features(practice: Practice) -> Iterator[Check]:
    """Whether the own key asks for mail that GnuPG cannot open (PGP.md AC7). Raises KeyUnknown, GnupgMissing."""
    with practice.gpg() as gpg:
        asks_for_more = outline(own_certificate(gpg, practice.settings.own_key)).wants_seipd2
    name = "own key asks for"
    if not asks_for_more:
        yield Check(name, ok=True, says="Only mail that this GnuPG can open.")
        return
    says = "Your own key asks clients' programs for a format that this GnuPG cannot open (SEIPD version 2)."
    yield Check(name, ok=False, says=says, next_step="Run `therapymail key replace --new-key`.")


def look_at_own_names(practice: Practice) -> Iterator[Check]:
    """Whether letters give the own key in their header (PGP.md AC5). Raises KeyUnknown, KeyRefused, GnupgMissing."""
    address, own_key = canonical_address(practice.settings.email), practice.settings.own_key
    with practice.gpg() as gpg:
        value = autocrypt_value(address, autocrypt_certificate(gpg, own_certificate(gpg, own_key), address))
        named = [uid.decode("utf-8", "replace") for key in listed_keys(gpg, own_key) for uid, _ in key.uids]
    name = "own key's names"
    if value:
        yield Check(name, ok=True, says=f"One bears {address}, so letters give the key in their header (Autocrypt).")
    elif bears_one_of(named, [address]):
        says = "Letters give no key in their header (Autocrypt): your own key is too long, or cannot be sealed to."
        yield Check(name, ok=True, says=says, next_step="Give clients your key by `therapymail client invite`.")
    else:
        says = f"None bears {address}, so letters give no key in their header (Autocrypt)."
        add = f"gpg --homedir {shlex.quote(str(practice.paths.gnupg))} --quick-add-uid {own_key} {address}"
        yield Check(name, ok=True, says=says, next_step=f"Run `{add}`, and give clients the key anew.")


def expiry_check(expires: datetime | None, now: datetime, code: str | None = None) -> Check:
    """Whether the key of the client `code`, or the own one, is valid and for how long.

    A warning 60, 30 and 7 days before its end (HAZARDS C25).
    """
    name, whose = (f"key of {code}", f"The key of {code}") if code else ("own key", "Your own key")
    if expires is None:
        return Check(name, ok=True, says=f"{whose} is valid without end.")
    within, next_step = expires_within(expires, now), expiry_step(code or OWN)
    if within == 0:
        says = f"{whose} expired on {expires:%Y-%m-%d}; old letters still open."
        return Check(name, ok=code is not None, says=says, next_step=next_step)
    if within:
        left = f"{whose} expires on {expires:%Y-%m-%d}, in less than {within} days."
        return Check(name, ok=True, says=left, next_step=next_step)
    return Check(name, ok=True, says=f"{whose} is valid until {expires:%Y-%m-%d}.")
