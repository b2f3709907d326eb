"""The header of a mail, read fast and without belief in it: who, to whom, what about, when, in answer to what."""

import re
from dataclasses import dataclass
from datetime import datetime

from therapymail.mail.address_lists import NamedAddress, mailboxes
from therapymail.mail.dates import mail_date
from therapymail.mail.encoded_words import decoded_words, header_text

MAX_BLOCK_BYTES = 1_048_576
MAX_SUBJECT_CHARACTERS = 2_000
MAX_MESSAGE_IDS = 200
_FIELD = re.compile(
    rb"^(from|to|cc|subject|date|message-id|in-reply-to|references|received|content-type|auto-submitted|return-path"
    rb"|x-failed-recipients)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*+)",
    re.IGNORECASE | re.MULTILINE,
)
_ONCE = ("from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "content-type")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,995}>")
_MEDIA_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)\s*(?:[;(]|$)", re.ASCII)
_REPORT_TYPE = re.compile(r";\s*report-type\s*=\s*\"?([\w-]+)", re.ASCII | re.IGNORECASE)
_POSTMASTERS = ("mailer-daemon@", "postmaster@", "mail-daemon@", "maildaemon@")


@dataclass(frozen=True, slots=True)
class HeaderFields:
    """What a mail's header says, unverified. No value holds CR, LF or NUL (HAZARDS S12); none is sanitised.

    `authors` are the mailboxes of every From field, unusable ones too (PGP.md I1, HAZARDS S7). Message ids
    stand in their angle brackets. Dates are UTC, None where absent or absurd. `content_type` is the bare
    media type in lower case, `report_type` that of a multipart/report. `repeated` names the fields that
    stood more often than RFC 5322 section 3.6 allows; of these the first counts, but of From, To and Cc all.
    """

    authors: tuple[NamedAddress, ...] = ()
    to: tuple[NamedAddress, ...] = ()
    cc: tuple[NamedAddress, ...] = ()
    subject: str = ""
    date: datetime | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    topmost_received: datetime | None = None
    content_type: str = "text/plain"
    report_type: str = ""
    automatic: bool = False
    may_be_delivery_report: bool = False
    repeated: tuple[str, ...] = ()

    @property
    def from_addresses(self) -> tuple[str, ...]:
        """One canonical address for each mailbox of every From field, empty where it is unusable."""
        return tuple(author.address for author in self.authors)

    @property
    def to_addresses(self) -> tuple[str, ...]:
        """The usable addresses of To, canonical."""
        return tuple(mailbox.address for mailbox in self.to if mailbox.address)

    @property
    def cc_addresses(self) -> tuple[str, ...]:
        """The usable addresses of Cc, canonical."""
        return tuple(mailbox.address for mailbox in self.cc if mailbox.address)

    @property
    def single_author(self) -> str | None:
        """The address of the one From field's one mailbox; None for anything else (PGP.md I1)."""
        if len(self.authors) != 1 or "from" in self.repeated:
            return None
        return self.authors[0].address or None


def header_block(raw: bytes) -> bytes:
    """The header of `raw`: everything before its first empty line, at most MAX_BLOCK_BYTES."""
    if raw.startswith((b"\r\n", b"\n")):
        return b""
    ends = (raw.find(b"\n\r\n", 0, MAX_BLOCK_BYTES), raw.find(b"\n\n", 0, MAX_BLOCK_BYTES))
    return raw[: min((end for end in ends if end >= 0), default=MAX_BLOCK_BYTES)]


def read_headers(raw: bytes) -> HeaderFields:
    """What the header of `raw`, a whole mail or its header alone, says. Never raises."""
    fields: dict[str, list[bytes]] = {}
    for found in _FIELD.finditer(header_block(raw)):
        fields.setdefault(found[1].decode("ascii").lower(), []).append(found[2])
    text = {name: header_text(values[0]) for name, values in fields.items()}
    authors = _all_mailboxes(fields.get("from"))
    content_type = text.get("content-type", "")
    media_type = _MEDIA_TYPE.match(content_type)
    return HeaderFields(
        authors=authors,
        to=_all_mailboxes(fields.get("to")),
        cc=_all_mailboxes(fields.get("cc")),
        subject=decoded_words(text.get("subject", ""))[:MAX_SUBJECT_CHARACTERS],
        date=mail_date(text.get("date", "")),
        message_id=next(iter(message_ids(text.get("message-id", ""))), ""),
        in_reply_to=message_ids(text.get("in-reply-to", "")),
        references=message_ids(text.get("references", "")),
        topmost_received=mail_date(text.get("received", "").rpartition(";")[2]),
        content_type=media_type[1].lower() if media_type else "text/plain",
        report_type=_report_type(content_type),
        automatic=text.get("auto-submitted", "no").partition(";")[0].strip().lower() != "no",
        may_be_delivery_report=_may_be_delivery_report(text, media_type[1].lower() if media_type else "", authors),
        repeated=tuple(name for name in _ONCE if len(fields.get(name, ())) > 1),
    )


def message_ids(text: str) -> tuple[str, ...]:
    """The message ids in `text`, each once and in its angle brackets; the last MAX_MESSAGE_IDS of them."""
    if "=?" in text:  # Exchange folds long References into encoded words
        text = decoded_words(text)
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))[-MAX_MESSAGE_IDS:]


def _all_mailboxes(values: list[bytes] | None) -> tuple[NamedAddress, ...]:
    if not values:
        return ()
    if len(values) == 1:
        return mailboxes(header_text(values[0]))
    return tuple(mailbox for value in values for mailbox in mailboxes(header_text(value)))


def _report_type(content_type: str) -> str:
    found = _REPORT_TYPE.search(content_type)
    return found[1].lower() if found else ""


def _may_be_delivery_report(text: dict[str, str], media_type: str, authors: tuple[NamedAddress, ...]) -> bool:
    """Whether `bounce.recognise` is worth asking: it has to read the body."""
    return (
        media_type == "multipart/report"
        or "x-failed-recipients" in text
        or text.get("return-path", "") == "<>"
        or any(author.address.startswith(_POSTMASTERS) for author in authors)
    )
