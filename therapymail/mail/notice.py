"""Notices: the few mails in our own fixed wordings that may always leave, because they say nothing of anybody."""

import textwrap
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from therapymail.domain.day_words import day_in_words
from therapymail.domain.departure import EXCEPTIONS, Notice
from therapymail.errors import UnusableInput
from therapymail.mail.composing import letter_parts
from therapymail.mail.unsealed import unsealed_headers, unsealed_mail


class NoticeKind(StrEnum):
    """What a notice says."""

    CANNOT_OPEN = "cannot-open"
    KEY_MISSING = "key-missing"
    PLEASE_RING = "please-ring"
    ABSENCE = "absence"


@dataclass(frozen=True)
class Absence:
    """The first and the last day on which no mail is read."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise UnusableInput("absence", "its last day is before its first")


SUBJECT = "A short note"  # of all of them: an outer subject anybody may read
_UNSEALED = "This note is not encrypted, so please do not answer it with anything personal."
_WORDINGS = {
    NoticeKind.CANNOT_OPEN: f"""\
Your last message has arrived, but I cannot open it.

Please send it once more, encrypted to the key you have from me. If you are not sure which key that is, please ring me.

{_UNSEALED}""",
    NoticeKind.KEY_MISSING: f"""\
I would like to write to you, but I have no encryption key of yours that I can use.

Please send me your public key: your mail program can attach it to a message, as a file that ends in .asc. I shall
compare it with you in person or by phone before I use it.

{_UNSEALED}""",
    NoticeKind.PLEASE_RING: f"""\
Please ring me when you have a quiet moment, on the number you have from me.

{_UNSEALED}""",
    NoticeKind.ABSENCE: f"""\
I shall be away {{days}} and shall not read or answer mail in that time. What you send will be here when I am back.

If something cannot wait, please turn to the contacts we have agreed on, or to your local emergency number.

{_UNSEALED}""",
}
_COLUMNS = 72


def notice_text(kind: NoticeKind, sender_name: str, absence: Absence | None = None) -> str:
    """The whole text of a notice, as it is previewed and sent. Raises UnusableInput.

    `absence` goes with ABSENCE alone. There is no free text: the name and the two days are all that varies.
    """
    if (kind is NoticeKind.ABSENCE) != (absence is not None):
        raise UnusableInput("absence", "the days away belong to a notice of absence, and to no other")
    days = _days(absence) if absence else ""
    paragraphs = ["Hello,", *_WORDINGS[kind].format(days=days).split("\n\n"), " ".join(sender_name.split())]
    return "\n\n".join(textwrap.fill(paragraph, _COLUMNS) for paragraph in paragraphs if paragraph) + "\n"


def make_notice(
    kind: NoticeKind,
    *,
    sender_name: str,
    sender: str,
    recipient: str,
    now: datetime,
    absence: Absence | None = None,
) -> Notice:
    """The notice as exact bytes for SMTP. Addresses are canonical and ASCII. Raises UnusableInput."""
    headers = unsealed_headers(sender_name, sender, recipient, now, SUBJECT)
    (entity,) = letter_parts(notice_text(kind, sender_name, absence))
    return Notice(unsealed_mail(headers, entity), sender, recipient, headers.message_id, EXCEPTIONS)


def _days(absence: Absence) -> str:
    first, last = day_in_words(absence.first), day_in_words(absence.last)
    return f"on {first}" if absence.first == absence.last else f"from {first} to {last}"
