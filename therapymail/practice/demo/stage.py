"""The fictional practice, put on stage: a post office with every mail of the story, and a practice that received it.

Everything goes the ordinary way: setup, client add, sync, accept, kind, tag, on real gpg, SQLCipher, IMAP and
TLS, in a directory of its own that goes when the stage is struck.
"""

import contextlib
import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from datetime import time as time_of_day
from pathlib import Path

from therapymail.config import Settings
from therapymail.domain.kinds import Kind
from therapymail.errors import LetterUnknown
from therapymail.mail.post_office import PostOffice
from therapymail.paths import PracticePaths, make_private_directory, run_directory
from therapymail.pgp.agent import AgentConnection
from therapymail.pgp.armor import dearmor
from therapymail.pgp.home import make_home
from therapymail.pgp.own_key import own_certificate
from therapymail.pgp.runner import Gpg
from therapymail.practice.accept import accept_letter, set_kind
from therapymail.practice.clock import SetClock
from therapymail.practice.demo import envelopes
from therapymail.practice.demo.answering import ClientsAtHome
from therapymail.practice.demo.notebook import write_down
from therapymail.practice.demo.tale import Story, StoryClient, StoryMail, read_story
from therapymail.practice.demo.work import agree_as_told, go_on
from therapymail.practice.demo.writers import Writers, make_writers
from therapymail.practice.introduce import ClientChange, NewClient, add_client, edit_client, verify_client
from therapymail.practice.keys import import_key
from therapymail.practice.practice import Practice
from therapymail.practice.receive import SyncRequest, SyncResult, sync
from therapymail.practice.setup import SetupRequest, set_up
from therapymail.practice.setup_key import KeyChoice, KeySource
from therapymail.practice.tag import tag_letter
from therapymail.vault import letters

_BEGINNING = time_of_day(9)
_UNDO_SECONDS = 5.0  # a visitor wants to see what comes back


@dataclass(frozen=True)
class Stage:
    """The practice on stage, and what was received; `names` are the letters' names by the story's mail ids.

    Its time stands still where the story ends; `clock` goes on from there. `clients` take what is sent to them.
    """

    practice: Practice
    story: Story
    names: Mapping[str, str]
    received: tuple[SyncResult, ...]
    clock: SetClock
    clients: ClientsAtHome

    @property
    def visited(self) -> Practice:
        """The practice as a visitor finds it: its time goes on."""
        return replace(self.practice, clock=self.clock)


@contextmanager
def staged(environment: Mapping[str, str], tell: Callable[[str], None] = lambda _: None) -> Iterator[Stage]:
    """The fictional practice in a new temporary directory, its post office alive until the block ends.

    `tell` hears what is being done. Raises GnupgMissing, GnupgUnusable, FileUnusable; never touches any other
    practice or GnuPG home.
    """
    directory = Path(tempfile.mkdtemp(prefix="tm-demo-"))
    try:
        story, password = read_story(), secrets.token_urlsafe(18)
        with PostOffice(
            make_private_directory(directory / "post-office"), {story.therapist.address: password}
        ) as office:
            stage = _Scenery(directory, office, password, environment, tell)
            try:
                with stage.play() as played:
                    yield played
            finally:
                stage.strike()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class _Scenery:
    """The parts of one performance, and the order in which they are used."""

    def __init__(
        self,
        directory: Path,
        office: PostOffice,
        password: str,
        environment: Mapping[str, str],
        tell: Callable[[str], None],
    ) -> None:
        self._directory = directory
        self._office = office
        self._tell = tell
        self._story = read_story()
        self._password = password
        self._paths = PracticePaths(directory / "practice")
        self._run = run_directory(self._paths, environment)
        self._environment = environment
        self._ciphertexts: dict[str, bytes] = {}
        self._digests: dict[str, bytes] = {}

    @contextmanager
    def play(self) -> Iterator[Stage]:
        """Make everything, in the order of the story; then the clients are at home until the block ends."""
        story = self._story
        self._tell("making the practice of Dr Orla Fenwick and her clients' keys")
        practice = self._made_practice()
        with self._run.process_directory() as run_directory, practice.gpg() as therapist:
            writers = self._writers(run_directory, therapist, practice.settings.own_key)
            for client in story.clients:
                self._introduce(practice, client, writers)
                agree_as_told(practice, client.code, client.agreements[0])
            received = self._correspond(practice, writers)
            now = self._at(practice, story.now)
            names = self._names(now)
            self._tell("marking kinds and tags, writing notes")
            self._mark(now, names)
            write_down(now, story, names)
            self._office.clock = clock = SetClock.going_on_from(story.now)
            with ClientsAtHome(writers, clock, self._deliver) as clients:
                self._office.hand_out(clients.addresses, clients.receive)
                yield Stage(now, story, names, received, clock, clients)

    def strike(self) -> None:
        """End the agents of this performance and forget what lay in the run directory."""
        for home in (self._paths.gnupg, self._clients_home):
            if home.exists():
                with AgentConnection(home) as agent:
                    agent.kill()
        shutil.rmtree(self._run.shared, ignore_errors=True)

    def _deliver(self, raw: bytes, received: datetime) -> None:
        self._office.append(self._story.therapist.address, "INBOX", raw, received)

    @property
    def _clients_home(self) -> Path:
        return self._directory / "clients"

    def _made_practice(self) -> Practice:
        therapist = self._story.therapist
        settings = Settings(
            name=therapist.name,
            email=therapist.address,
            own_key="",
            zone=therapist.zone,
            imap=self._office.imap_settings(therapist.address),
            smtp=self._office.smtp_settings(therapist.address),
            undo_seconds=_UNDO_SECONDS,
            demo=True,
        )
        start = max(client.keys[0].since for client in self._story.clients)
        founded = datetime.combine(start, _BEGINNING, UTC)
        practice = self._at(Practice(self._paths, settings, self._run, lambda: founded, self._environment), founded)
        made = set_up(practice, SetupRequest(KeyChoice(KeySource.NEW), self._password, self._password))
        return replace(practice, settings=replace(settings, own_key=made.key.fingerprint))

    @staticmethod
    def _at(practice: Practice, moment: datetime) -> Practice:
        """The same practice at another time of the story."""
        return replace(practice, clock=SetClock(moment), is_clock_set=True)

    def _writers(self, run_directory: Path, therapist: Gpg, own_key: str) -> Writers:
        make_home(self._clients_home)
        clients = Gpg(homedir=self._clients_home, run_directory=run_directory)
        return make_writers(self._story, clients, therapist, own_key, own_certificate(therapist, own_key))

    def _introduce(self, practice: Practice, client: StoryClient, writers: Writers) -> None:
        first = writers.certificates[(client.code, "first")].read_bytes()
        add_client(practice, NewClient(client.code, client.name, (client.address,), first, client.zone))
        fingerprint = writers.fingerprints[(client.code, "first")]
        verify_client(practice, client.code, fingerprint, "read out on the telephone at the start")

    def _correspond(self, practice: Practice, writers: Writers) -> tuple[SyncResult, ...]:
        """Deliver and receive in two parts, before and after a client's new key was confirmed by a code word."""
        renewed = [(client, key) for client in self._story.clients for key in client.keys if key.accepted]
        received, sent = [], 0
        for client, key in renewed:
            turn = key.accepted or self._story.now
            part = [mail for mail in self._story.mails if mail.received <= turn]
            received.append(self._deliver_and_receive(self._at(practice, turn), part[sent:], writers))
            sent = len(part)
            self._renew_key(self._at(practice, turn), client, key.name, writers)
        go_on(story=self._story, at=lambda moment: self._at(practice, moment))
        rest = self._story.mails[sent:]
        received.append(self._deliver_and_receive(self._at(practice, self._story.now), rest, writers))
        return tuple(received)

    def _deliver_and_receive(
        self, practice: Practice, mails: tuple[StoryMail, ...] | list[StoryMail], writers: Writers
    ) -> SyncResult:
        self._tell(f"sealing and delivering {len(mails)} mails")
        for mail in mails:
            folder = "Sent" if mail.direction == "out" else "INBOX"
            self._office.append(self._story.therapist.address, folder, self._raw(mail, writers), mail.received)
        self._tell("synchronising: fetching, opening, filing")
        return sync(practice, SyncRequest())

    def _raw(self, mail: StoryMail, writers: Writers) -> bytes:
        """The mail as it goes over the wire; a resend carries the ciphertext of the first."""
        if mail.seal == "none":
            raw = envelopes.plain_mail(self._story, mail)
            self._digests[mail.id] = hashlib.sha256(raw).digest()
            return raw
        ciphertext = self._ciphertexts.get(mail.resend_of or "")
        if ciphertext is None:
            ciphertext = writers.seal(mail, envelopes.inner_entity(self._story, mail))
        self._ciphertexts[mail.id] = ciphertext
        self._digests[mail.id] = hashlib.sha256(dearmor(ciphertext)).digest()
        return envelopes.sealed_mail(self._story, mail, ciphertext)

    def _renew_key(self, practice: Practice, client: StoryClient, key: str, writers: Writers) -> None:
        """What the therapist did once the code word matched: pin the new key, confirm it, accept what came with it."""
        name = (client.code, key)
        import_key(practice, writers.certificates[name].read_bytes(), client.code)
        edit_client(practice, client.code, ClientChange(pin=writers.fingerprints[name]))
        verify_client(practice, client.code, writers.fingerprints[name], "code word, two mails")
        names = self._names(practice)
        for mail in self._story.mails_of(client.code):
            if mail.expected.proposed and mail.expected.settled == "accepted" and mail.id in names:
                accept_letter(practice, names[mail.id])

    def _names(self, practice: Practice) -> dict[str, str]:
        """The names that the record gave to the story's mails."""
        found = {}
        with practice.vault() as vault, vault.reading() as reader:
            for mail_id, digest in self._digests.items():
                with contextlib.suppress(LetterUnknown):
                    found[mail_id] = str(letters.letter_by_digest(reader, digest).name)
        return found

    def _mark(self, practice: Practice, names: Mapping[str, str]) -> None:
        for mail in self._story.mails:
            name = names.get(mail.id)
            if name is None or mail.resend_of:
                continue
            if mail.expected.proposed and mail.expected.settled == "accepted":
                accept_letter(practice, name)
            if (kind := story_kind(mail)) not in {Kind.LETTER, Kind.RESPONSE, Kind.BOUNCE}:
                set_kind(practice, name, kind)
            if mail.tags:
                tag_letter(practice, name, [f"+{story_tag(tag)}" for tag in mail.tags])


def story_kind(mail: StoryMail) -> Kind:
    """The kind the therapist gives to a mail of the story; one after the closing is news, and owed no answer."""
    return Kind.UPDATE if mail.kind == "other" else Kind(mail.kind)


def story_tag(tag: str) -> str:
    """A theme of the story as a tag."""
    return tag.replace(" ", "-")
