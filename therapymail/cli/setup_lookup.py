"""Mail hosts as the table of providers and the DNS name them, for the wizard to propose."""

from dataclasses import dataclass

from therapymail.cli.asking import ask_choice, ask_yes
from therapymail.cli.output import narrate
from therapymail.mail.autoconfig import Candidate, find_candidates
from therapymail.mail.providers import Service, provider_of_domain


@dataclass(frozen=True)
class ChosenHosts:
    """What the person chose of the proposals."""

    imap: Service
    smtp: Service
    username: str


def look_up(email: str) -> ChosenHosts | None:
    """Mail hosts for `email` that the person agrees to; None without.

    A provider that the table knows is proposed at once; the DNS is asked only after a yes.
    """
    domain = email.rpartition("@")[2]
    if provider_of_domain(domain) is None and not ask_yes(f"Ask the DNS for the mail hosts of {domain}?"):
        return None
    usable = [
        (found, ChosenHosts(found.imap, found.smtp, found.username))
        for found in find_candidates(email)
        if found.imap is not None and found.smtp is not None
    ]
    if not usable:
        narrate("Nothing found. Your provider's help pages name the mail hosts.")
        return None
    words = [_words(found, hosts) for found, hosts in usable]
    chosen = ask_choice("Use", (*words, "none of these: I type them"))
    if chosen == len(usable):
        return None
    found, hosts = usable[chosen]
    if found.note:
        narrate(found.note)
    return hosts


def _words(found: Candidate, hosts: ChosenHosts) -> str:
    imap, smtp = hosts.imap, hosts.smtp
    return (
        f"{imap.host}:{imap.port} ({imap.security.value}), sending by {smtp.host}:{smtp.port}"
        f" ({smtp.security.value}); login name {found.username}; from {found.source}"
    )
