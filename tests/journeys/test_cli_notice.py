"""What leaves unsealed is shown, asked for and in our own words: `notice`."""

from collections.abc import Iterator

import pytest

from tests.support.posts import PASSWORD, DovecotPost, dovecot
from tests.support.program import Program, program
from tests.support.terminal import at_terminal
from therapymail.errors import ExitCode

__all__ = ["dovecot"]


@pytest.fixture
def reader(dovecot: DovecotPost) -> str:
    """The login of the client's mailbox."""
    return dovecot.new_user()


@pytest.fixture
def therapymail(dovecot: DovecotPost, reader: str) -> Iterator[Program]:
    """A practice with a client, WREN, who has no key and is paused."""
    therapist = dovecot.new_user()
    imap, smtp = dovecot.imap(therapist), dovecot.smtp(therapist)
    with program() as made:
        made.ok(
            *("setup", "--yes", "--name", "Dr Orla Fenwick", "--email", dovecot.address(therapist), "--zone", "UTC"),
            *("--imap", f"{imap.host}:{imap.port}", "--imap-security", imap.security.value),
            *("--smtp", f"{smtp.host}:{smtp.port}", "--smtp-security", smtp.security.value),
            *("--username", therapist, "--ca-file", imap.ca_file, "--password-stdin"),
            *("--new-key", "--no-passphrase", "--no-roundtrip"),
            stdin=PASSWORD.encode() + b"\n",
        )
        made.ok("client", "add", "WREN", dovecot.address(reader), "--name", "Maren Quist", "--yes")
        made.ok("client", "pause", "WREN")
        yield made


def inbox(dovecot: DovecotPost, reader: str) -> list[bytes]:
    """The subjects of what lies in the client's INBOX."""
    with dovecot.visit(reader) as session:
        session.select("INBOX", readonly=True)
        if not session.search(None, "ALL")[1][0]:
            return []
        return [
            item[1]
            for item in session.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
            if isinstance(item, tuple)
        ]


def test_C2_without_a_key_and_paused_a_letter_stays_a_draft_and_only_a_notice_leaves(
    therapymail: Program, dovecot: DovecotPost, reader: str
) -> None:
    draft = therapymail.ok("write", "WREN", "--body-file", "-", "--json", stdin=b"Dear you,\n\nxqword\n").answer[
        "draft"
    ]
    for way in ((), ("--at-once",), ("--hold", "0")):
        ran = therapymail.run("send", draft, *way)
        assert ran.code == ExitCode.NOT_SENT, ran
        assert "Traceback" not in ran.err
    assert [one["state"] for one in therapymail.ok("drafts", "--json").answer["drafts"]] == ["draft"]
    assert therapymail.ok("sync", "--json").answer["sent"] == 0
    assert inbox(dovecot, reader) == []
    therapymail.ok("notice", "WREN", "key-missing", "--yes")
    assert inbox(dovecot, reader) == [b"Subject: A short note\r\n\r\n"]


def test_F07_a_notice_is_shown_and_asked_before_it_leaves(therapymail: Program) -> None:
    with at_terminal(therapymail.command("notice", "WREN", "key-missing"), therapymail.environment) as terminal:
        shown = terminal.expect("Send it? [y/N]: ")
        assert "I have no encryption key of yours" in " ".join(shown.replace("│", " ").split())
        assert "It leaves unsealed" in shown
        terminal.type("n")
        terminal.expect("Nothing was sent.")
        assert terminal.wait() == 0
    assert therapymail.ok("letters", "--json").answer["letters"] == []
    with at_terminal(therapymail.command("notice", "WREN", "key-missing"), therapymail.environment) as terminal:
        terminal.answer(("Send it? [y/N]: ", "y"))
        terminal.expect("Sent; it is WREN-1 on the record.")
        assert terminal.wait() == 0
    [letter] = therapymail.ok("letters", "--json").answer["letters"]
    assert (letter["id"], letter["kind"], letter["direction"]) == ("WREN-1", "admin", "out")
    assert letter["verdict"]["encrypted"] == "no"


def test_F07_a_script_says_yes_or_sends_nothing(therapymail: Program) -> None:
    silent = therapymail.run("notice", "WREN", "please-ring")
    assert silent.code == ExitCode.USAGE
    assert "nothing was sent" in silent.err
    told = therapymail.ok("notice", "WREN", "absence", "--from", "2025-04-14", "--yes", "--json").answer
    assert {key: told[key] for key in ("client", "kind", "letter")} == {
        "client": "WREN",
        "kind": "absence",
        "letter": "WREN-1",
    }
    assert "on 14 April 2025" in " ".join(therapymail.ok("read", "WREN-1", "--json").answer["text"].split())


@pytest.mark.parametrize(
    "words",
    [
        ("WREN", "hello"),
        ("WREN", "absence"),
        ("WREN", "absence", "--from", "tomorrow"),
        ("WREN", "absence", "--from", "2025-04-21", "--until", "2025-04-14"),
        ("WREN", "please-ring", "--from", "2025-04-14"),
    ],
)
def test_a_notice_that_is_none_of_ours_is_refused(therapymail: Program, words: tuple[str, ...]) -> None:
    ran = therapymail.run("notice", *words, "--yes")
    assert ran.code == ExitCode.USAGE
    assert therapymail.ok("letters", "--json").answer["letters"] == []
