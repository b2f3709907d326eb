"""Set-up against mail hosts that cannot be trusted: exit code 3, no password sent, nothing left."""

import ssl

import pytest

from tests.support import hostile_imap
from tests.support.hostile import SECRET, Authority, HostileServer, authority
from tests.support.program import Program, Ran, program
from therapymail.config import Security
from therapymail.errors import ExitCode

__all__ = ["authority"]


def set_up(therapymail: Program, server: HostileServer, security: Security, ca_file: str) -> Ran:
    return therapymail.run(
        *("setup", "--yes", "--name", "Orla", "--email", "orla@practice.example", "--new-key", "--no-passphrase"),
        *("--imap", f"localhost:{server.port}", "--imap-security", security.value, "--smtp", "localhost:1"),
        *("--ca-file", ca_file, "--password-stdin"),
        stdin=SECRET.encode() + b"\n",
    )


@pytest.mark.parametrize("security", list(Security))
@pytest.mark.parametrize("options", [{"expired": True}, {"premature": True}])
def test_S15_a_certificate_out_of_its_time_ends_setup_with_3(
    authority: Authority, security: Security, options: dict[str, bool]
) -> None:
    context = authority.context("localhost", **options)
    script = hostile_imap.FakeImap(upgrade=None if security is Security.TLS else context)
    refused(authority, script, security, context if security is Security.TLS else None)


def test_S15_stripped_starttls_ends_setup_with_3(authority: Authority) -> None:
    refused(authority, hostile_imap.strips_starttls, Security.STARTTLS, None)


def test_H12_preauth_ends_setup_with_3(authority: Authority) -> None:
    refused(authority, hostile_imap.preauth, Security.STARTTLS, None)


def refused(
    authority: Authority, script: hostile_imap.Script, security: Security, context: ssl.SSLContext | None
) -> None:
    """Run setup on that server; it must end with one sentence and leave nothing, having said nothing secret."""
    with HostileServer(script, context) as server, program() as therapymail:
        ran = set_up(therapymail, server, security, authority.ca_file)
        assert ran.code == ExitCode.CONFIGURATION, ran
        assert "No password was sent" in ran.err
        assert SECRET not in ran.err
        assert SECRET.encode() not in server.heard.clear + server.heard.secured
        assert not therapymail.home.exists()
