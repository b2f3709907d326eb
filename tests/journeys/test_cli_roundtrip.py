"""M01: setup says that it is done only when a letter to oneself has come back and opened; doctor does it again."""

from collections.abc import Iterator

import pytest

from tests.cli.test_commands_documented import keys_of, keys_of_each
from tests.support.posts import PASSWORD, Post, dovecot, embedded
from tests.support.program import Program, Ran, program, setup_offline
from tests.support.terminal import at_terminal
from therapymail.errors import ExitCode

__all__ = ["dovecot", "embedded"]


@pytest.fixture
def therapymail() -> Iterator[Program]:
    with program() as made:
        yield made


@pytest.fixture(params=["dovecot", "embedded"])
def post(request: pytest.FixtureRequest) -> Post:
    """Each mail host in turn."""
    host: Post = request.getfixturevalue(request.param)
    return host


def flags(post: Post, email: str = "") -> list[str]:
    """The flags of `setup` for a fresh user of `post`, whose address is `email` if given."""
    user = post.new_user()
    imap, smtp = post.imap(user), post.smtp(user)
    return [
        *("setup", "--yes", "--name", "Dr Orla Fenwick", "--email", email or post.address(user), "--zone", "UTC"),
        *("--imap", f"{imap.host}:{imap.port}", "--imap-security", imap.security.value),
        *("--smtp", f"{smtp.host}:{smtp.port}", "--smtp-security", smtp.security.value),
        *("--username", user, "--ca-file", imap.ca_file, "--password-stdin", "--new-key", "--no-passphrase"),
    ]


def set_up(therapymail: Program, post: Post, *more: str, email: str = "") -> Ran:
    return therapymail.run(*flags(post, email), *more, stdin=PASSWORD.encode() + b"\n")


def test_M01_setup_is_done_when_the_letter_has_opened(therapymail: Program, post: Post) -> None:
    made = set_up(therapymail, post, "--json")
    assert made.code == 0, made
    assert set(made.answer) - {"version"} == keys_of("setup")
    assert set(made.answer["roundtrip"]) == keys_of_each("roundtrip")
    assert made.answer["roundtrip"]["proven"] is True
    assert made.answer["roundtrip"]["folder"] == "INBOX"
    assert "It stays in INBOX; you may delete it." in made.answer["roundtrip"]["says"]
    therapymail.ok("sync")
    again = therapymail.ok("doctor", "--roundtrip", "--json").answer["checks"]
    assert [(check["name"], check["level"]) for check in again][-1] == ("round trip", "ok")
    synced = therapymail.ok("sync", "--json").answer
    assert (synced["fetched"], synced["strangers"]) == (0, 0)
    assert therapymail.ok("letters", "--json").answer["letters"] == []


def test_M01_a_setup_that_is_not_proven_says_so_and_keeps_the_practice(therapymail: Program, dovecot: Post) -> None:
    made = set_up(therapymail, dovecot, email="reject@practice.test")
    assert made.code == ExitCode.NOT_SENT
    assert "Done" not in made.err
    assert "Not proven yet. The letter to yourself was not sent: it says that your own address does not" in made.err
    assert "therapymail doctor --roundtrip" in made.err
    assert "Next: `therapymail client add CODE`" in made.err
    checks = therapymail.run("doctor", "--roundtrip", "--json")
    assert checks.code == ExitCode.CONFIGURATION
    assert {check["name"]: check["level"] for check in checks.answer["checks"]}["round trip"] == "fault"
    assert therapymail.ok("doctor").code == 0, "the practice itself is sound"


def test_M01_a_script_that_cannot_wait_sends_nothing(therapymail: Program, dovecot: Post) -> None:
    made = set_up(therapymail, dovecot, "--no-roundtrip", email="reject@practice.test")
    assert made.code == 0
    assert "No letter to yourself was sent" in made.err
    offline = therapymail.directory / "offline"
    assert setup_offline(Program(offline, therapymail.environment), "--json").answer["roundtrip"] is None


def test_M01_ctrl_c_while_waiting_leaves_setup_finished_and_not_proven(therapymail: Program, dovecot: Post) -> None:
    given = [*flags(dovecot, "slow-0@practice.test"), "--password-command", "cat secret"]
    given.remove("--password-stdin")
    (therapymail.directory / "secret").write_text(PASSWORD + "\n")
    given[-1] = f"cat {therapymail.directory / 'secret'}"
    with at_terminal(therapymail.command(*given), therapymail.environment) as terminal:
        terminal.expect("waiting for it to come back", 60)
        terminal.interrupt()
        terminal.expect("Not proven yet: run `therapymail doctor --roundtrip`.")
        terminal.expect("Next: ")
        assert terminal.wait() == ExitCode.INTERRUPTED
        assert "No practice was made" not in terminal.shown
    assert therapymail.ok("sync", "--json").answer["fetched"] == 0


def test_a_roundtrip_and_staying_offline_exclude_each_other(therapymail: Program) -> None:
    setup_offline(therapymail)
    assert therapymail.run("doctor", "--offline", "--roundtrip").code == ExitCode.USAGE
    ran = therapymail.run("doctor", "--roundtrip")
    assert ran.code == ExitCode.CONFIGURATION
    assert "this practice has none" in ran.out
