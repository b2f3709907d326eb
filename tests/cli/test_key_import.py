"""What `key import` asks and says: a newer copy, a revocation, and what to write to a client whose key is of no use."""

from datetime import UTC, datetime

import pytest

from tests.cli.test_commands_documented import keys_of_each
from tests.practice.test_keys import exported, people, revoked
from tests.support.practices import Writer, Writers
from tests.support.program import Program
from therapymail.cli.key_import import question_for, say_taken
from therapymail.domain.client import Confirmation
from therapymail.domain.key_fault import KeyFault
from therapymail.practice.keys import HeldKey
from therapymail.practice.practice import Practice

__all__ = ["people"]

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
FINGERPRINT = "E58294F2E9A227486E8B061B31CC528FD7FA3F19"


def held(pinned_to: str | None, expires: datetime | None = None, fault: KeyFault | None = None) -> HeldKey:
    confirmed = Confirmation(NOON, "in person") if pinned_to else None
    return HeldKey(FINGERPRINT, (), NOON, expires, True, False, pinned_to, confirmed=confirmed, fault=fault)


def test_K4_another_copy_of_a_clients_key_is_not_pinned_anew() -> None:
    assert question_for(held("HERON"), None) == "Bring the key of HERON up to date?"
    assert question_for(held("HERON"), "heron") == "Bring the key of HERON up to date?"
    assert question_for(held("HERON"), "wren") == "Take it as the key of WREN?"
    assert question_for(None, "wren") == "Take it as the key of WREN?"
    assert question_for(None, None) == "Keep it?"


@pytest.mark.parametrize(
    ("before", "taken", "fault", "said"),
    [
        (held("HERON"), held("HERON", NOON), None, "it expires 2025-03-04; it stays verified."),
        (held("HERON"), held("HERON"), None, "Brought up to date; it stays verified."),
        (held("HERON"), held("HERON", fault=KeyFault.REVOKED), KeyFault.REVOKED, "The key of HERON is revoked."),
        (None, held(None), KeyFault.EXPIRED, "You could write to them: “Your OpenPGP key has expired."),
        (None, held(None), None, ""),
    ],
)
def test_C24_what_is_new_is_said(
    before: HeldKey | None,
    taken: HeldKey,
    fault: KeyFault | None,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    say_taken(before, taken, fault, None)
    assert said in capsys.readouterr().err


def test_C24_C27_C31_at_the_command_line(people: tuple[Practice, Writers, Writer]) -> None:
    practice, writers, heron = people
    therapymail = Program(practice.paths.home.parent, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
    alias = writers.add("Tomas", "alias@elsewhere.example")
    wren = ("client", "add", "WREN", "wren@mail.example", "--name", "Wren", "--key", "-", "--yes")
    refused = therapymail.run(*wren, stdin=alias.certificate)
    assert (refused.code, "none of its names" in refused.err) == (7, True)
    therapymail.ok(*wren, "--although-another-address", stdin=alias.certificate)
    shown = therapymail.ok("client", "show", "WREN").out
    assert "bears none of their addresses" in " ".join(shown.split())
    [pin] = therapymail.ok("client", "show", "WREN", "--json").answer["clients"][0]["pins"]
    assert set(pin) == keys_of_each("pins")
    assert (pin["another_address"], pin["revoked"], pin["confirmed"]) == (True, False, None)

    writers.gpg.run(["--quick-set-expire", "--", heron.fingerprint, "200d"])
    told = therapymail.ok("key", "import", "-", "--yes", stdin=exported(writers, heron)).err
    assert "it stays verified" in told
    told = therapymail.ok("key", "import", "-", "--yes", stdin=revoked(writers, heron)).err
    assert "HERON is revoked" in told
    assert "send me the public part" in " ".join(told.split())
    assert "verified, revoked" in therapymail.ok("client", "list").out
    assert "REVOKED" in therapymail.ok("client", "show", "HERON").out
    [key] = therapymail.ok("key", "show", "HERON", "--json").answer["keys"]
    assert set(key) == keys_of_each("keys")
    assert (key["revoked"], key["confirmed_how"]) == (True, "by telephone")

    owl = writers.add("Owl", "owl@mail.example")
    material = revoked(writers, owl)
    for arguments in (
        ("client", "add", "OWL", "owl@mail.example", "--name", "Owl", "--key", "-", "--yes"),
        ("key", "import", "-", "--client", "WREN", "--yes"),
    ):
        refused = therapymail.run(*arguments, stdin=material)
        assert refused.code == 7
        assert "You could write to them: “Your OpenPGP key was declared void" in " ".join(refused.err.split())
