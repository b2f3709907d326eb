"""`key find`, the one command that asks a stranger's host: it says what that tells, and asks nobody without a yes."""

from collections.abc import Iterator

import pytest

from tests.support.program import Program, program, setup_offline
from tests.support.terminal import at_terminal
from therapymail.errors import ExitCode

# Names below .invalid exist nowhere (RFC 2606): nobody is told anything by these tests.
ADDRESS = "wren@nowhere.invalid"
NOBODY_ASKED = {ExitCode.NOTHING_FOUND, ExitCode.UNREACHABLE}  # the latter on a machine without a resolver


@pytest.fixture(scope="module")
def therapymail() -> Iterator[Program]:
    with program() as made:
        setup_offline(made)
        made.ok("client", "add", "WREN", ADDRESS, "--name", "Wren Person", "--yes")
        yield made


def test_S22_a_script_has_to_say_that_it_may_be_asked(therapymail: Program) -> None:
    for more in ((), ("--json",)):
        ran = therapymail.run("key", "find", "WREN", *more)
        assert ran.code == ExitCode.USAGE, ran
        assert "whom you write to" in ran.err
        assert ran.out == ""


def test_S22_a_person_is_told_who_will_learn_what_and_may_say_no(therapymail: Program) -> None:
    with at_terminal(therapymail.command("key", "find", "wren"), therapymail.environment) as person:
        told = person.expect("Ask it? [y/N]")
        assert "The web host of nowhere.invalid" in told
        assert "network address" in " ".join(told.split())
        person.type("")
        assert person.wait() != 0


def test_what_finds_nothing_says_so_in_its_exit_code(therapymail: Program) -> None:
    for whose in ("WREN", ADDRESS, "somebody@nowhere.invalid"):
        ran = therapymail.run("key", "find", whose, "--yes", "--json")
        assert ran.code in NOBODY_ASKED, ran
        assert ADDRESS not in ran.err
    assert therapymail.run("key", "find", "NOBODY", "--yes").code == ExitCode.NOTHING_FOUND
    assert therapymail.run("key", "find", "no address@", "--yes").code == ExitCode.USAGE
    assert [key["pinned_to"] for key in therapymail.ok("key", "list", "--json").answer["keys"]] == ["own"]
