"""A way through the interface in a real terminal: a letter read, answered, held, read again, and sent once."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.posts import PASSWORD, EmbeddedPost, embedded
from tests.support.practices import Writer, Writers, writers_to
from tests.support.program import Program, program
from tests.support.tmux import Window, in_tmux
from therapymail.bootstrap import open_practice
from therapymail.domain.names import LetterName
from therapymail.mail.account import connect
from therapymail.mail.fetching import FetchedMail
from therapymail.pgp.opening import open_mail
from therapymail.pgp.single import SingleOpener
from therapymail.practice import outbox, write
from therapymail.practice.practice import Practice
from therapymail.practice.read import read_letter

__all__ = ["embedded"]

THEIRS = "Dear Orla,\n\nI opened the door of the xqunlit room, and the light was on.\n\nMaren"
OURS = "Dear Maren,\n\nthank you for the xqlighthouse. [reading it slowly]\n\nOrla"


@dataclass
class Desk:
    """A practice on the embedded post office, and HERON, who has a mailbox there and has written."""

    therapymail: Program
    post: EmbeddedPost
    heron: Writer
    their_user: str
    writers: Writers

    @property
    def practice(self) -> Practice:
        """The practice, as another process opens it."""
        return open_practice(self.therapymail.home, None, self.therapymail.environment)

    def arrived(self) -> list[bytes]:
        """What came to HERON."""
        with connect(self.post.imap(self.their_user), PASSWORD, timeout=20) as mailbox:
            mailbox.open("INBOX")
            return [mail.raw for mail in mailbox.fetch(mailbox.uids()) if isinstance(mail, FetchedMail)]


@pytest.fixture
def desk(embedded: EmbeddedPost) -> Iterator[Desk]:
    user, their_user = embedded.new_user(), embedded.new_user()
    with program() as therapymail:
        imap, smtp = embedded.imap(user), embedded.smtp(user)
        therapymail.ok(
            *("setup", "--yes", "--name", "Dr Orla Fenwick", "--email", user, "--zone", "Europe/London"),
            *("--imap", f"{imap.host}:{imap.port}", "--imap-security", imap.security.value),
            *("--smtp", f"{smtp.host}:{smtp.port}", "--smtp-security", smtp.security.value),
            *("--username", user, "--ca-file", imap.ca_file, "--password-stdin"),
            *("--new-key", "--no-passphrase", "--no-roundtrip"),
            stdin=PASSWORD.encode() + b"\n",
        )
        config = therapymail.home / "config.toml"
        config.write_text("undo_seconds = 4\n" + config.read_text())
        practice = open_practice(therapymail.home, None, therapymail.environment)
        with writers_to(practice, therapymail.directory) as writers:
            heron = writers.add("Maren Quist", their_user)
            key = therapymail.directory / "heron.asc"
            key.write_bytes(heron.certificate)
            therapymail.ok("client", "add", "HERON", their_user, "--name", "Maren Quist", "--key", str(key))
            therapymail.ok("client", "verify", "HERON", "--fingerprint", heron.fingerprint, "--how", "in person")
            came = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
            letter = writers.letter(heron, THEIRS, subject="The door", written=came)
            embedded.append(user, "INBOX", letter.replace(b"orla@practice.example", user.encode()), came)
            therapymail.ok("sync")
            yield Desk(therapymail, embedded, heron, their_user, writers)


@contextmanager
def open_room(desk: Desk, columns: int = 80, lines: int = 24) -> Iterator[Window]:
    """The interface in a window, the client's letter open in the reader."""
    program = desk.therapymail
    with in_tmux(
        program.command("tui"), program.environment, program.directory, columns=columns, lines=lines
    ) as window:
        window.wait_for("HERON-1")
        window.press("Enter")
        window.press("Enter")
        window.wait_for("the xqunlit room")
        yield window


def reply(window: Window, text: str = OURS) -> None:
    """Answer the letter that is open, and wait until the answer is saved."""
    window.press("r")
    window.wait_for("answering HERON-1")
    window.type(text)
    window.wait_for("[reading it slowly]")


def hold(window: Window) -> None:
    """Hold what is written, as the sheet suggests."""
    window.press("C-g")
    window.wait_for("Hold until")
    window.press("Enter")
    window.wait_for("held until")


def read_again_and_release(window: Window) -> None:
    """Open the held letter in the outbox, read it whole, and let it go before its time, with a reason."""
    window.press("Enter")
    screen = window.wait_for("Second reading. Held until")
    assert "thank you for the xqlighthouse. [reading it slowly]" in screen
    window.press("r")
    window.wait_for("Why does it leave before?")
    window.type("She asked for it today\n")
    window.wait_for("Is each of their questions answered")
    window.press("y")
    window.press("Enter")
    window.wait_for("leaves in")


def test_a_letter_is_read_answered_held_read_again_taken_back_and_sent_once(desk: Desk) -> None:
    with open_room(desk) as window:
        reply(window)
        hold(window)
        window.press("o")
        window.wait_for("‖ D-1")
        read_again_and_release(window)
        window.press("C-r")
        window.wait_for("D-1 was taken back: it is a draft again.")
        window.wait_for("□ D-1")
        time.sleep(5)  # longer than it had to be taken back in
        assert desk.arrived() == []
        window.press("Enter")
        window.wait_for("answering HERON-1")
        hold(window)
        window.wait_for("‖ D-1")
        read_again_and_release(window)
        window.wait_for("was sent, sealed. It is HERON-2 on the record.")
        screen = window.wait_for("◆ HERON-2")
        assert "D-1" not in screen.splitlines()[1]
        window.press("Escape")
        window.wait_for("Nothing waits for you.")
        window.press("C-q")
    _sent_once_and_sealed(desk)


def _sent_once_and_sealed(desk: Desk) -> None:
    (raw,) = desk.arrived()
    assert not re.search(rb"xqlighthouse|xqunlit|Maren|HERON|The door", raw)
    opened = open_mail(raw, SingleOpener(desk.writers.gpg))
    assert opened.payload is not None
    assert b"thank you for the xqlighthouse. [reading it slowly]" in opened.payload
    practice = desk.practice
    filed = read_letter(practice, "HERON-2")
    assert filed.reading is not None
    assert filed.reading.subject == "Re: The door"
    assert outbox.proof_of(practice, filed.judged.letter.name or _no_name()) is not None
    assert write.list_drafts(practice) == ()


def _no_name() -> LetterName:
    raise AssertionError("a letter of ours has a name")


def test_C12_S20_a_killed_interface_keeps_every_word_and_leaves_none_outside_the_vault(desk: Desk) -> None:
    program = desk.therapymail
    with open_room(desk) as window:
        reply(window, "Dear Maren, [reading it slowly] the xqlast words")
        time.sleep(2.5)
        os.kill(window.process(), signal.SIGKILL)
        while window.is_open():
            time.sleep(0.05)
    (view,) = write.list_drafts(desk.practice)
    assert view.draft.content.text.startswith("Dear Maren, [reading it slowly] the xqlast words")
    with open_room(desk) as window:
        window.press("o")
        window.wait_for("□ D-1")
        window.press("Enter")
        window.wait_for("the xqlast words")
    for root in (program.directory, program.environment["XDG_RUNTIME_DIR"]):
        for file in Path(root).rglob("*"):
            if file.is_file() and "writers" not in file.parts:
                assert b"xqlast" not in file.read_bytes(), file


def test_C12_a_window_that_changes_its_size_while_one_types_loses_nothing(desk: Desk) -> None:
    with open_room(desk, columns=120, lines=40) as window:
        window.press("r")
        window.wait_for("answering HERON-1")
        for columns, lines, word in ((60, 15, "one "), (140, 45, "two "), (80, 24, "three ")):
            window.resize(columns, lines)
            window.type(word)
        window.wait_for("one two three")
        window.press("Escape")
        window.wait_for("w Write")
        window.press("C-q")
        while window.is_open():
            time.sleep(0.05)
    (view,) = write.list_drafts(desk.practice)
    assert view.draft.content.text.startswith("one two three")
