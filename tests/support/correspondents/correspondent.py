"""What every client with a real program does, whatever the program: makes a key, learns ours, writes, reads."""

import email
import email.policy
import email.utils
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from tests.support.correspondents.mailbox import Mailbox

SECONDS = 60
ENCLOSURE_NAME = "größer.pdf"


@dataclass(frozen=True)
class Written:
    """A letter that a client writes: what is typed, and, of an answer, the text of the newest mail, to be quoted.

    A program's word that it has sent it stands on its screen for a moment only: `has_arrived` is asked in its place.
    `inline`: in the traditional form, armor in the body, where the program can; it can have no enclosure.
    """

    subject: str
    text: str
    recipient: str
    has_arrived: Callable[[], bool]
    answered: str = ""
    enclosure: Path | None = None
    inline: bool = False


@dataclass(frozen=True)
class Seen:
    """A letter of ours as a client sees it. `subject` is None where the program does not read a protected one."""

    text: str
    is_signature_good: bool
    subject: str | None = None
    enclosures: Mapping[str, bytes] = field(default_factory=dict)


class Correspondent(Protocol):
    """A client with a program.

    `needs` are programs and directories that must be there; `enclosure_name` is one that the program can send;
    of a library (`is_library`), the mail is made and read here.
    """

    name: str
    is_library: bool
    needs: tuple[str | Path, ...]
    enclosure_name: str

    def version(self) -> str:
        """The program's version."""
        ...

    def make_key(self) -> bytes:
        """Make an own key with the program's means; its certificate."""
        ...

    def learn(self, certificate: bytes) -> None:
        """Take in the therapist's certificate."""
        ...

    def send(self, letter: Written) -> None:
        """Write a letter, sealed and signed, and send it."""
        ...

    def read(self) -> Seen:
        """Open the newest mail in the mailbox."""
        ...


def ran(command: Sequence[object], stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
    """What a program prints; the test fails where the program does."""
    given = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(environment or {})}
    done = subprocess.run([str(each) for each in command], input=stdin, capture_output=True, env=given, timeout=SECONDS)
    assert done.returncode == 0, (command[0], done.returncode, done.stderr.decode("utf-8", "replace"))
    return done.stdout


def wait_until(happened: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Look again and again until something has happened."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.1)


def quoted_below(letter: Written) -> str:
    """The whole body: what was typed, and the letter that is answered below it."""
    if not letter.answered:
        return f"{letter.text}\n"
    lines = "".join(f"> {line}".rstrip() + "\n" for line in letter.answered.splitlines())
    return f"{letter.text}\n\nOn Mon, 2 Mar 2026 at 10:00, Dr Orla Fenwick wrote:\n{lines}"


def entity_of(letter: Written) -> bytes:
    """A letter as what is to be sealed, made by Python's own library of mail."""
    made = EmailMessage(policy=email.policy.SMTP)
    made["Subject"] = letter.subject
    made.set_content(quoted_below(letter))
    if letter.enclosure:
        made.add_attachment(
            letter.enclosure.read_bytes(), maintype="application", subtype="pdf", filename=letter.enclosure.name
        )
    made.set_param("protected-headers", "v1")
    return made.as_bytes()


def sealed_mail(mailbox: Mailbox, letter: Written, armor: bytes, subject: str = "...") -> bytes:
    """The mail around `armor`, as RFC 3156 has it; `subject` stands outside."""
    identity = email.utils.make_msgid(domain=mailbox.address.partition("@")[2])
    return (
        (
            f"From: {mailbox.name} <{mailbox.address}>\nTo: <{letter.recipient}>\n"
            f"Subject: {Header(subject, 'utf-8').encode()}\n"
            f"Date: {email.utils.formatdate(localtime=True)}\nMessage-ID: {identity}\nMIME-Version: 1.0\n"
            'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="=-=b"\n\n'
            "--=-=b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--=-=b\n"
            'Content-Type: application/octet-stream; name="encrypted.asc"\n\n'
        ).encode()
        + armor.strip()
        + b"\n--=-=b--\n"
    )


def armor_of(raw: bytes) -> bytes:
    """The armor in a sealed mail, found with Python's own parser."""
    mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
    _, sealed = mail.iter_parts()
    return bytes(sealed.get_content())


def seen_in(entity: bytes, *, is_signature_good: bool) -> Seen:
    """What Python's own parser reads in an opened entity."""
    opened = email.message_from_bytes(entity, policy=email.policy.SMTP)
    assert isinstance(opened, EmailMessage)
    body = opened.get_body(("plain",))
    assert body is not None
    enclosed = {str(part.get_filename()): bytes(part.get_content()) for part in opened.iter_attachments()}
    return Seen(body.get_content().replace("\r\n", "\n"), is_signature_good, str(opened["Subject"]), enclosed)
