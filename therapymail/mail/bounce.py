"""Delivery reports: which of our letters did not arrive, at whom, and why (RFC 3464, and the older shapes)."""

import re
from dataclasses import dataclass

from therapymail.domain.addresses import canonical_address, is_address
from therapymail.mail.charsets import decode_text
from therapymail.mail.encoded_words import header_text
from therapymail.mail.headers import HeaderFields, header_block, read_headers
from therapymail.mail.parts import Part, content_of, parts_of

MAX_BODY_BYTES = 262_144
MAX_FAILURES = 50
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)", re.ASCII)
_REPLY_CODE = re.compile(r"(?<![\d.-])([45]\d\d)[ -](?=\S)", re.ASCII)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_ORIGINAL_ID = re.compile(r"^[> \t]*message-id:[ \t]*(<[^<>\s]{1,995}>)", re.IGNORECASE | re.MULTILINE)
_RETURNED_TYPES = {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"}
# what programs that know no RFC 3464 write: qmail, Exim, Exchange, older sendmail, Yahoo, Postfix's own text
_WORDINGS = re.compile(
    r"this is the qmail-send program|delivery to the following recipients? failed|could not be delivered"
    r"|did(?: not|n't) reach (?:some or all of )?the (?:intended|following) recipient|unable to deliver your message"
    r"|message was created automatically by mail delivery software|had permanent fatal errors"
    r"|delivery has failed to these recipients|undelivered mail returned to sender|address not found"
    r"|message wasn't delivered|has not been delivered|konnte nicht zugestellt werden|nicht zugestellt werden"
    r"|n'a pas pu être (?:remis|délivré)|no se ha podido entregar|non è stato recapitato",
    re.IGNORECASE,
)
_TEMPORARY_WORDINGS = re.compile(
    r"will (?:be retried|keep trying)|still being retried|delayed|noch nicht zugestellt", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class DeliveryFailure:
    """One addressee: canonical address or empty, enhanced status (RFC 3463) or empty, and whether it is final."""

    address: str
    status: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a report says, unverified: anyone can write one, so it counts only for a letter we did send.

    `original_message_ids` are the ids of the mail it is about, in angle brackets. `failures` is empty
    for a report of success.
    """

    original_message_ids: tuple[str, ...]
    failures: tuple[DeliveryFailure, ...]

    @property
    def failed_address(self) -> str | None:
        """The first addressee that could be read, final failures first."""
        ordered = sorted(self.failures, key=lambda failure: not failure.permanent)
        return next((failure.address for failure in ordered if failure.address), None)

    @property
    def status(self) -> str:
        """The first final failure's status code; empty if none is given."""
        ordered = sorted(self.failures, key=lambda failure: not failure.permanent)
        return next((failure.status for failure in ordered if failure.status), "")

    @property
    def permanent(self) -> bool:
        """Whether any addressee will not be tried again."""
        return any(failure.permanent for failure in self.failures)


def recognise(raw: bytes) -> DeliveryReport | None:
    """The delivery report that the mail `raw` is; None for any other mail. Never raises.

    Automatic replies, read receipts and lists' notices are no delivery reports (HAZARDS C14, S22).
    """
    header = read_headers(raw)
    root = parts_of(raw)
    status_parts = [part for part in root.walk() if part.media_type == "message/delivery-status"]
    if header.content_type == "multipart/report" and header.report_type not in {"", "delivery-status"}:
        return None
    if status_parts and header.content_type == "multipart/report":
        failures = [failure for part in status_parts for failure in _from_status_part(part)]
        return DeliveryReport(_original_ids(root, header), tuple(failures[:MAX_FAILURES]))
    return _from_wording(raw, root, header)


def _from_status_part(part: Part) -> list[DeliveryFailure]:
    """The addressees of a message/delivery-status: blocks of fields, the first about the mail as a whole."""
    text = content_of(part)[:MAX_BODY_BYTES].replace(b"\r\n", b"\n")
    blocks = [_fields(block) for block in re.split(rb"\n[ \t]*\n", text)]
    return [
        _failure(fields)
        for fields in blocks
        if fields.get("action", "") in {"failed", "delayed"} and "status" in fields
    ]


def _fields(block: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in re.sub(rb"\n[ \t]+", b" ", block).split(b"\n"):
        name, colon, value = line.partition(b":")
        if colon:
            fields.setdefault(name.strip().lower().decode("latin-1"), header_text(value))
    if "action" in fields:
        fields["action"] = fields["action"].lower()
    return fields


def _failure(fields: dict[str, str]) -> DeliveryFailure:
    named = fields.get("original-recipient") or fields.get("final-recipient", "")
    status = _STATUS.search(fields["status"])
    return DeliveryFailure(
        address=_address_in(named.rpartition(";")[2]) or _address_in(fields.get("final-recipient", "")),
        status=status[1] if status else "",
        permanent=fields["action"] == "failed" and not (status and status[1].startswith("4")),
    )


def _from_wording(raw: bytes, root: Part, header: HeaderFields) -> DeliveryReport | None:
    """A report in prose: believed only from a postmaster or with an empty return path."""
    if not header.may_be_delivery_report:
        return None
    text = _readable(root)
    failed = _field(raw, b"x-failed-recipients")
    if not failed and not _WORDINGS.search(text):
        return None
    about = _ORIGINAL_ID.split(text, maxsplit=1)[0]  # the failure, before the returned mail
    status = _STATUS.search(about)
    code = _REPLY_CODE.search(about)
    is_temporary = (status[1] if status else code[1] if code else "5").startswith("4") or bool(
        _TEMPORARY_WORDINGS.search(about) and not (status or code)
    )
    addresses = [address for address in map(_address_in, failed.split(",")) if address] or _addressees(about, header)
    found = status[1] if status else ""
    failures = tuple(DeliveryFailure(address, found, not is_temporary) for address in addresses or [""])
    return DeliveryReport(_original_ids(root, header), failures[:MAX_FAILURES])


def _addressees(text: str, header: HeaderFields) -> list[str]:
    """The addresses a report in prose names first, without the addresses it was sent from and to."""
    ours = {*header.from_addresses, *header.to_addresses}
    found = (canonical_address(word) for word in _ADDRESS.findall(text[:20_000]) if is_address(word))
    return list(dict.fromkeys(address for address in found if address not in ours))[:1]


def _readable(root: Part) -> str:
    texts = [
        decode_text(content_of(part)[:MAX_BODY_BYTES], part.parameters.get("charset", "")).text
        for part in root.walk()
        if part.media_type in {"text/plain", "text/html"} and not part.children
    ]
    return "\n".join(texts)[:MAX_BODY_BYTES].replace("\r\n", "\n")


def _original_ids(root: Part, header: HeaderFields) -> tuple[str, ...]:
    """The ids of the returned mail or its header; else what the report answers to."""
    returned = (part for part in root.walk() if part.media_type in _RETURNED_TYPES)
    ids = (read_headers(content_of(part).lstrip(b"\r\n")).message_id for part in returned)
    found = [message_id for message_id in ids if message_id]
    if not found and header.content_type != "multipart/report":  # the returned mail stands in the text
        found = _ORIGINAL_ID.findall(_readable(root))[:1]
    return tuple(dict.fromkeys(found or [*header.in_reply_to, *header.references[-1:]]))


def _field(raw: bytes, name: bytes) -> str:
    found = re.search(
        rb"^" + re.escape(name) + rb"[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", header_block(raw), re.IGNORECASE | re.MULTILINE
    )
    return header_text(found[1]) if found else ""


def _address_in(text: str) -> str:
    found = _ADDRESS.search(text)
    return canonical_address(found[0]) if found and is_address(found[0]) else ""
