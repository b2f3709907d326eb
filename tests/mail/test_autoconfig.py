"""Proposals for setup: known providers, the DNS, autoconfig documents; bounded, explicit, never insecure."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.network import forbid_network
from therapymail.config import Auth, Security
from therapymail.errors import UnusableInput
from therapymail.mail.autoconfig import MAX_XML_BYTES, Candidate, find_candidates, read_autoconfig
from therapymail.mail.providers import PROVIDERS, Service, provider_of_exchanger

Record = tuple[int, int, int, str]


class FixedDns:
    """A DNS with a few records."""

    def __init__(self, services: dict[str, list[Record]] | None = None, exchangers: list[str] | None = None) -> None:
        self.records = services or {}
        self.mail_exchangers = exchangers or []
        self.asked: list[str] = []

    def services(self, name: str, seconds: float) -> list[Record]:
        self.asked.append(name)
        return self.records.get(name, [])

    def exchangers(self, domain: str, seconds: float) -> list[str]:
        self.asked.append(domain)
        return self.mail_exchangers


def test_S22_a_known_provider_is_named_without_asking_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_network(monkeypatch)
    (found,) = find_candidates("Jo@Posteo.de")
    assert found == Candidate(
        "known provider",
        "jo@posteo.de",
        Service("posteo.de", 993, Security.TLS),
        Service("posteo.de", 465, Security.TLS),
    )


def test_every_provider_of_the_table_is_usable_and_named_once() -> None:
    domains = [domain for provider in PROVIDERS for domain in provider.domains]
    assert len(domains) == len(set(domains))
    for provider in PROVIDERS:
        assert (provider.imap.port, provider.imap.security) == (993, Security.TLS)
        assert (provider.smtp.port, provider.smtp.security) in {(465, Security.TLS), (587, Security.STARTTLS)}


def test_published_services_prefer_implicit_tls_and_low_priority() -> None:
    dns = FixedDns(
        {
            "_imaps._tcp.practice.example": [(20, 0, 993, "b.host.example."), (10, 1, 993, "c.host.example."),
                                             (10, 5, 994, "A.host.example.")],
            "_imap._tcp.practice.example": [(0, 0, 143, "a.host.example.")],
            "_submissions._tcp.practice.example": [(0, 0, 0, ".")],
            "_submission._tcp.practice.example": [(0, 0, 587, "smtp.host.example.")],
        }
    )  # fmt: skip
    (found,) = find_candidates("jo@practice.example", resolver=dns)
    assert found.imap == Service("a.host.example", 994, Security.TLS)
    assert found.smtp == Service("smtp.host.example", 587, Security.STARTTLS)
    assert (found.source, found.username) == ("DNS (SRV)", "jo@practice.example")
    assert all(name.endswith("practice.example") for name in dns.asked)


@pytest.mark.parametrize("target", [".", "", "a b.example.", "-x.example.", "localhost."])
def test_a_service_without_a_usable_host_is_passed_over(target: str) -> None:
    dns = FixedDns({"_imaps._tcp.practice.example": [(0, 0, 993, target)]})
    assert find_candidates("jo@practice.example", resolver=dns) == []


@pytest.mark.parametrize(
    ("exchanger", "host"),
    [
        ("practice-example.mail.protection.outlook.com.", "outlook.office365.com"),
        ("ASPMX.L.GOOGLE.COM.", "imap.gmail.com"),
        ("in1-smtp.messagingengine.com.", "imap.fastmail.com"),
    ],
)
def test_C38_a_domain_of_ones_own_at_a_large_provider_is_recognised(exchanger: str, host: str) -> None:
    (found,) = find_candidates("jo@practice.example", resolver=FixedDns(exchangers=[exchanger]))
    assert found.imap is not None
    assert (found.imap.host, found.source) == (host, "DNS (MX)")


def test_an_exchanger_that_only_looks_like_a_providers_is_not() -> None:
    assert provider_of_exchanger("evilgoogle.com") is None
    assert provider_of_exchanger("google.com.evil.example") is None


def test_C38_a_dns_that_does_not_answer_costs_three_seconds_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    import dns.resolver

    silent = dns.resolver.Resolver(configure=False)
    silent.nameservers = ["127.0.0.1"]
    silent.port = 9  # nothing answers there
    monkeypatch.setattr(dns.resolver, "Resolver", lambda: silent)
    started = time.monotonic()
    assert find_candidates("jo@practice.example", seconds=0.5) == []
    assert time.monotonic() - started < 3


def test_an_unusable_address_is_refused() -> None:
    with pytest.raises(UnusableInput):
        find_candidates("jo at practice")


DOCUMENT = """<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="practice.example">
  <incomingServer type="pop3"><hostname>pop.host.example</hostname><port>995</port>
    <socketType>SSL</socketType></incomingServer>
  <incomingServer type="imap"><hostname>plain.host.example</hostname><port>143</port>
    <socketType>plain</socketType></incomingServer>
  <incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
    <authentication>OAuth2</authentication><authentication>password-cleartext</authentication>
    <username>%EMAILLOCALPART%</username></incomingServer>
  <outgoingServer type="smtp"><hostname>smtp.host.example</hostname><port>587</port><socketType>STARTTLS</socketType>
    <username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>"""


def test_S7_a_host_that_looks_like_another_is_shown_as_what_it_is() -> None:
    found = read_autoconfig(
        DOCUMENT.replace("imap.%EMAILDOMAIN%", "im\u0430p.host.example.").encode(), "jo@practice.example"
    )
    assert found is not None
    assert found.imap is not None
    assert found.imap.host == "xn--imp-7cd.host.example"


def test_an_autoconfig_document_is_read_and_insecure_hosts_are_passed_over() -> None:
    found = read_autoconfig(DOCUMENT.encode(), "jo@practice.example")
    assert found == Candidate(
        "autoconfig",
        "jo",
        Service("imap.practice.example", 993, Security.TLS, (Auth.XOAUTH2, Auth.PASSWORD)),
        Service("smtp.host.example", 587, Security.STARTTLS),
    )


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<clientConfig>",
        b"<clientConfig/>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><clientConfig/>",
        b"<!DOCTYPE x SYSTEM 'http://dtd.example/x.dtd'><clientConfig/>",
        b"<?xml version='1.0' encoding='no-such'?><clientConfig/>",
        b"<a>" * 30_000,
        b" " * (MAX_XML_BYTES + 1),
        DOCUMENT.replace("SSL", "plain").replace("STARTTLS", "plain").encode(),
        DOCUMENT.replace("993", "99999999999999999999").replace("587", "-1").encode(),
        DOCUMENT.replace("imap.%EMAILDOMAIN%", "a b").replace("smtp.host.example", "").encode(),
    ],
)
def test_S24_hostile_or_useless_documents_give_nothing(document: bytes) -> None:
    assert read_autoconfig(document, "jo@practice.example") is None


@settings(max_examples=50)
@given(st.text(max_size=30), st.text(max_size=10), st.text(max_size=10))
def test_C42_any_values_in_a_document_are_read(host: str, port: str, security: str) -> None:
    from xml.sax.saxutils import escape

    document = (
        f"<clientConfig><incomingServer type='imap'><hostname>{escape(host)}</hostname><port>{escape(port)}</port>"
        f"<socketType>{escape(security)}</socketType></incomingServer></clientConfig>"
    )
    read_autoconfig(document.encode(errors="replace"), "jo@practice.example")
