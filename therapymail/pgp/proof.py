"""Proof before send: the exact bytes that would leave, read again by code that had no part in making them.

It shares nothing with the sealing (import-linter holds both apart): Python's own mail parser, our readers of
packets, and patterns written down here. HAZARDS C1, C5, C8, C17, H13, S16, S19, S21.
"""

import binascii
import email
import email.policy
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from therapymail.domain.departure import PROVER, Proof, ProvenLetter
from therapymail.errors import KeyRefused, NotProven, OpenPgpUnreadable
from therapymail.pgp.canaries import words_of
from therapymail.pgp.certificate_packets import encryption_key_ids
from therapymail.pgp.packets import SealForm, packet_tags, read_layout

_REQUIRED = ("From", "To", "Date", "Subject", "Message-ID", "MIME-Version", "Content-Type")
_ALLOWED = frozenset({*_REQUIRED, "In-Reply-To", "References"})
_LONGEST_LINE = 998  # RFC 5322 section 2.1.1
_SESSION_KEY, _SEALED_DATA = 1, 18
_KEY_ID = 16  # hex digits, the end of a version 4 fingerprint
# Words that a proper letter has outside its seal, whatever it says inside.
_OURS = frozenset(
    words_of(
        "From To Date Subject Message-ID In-Reply-To References MIME-Version Content-Type Content-Disposition "
        "multipart/encrypted protocol application/pgp-encrypted boundary Version application/octet-stream name "
        "encrypted.asc inline filename BEGIN PGP MESSAGE END This is an OpenPGP/MIME encrypted message RFC 4880 and "
        "3156 Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    )
)
_DATE_FORM = "%a, %d %b %Y %H:%M:%S +0000"
_WORD = r"=\?utf-8\?b\?[A-Za-z0-9+/]+={0,2}\?="
_MAILBOX = re.compile(
    rf'(?:(?:"(?:[^"\\]|\\.)*"|{_WORD}(?: {_WORD})*|(?!.*=\?)[^"<>:;,@()]+) )?<(?P<address>[^<>"\s]+)>'
)
_PLAIN = bytes([*range(0x20, 0x7F), *b"\r\n"])
_ROOT = re.compile(
    r'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="(?P<boundary>[0-9A-Za-z=_+-]{10,70})"'
)
_PREAMBLE = "This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)"
_FIRST = [("Content-Type", "application/pgp-encrypted")]
_SECOND = [
    ("Content-Type", 'application/octet-stream; name="encrypted.asc"'),
    ("Content-Disposition", 'inline; filename="encrypted.asc"'),
]
_ARMOR = re.compile(
    rb"(?<=\n)-----BEGIN PGP MESSAGE-----\r\n\r\n(?P<data>(?:[A-Za-z0-9+/]{64}\r\n)*(?:[A-Za-z0-9+/]{2,64}={0,2}\r\n)?)"
    rb"(?:=[A-Za-z0-9+/]{4}\r\n)?-----END PGP MESSAGE-----"
)
_PLACE = b"-----the sealed letter-----"


@dataclass(frozen=True)
class Expected:
    """What the letter must be. Addresses are canonical, the certificates binary.

    `references` are all Message-IDs that may stand in In-Reply-To and References, `canaries` the words that
    must not be outside (pgp.canaries). `date`, if given, is the one the letter must bear; `client_part`, if given, is
    the fingerprint of the one part of the client's key that it must be sealed to (PGP.md K5).
    """

    sender: str
    recipient: str
    message_id: str
    client_certificate: bytes = field(repr=False)
    own_certificate: bytes = field(repr=False)
    canaries: tuple[str, ...] = field(default=(), repr=False)
    sender_name: str = ""
    references: tuple[str, ...] = ()
    date: datetime | None = None
    client_part: str | None = None


def prove(raw: bytes, expected: Expected) -> ProvenLetter:
    """`raw` as a letter that may be handed to SMTP. Raises NotProven with the code of the first check that fails.

    What it holds against `raw`: 7bit, CRLF, short lines; no canary anywhere outside the armor; the header
    fields, each once and none but ours; sender, recipient, date, id; the structure of RFC 3156 and not a byte
    besides; and that the packets are sealed to one encryption key of each of the two certificates, with
    integrity protection, and to nobody else.
    """
    evidence = _Evidence(raw, expected)
    for code, holds in _CHECKS.items():
        if not _holds(holds, evidence):
            raise NotProven(code)
    proof = Proof(
        digest=hashlib.sha256(raw).hexdigest(),
        payload_digest=hashlib.sha256(evidence.packets).hexdigest(),
        sealed_to=read_layout(evidence.packets).recipients,
        checks=tuple(_CHECKS),
    )
    return ProvenLetter(raw, expected.sender, expected.recipient, expected.message_id, proof, PROVER)


class _Evidence:
    """One mail, parsed as far as the checks have asked for it.

    Python's parser is shown it with the lines of base64 taken out: nothing in them could end a part or begin
    one, and in a letter with a picture there are fifty thousand. `armor` is the whole block that was taken,
    `base64` its data; both are empty where there is none. `packets` is for the check that reads them.
    """

    def __init__(self, raw: bytes, expected: Expected) -> None:
        self.raw, self.expected = raw, expected
        block = _ARMOR.search(raw)
        self.armor, self.base64 = block.group(0, "data") if block else (b"", b"")
        self.outside = raw.replace(self.armor, _PLACE, 1) if self.armor else raw
        readable = self.outside.decode("ascii", "surrogateescape")
        self.mail: Message[str, str] = email.message_from_string(readable, policy=email.policy.compat32)
        self.packets = b""

    def value(self, name: str) -> str:
        """The one value of a field, unfolded."""
        return _unfolded(str(self.mail[name]))

    def parts(self) -> "list[Message[str, str]]":
        """The parts of the root."""
        found = self.mail.get_payload()
        return [each for each in found if isinstance(each, Message)] if isinstance(found, list) else []


def _holds(check: Callable[[_Evidence], bool], evidence: _Evidence) -> bool:
    """Whether `check` holds; what makes a parser stumble does not."""
    try:
        return check(evidence)
    except (MessageError, HeaderParseError, OpenPgpUnreadable, KeyRefused, ValueError, LookupError, TypeError):
        return False


def _is_seven_bit(evidence: _Evidence) -> bool:
    return not evidence.raw.translate(None, _PLAIN)


def _has_line_ends(evidence: _Evidence) -> bool:
    raw = evidence.raw
    return raw.endswith(b"\r\n") and raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")


def _has_short_lines(evidence: _Evidence) -> bool:
    return max(map(len, evidence.outside.split(b"\r\n"))) <= _LONGEST_LINE


def _names_no_canary(evidence: _Evidence) -> bool:
    """No word of the letter outside the armor, as it stands there or decoded, but for those that belong there."""
    expected = evidence.expected
    outside = _unfolded(evidence.outside.replace(_PLACE, b"").decode("ascii"))
    for message_id in expected.references:  # before anything is decoded: who wrote to us chose them
        outside = outside.replace(message_id, "")
    readings = [_with_words_decoded(outside), _from_quoted_printable(outside)]
    encoded = [part.get_payload(decode=True) for part in evidence.mail.walk() if part["Content-Transfer-Encoding"]]
    readings += [each.decode("utf-8", "replace") for each in encoded if isinstance(each, bytes)]
    known = [expected.sender, expected.recipient, expected.message_id, expected.sender_name]
    foreign = {*words_of("\n".join(readings))} - _OURS - {*words_of("\n".join(known))}
    return foreign.isdisjoint(word for canary in expected.canaries for word in _as_words(canary))


def _as_words(canary: str) -> Sequence[str]:
    return (canary,) if canary.isalnum() and canary.islower() else words_of(canary)


def _with_words_decoded(text: str) -> str:
    return "\n".join(_decoded(line) if "=?" in line else line for line in text.split("\r\n"))


def _from_quoted_printable(text: str) -> str:
    return binascii.a2b_qp(text).decode("utf-8", "replace")


def _has_our_fields(evidence: _Evidence) -> bool:
    """Our fields, each once, and no line besides them: Python's parser leaves out one like a mailbox file's `From `."""
    names, header = evidence.mail.keys(), evidence.raw.partition(b"\r\n\r\n")[0].decode("ascii")
    if any(not line.strip() for line in header.split("\r\n")):  # where a line of blanks may be taken for the end
        return False
    is_all = _unfolded(header).split("\r\n") == [f"{name}: {evidence.value(name)}" for name in names]
    return is_all and len(names) == len(set(names)) and set(_REQUIRED) <= set(names) <= _ALLOWED


def _is_from_us(evidence: _Evidence) -> bool:
    expected = evidence.expected
    return _mailbox(evidence.value("From")) == (" ".join(expected.sender_name.split()), expected.sender)


def _is_to_the_client(evidence: _Evidence) -> bool:
    return evidence.value("To") == f"<{evidence.expected.recipient}>"


def _is_dated(evidence: _Evidence) -> bool:
    value, wanted = evidence.value("Date"), evidence.expected.date
    if wanted is not None:
        return value == wanted.astimezone(UTC).strftime(_DATE_FORM)
    return datetime.strptime(value, _DATE_FORM).replace(tzinfo=UTC).strftime(_DATE_FORM) == value


def _says_no_subject(evidence: _Evidence) -> bool:
    return evidence.value("Subject") == "..."


def _is_identified(evidence: _Evidence) -> bool:
    expected, value = evidence.expected, evidence.value("Message-ID")
    domain = expected.sender.rpartition("@")[2]
    return value == expected.message_id and re.fullmatch(rf"<[a-z0-9]{{16,}}@{re.escape(domain)}>", value) is not None


def _answers_what_it_may(evidence: _Evidence) -> bool:
    known = set(evidence.expected.references)
    answered = [evidence.value(name) for name in ("In-Reply-To", "References") if name in evidence.mail]
    ids = [value.split(" ") for value in answered]  # one blank between two: a line of blanks could end a header
    return all(set(each) <= known and len(set(each)) == len(each) for each in ids)


def _is_structured(evidence: _Evidence) -> bool:
    """RFC 3156 section 4: the root with its protocol, two parts of the right types, and nothing around them."""
    mail, parts = evidence.mail, evidence.parts()
    root = _ROOT.fullmatch(evidence.value("Content-Type"))
    return (
        evidence.value("MIME-Version") == "1.0"
        and root is not None
        and not any(part.defects for part in mail.walk())
        and [_fields(part) for part in parts] == [_FIRST, _SECOND]
        and parts[0].get_payload() == "Version: 1\r\n"
        and mail.preamble == _PREAMBLE
        and not mail.epilogue
    )


def _is_armored(evidence: _Evidence) -> bool:
    """One block, without headers of its own, and the second part is nothing else."""
    if evidence.parts()[-1].get_payload() != _PLACE.decode():
        return False
    evidence.packets = binascii.a2b_base64(evidence.base64.replace(b"\r\n", b""), strict_mode=True)
    return True


def _is_whole(evidence: _Evidence) -> bool:
    """Every byte of the body is the preamble, a delimiter, a part's header, the version or the armor."""
    _, _, body = evidence.raw.partition(b"\r\n\r\n")
    delimiter = f"--{evidence.mail.get_boundary()}"
    first, second = ("\r\n".join(f"{name}: {value}" for name, value in fields) for fields in (_FIRST, _SECOND))
    before = f"{_PREAMBLE}\r\n{delimiter}\r\n{first}\r\n\r\nVersion: 1\r\n\r\n{delimiter}\r\n{second}\r\n\r\n"
    return body == before.encode() + evidence.armor + f"\r\n{delimiter}--\r\n".encode()


def _is_sealed(evidence: _Evidence) -> bool:
    """Session keys for two keys, then integrity-protected data, and nothing before, between or behind."""
    layout = read_layout(evidence.packets)
    tags = packet_tags(evidence.packets)
    shape = (*[_SESSION_KEY] * len(layout.recipients), _SEALED_DATA)
    return layout.seal is SealForm.INTEGRITY_PROTECTED and tags == shape


def _is_sealed_to_both(evidence: _Evidence) -> bool:
    """Exactly one encryption key of the client and one of ours (C17, S19); for a letter to oneself the one."""
    recipients = read_layout(evidence.packets).recipients
    client = encryption_key_ids(evidence.expected.client_certificate)
    own = encryption_key_ids(evidence.expected.own_certificate)
    if evidence.expected.client_part is not None:
        client &= {evidence.expected.client_part[-_KEY_ID:]}
    if client == own:
        return len(recipients) == 1 and set(recipients) <= own
    return sorted((each in client, each in own) for each in recipients) == [(False, True), (True, False)]


def _fields(part: "Message[str, str]") -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in part.items()]


def _mailbox(value: str) -> tuple[str, str]:
    """The name and address of the one mailbox in `value`, which Python's own reader has to see too; else nothing."""
    written = _MAILBOX.fullmatch(value)
    read = getaddresses([value])
    if not written or len(read) != 1 or read[0][1] != written["address"]:
        return "", ""
    return _decoded(read[0][0]), read[0][1]


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value)))


def _unfolded(value: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", value)


_CHECKS: dict[str, Callable[[_Evidence], bool]] = {
    "seven-bit": _is_seven_bit,
    "line-ends": _has_line_ends,
    "line-length": _has_short_lines,
    "canary": _names_no_canary,
    "fields": _has_our_fields,
    "from": _is_from_us,
    "to": _is_to_the_client,
    "date": _is_dated,
    "subject": _says_no_subject,
    "message-id": _is_identified,
    "references": _answers_what_it_may,
    "structure": _is_structured,
    "armor": _is_armored,
    "nothing-else": _is_whole,
    "packets": _is_sealed,
    "key-ids": _is_sealed_to_both,
}
