"""A practice that sends: its mail host, and clients there with mailboxes of their own and confirmed keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.support.posts import PASSWORD, Post
from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from therapymail.config import HostSettings
from therapymail.domain.draft import DraftContent, DraftName
from therapymail.domain.letter import Letter
from therapymail.domain.listing import ListFilter
from therapymail.domain.outbox import OutboxEntry
from therapymail.mail.account import connect
from therapymail.mail.fetching import FetchedMail
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.single import SingleOpener
from therapymail.practice import outbox, write
from therapymail.practice.depart import depart
from therapymail.practice.departed import Departed
from therapymail.practice.introduce import verify_client
from therapymail.practice.mailbox import IMAP_SECRET, SMTP_SECRET, kept_under
from therapymail.practice.outbox import SendRequest
from therapymail.practice.practice import Practice
from therapymail.vault import letters, secrets

CODES = ("HERON", "LINDEN")
NAMES = {"HERON": "Maren Wolfgrimsdottir", "LINDEN": "Tomas Thistledown"}
SUBJECT, TEXT = "About the xqthunderstorm", "Good morning,\n\nyour xqlighthouse stayed with me.\n\nOrla\n"
MARKED = ("xqthunderstorm", "xqlighthouse")


@dataclass
class Clock:
    """The practice's time: the machine's, and as much later as a test says."""

    later: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        """Now."""
        return datetime.now(UTC) + self.later


@dataclass
class Sending:
    """A practice on a mail host with the clients HERON and LINDEN, who have mailboxes there too."""

    practice: Practice
    post: Post
    user: str
    writers: Writers
    clients: dict[str, Writer]
    users: dict[str, str]  # the clients' logins
    clock: Clock

    def draft(self, code: str = "HERON", text: str = TEXT, subject: str = SUBJECT) -> DraftName:
        """A draft to a client."""
        return write.start_draft(self.practice, code, DraftContent(subject, text)).name

    def released(self, code: str = "HERON", text: str = TEXT, subject: str = SUBJECT) -> DraftName:
        """A draft that is to leave now."""
        name = self.draft(code, text, subject)
        outbox.send(self.practice, SendRequest(name, at_once=True))
        return name

    def entry(self, name: DraftName) -> OutboxEntry:
        """Where a draft is in the outbox."""
        return outbox.show(self.practice, name)

    def depart(self) -> Departed:
        """Send what is due."""
        return depart(self.practice)

    def using(self, smtp: HostSettings | None = None, imap: HostSettings | None = None) -> "Sending":
        """The same practice over other hosts, its passwords known for them too."""
        settings = self.practice.settings
        with self.practice.vault() as vault, vault.writing() as writer:
            for protocol, host in ((SMTP_SECRET, smtp), (IMAP_SECRET, imap)):
                if host is not None:
                    secrets.put_secret(writer, kept_under(protocol, host), PASSWORD)
        changed = replace(settings, smtp=smtp or settings.smtp, imap=imap or settings.imap)
        return replace(self, practice=replace(self.practice, settings=changed))

    def letters(self) -> list[Letter]:
        """Every letter on the record, oldest first."""
        with self.practice.vault() as vault, vault.reading() as reader:
            return letters.list_letters(reader, ListFilter(limit=10_000))[::-1]

    def letter(self, name: DraftName) -> Letter:
        """The letter that a draft has become."""
        entry = self.entry(name)
        return next(letter for letter in self.letters() if letter.name == entry.letter)

    def arrived(self, code: str = "HERON") -> list[bytes]:
        """The mails in a client's INBOX."""
        return self.mails(self.users[code], "INBOX")

    def in_sent(self) -> list[bytes]:
        """The mails in the practice's Sent folder."""
        return self.mails(self.user, "Sent")

    def mails(self, user: str, folder: str) -> list[bytes]:
        """The mails in a folder of anybody's."""
        with connect(self.post.imap(user), PASSWORD, timeout=20) as mailbox:
            mailbox.open(folder)
            return [mail.raw for mail in mailbox.fetch(mailbox.uids()) if isinstance(mail, FetchedMail)]

    def opened_by_client(self, raw: bytes) -> OpenedMail:
        """A mail as its client opens it."""
        return open_mail(raw, SingleOpener(self.writers.gpg))


@contextmanager
def sending_over(post: Post, begins: datetime | None = None) -> Iterator[Sending]:
    """A practice on fresh mailboxes of `post`; with `begins` it and every key are made then, and its clock goes on."""
    user, *others = [post.new_user() for _ in range(1 + len(CODES))]
    clock, email = Clock() if begins is None else Clock(begins - datetime.now(UTC)), post.address(user)
    shown, smtp = None if begins is None else clock, post.smtp(user)
    with (
        short_directory() as directory,
        practice_in(directory, post.imap(user), PASSWORD, email=email, smtp=smtp, clock=shown) as made,
        writers_to(made, directory) as writers,
    ):
        practice = replace(made, clock=clock)
        people = {
            code: writers.add(NAMES[code], post.address(other)) for code, other in zip(CODES, others, strict=True)
        }
        for code, person in people.items():
            introduce(practice, code, person)
            verify_client(practice, code, person.fingerprint, "in person")
        yield Sending(practice, post, user, writers, people, dict(zip(CODES, others, strict=True)), clock)
