"""A therapist at a terminal: the wizard, passphrases, and stopping."""

from collections.abc import Iterator

import pytest

from tests.support.posts import PASSWORD, Post, dovecot
from tests.support.program import Program, program, setup_offline
from tests.support.terminal import at_terminal
from therapymail.errors import ExitCode

__all__ = ["dovecot"]

STRONG = "vexing.Orchid.Tundra.Bobsled.Kumquat.93"
PERSON = (
    ("Your name as clients see it: ", "Dr Orla Fenwick"),
    ("Your address: ", "orla@practice.example"),
    ("Your time zone", "Europe/London"),
)


@pytest.fixture
def therapymail() -> Iterator[Program]:
    with program() as made:
        yield made


def test_the_wizard_makes_a_practice_with_six_words(therapymail: Program) -> None:
    with at_terminal(therapymail.command("setup", "--offline"), therapymail.environment) as terminal:
        terminal.answer(*PERSON)
        terminal.answer(("Which [1]: ", ""), ("Which [1]: ", "1"))
        shown = terminal.expect("Type it to show that you have it: ")
        words = next(line.strip() for line in shown.splitlines() if line.count("-") == 5)
        terminal.type("something else")
        terminal.expect("not the same")
        terminal.expect("Type it to show that you have it: ")
        terminal.type(words)
        terminal.answer(("Where the page goes [", str(therapymail.home / "kit.html")))
        terminal.answer(("would be lost together with it", str(therapymail.directory / "kit.html")))
        after = terminal.expect("Next: ")
        assert words not in after
        assert "It was read back: its key opens with your passphrase, and opens the record." in after
        assert terminal.wait() == 0
    assert "PGP PRIVATE KEY BLOCK" in (therapymail.directory / "kit.html").read_text()
    assert therapymail.run("lock").code == 0
    assert therapymail.run("lock").err == "Locked.\n"
    with at_terminal(therapymail.command("unlock"), therapymail.environment) as terminal:
        for _ in range(3):
            terminal.expect("Passphrase of your own key: ")
            terminal.type("wrong")
        assert terminal.wait() == ExitCode.LOCKED
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
        assert "No practice was made." in terminal.shown
    assert not therapymail.home.exists()


def test_the_wizard_asks_again_for_what_cannot_be_used(therapymail: Program) -> None:
    command = therapymail.command("setup", "--offline", "--no-kit")
    with at_terminal(command, therapymail.environment) as terminal:
        terminal.answer(("Your name as clients see it: ", ""), ("1 to 200 ordinary characters", "Orla"))
        terminal.answer(
            ("Your address: ", "orla at home"), ("It must look like name@domain.example.", "o@mail.example")
        )
        terminal.answer(("Your time zone", "Atlantis"), ("Europe/London", "Europe/London"))
        terminal.answer(("Which [1]: ", "7"), ("A number from 1 to 3, please.", "1"), ("your own", "2"))
        terminal.answer(("Your passphrase: ", "password1"), ("for you.\nYour passphrase: ", STRONG))
        terminal.answer(("The same again: ", "another"), ("Your passphrase: ", STRONG), ("The same again: ", STRONG))
        after = terminal.expect("Next: ")
        assert "There is no recovery kit" in after
        assert "declares your key void" in after
        assert terminal.wait() == 0
        assert STRONG not in terminal.shown
    secret = therapymail.directory / "secret"
    secret.write_text(STRONG + "\n")
    assert therapymail.run("lock").code == 0
    assert therapymail.ok("unlock", "--passphrase-file", str(secret)).code == 0


def test_the_wizard_tests_both_logins_and_asks_again_until_they_work(therapymail: Program, dovecot: Post) -> None:
    user = dovecot.new_user()
    imap, smtp = dovecot.imap(user), dovecot.smtp(user)
    command = therapymail.command("setup", "--ca-file", imap.ca_file)
    with at_terminal(command, therapymail.environment) as terminal:
        terminal.answer(*PERSON, ("Ask the DNS", "n"))
        terminal.answer(("for reading, HOST:PORT: ", f"{imap.host}:1"), ("Which [1]: ", "1"))
        terminal.answer(("for sending, HOST:PORT: ", f"{smtp.host}:{smtp.port}"), ("Which [1]: ", "1"))
        terminal.answer(("Login name [", user), ("Password", PASSWORD))
        terminal.answer((":1 cannot be reached", f"{imap.host}:{imap.port}"), ("Which [1]: ", "1"))
        terminal.answer((f"[{smtp.host}:{smtp.port}]: ", ""), ("Which [1]: ", "1"))
        terminal.expect("Your own OpenPGP key", 60)
        terminal.interrupt()
        assert terminal.wait() == ExitCode.INTERRUPTED
        assert PASSWORD not in terminal.shown
    assert not therapymail.home.exists()


def test_a_wrong_password_is_asked_for_again(therapymail: Program, dovecot: Post) -> None:
    user = dovecot.new_user()
    imap, smtp = dovecot.imap(user), dovecot.smtp(user)
    command = therapymail.command(
        *("setup", "--ca-file", imap.ca_file, "--imap-security", "tls", "--smtp-security", "tls"),
        *("--imap", f"{imap.host}:{imap.port}", "--smtp", f"{smtp.host}:{smtp.port}", "--username", user),
        *("--new-key", "--no-passphrase", "--no-kit", "--email", dovecot.address(user)),
    )
    with at_terminal(command, therapymail.environment) as terminal:
        terminal.answer(PERSON[0], PERSON[2], ("Password of your mail account: ", "wrong"))
        terminal.answer(("refuses the login", user), ("Password of your mail account: ", PASSWORD))
        terminal.expect("Both logins work", 60)
        terminal.expect("Done. A sealed letter to yourself left", 60)
        terminal.expect("Next: ")
        assert terminal.wait() == 0
    assert therapymail.ok("sync", "--json").answer["fetched"] == 0


def test_a_client_is_added_by_answers(therapymail: Program) -> None:
    setup_offline(therapymail)
    with at_terminal(therapymail.command("client", "add"), therapymail.environment) as terminal:
        terminal.answer(("Their code", "h"), ("2 to 16 letters", "heron"))
        terminal.expect("Their name: ")
        terminal.type("Maren Quist")
        terminal.answer(("Addresses", "heron at mail"), ("must look like", "heron@mail.example, maren@work.example"))
        terminal.answer(("File with their public key", "/nowhere.asc"), ("it does not exist", ""))
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
