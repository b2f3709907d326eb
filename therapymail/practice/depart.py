"""Departure: what is due leaves, each letter once, by today's rules; what cannot leave says why and keeps its draft."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from therapymail.domain.draft import Draft, DraftName
from therapymail.domain.mail_headers import new_message_id
from therapymail.domain.outbox import (
    COUNTED,
    Move,
    Obstacle,
    OutboxEntry,
    OutboxState,
    recovered,
    wait_after,
)
from therapymail.domain.sealing import Hindrance, Permit, Refusal
from therapymail.errors import (
    DraftUnknown,
    FileUnusable,
    GnupgUnusable,
    LoginRefused,
    NotProven,
    OutboxMoved,
    PassphraseNeeded,
    PassphraseWrong,
    SealingFailed,
    SecretUnavailable,
    ServerSaidNo,
    ServerUnreachable,
    TherapymailError,
    TlsRefused,
    UnusableInput,
)
from therapymail.mail.handing_over import Accepted, AnswerLost, Deferred, Outcome, Rejected
from therapymail.mail.offering import Offering, offering
from therapymail.practice.departed import Departed, obstacle_of
from therapymail.practice.mailbox import SMTP_SECRET, account_secret
from therapymail.practice.policy import may_leave, own_key_now
from therapymail.practice.practice import Practice
from therapymail.practice.seal_letter import Ready, Sealer, sealer
from therapymail.practice.sent_copy import copy_sent_letters
from therapymail.practice.single_run import only_run
from therapymail.vault import drafts, outbox, sent
from therapymail.vault.connection import Reader, Vault

_PATIENCE_SECONDS = 30.0  # for a sync under way
Tell = Callable[[str], None]  # one short line a step, for whoever watches


def depart(
    practice: Practice,
    only: DraftName | None = None,
    tell: Tell = lambda _: None,
    stopped: Callable[[], bool] = bool,
    *,
    patience: float = _PATIENCE_SECONDS,
) -> Departed:
    """Send what is due, then make its copies in Sent; `only` one of them.

    A sync that is under way is waited for, `patience` seconds at most; it may send them itself. Raises AnotherRun
    and as `depart_due`.
    """
    with only_run(practice.paths, patience=patience), practice.vault() as vault:
        departed = depart_due(practice, vault, only=only, tell=tell, stopped=stopped)
        if departed.sent and not stopped():
            tell("copy to Sent")
            copy_sent_letters(practice, vault)
    return departed


def depart_due(
    practice: Practice,
    vault: Vault,
    *,
    only: DraftName | None = None,
    tell: Tell = lambda _: None,
    stopped: Callable[[], bool] = bool,
) -> Departed:
    """Send every letter that is due, or `only` this one, over one connection; the caller holds the lock (single_run).

    What an earlier process left in the midst is settled first. `stopped` is asked before each letter.
    Whatever the mail host does is told in the result, not raised. Raises VaultLocked, GnupgMissing, GnupgUnusable.
    """
    found = {entry.draft: entry for entry in recover(practice, vault)}
    with vault.reading() as reader:
        due = [entry for entry in outbox.due(reader, practice.clock()) if only in {None, entry.draft}]
    trouble = None
    if due:
        with ExitStack() as open_things:
            departure = _Departure(practice, vault, tell, open_things)
            for entry in due:
                if stopped():
                    break
                left = departure.leave(entry)
                if left is not None:
                    found[entry.draft] = left
            trouble = departure.trouble
        vault.clear_log()  # the words of drafts that are letters now
    return Departed.of(tuple(found.values()), trouble)


def recover(practice: Practice, vault: Vault) -> tuple[OutboxEntry, ...]:
    """Say of letters that an ended process was sending what is known of them; those that are moved.

    Before DATA nothing can have arrived, so it is tried again at once; after it nobody knows. The caller holds
    the lock of sync and send. Raises VaultLocked.
    """
    with vault.reading() as reader:
        interrupted = [entry for entry in outbox.entries(reader) if recovered(entry.state)]
    if not interrupted:
        return ()
    with vault.writing() as writer:
        return tuple(
            _there(
                outbox.move(
                    writer,
                    entry,
                    recovered(entry.state) or Move.LOSE,
                    practice.clock(),
                    obstacle=Obstacle.PROGRAM_ENDED,
                )
            )
            for entry in interrupted
        )


class _NotPermitted(Exception):
    """The rules have changed since a letter was sealed; nothing of it has left."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.refusal = refusal


class _Departure:
    """One run: the own key is listed, gpg started and the mail host connected when the first letter needs it."""

    def __init__(self, practice: Practice, vault: Vault, tell: Tell, open_things: ExitStack) -> None:
        self._practice = practice
        self._vault = vault
        self._tell = tell
        self._open_things = open_things
        self._own = own_key_now(practice)
        self._sealer: Sealer | None = None
        self._host: Offering | None = None
        self.trouble: TherapymailError | None = None

    def leave(self, entry: OutboxEntry) -> OutboxEntry | None:
        """Let one letter leave, and say how it stands then; None where somebody took it back meanwhile (C9)."""
        try:
            with self._vault.reading() as reader:
                draft = drafts.draft(reader, entry.draft)
                decision = self._decision(reader, entry, draft)
            if isinstance(decision, Refusal):
                return self._kept_back(entry, Move.REFUSE, hindrances=decision.hindrances)
            host = self._connected(entry)
            if host is None:
                assert self.trouble is not None
                return self._kept_back(entry, Move.DEFER, obstacle=obstacle_of(self.trouble))
            return self._seal_and_offer(host, entry, draft, decision)
        except (OutboxMoved, DraftUnknown):  # taken back, perhaps thrown away too
            return None

    def _decision(self, reader: Reader, entry: OutboxEntry, draft: Draft) -> Permit | Refusal:
        decision = may_leave(self._practice, reader, draft, self._own, entry.agreed)
        if isinstance(decision, Permit) and entry.is_overdue(self._practice.clock()):
            return Refusal((Hindrance.OVERDUE,))
        return decision

    def _require_permit(self, reader: Reader, entry: OutboxEntry, draft: Draft) -> None:
        """Ask again before a step that cannot be taken back: a host may take minutes, and the record change."""
        decision = self._decision(reader, entry, draft)
        if isinstance(decision, Refusal):
            raise _NotPermitted(decision)

    def _seal_and_offer(self, host: Offering, entry: OutboxEntry, draft: Draft, permit: Permit) -> OutboxEntry:
        self._tell(f"{entry.draft}: sealing")
        try:
            ready = self._ready(entry, draft, permit)
        except SealingFailed as failed:
            return self._kept_back(entry, Move.REFUSE, obstacle=Obstacle.SEALING_FAILED, hindrances=(failed.hindrance,))
        except NotProven:
            return self._kept_back(entry, Move.REFUSE, obstacle=Obstacle.NOT_PROVEN)
        except UnusableInput:
            return self._kept_back(entry, Move.REFUSE, obstacle=Obstacle.SEALING_FAILED)
        except (PassphraseNeeded, PassphraseWrong):
            return self._kept_back(entry, Move.DEFER, obstacle=Obstacle.LOCKED)
        except (GnupgUnusable, FileUnusable):  # a full disk, an agent that ended: perhaps not so the next time
            return self._kept_back(entry, Move.DEFER, obstacle=Obstacle.SEALING_FAILED)
        try:
            return self._offer(host, entry, draft, ready)
        except _NotPermitted as changed:
            return self._kept_back(entry, Move.REFUSE, hindrances=changed.refusal.hindrances)

    def _ready(self, entry: OutboxEntry, draft: Draft, permit: Permit) -> Ready:
        if self._sealer is None:
            self._sealer = self._open_things.enter_context(sealer(self._practice, self._vault))
        domain = self._practice.settings.email.rpartition("@")[2]
        return self._sealer.make_ready(draft, permit, entry.message_id or new_message_id(domain))

    def _offer(self, host: Offering, entry: OutboxEntry, draft: Draft, ready: Ready) -> OutboxEntry:
        """Hand a sealed letter over. Before each step that cannot be taken back the vault has it on disk.

        Raises _NotPermitted before the first of them.
        """
        letter = ready.letter
        with self._vault.writing() as writer:
            self._require_permit(writer, entry, draft)
            offering_now = _there(outbox.move(writer, entry, Move.OFFER, self._practice.clock()))
            sent.keep_sealed(writer, entry.draft, letter.raw, letter.proof, letter.message_id)
        standing = [offering_now]

        def begin_data() -> None:
            with self._vault.writing() as writer:
                self._require_permit(writer, offering_now, draft)
                standing.append(_there(outbox.move(writer, offering_now, Move.BEGIN_DATA, self._practice.clock())))

        self._tell(f"{entry.draft}: sending")
        try:
            outcome = host.offer(letter, begin_data)
        except _NotPermitted as changed:  # between the host's 354 and the first byte; the connection is gone
            return self._moved(offering_now, Move.REFUSE, hindrances=changed.refusal.hindrances)
        return self._ended(standing[-1], ready, outcome)

    def _ended(self, entry: OutboxEntry, ready: Ready, outcome: Outcome) -> OutboxEntry:
        now = self._practice.clock()
        match outcome:
            case Accepted():
                with self._vault.writing(to_finish=True) as writer:  # a lock that came meanwhile cannot make it unsent
                    found, move = outbox.entry(writer, entry.draft), Move.ACCEPT
                    if found.state is OutboxState.UNCERTAIN:  # a process that did not see our lock took us for ended
                        entry, move = found, Move.SETTLE_SENT
                    sent.mark_sent(writer, entry, replace(ready.filing, received=now), now, now, move=move)
                    return outbox.entry(writer, entry.draft)
            case AnswerLost():
                return self._moved(entry, Move.LOSE, obstacle=Obstacle.ANSWER_LOST)
            case Rejected(Obstacle.NOT_PROVEN):
                return self._moved(entry, Move.REFUSE, obstacle=Obstacle.NOT_PROVEN)
            case Rejected(obstacle):
                return self._moved(entry, Move.FAIL, obstacle=obstacle)
            case Deferred(obstacle):
                return self._moved(entry, Move.DEFER, obstacle=obstacle)

    def _kept_back(
        self, entry: OutboxEntry, move: Move, *, obstacle: Obstacle | None = None, hindrances: tuple[str, ...] = ()
    ) -> OutboxEntry:
        """Say of a letter that nothing of it was offered, and why."""
        with self._vault.writing() as writer:
            offering_now = _there(outbox.move(writer, entry, Move.OFFER, self._practice.clock()))
        return self._moved(offering_now, move, obstacle=obstacle, hindrances=hindrances)

    def _moved(
        self, entry: OutboxEntry, move: Move, *, obstacle: Obstacle | None = None, hindrances: tuple[str, ...] = ()
    ) -> OutboxEntry:
        """One move; a letter that is put off gets its next time, or fails when that has happened too often (C15)."""
        now, attempts, tries_from = self._practice.clock(), entry.attempts, None
        if move is Move.DEFER and obstacle in COUNTED:
            attempts += 1
            wait = wait_after(attempts)
            if wait is None:
                move, obstacle = Move.FAIL, Obstacle.TRIED_TOO_OFTEN
            else:
                tries_from = now + wait
        with self._vault.writing(to_finish=True) as writer:  # what the host has said is not forgotten over a lock
            return _there(
                outbox.move(
                    writer,
                    entry,
                    move,
                    now,
                    obstacle=obstacle,
                    hindrances=hindrances,
                    tries_from=tries_from,
                    attempts=attempts,
                )
            )

    def _connected(self, entry: OutboxEntry) -> Offering | None:
        """The connection; made at the first letter, and again where one was lost. None, and `trouble`, without one."""
        if self._host is not None and self._host.is_open:
            return self._host
        if self.trouble is not None:
            return None
        host = self._practice.settings.smtp
        assert host is not None, "the policy has seen to it"
        self._tell(f"{entry.draft}: connecting")
        try:
            secret = account_secret(host, self._vault, SMTP_SECRET)
            self._host = self._open_things.enter_context(offering(host, secret))
        except (ServerUnreachable, ServerSaidNo, TlsRefused, LoginRefused, SecretUnavailable, FileUnusable) as error:
            self._host = None
            self.trouble = error
        return self._host


def _there(entry: OutboxEntry | None) -> OutboxEntry:
    assert entry is not None, "only CANCEL takes a letter out of the outbox"
    return entry
