"""Proving the whole way: a sealed letter to oneself goes out, comes back, and opens with the same words (M01).

The letter stays in the mailbox: therapymail deletes nothing and sets no flag there. It is in nobody's record, and
no copy goes to Sent: what is proven is the way, and the one that came back says more than a copy.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from therapymail.config import HostSettings
from therapymail.domain.addresses import canonical_address
from therapymail.domain.autocrypt import autocrypt_value
from therapymail.domain.departure import ProvenLetter
from therapymail.domain.draft import DraftContent
from therapymail.domain.mail_headers import LetterHeaders, new_message_id
from therapymail.domain.outbox import Obstacle
from therapymail.domain.outbox_text import obstacle_phrase
from therapymail.domain.seal import Pin, Protection, Signature, Verdict, verdict_of
from therapymail.errors import RoundTripAltered, RoundTripLost, RoundTripNotTaken, RoundTripUnopened, UnusableInput
from therapymail.mail.composing import letter_parts
from therapymail.mail.fetching import FetchedMail
from therapymail.mail.folder import Folder, FolderRole
from therapymail.mail.handing_over import Accepted, AnswerLost
from therapymail.mail.mailbox import Mailbox
from therapymail.mail.offering import offering
from therapymail.pgp.autocrypt_certificate import autocrypt_certificate
from therapymail.pgp.canaries import canaries_of
from therapymail.pgp.opening import OpenedMail, look_at, open_mail
from therapymail.pgp.own_key_care import own_certificate
from therapymail.pgp.proof import Expected, prove
from therapymail.pgp.protected_entity import protected_entity
from therapymail.pgp.runner import Gpg
from therapymail.pgp.sealed_mail import sealed_mail
from therapymail.pgp.sealing import seal
from therapymail.pgp.single import SingleOpener
from therapymail.practice.mailbox import SMTP_SECRET, account_secret, open_mailbox
from therapymail.practice.opened_reading import reading_of
from therapymail.practice.practice import Practice
from therapymail.practice.read import failure_phrase

SUBJECT = "A letter to yourself"
_TEXT = """\
This letter is from you to yourself. therapymail sent it to prove that a sealed
letter leaves your account, comes back, and opens here.

You may delete it. Its number: {number}
"""
_USUAL = {FolderRole.INBOX, FolderRole.JUNK}
_ELSEWHERE = {
    FolderRole.SENT,
    FolderRole.DRAFTS,
    FolderRole.TRASH,
    FolderRole.ALL,
}  # a copy there came back from nowhere
_OWN_ADDRESS = {
    Obstacle.NO_SUCH_ADDRESS: "it says that your own address does not exist",
    Obstacle.RECIPIENT_REFUSED: "it refuses your own address",
}


class RoundTripStep(StrEnum):
    """What is being done, in the order of doing."""

    SEALING = "sealing a letter to yourself"
    SENDING = "sending it"
    WAITING = "waiting for it to come back"
    OPENING = "opening it"


@dataclass(frozen=True)
class Patience:
    """How long a letter may take to come back, and the waits between two looks, in seconds; they double."""

    longest: float = 120.0
    first_wait: float = 0.5
    longest_wait: float = 8.0


@dataclass(frozen=True)
class RoundTrip:
    """A round trip that is proven: in how many seconds, into which folder, whether that is the junk folder.

    `rewritten`: it opens here, but what came back is not, byte for byte, what was sent.
    """

    seconds: float
    folder: str
    in_junk: bool = False
    rewritten: bool = False


Tell = Callable[[RoundTripStep, float], None]  # the step, and for how many seconds it has been waited


def prove_roundtrip(
    practice: Practice, tell: Tell = lambda _step, _seconds: None, patience: Patience | None = None
) -> RoundTrip:
    """Send a sealed and proven letter to oneself and wait until it has come back and opened, verified.

    Raises RoundTripNotTaken, RoundTripLost, RoundTripAltered, RoundTripUnopened; UnusableInput in a practice without
    a mailbox; VaultLocked, SealingFailed, NotProven, SecretUnavailable and the errors of the mail hosts.
    """
    host = practice.settings.smtp
    if host is None or practice.settings.imap is None:
        raise UnusableInput("mailbox", "this practice has none; run `therapymail setup` for one with a mailbox")
    patience = patience or Patience()
    with practice.vault() as vault, open_mailbox(practice, vault) as mailbox:
        with practice.gpg() as gpg:
            tell(RoundTripStep.SEALING, 0)
            letter, text = _letter_to_oneself(practice, gpg)
        tell(RoundTripStep.SENDING, 0)
        lookout = _Lookout(mailbox, letter)
        taken = _send(host, account_secret(host, vault, SMTP_SECRET), letter)
        began = time.monotonic()
        folder, raw = _awaited(lookout, patience, tell, taken=taken)
        seconds = time.monotonic() - began
    tell(RoundTripStep.OPENING, 0)
    verdict = _opened(practice, letter, text, raw)
    rewritten = verdict.repaired or _body(raw) != _body(letter.raw)
    return RoundTrip(seconds, folder.name, folder.role is FolderRole.JUNK, rewritten)


def _letter_to_oneself(practice: Practice, gpg: Gpg) -> tuple[ProvenLetter, str]:
    """A letter sealed to the own key alone, which passed the proof before send; and what it says."""
    settings = practice.settings
    own, address = settings.own_key, canonical_address(settings.email)
    text = _TEXT.format(number=secrets.token_hex(8))
    headers = LetterHeaders(
        sender_name=settings.name,
        sender=address,
        recipient=address,
        date=practice.clock(),
        subject=SUBJECT,
        message_id=new_message_id(address.rpartition("@")[2]),
    )
    certificate = own_certificate(gpg, own)
    autocrypt = autocrypt_value(address, autocrypt_certificate(gpg, certificate, address))
    armor = seal(
        gpg,
        protected_entity(headers, letter_parts(text), autocrypt),
        own=own,
        own_certificate=certificate,
        client_certificate=certificate,
        client_fingerprint=own,
    )
    expected = Expected(
        sender=address,
        recipient=address,
        message_id=headers.message_id,
        client_certificate=certificate,
        own_certificate=certificate,
        canaries=canaries_of(DraftContent(SUBJECT, text)),
        sender_name=settings.name,
        date=headers.date,
    )
    return prove(sealed_mail(headers, armor), expected), text


def _send(host: HostSettings, secret: str, letter: ProvenLetter) -> bool:
    """Hand it over; False where the host's last answer never came, so that it may be under way. RoundTripNotTaken."""
    with offering(host, secret) as conversation:
        outcome = conversation.offer(letter, begin_data=lambda: None)
    if isinstance(outcome, (Accepted, AnswerLost)):
        return isinstance(outcome, Accepted)
    raise RoundTripNotTaken(_OWN_ADDRESS.get(outcome.obstacle) or obstacle_phrase(outcome.obstacle))


def _awaited(lookout: "_Lookout", patience: Patience, tell: Tell, *, taken: bool) -> tuple[Folder, bytes]:
    """The letter as it came back, and where; looked for in INBOX and Junk, and at the end in every other folder."""
    began, wait = time.monotonic(), patience.first_wait
    while True:
        waited = time.monotonic() - began
        tell(RoundTripStep.WAITING, waited)
        is_last = waited >= patience.longest
        if found := lookout.look() or (lookout.look_everywhere() if is_last else None):
            return found
        if is_last:
            raise RoundTripLost(round(patience.longest), taken)
        time.sleep(min(wait, max(0.0, patience.longest - waited)))
        wait = min(wait * 2, patience.longest_wait)


class _Lookout:
    """Where a letter may come back to, and what lay there before it left. Made before it is sent."""

    def __init__(self, mailbox: Mailbox, letter: ProvenLetter) -> None:
        self._mailbox = mailbox
        self._letter = letter
        usual = [folder for folder in mailbox.folders() if folder.selectable and folder.role in _USUAL]
        self._usual = {folder: self._newest(folder) for folder in usual}

    def _newest(self, folder: Folder) -> int:
        state = self._mailbox.open(folder.name)
        return state.uidnext - 1 if state.uidnext else max(self._mailbox.uids(), default=0)

    def look(self) -> tuple[Folder, bytes] | None:
        """It among the new mail of INBOX and Junk, by its header: servers may not have indexed it for a search yet."""
        for folder, newest in self._usual.items():
            self._mailbox.open(folder.name)
            for glimpse in list(self._mailbox.glimpses(self._mailbox.new_uids(newest))):
                is_named = glimpse.header.message_id == self._letter.message_id
                may_be = glimpse.sealed_type and glimpse.parties == {self._letter.recipient}
                raw = self._fetched(glimpse.uid) if is_named or may_be else None
                if raw is not None and (is_named or self._is_it(raw)):
                    return folder, raw
        return None

    def look_everywhere(self) -> tuple[Folder, bytes] | None:
        """It in any other folder, where a filter may have put it."""
        for folder in self._mailbox.folders():
            if not folder.selectable or folder.role in _USUAL | _ELSEWHERE:
                continue
            uids = self._mailbox.find_message_id(folder.name, self._letter.message_id)
            raw = self._fetched(uids[-1]) if uids else None
            if raw is not None:
                return folder, raw
        return None

    def _fetched(self, uid: int) -> bytes | None:
        return next((mail.raw for mail in self._mailbox.fetch([uid]) if isinstance(mail, FetchedMail)), None)

    def _is_it(self, raw: bytes) -> bool:
        """Whether what is sealed is what was sealed: some mail hosts give what they send a Message-ID of their own."""
        sealed = look_at(raw).ciphertext or b""
        return hashlib.sha256(sealed).hexdigest() == self._letter.proof.payload_digest


def _opened(practice: Practice, letter: ProvenLetter, text: str, raw: bytes) -> Verdict:
    """What its seal proves, once it has opened with the same words. Raises RoundTripAltered, RoundTripUnopened."""
    with practice.gpg() as gpg:
        opened = open_mail(raw, SingleOpener(gpg))
    if opened.digest.hex() != letter.proof.payload_digest or opened.facts.protection is Protection.PARTLY:
        raise RoundTripAltered
    if opened.facts.failure is not None:
        raise RoundTripUnopened(failure_phrase(opened.facts.failure))
    verdict = verdict_of(opened.facts, (Pin(practice.settings.own_key, verified=True),), practice.clock())
    if verdict.signature is not Signature.VERIFIED:
        raise RoundTripUnopened("its signature did not verify")
    if not _says(opened, text):
        raise RoundTripAltered
    return verdict


def _says(opened: OpenedMail, text: str) -> bool:
    reading, _ = reading_of(opened)
    return reading is not None and reading.subject == SUBJECT and reading.text.split() == text.split()


def _body(raw: bytes) -> bytes:
    """What follows the header, whatever line ends a mail host keeps it with."""
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip()
