"""What all days of one worker share: a mail host behind two fault proxies, a practice, and its clients."""

import imaplib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from tests.soak.correspondence import INCOMING, NAMES, Written
from tests.soak.desk import Desk
from tests.soak.fault import Wire
from tests.soak.fault_proxy import FaultProxy
from tests.soak.harm import Disk, kill_agents
from tests.support.hostile import new_authority
from tests.support.mailhost import MailHost
from tests.support.posts import PASSWORD
from tests.support.practices import Writer, Writers, introduce, practice_in, writers_to
from therapymail.config import HostSettings, Security, write_settings
from therapymail.pgp.certificate_packets import encryption_key_ids
from therapymail.pgp.own_key import own_certificate
from therapymail.practice.introduce import verify_client

THERAPIST, USERS = "orla", {"HERON": "maren", "LINDEN": "tomas"}
_OLD = timedelta(days=300)  # the practice and every key in it
INBOX, SENT = "INBOX", "Sent"


@dataclass(frozen=True)
class Place:
    """Where one day is worked: the practice's copy and its run directory; all of it goes at the end."""

    practice: Path
    memory: Path
    outside: Path  # home and temporary directory of its processes, and their log

    @property
    def log(self) -> Path:
        """What its processes printed, every library's DEBUG lines among it."""
        return self.outside / "log"

    @property
    def environment(self) -> dict[str, str]:
        """All that its processes get."""
        outside = str(self.outside)
        return {
            "PATH": os.environ["PATH"],
            "HOME": outside,
            "TMPDIR": outside,
            "XDG_RUNTIME_DIR": str(self.memory),
            "LANG": "C.UTF-8",
        }


class World:
    """A context manager; days are worked in it one after another."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._make(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _make(self, stack: ExitStack) -> None:
        directory = Path(tempfile.mkdtemp(prefix="tm-soak-", dir="/tmp"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        self.desk = stack.enter_context(Desk())
        self.disk = stack.enter_context(Disk(directory / "disk"))
        memory = Path(tempfile.mkdtemp(prefix="tm-soak-", dir="/dev/shm"))
        stack.callback(shutil.rmtree, memory, ignore_errors=True)
        self.memory = stack.enter_context(Disk(memory))
        self._directory = directory
        self._host = MailHost(directory / "host")
        stack.callback(self._host.stop, wipe=True)
        self._facts = self._host.start(dict.fromkeys((THERAPIST, *USERS.values()), PASSWORD))
        authority = new_authority(directory)
        self.proxies = {
            wire: stack.enter_context(FaultProxy(wire, self._behind(port), authority))
            for wire, port in ((Wire.IMAP, "imap"), (Wire.SMTP, "submission"))
        }
        self._make_practice(stack)

    def _behind(self, service: str) -> HostSettings:
        return HostSettings("127.0.0.1", self._facts.ports[service], Security.STARTTLS, THERAPIST)

    def _make_practice(self, stack: ExitStack) -> None:
        """The practice as every day finds it in the morning, and what the clients have written to it."""
        imap, smtp = (self.proxies[wire].settings for wire in Wire)
        begun = datetime.now(UTC) - _OLD
        made = stack.enter_context(
            practice_in(self._directory, imap, PASSWORD, email=address_of(THERAPIST), smtp=smtp, clock=lambda: begun)
        )
        self.writers: Writers = stack.enter_context(writers_to(made, self._directory))
        stack.callback(kill_agents, self._directory / "writers")
        self.people: dict[str, Writer] = {}
        for code, user in USERS.items():
            self.people[code] = self.writers.add(NAMES[code], address_of(user))
            introduce(made, code, self.people[code])
            verify_client(made, code, self.people[code].fingerprint, "in person")
        write_settings(made.paths.config, replace(made.settings, undo_seconds=0.0))
        self.own_key = made.settings.own_key
        self.parts = {code: encryption_key_ids(person.certificate) for code, person in self.people.items()}
        with made.gpg() as gpg:  # under no code: our own
            self.parts[""] = encryption_key_ids(own_certificate(gpg, self.own_key))
        made.session.end()
        kill_agents(made.paths.gnupg)
        self._made = made.paths.home
        self.writers.gpg = replace(self.writers.gpg, now=None)
        self._mails = {letter: self._sealed(letter) for letter in INCOMING}

    def _sealed(self, letter: Written) -> bytes:
        return self.writers.letter(self.people[letter.code], letter.whole, subject=letter.subject)

    # --- a day's place and mailboxes -----------------------------------------------------------------

    @contextmanager
    def place(self) -> Iterator[Place]:
        """A copy of the practice and empty mailboxes."""
        self._empty_mailboxes()
        outside = Path(tempfile.mkdtemp(prefix="tm-day-", dir="/tmp"))
        place = Place(self.disk.directory / outside.name, self.memory.directory / outside.name, outside)
        try:
            place.memory.mkdir(mode=0o700)
            shutil.copytree(self._made, place.practice, ignore=shutil.ignore_patterns("S.*", "*.lock", ".#*"))
            place.practice.chmod(0o700)
            yield place
        finally:
            kill_agents(place.practice / "gnupg")
            for directory in (place.practice, place.memory, outside):
                shutil.rmtree(directory, ignore_errors=True)

    def deliver(self, *letters: Written) -> None:
        """Put letters of clients' into the therapist's INBOX."""
        with self.visit(THERAPIST) as session:
            for letter in letters:
                answer, _ = session.append(INBOX, "", imaplib.Time2Internaldate(time.time()), self._mails[letter])
                assert answer == "OK"

    @contextmanager
    def visit(self, user: str) -> Iterator[imaplib.IMAP4]:
        """A session of somebody's other mail program."""
        session = imaplib.IMAP4("127.0.0.1", self._facts.ports["imap"], timeout=20)
        try:
            session.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
            yield session
        finally:
            session.logout()

    def mails(self, user: str) -> dict[str, list[bytes]]:
        """Every mail of somebody's, by folder, as it lies on the host's disk."""
        root = Path(self._facts.data, "home", user, "Maildir")
        found: dict[str, list[bytes]] = {INBOX: []}
        for path in (*root.glob("cur/*"), *root.glob("new/*"), *root.glob(".*/cur/*"), *root.glob(".*/new/*")):
            folder = path.parent.parent
            found.setdefault(INBOX if folder == root else folder.name[1:], []).append(path.read_bytes())
        return found

    def take_away(self, *, everything: bool) -> dict[str, list[tuple[bytes, str]]]:
        """Empty the therapist's INBOX, or every folder; what was there, for `put_back`."""
        taken = {}
        with self.visit(THERAPIST) as session:
            for folder in _folders(session) if everything else [INBOX]:
                taken[folder] = _mails_in(session, folder)
                if taken[folder]:
                    session.store("1:*", "+FLAGS", "(\\Deleted)")
                    session.expunge()
        return taken

    def put_back(self, taken: dict[str, list[tuple[bytes, str]]]) -> None:
        """As a mail host does from its own backup: the mails are there again, under other numbers."""
        with self.visit(THERAPIST) as session:
            for folder, mails in taken.items():
                for raw, date in mails:
                    session.append(folder, "", date, raw)

    def renumber(self, *, everything: bool) -> None:
        """Give the therapist's INBOX, or every folder, another UIDVALIDITY."""
        with self.visit(THERAPIST) as session:
            folders = _folders(session) if everything else [INBOX]
        value = str(int(time.time()) + 1_000)
        configuration = str(Path(self._facts.run) / "dovecot.conf")
        for folder in folders:
            command = ["doveadm", "-c", configuration, "mailbox", "update", "--uid-validity", value]
            subprocess.run([*command, "-u", THERAPIST, folder], check=True, capture_output=True)

    def files_of_host(self) -> Iterator[tuple[Path, bytes]]:
        """All that the mail host keeps."""
        for path in Path(self._facts.data).rglob("*"):
            if path.is_file():
                yield path, path.read_bytes()

    def _empty_mailboxes(self) -> None:
        for user in (THERAPIST, *USERS.values()):
            shutil.rmtree(Path(self._facts.data, "home", user, "Maildir"), ignore_errors=True)


def address_of(user: str) -> str:
    """Somebody's mail address."""
    return f"{user}@practice.test"


def _folders(session: imaplib.IMAP4) -> list[str]:
    _, lines = session.list()
    return sorted(line.decode().rpartition(' "/" ')[2].strip('"') for line in lines if isinstance(line, bytes))


def _mails_in(session: imaplib.IMAP4, folder: str) -> list[tuple[bytes, str]]:
    """Each mail of a folder, and its date as APPEND takes it; the folder stays selected."""
    _, (count,) = session.select(folder)
    if not count or not int(count):
        return []
    _, parts = session.fetch("1:*", "(INTERNALDATE BODY.PEEK[])")
    found = []
    for part in parts:
        if isinstance(part, tuple):
            date = re.search(rb'INTERNALDATE ("[^"]+")', part[0])
            assert date
            found.append((part[1], date[1].decode()))
    return found
