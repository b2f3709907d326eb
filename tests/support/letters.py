"""Letters on their way out, composed and sealed by the program for the people of tests.support.gnupg."""

import email
import email.policy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache

from tests.support.gnupg import ANN_ADDRESS, OWN_ADDRESS, People, output
from therapymail.domain.departure import ProvenLetter
from therapymail.domain.draft import DraftContent, DraftEnclosure
from therapymail.domain.mail_headers import LetterHeaders, new_message_id
from therapymail.mail.composing import letter_parts
from therapymail.pgp.canaries import canaries_of
from therapymail.pgp.own_key import own_certificate
from therapymail.pgp.proof import Expected, prove
from therapymail.pgp.protected_entity import protected_entity
from therapymail.pgp.sealed_mail import sealed_mail
from therapymail.pgp.sealing import seal

SUBJECT, TEXT = "About the thunderstorm", "Dear Ann,\n\nyour dream of the lighthouse stayed with me.\n\nOrla\n"
PARENT = "<q7.1@client.example>"
CONTENT = DraftContent(SUBJECT, TEXT)


@dataclass(frozen=True)
class Outgoing:
    """A letter as it is about to leave, and what is expected of it."""

    headers: LetterHeaders
    content: DraftContent
    entity: bytes
    raw: bytes
    expected: Expected

    def proven(self, raw: bytes | None = None) -> ProvenLetter:
        """The proof of the letter, or of `raw` in its place."""
        return prove(self.raw if raw is None else raw, self.expected)


def headers_to(recipient: str = ANN_ADDRESS, subject: str = SUBJECT, **more: object) -> LetterHeaders:
    """A header as the practice would make it, today."""
    made = LetterHeaders(
        sender_name="Dr Órla Fenwick",
        sender=OWN_ADDRESS,
        recipient=recipient,
        date=datetime.now(UTC),
        subject=subject,
        message_id=new_message_id("practice.example"),
        in_reply_to=PARENT,
        references=("<first@client.example>", PARENT),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def outgoing(
    people: People,
    content: DraftContent = CONTENT,
    enclosures: Sequence[tuple[DraftEnclosure, bytes]] = (),
    headers: LetterHeaders | None = None,
    autocrypt: str = "",
) -> Outgoing:
    """A letter to Ann, sealed by the therapist's gpg and not yet proven."""
    headers = headers or headers_to(subject=content.subject)
    entity = protected_entity(headers, letter_parts(content.text, enclosures), autocrypt)
    own, client = certificates(people)
    armor = seal(
        people.therapist,
        entity,
        own=people.own,
        own_certificate=own,
        client_certificate=client,
        client_fingerprint=people.ann,
    )
    names = [enclosure.name for enclosure, _ in enclosures]
    expected = Expected(
        sender=headers.sender,
        recipient=headers.recipient,
        message_id=headers.message_id,
        client_certificate=client,
        own_certificate=own,
        canaries=canaries_of(content, names, ["Ann Holloway", "A-17"]),
        sender_name=headers.sender_name,
        references=headers.ancestors,
        date=headers.date,
    )
    return Outgoing(headers, content, entity, sealed_mail(headers, armor), expected)


@cache
def certificates(people: People) -> tuple[bytes, bytes]:
    """The binary certificates of the therapist and of Ann."""
    return own_certificate(people.therapist, people.own), own_certificate(people.others, people.ann)


def opened_by_others(people: People, raw: bytes) -> EmailMessage:
    """What Ann reads: the mail taken apart by Python's own parser, opened by plain gpg, read by that parser again."""
    mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
    armor = list(mail.iter_parts())[1].get_content()
    plain = output(people.others, ["--output", "-", "--decrypt"], bytes(armor))
    opened = email.message_from_bytes(plain, policy=email.policy.SMTP)
    assert isinstance(opened, EmailMessage)
    return opened


def without_line_ends(text: str) -> str:
    r"""`text` with each line end as `\\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
