"""A therapist at a terminal: the wizard, passphrases, and stopping."""

from collections.abc import Iterator

import pytest

from tests.support.program import Program, program, setup_offline
from tests.support.terminal import at_terminal
from therapymail.errors import ExitCode


@pytest.fixture
def therapymail() -> Iterator[Program]:
    with program() as made:
        yield made


def test_the_wizard_makes_a_practice_with_six_words(therapymail: Program) -> None:
    with at_terminal(therapymail.command("setup", "--offline"), therapymail.environment) as terminal:
        terminal.expect("Your name as clients see it: ")
        terminal.type("Dr Orla Fenwick")
        terminal.expect("Your address: ")
        terminal.type("orla@practice.example")
        terminal.expect("Your time zone")
        terminal.type("Europe/London")
        terminal.expect("Which [1]: ")
        terminal.type("")
        shown = terminal.expect("Type it to show that you have it: ")
        words = next(line.strip() for line in shown.splitlines() if line.count("-") == 5)
        terminal.type("something else")
        terminal.expect("not the same")
        terminal.expect("Type it to show that you have it: ")
        terminal.type(words)
        after = terminal.expect("Next: ")
        assert words not in after
        assert "revoc" in after
        assert terminal.wait() == 0
    assert therapymail.run("lock").code == 0
    with at_terminal(therapymail.command("tags"), therapymail.environment) as terminal:
        terminal.expect("Passphrase of your own key: ")
        terminal.type("wrong")
        terminal.expect("Try again")
        terminal.expect("Passphrase of your own key: ")
        terminal.type(words)
        assert terminal.wait() == 0
        assert words not in terminal.shown
        assert "No tags yet" in terminal.shown
    assert therapymail.run("tags").code == 0


def test_ctrl_c_in_the_wizard_ends_with_130_and_makes_nothing(therapymail: Program) -> None:
    with at_terminal(therapymail.command("setup", "--offline"), therapymail.environment) as terminal:
        terminal.expect("Your name")
        terminal.interrupt()
        assert terminal.wait() == ExitCode.INTERRUPTED
        assert "Traceback" not in terminal.shown
    assert not therapymail.home.exists()


def test_a_client_is_added_by_answers(therapymail: Program) -> None:
    setup_offline(therapymail)
    with at_terminal(therapymail.command("client", "add", "heron"), therapymail.environment) as terminal:
        terminal.expect("Their name: ")
        terminal.type("Maren Quist")
        terminal.expect("Addresses")
        terminal.type("heron@mail.example maren@work.example")
        terminal.expect("File with their public key")
        terminal.type("")
        terminal.expect("Their time zone")
        terminal.type("")
        terminal.expect("No key yet")
        assert terminal.wait() == 0
    [client] = therapymail.ok("client", "show", "HERON", "--json").answer["clients"]
    assert client["writes_from"] == ["heron@mail.example", "maren@work.example"]
    assert client["fingerprint"] is None


def test_end_of_input_at_a_question_stops_calmly(therapymail: Program) -> None:
    with at_terminal(therapymail.command("setup", "--offline"), therapymail.environment) as terminal:
        terminal.expect("Your name")
        terminal.type("\x04")
        assert terminal.wait() == ExitCode.INTERRUPTED
        assert "Traceback" not in terminal.shown
