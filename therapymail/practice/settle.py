"""Settling a letter of which nobody knows whether it was sent: by what shows that it was, or by the therapist."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from therapymail.domain.draft import DraftName
from therapymail.domain.kinds import Kind
from therapymail.domain.outbox import Move, Obstacle, OutboxEntry, OutboxState
from therapymail.errors import GnupgUnusable, NotProven, OutboxMoved, PassphraseNeeded, UnusableInput
from therapymail.mail.fetching import FetchedMail
from therapymail.mail.folder import FolderRole
from therapymail.mail.mailbox import Mailbox
from therapymail.practice.depart import recover
from therapymail.practice.mailbox import open_mailbox
from therapymail.practice.practice import Practice
from therapymail.practice.seal_letter import sealer
from therapymail.practice.single_run import only_run
from therapymail.vault import drafts, letters, outbox, sent
from therapymail.vault.connection import Vault

SENT, NOT_SENT = "sent", "not-sent"
_PATIENCE_SECONDS = 30.0  # for a sync under way
_COPIES_LOOKED_AT = 8  # the newest; a folder with more mails of one id was made to keep us busy


def settle(practice: Practice, name: DraftName, outcome: str | None = None) -> OutboxEntry:
    """Settle an uncertain letter as `outcome` says, SENT or NOT_SENT; None looks for what shows that it was sent.

    That nothing does proves nothing: the letter then stays uncertain, as the entry that is given says.
    Raises NotInOutbox, OutboxMoved where it is not uncertain, UnusableInput for another outcome, AnotherRun,
    VaultLocked, PassphraseNeeded, NotProven, GnupgMissing, GnupgUnusable; for None also the errors of the mailbox.
    """
    if outcome not in {None, SENT, NOT_SENT}:
        raise UnusableInput("settle", "it was either sent or not")
    with only_run(practice.paths, patience=_PATIENCE_SECONDS), practice.vault() as vault:
        recover(practice, vault)
        with vault.reading() as reader:
            entry = outbox.entry(reader, name)
        if entry.state is not OutboxState.UNCERTAIN:
            raise OutboxMoved(str(name))
        if outcome == NOT_SENT:
            return _not_sent(practice, vault, entry)
        if outcome == SENT or _is_on_record(vault, entry):
            return _sent(practice, vault, entry)
        if practice.settings.imap is not None:
            with open_mailbox(practice, vault) as mailbox:
                settle_found(practice, vault, mailbox, [entry])
        with vault.reading() as reader:
            return outbox.entry(reader, name)


def settle_what_shows(practice: Practice, vault: Vault, mailbox: Mailbox) -> tuple[OutboxEntry, ...]:
    """Settle as sent every uncertain letter that the record or the mailbox shows to have been; those that remain.

    One that cannot be opened just now remains. The caller holds the lock of sync and send. Raises VaultLocked,
    GnupgMissing, and the errors of the mailbox.
    """
    with vault.reading() as reader:
        uncertain = [entry for entry in outbox.entries(reader) if entry.state is OutboxState.UNCERTAIN]
    if uncertain:
        shown = [entry for entry in uncertain if _is_on_record(vault, entry)]
        with contextlib.suppress(PassphraseNeeded, NotProven, GnupgUnusable):  # then they stay uncertain
            for entry in shown:
                _sent(practice, vault, entry)
            settle_found(practice, vault, mailbox, [entry for entry in uncertain if entry not in shown])
    with vault.reading() as reader:
        return tuple(entry for entry in outbox.entries(reader) if entry.state is OutboxState.UNCERTAIN)


def settle_found(practice: Practice, vault: Vault, mailbox: Mailbox, uncertain: Sequence[OutboxEntry]) -> None:
    """Settle as sent those of `uncertain` of which a copy lies in the mailbox's Sent.

    Our own copies are made after the mail host's answer alone. A Message-ID is found and not believed: it is the
    letter if it opens as ours, signed by the own key, to that client and with that Message-ID under the seal.
    """
    remaining = list(uncertain)
    for folder in mailbox.folders() if uncertain else ():
        if folder.role is FolderRole.SENT:  # a host may call several so
            for entry in tuple(remaining):
                found = mailbox.find_message_id(folder.name, entry.message_id)[-_COPIES_LOOKED_AT:]
                copies = (mail.raw for mail in mailbox.fetch(found) if isinstance(mail, FetchedMail))
                if any(_is_the_letter(practice, vault, entry, raw) for raw in copies):
                    _sent(practice, vault, entry)
                    remaining.remove(entry)


def _is_the_letter(practice: Practice, vault: Vault, entry: OutboxEntry, raw: bytes) -> bool:
    with sealer(practice, vault) as reading:
        try:
            read = reading.read_own(raw, Kind.RESPONSE)
        except NotProven:
            return False
    return (read.client, read.message_id) == (entry.client, entry.message_id)


def _is_on_record(vault: Vault, entry: OutboxEntry) -> bool:
    """Whether the record shows that it left: a copy was filed, or a client's answer or a delivery report names it."""
    with vault.reading() as reader:
        kept = sent.sealed(reader, entry.draft)
        filed = kept is not None and letters.names_of(reader, [bytes.fromhex(kept.proof.payload_digest)])
        return bool(filed) or letters.is_named(reader, entry.message_id)


def _sent(practice: Practice, vault: Vault, entry: OutboxEntry) -> OutboxEntry:
    """File it as sent at the time that its header bears: that of its departure."""
    with vault.reading() as reader:
        kept, draft = sent.sealed(reader, entry.draft), drafts.draft(reader, entry.draft)
    assert kept is not None, "the bytes of a letter stay until it is settled"
    with sealer(practice, vault) as reading:
        filing = reading.read_own(kept.raw, draft.kind)
    sent_at = filing.written or entry.leaves_at
    with vault.writing() as writer:
        now = practice.clock()
        sent.mark_sent(writer, entry, replace(filing, received=sent_at), sent_at, now, move=Move.SETTLE_SENT)
        return outbox.entry(writer, entry.draft)


def _not_sent(practice: Practice, vault: Vault, entry: OutboxEntry) -> OutboxEntry:
    with vault.writing() as writer:
        moved = outbox.move(writer, entry, Move.SETTLE_NOT_SENT, practice.clock(), obstacle=Obstacle.SETTLED_NOT_SENT)
    assert moved is not None, "only CANCEL takes a letter out of the outbox"
    return moved
