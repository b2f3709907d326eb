"""Synchronising: send what is due, then bring every new mail of every client into the record, once."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from therapymail.domain.attribution import REPORT_OF_UNKNOWN, Correspondents
from therapymail.domain.kinds import LetterState, Standing
from therapymail.domain.letter import Filing
from therapymail.errors import TherapymailError, VaultLocked
from therapymail.mail.folder import FolderRole
from therapymail.mail.mailbox import Mailbox
from therapymail.pgp.bulk import BulkOpener
from therapymail.practice.arrival import ArrivalReader, PassedOver
from therapymail.practice.arrivals import arrivals
from therapymail.practice.candidates import ACCOUNT, Candidates, FolderWork, gather
from therapymail.practice.catching_up import bring_blocks_up_to_date
from therapymail.practice.correspondents import clients_answered, read_correspondents
from therapymail.practice.depart import depart_due
from therapymail.practice.departed import Departed
from therapymail.practice.intake import IncomingReader, Intake
from therapymail.practice.key_finder import KeyFinder, finder_for
from therapymail.practice.keyring import clients_keyring, write_clients_keyring
from therapymail.practice.letters_again import read_letters_of_keys
from therapymail.practice.mailbox import open_mailbox
from therapymail.practice.open_again import open_again
from therapymail.practice.practice import Practice
from therapymail.practice.renewals import renew
from therapymail.practice.sent_copy import learn_who_files, make_copies
from therapymail.practice.settle import settle_what_shows
from therapymail.practice.single_run import only_run
from therapymail.vault import filing, places, restored
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.courses import bring_courses_up_to_date

OPENERS = 2  # long-lived gpg processes; a third gains nothing, gpg-agent serialises the private key (LAB 3d)


@dataclass(frozen=True)
class SyncProgress:
    """How far a sync is: mails filed of those found, and seconds since it began to fetch."""

    filed: int
    found: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Mails filed a second so far."""
        return self.filed / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class SyncRequest:
    """What to synchronise: `full` looks through every folder's whole history again, and tries sealed letters."""

    full: bool = False


@dataclass(frozen=True)
class SyncResult:
    """What one synchronising did (counts), and in how many seconds.

    `sent` are letters of ours that left, `departed` says how each stands that was to; `uncertain` are all in the
    outbox of which nobody knows whether they were sent.
    `skipped` are copies of letters already in the record and mails that are nobody's here; `strangers`
    are sealed mails of unknown senders, left on the server; `notes` are codes for what a person should know.
    """

    fetched: int = 0
    opened: int = 0
    unopened: int = 0
    proposed: int = 0
    set_aside: int = 0
    sent: int = 0
    uncertain: int = 0
    skipped: int = 0
    strangers: int = 0
    seconds: float = 0.0
    stopped: bool = False
    notes: tuple[str, ...] = ()
    departed: Departed = field(default_factory=Departed)


Progress = Callable[[SyncProgress], None]


def sync(
    practice: Practice,
    request: SyncRequest,
    progress: Progress = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
    told: Callable[[Departed], None] = lambda _: None,
) -> SyncResult:
    """Send what is due; then fetch, open and file what is new; overlapping, newest first, resumable at any point.

    Sending and receiving do not wait for each other's host: what keeps a letter from leaving is said of the
    letter, and `told` hears how each stands before the mailbox is opened. What falls due while much is fetched
    leaves between two batches. `stopped` is asked between letters and batches; what was done by then is kept.
    Raises VaultLocked, AnotherRun, the errors of mail.account.connect and of the mailbox, FileUnusable.
    """
    began = time.monotonic()
    with only_run(practice.paths), practice.vault() as vault:
        departed = Departed()

        def send_what_is_due() -> bool:
            nonlocal departed
            if departed.trouble is None and (left := depart_due(practice, vault, stopped=stopped)):
                told(left)
                departed = departed.and_then(left)
            return stopped()

        send_what_is_due()
        with open_mailbox(practice, vault) as mailbox:
            result = receive(practice, vault, mailbox, request, progress, send_what_is_due)
            make_copies(practice, vault, mailbox)  # after it: a host that breaks off at a copy keeps no mail from us
            uncertain = settle_what_shows(practice, vault, mailbox)
    again = open_again(practice).opened if request.full else 0
    return replace(
        result,
        opened=result.opened + again,
        unopened=max(0, result.unopened - again),
        sent=len(departed.sent),
        uncertain=len(uncertain),
        departed=departed,
        seconds=time.monotonic() - began,
    )


def receive(
    practice: Practice,
    vault: Vault,
    mailbox: Mailbox,
    request: SyncRequest,
    progress: Progress = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> SyncResult:
    """One pass over an open mailbox, as `sync`; the caller holds the lock, the vault and the connection."""
    known = read_correspondents(practice, vault)
    candidates = gather(mailbox, vault, known, practice.settings, full=request.full)
    taking_in = TakingIn(practice, vault, candidates, progress, stopped)
    for work in candidates.work:
        if work.places_void:
            taking_in.forget_places(work)
        if not work.uids:
            taking_in.settle(work)
    if candidates.found:
        taking_in.run(mailbox, known)
        taking_in.read_again()
    for work in candidates.work:
        if work.folder.role is FolderRole.SENT:
            learn_who_files(practice, vault, work.folder.name)
    with vault.writing(durable=False) as writer:
        bring_courses_up_to_date(writer)
        if not taking_in.result().stopped:
            restored.mailbox_was_read(writer)
    bring_blocks_up_to_date(vault)
    return taking_in.result()


class TakingIn:
    """The letters of one sync on their way into the record, and the count of what became of them."""

    def __init__(
        self,
        practice: Practice,
        vault: Vault,
        candidates: Candidates,
        progress: Progress,
        stopped: Callable[[], bool],
    ) -> None:
        self._practice = practice
        self._vault = vault
        self._candidates = candidates
        self._progress = progress
        self._stopped = stopped
        self._outstanding = {work.folder.name: len(work.uids) for work in candidates.work}
        self._reports: list[Filing] = []
        self._renewed: set[str] = set()
        self._work = {work.folder.name: work for work in candidates.work}
        self._result = SyncResult(
            strangers=sum(len(work.strangers) for work in candidates.work), notes=candidates.notes
        )

    def result(self) -> SyncResult:
        """The counts so far."""
        return self._result

    def run(self, mailbox: Mailbox, known: Correspondents) -> None:
        """Fetch, open and file every candidate. Raises what fetching, opening or filing raises, all kept."""
        keyring = clients_keyring(self._practice)
        generation = self._practice.session.generation()
        finder = finder_for(self._practice, self._vault, known)
        openers = [partial(self._opener, keyring, known, finder)] * OPENERS
        intake = Intake(arrivals(mailbox, self._candidates.work), openers, expected=self._candidates.found)
        began = time.monotonic()
        try:
            for batch in intake.batches():
                self._end_if_locked(generation)
                self._file(batch)
                self._progress(SyncProgress(self._result.fetched, self._candidates.found, time.monotonic() - began))
                if self._stopped():
                    self._result = replace(self._result, stopped=True)
                    break
        except TherapymailError:
            # A lock takes keyring and passphrase away from under the openers: they fail, and it is the reason.
            self._end_if_locked(generation)
            raise
        self._recognise_reports(known)

    def _end_if_locked(self, generation: int) -> None:
        if self._practice.session.generation() != generation:
            raise VaultLocked from None

    def _recognise_reports(self, known: Correspondents) -> None:
        """Accept delivery reports about letters of ours that were filed after them: newest mail comes first."""
        for report in self._reports:
            about = clients_answered(self._vault, known, report.in_reply_to, only_ours=True)
            if report.client in {client.identity for client in about}:
                notes = tuple(note for note in report.notes if note != REPORT_OF_UNKNOWN)
                with self._vault.writing(durable=False) as writer:
                    recognised = replace(report, standing=Standing.ACCEPTED, notes=notes)
                    filing.refile(writer, recognised, self._practice.clock())
                self._result = replace(self._result, proposed=self._result.proposed - 1)

    @contextmanager
    def _opener(self, keyring: Path, known: Correspondents, finder: KeyFinder) -> Iterator[IncomingReader]:
        with self._practice.gpg(keyring) as gpg, BulkOpener(gpg) as opener:
            yield ArrivalReader(opener, known, partial(clients_answered, self._vault, known), finder)

    def _file(self, batch: list[Filing | PassedOver]) -> None:
        wanted = [item for item in batch if isinstance(item, Filing)]
        where = [place for item in batch for place in (item.places if isinstance(item, Filing) else (item.place,))]
        with self._vault.writing(durable=False) as writer:
            filed = filing.file_letters(writer, wanted, self._practice.clock())
            for place in where:
                self._outstanding[place.folder] -= 1
            for name in {place.folder for place in where}:
                if self._outstanding[name] == 0:
                    _settle(writer, self._work[name])
        self._renew(wanted)
        new = {item.digest: item for item, outcome in zip(wanted, filed, strict=True) if outcome.is_new}
        self._count(len(batch), list(new.values()))
        self._reports += [replace(item, original=None) for item in new.values() if REPORT_OF_UNKNOWN in item.notes]

    def _renew(self, filings: list[Filing]) -> None:
        """Take in what letters say anew of keys that are pinned (PGP.md K4)."""
        for key in (key for item in filings for key in item.keys if key.newer):
            if renew(self._practice, self._vault, key.fingerprint, key.newer):
                self._renewed.add(key.fingerprint)

    def read_again(self) -> None:
        """Look again at letters that came before the copy of a key that says who signed them."""
        if self._renewed:
            write_clients_keyring(self._practice)
            read_letters_of_keys(self._practice, self._renewed)

    def forget_places(self, work: FolderWork) -> None:
        """Drop what is remembered of a renumbered folder; its letters stay, and get their new places as they come."""
        with self._vault.writing(durable=False) as writer:
            places.drop_places(writer, ACCOUNT, work.folder.name)

    def settle(self, work: FolderWork) -> None:
        """Set the bookmark of a folder from which nothing is to be fetched."""
        with self._vault.writing(durable=False) as writer:
            _settle(writer, work)

    def _count(self, fetched: int, new: list[Filing]) -> None:
        so_far = self._result
        opened = sum(item.state is LetterState.OPENED for item in new)
        self._result = replace(
            so_far,
            fetched=so_far.fetched + fetched,
            opened=so_far.opened + opened,
            unopened=so_far.unopened + len(new) - opened,
            proposed=so_far.proposed + sum(item.standing is Standing.PROPOSED for item in new),
            set_aside=so_far.set_aside + sum(item.standing is Standing.SET_ASIDE for item in new),
            skipped=so_far.skipped + fetched - len(new),
        )


def _settle(writer: Writer, work: FolderWork) -> None:
    name, uidvalidity = work.folder.name, work.bookmark.uidvalidity
    places.set_bookmark(writer, ACCOUNT, work.bookmark)
    places.set_searched_addresses(writer, ACCOUNT, name, uidvalidity, work.searched)
    places.note_strangers(writer, [work.place(uid) for uid in work.strangers])
    places.remove_places(writer, ACCOUNT, name, uidvalidity, work.gone)
