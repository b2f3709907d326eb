"""The two mails that may leave unsealed: a notice in one of our wordings, and the invitation that brings the own key.

A notice can always be sent, also to a client without a key, paused or closed. It is filed at once, as `admin`:
waiting for its copy in Sent would show it as a response.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from therapymail.domain.addresses import canonical_address
from therapymail.domain.autocrypt import autocrypt_value
from therapymail.domain.client import Client
from therapymail.domain.departure import Notice, Onboarding
from therapymail.domain.kinds import Kind
from therapymail.domain.kit import Kit, certificate_name, make_kit
from therapymail.domain.letter import Filing, Place
from therapymail.domain.mail_program import MailProgram
from therapymail.domain.names import LetterName
from therapymail.domain.outbox_text import obstacle_phrase
from therapymail.errors import NoticeNotTaken, NoticeUnsettled, UnusableInput
from therapymail.mail import notice, onboarding
from therapymail.mail.handing_over import Accepted, AnswerLost
from therapymail.mail.notice import Absence, NoticeKind
from therapymail.mail.offering import offering
from therapymail.pgp.armor_writing import armored
from therapymail.pgp.autocrypt_certificate import autocrypt_certificate
from therapymail.pgp.own_key_care import own_certificate
from therapymail.pgp.single import SingleOpener
from therapymail.practice.arrival import Arrival, read_arrival
from therapymail.practice.correspondents import clients_answered, read_correspondents
from therapymail.practice.mailbox import SMTP_SECRET, account_secret
from therapymail.practice.practice import Practice
from therapymail.practice.sent_copy import copy_sent_letters
from therapymail.practice.single_run import only_run
from therapymail.vault import clients, filing, notices, sent_copies
from therapymail.vault.connection import Vault
from therapymail.vault.letters import letter_by_digest
from therapymail.vault.notices import Leaving

__all__ = [
    "Absence", "KitWanted", "MailProgram", "NoticeKind", "Preview", "Told", "invite", "kit_for", "preview_invitation",
    "preview_notice", "send_notice",
]  # fmt: skip

INVITATION = "invitation"
_PATIENCE_SECONDS = 30.0  # for a sync under way
_NOWHERE = Place("", "", 0, 0)


class KitWanted(NamedTuple):
    """Which onboarding kit a client is to have: for their mail program, in a language (ISO 639-1)."""

    program: MailProgram
    language: str = "en"


@dataclass(frozen=True)
class Preview:
    """A mail before it leaves, exactly as it would: `enclosure` is the name of the file that goes with it, or empty."""

    code: str
    kind: str
    recipient: str
    subject: str
    text: str
    enclosure: str = ""


@dataclass(frozen=True)
class Told:
    """A mail that left: to which client, of which kind, its name on the record, and when it was taken (UTC)."""

    code: str
    kind: str
    letter: LetterName | None
    sent_at: datetime


def preview_notice(practice: Practice, code: str, kind: NoticeKind, absence: Absence | None = None) -> Preview:
    """What `send_notice` would send. Raises ClientUnknown, UnusableInput, VaultLocked."""
    client = _client(practice, code)
    text = notice.notice_text(kind, practice.settings.name, absence)
    return Preview(client.code, kind.value, client.write_to, notice.SUBJECT, text)


def send_notice(practice: Practice, code: str, kind: NoticeKind, absence: Absence | None = None) -> Told:
    """Send a notice to a client's one address, unsealed, and file it.

    Raises ClientUnknown, UnusableInput, NoticeNotTaken, NoticeUnsettled, VaultLocked, AnotherRun, SecretUnavailable
    and the errors of the mail host.
    """
    client, settings = _client(practice, code), practice.settings
    mail = notice.make_notice(
        kind,
        sender_name=settings.name,
        sender=canonical_address(settings.email),
        recipient=client.write_to,
        now=practice.clock(),
        absence=absence,
    )
    return _leave(practice, client, kind.value, mail)


def kit_for(practice: Practice, wanted: KitWanted) -> Kit:
    """What a client is told to begin with, from this practice's name, address and own key. Raises UnusableInput."""
    settings = practice.settings
    address = canonical_address(settings.email)
    return make_kit(*wanted, name=settings.name, address=address, fingerprint=settings.own_key)


def preview_invitation(practice: Practice, code: str, wanted: KitWanted, *, to_send: bool = True) -> Preview:
    """What `invite` would send; not `to_send`, a practice without a mailbox shows it, too.

    Raises ClientUnknown, UnusableInput, VaultLocked.
    """
    client, kit = _client(practice, code, to_send=to_send), kit_for(practice, wanted)
    enclosure = certificate_name(kit.key.fingerprint)
    text = onboarding.onboarding_text(kit)
    return Preview(client.code, INVITATION, client.write_to, kit.subject, text, enclosure)


def invite(practice: Practice, code: str, wanted: KitWanted) -> Told:
    """Send a client the own public key and the first steps, unsealed, and file it. Raises as `send_notice`."""
    client, settings = _client(practice, code), practice.settings
    sender = canonical_address(settings.email)
    with practice.gpg() as gpg:
        certificate = own_certificate(gpg, settings.own_key)
        autocrypt = autocrypt_value(sender, autocrypt_certificate(gpg, certificate, sender))
    mail = onboarding.make_onboarding(
        *wanted,
        sender_name=settings.name,
        sender=sender,
        recipient=client.write_to,
        now=practice.clock(),
        certificate=armored(certificate),
        fingerprint=settings.own_key,
        autocrypt=autocrypt,
    )
    return _leave(practice, client, INVITATION, mail, wanted)


def _client(practice: Practice, code: str, *, to_send: bool = True) -> Client:
    if to_send and practice.settings.smtp is None:
        raise UnusableInput("mailbox", "this practice has none; run `therapymail setup` for one with a mailbox")
    with practice.vault() as vault, vault.reading() as reader:
        return clients.client_by_code(reader, code)


def _leave(
    practice: Practice, client: Client, kind: str, mail: Notice | Onboarding, kit: KitWanted | None = None
) -> Told:
    """Hand the mail over; once taken it is filed and noted in one unit of work, and its copy in Sent is due."""
    host = practice.settings.smtp
    assert host is not None, "_client has seen to it"
    with only_run(practice.paths, patience=_PATIENCE_SECONDS), practice.vault() as vault:
        filed = _as_filed(practice, vault, mail)
        with offering(host, account_secret(host, vault, SMTP_SECRET)) as conversation:
            outcome = conversation.offer(mail, begin_data=lambda: None)
        if not isinstance(outcome, (Accepted, AnswerLost)):
            raise NoticeNotTaken(client.code, obstacle_phrase(outcome.obstacle))
        now, certain = practice.clock(), isinstance(outcome, Accepted)
        name = None
        with vault.writing(to_finish=True) as writer:  # a lock that came meanwhile cannot make it unsent
            if certain:
                filing.file_letters(writer, [replace(filed, received=now)], now)
                sent_copies.await_copy(writer, filed.digest, mail.message_id, now)
                name = letter_by_digest(writer, filed.digest).name
            left = Leaving(client.identity, filed.digest, mail.message_id, certain)
            if kit is None:
                notices.note_notice(writer, left, kind, now)
            else:
                notices.note_invitation(writer, left, practice.settings.own_key, kit.program, kit.language, now)
        if not certain:
            raise NoticeUnsettled(client.code)
        copy_sent_letters(practice, vault)
    return Told(client.code, kind, name, now)


def _as_filed(practice: Practice, vault: Vault, mail: Notice | Onboarding) -> Filing:
    """What the record says of it: what its copy in Sent would, but that it is `admin`."""
    known = read_correspondents(practice, vault)
    with practice.gpg() as gpg:
        arrival = Arrival(_NOWHERE, practice.clock(), mail.raw, in_sent=True)
        read = read_arrival(arrival, SingleOpener(gpg), known, partial(clients_answered, vault, known))
    assert isinstance(read, Filing), "only a delivery report is passed over"
    return replace(read, kind=Kind.ADMIN, places=())
