"""GnuPG: installed, recent, proof against a tampered message, its agent reachable; the own key and its expiry."""

from collections.abc import Iterator
from datetime import datetime

from therapymail.errors import GnupgUnusable
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.home import probe
from therapymail.pgp.own_key import own_keys
from therapymail.practice.checks.check import Check
from therapymail.practice.practice import Practice

EXPIRY_DAYS = (7, 30, 60)


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
    yield expiry_check("own key", "Your own key", held[wanted].expires, practice.clock())


def expiry_check(name: str, whose: str, expires: datetime | None, now: datetime) -> Check:
    """Whether a key is valid and for how long; a warning 60, 30 and 7 days before its end (HAZARDS C25)."""
    if expires is None:
        return Check(name, ok=True, says=f"{whose} is valid without end.")
    days = (expires - now).days
    if expires <= now:
        return Check(
            name,
            ok=name != "own key",
            says=f"{whose} expired on {expires:%Y-%m-%d}; old letters still open.",
            next_step=_next_step(name),
        )
    for limit in EXPIRY_DAYS:
        if days < limit:
            left = f"{whose} expires on {expires:%Y-%m-%d}, in less than {limit} days."
            return Check(name, ok=True, says=left, next_step=_next_step(name))
    return Check(name, ok=True, says=f"{whose} is valid until {expires:%Y-%m-%d}.")


def _next_step(name: str) -> str:
    if name == "own key":
        return "`therapymail key extend`, then send your clients the new copy (`therapymail key export`)."
    return "Ask for an extended key, then `therapymail key import FILE`."
