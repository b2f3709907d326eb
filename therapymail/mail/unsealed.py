"""The bytes of the two types of mail that leave unsealed: used by `notice` and `onboarding` alone."""

from datetime import datetime

from therapymail.domain.autocrypt import FIELD
from therapymail.domain.mail_headers import LetterHeaders, field_line, full_fields, new_message_id


def unsealed_headers(sender_name: str, sender: str, recipient: str, now: datetime, subject: str) -> LetterHeaders:
    """The header of a new mail, with a fresh Message-ID under the sender's mail domain. Raises UnusableInput."""
    message_id = new_message_id(sender.rpartition("@")[2])
    return LetterHeaders(sender_name, sender, recipient, now, subject, message_id)


def unsealed_mail(headers: LetterHeaders, entity: bytes, autocrypt: str = "") -> bytes:
    """`entity` (7bit, CRLF, ended by a line end) with the header of a whole mail (RFC 5322; HAZARDS H13, S21).

    `autocrypt` is the value of a field with our own key (domain.autocrypt; AC5), empty for none.
    """
    fields = [*full_fields(headers), *([(FIELD, autocrypt)] if autocrypt else []), ("MIME-Version", "1.0")]
    return b"".join(field_line(name, value) for name, value in fields) + entity
