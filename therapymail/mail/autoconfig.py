"""Where a mailbox's IMAP and submission hosts probably are. Asks the DNS only when called, 3 seconds at most.

Only the domain of the therapist's own address is ever looked up, by the setup command alone.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol
from xml.etree.ElementTree import Element, ParseError

from therapymail.config import Auth, Security
from therapymail.domain.addresses import canonical_address, is_address
from therapymail.errors import UnusableInput
from therapymail.mail.providers import Provider, Service, provider_of_domain, provider_of_exchanger

SECONDS = 3.0
MAX_XML_BYTES = 100_000
_SERVICES = (  # RFC 6186, RFC 8314: implicit TLS first
    ("_imaps._tcp", "imap", Security.TLS),
    ("_imap._tcp", "imap", Security.STARTTLS),
    ("_submissions._tcp", "smtp", Security.TLS),
    ("_submission._tcp", "smtp", Security.STARTTLS),
)
_SECURITY = {"SSL": Security.TLS, "STARTTLS": Security.STARTTLS}
_AUTH = {"OAuth2": Auth.XOAUTH2, "password-cleartext": Auth.PASSWORD, "plain": Auth.PASSWORD}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal for setup, never used without a login test: either service may be missing.

    `username` is what probably logs in; `source` is `known provider`, `DNS (SRV)`, `DNS (MX)` or `autoconfig`;
    `note` is one sentence for the therapist or empty.
    """

    source: str
    username: str
    imap: Service | None
    smtp: Service | None
    note: str = ""


class Resolver(Protocol):
    """What is asked of the DNS; every answer within `seconds`, an empty one for whatever goes wrong."""

    def services(self, name: str, seconds: float) -> list[tuple[int, int, int, str]]:
        """SRV records of `name`: priority, weight, port, target."""
        ...

    def exchangers(self, domain: str, seconds: float) -> list[str]:
        """The mail exchangers of `domain`, the most preferred first."""
        ...


def find_candidates(address: str, *, resolver: Resolver | None = None, seconds: float = SECONDS) -> list[Candidate]:
    """What is known or published for `address`, best first; empty where nothing is. Raises UnusableInput.

    Takes at most `seconds`; a DNS that does not answer is the same as one that knows nothing (HAZARDS C38).
    """
    canonical = canonical_address(address)
    domain = canonical.rpartition("@")[2]
    known = provider_of_domain(domain)
    if known is not None:
        return [_of_provider(known, canonical, "known provider")]
    return _from_dns(canonical, domain, resolver or _Dns(), seconds)


def _from_dns(address: str, domain: str, resolver: Resolver, seconds: float) -> list[Candidate]:
    with ThreadPoolExecutor(max_workers=len(_SERVICES) + 1) as pool:  # each answer is bounded by itself
        exchangers = pool.submit(resolver.exchangers, domain, seconds)
        answers = [pool.submit(resolver.services, f"{label}.{domain}", seconds) for label, _, _ in _SERVICES]
    found: dict[str, Service] = {}
    for (_, kind, security), answer in zip(_SERVICES, answers, strict=True):
        service = _preferred(answer.result(), security)
        if service is not None:
            found.setdefault(kind, service)
    candidates = []
    if found:
        candidates.append(Candidate("DNS (SRV)", address, found.get("imap"), found.get("smtp")))
    provider = next(filter(None, map(provider_of_exchanger, exchangers.result())), None)
    if provider is not None:
        candidates.append(_of_provider(provider, address, "DNS (MX)"))
    return candidates


def _preferred(records: Sequence[tuple[int, int, int, str]], security: Security) -> Service | None:
    """The record of lowest priority, then highest weight (RFC 2782); a target of "." means: not offered."""
    usable = [record for record in records if _host(record[3]) and 0 < record[2] < 65536]
    if not usable:
        return None
    _, _, port, target = min(usable, key=lambda record: (record[0], -record[1]))
    return Service(_host(target), port, security)


def _host(named: str) -> str:
    """A host's name in the one form that shows which it is: lower case, ASCII (IDNA); empty for what is none."""
    try:
        return canonical_address(f"x@{named}").partition("@")[2]
    except UnusableInput:
        return ""


def _of_provider(provider: Provider, address: str, source: str) -> Candidate:
    username = address if provider.username_is_address else address.rpartition("@")[0]
    return Candidate(source, username, provider.imap, provider.smtp, provider.note)


class _Dns:
    """The DNS through dnspython."""

    def services(self, name: str, seconds: float) -> list[tuple[int, int, int, str]]:
        return [
            (record.priority, record.weight, record.port, str(record.target))
            for record in self._ask(name, "SRV", seconds)
        ]

    def exchangers(self, domain: str, seconds: float) -> list[str]:
        records = sorted(self._ask(domain, "MX", seconds), key=lambda record: record.preference)
        return [str(record.exchange) for record in records]

    def _ask(self, name: str, kind: str, seconds: float) -> list[Any]:
        import dns.exception
        import dns.resolver

        try:
            return list(dns.resolver.Resolver().resolve(f"{name}.", kind, lifetime=seconds, search=False))
        except (dns.exception.DNSException, OSError):  # nothing published, no network, no resolver: all the same here
            return []


def read_autoconfig(document: bytes, address: str) -> Candidate | None:
    """What a Mozilla autoconfig `document` (clientConfig 1.1) says for `address`; None if it cannot be used.

    Pure: fetches nothing. Hosts without TLS or STARTTLS are passed over; entities and DTDs are refused.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(document) > MAX_XML_BYTES or not is_address(address):
        return None
    try:
        root = fromstring(document, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):  # not XML, a bomb, or of no known encoding
        return None
    canonical = canonical_address(address)
    imap = _first_usable(root.iter("incomingServer"), "imap", canonical)
    smtp = _first_usable(root.iter("outgoingServer"), "smtp", canonical)
    if imap is None and smtp is None:
        return None
    username = (imap or smtp or (None, canonical))[1]
    return Candidate("autoconfig", username, imap[0] if imap else None, smtp[0] if smtp else None)


def _first_usable(servers: Iterable[Element], kind: str, address: str) -> tuple[Service, str] | None:
    for server in servers:
        host = _host(_filled(server.findtext("hostname"), address))
        port = (server.findtext("port") or "").strip()
        security = _SECURITY.get((server.findtext("socketType") or "").strip())
        usable = server.get("type") == kind and host
        if usable and security and port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536:
            named = [_AUTH.get((element.text or "").strip()) for element in server.iter("authentication")]
            auth = tuple(dict.fromkeys(method for method in named if method)) or (Auth.PASSWORD,)
            return Service(host, int(port), security, auth), _filled(server.findtext("username"), address) or address
    return None


def _filled(template: str | None, address: str) -> str:
    local, _, domain = address.rpartition("@")
    text = " ".join((template or "").split())[:254]
    for name, value in (("EMAILADDRESS", address), ("EMAILLOCALPART", local), ("EMAILDOMAIN", domain)):
        text = text.replace(f"%{name}%", value)
    return text
