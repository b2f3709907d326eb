"""The header of a mail we send, as a value and as lines: nothing in it but what has to be there.

Pure but for `new_message_id` and `new_boundary`, which draw random characters. The proof before send
(pgp.proof) shares none of this.
"""

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from therapymail.domain.addresses import canonical_address
from therapymail.errors import UnusableInput

OUTER_SUBJECT = "..."  # what Thunderbird and K-9 write (PGP.md HP9)
_LINE = 76  # columns; RFC 5322 section 2.1.1 asks for 78, RFC 2047 for 76
_MOST_ANCESTORS = 20
_LONGEST_ID = 250
_LONGEST_WORD_BYTES = 39  # in base64 52 characters: with =?utf-8?b? and ?= an encoded word of 64
_PLAIN_CHARACTERS = 60  # of a word that is left as it is
# No vowels: what is random must not spell a word of the letter.
_RANDOM = "0123456789bcdfghjkmnpqrstvwxz"
_RANDOM_CHARACTERS = 28  # 136 bits
_FORBIDDEN = re.compile(r"[\r\n\0]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")


@dataclass(frozen=True)
class LetterHeaders:
    """What the header of a letter says. Addresses are canonical and ASCII; `date` is cut to whole seconds, UTC.

    `message_id` and `in_reply_to` (empty: none) have their angle brackets, `references` are the Message-IDs
    of the letters before, oldest first. Ids copied from mail that are no Message-IDs are left out; anything
    else that cannot stand in a header raises UnusableInput (HAZARDS S12, H13).
    """

    sender_name: str
    sender: str
    recipient: str
    date: datetime
    subject: str
    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for what, text in (("name", self.sender_name), ("subject", self.subject)):
            require_one_line(what, text)
        for address in (self.sender, self.recipient):
            require_sendable(address)
        if not is_message_id(self.message_id):
            raise UnusableInput("message id", "it must look like <name@domain.example>")

    @property
    def ancestors(self) -> tuple[str, ...]:
        """The Message-IDs for References: at most 20, the first and the last ones (RFC 5322 section 3.6.4)."""
        found = [each for each in dict.fromkeys((*self.references, self.in_reply_to)) if is_message_id(each)]
        if self.in_reply_to in found:
            found = [*(each for each in found if each != self.in_reply_to), self.in_reply_to]
        return tuple(found if len(found) <= _MOST_ANCESTORS else [found[0], *found[1 - _MOST_ANCESTORS :]])


def outer_fields(headers: LetterHeaders) -> list[tuple[str, str]]:
    """Names and values of the fields that everybody on the way can read (PGP.md HP9); the subject says nothing."""
    return _fields(headers, OUTER_SUBJECT)


def full_fields(headers: LetterHeaders) -> list[tuple[str, str]]:
    """Names and values of the fields with the real subject: inside a seal, or on a mail that has none."""
    return _fields(headers, encoded(headers.subject))


def _fields(headers: LetterHeaders, subject: str) -> list[tuple[str, str]]:
    fields = [
        ("From", mailbox(headers.sender_name, headers.sender)),
        ("To", f"<{headers.recipient}>"),
        ("Date", mail_date(headers.date)),
        ("Subject", subject),
        ("Message-ID", headers.message_id),
    ]
    if is_message_id(headers.in_reply_to):
        fields.append(("In-Reply-To", headers.in_reply_to))
    if headers.ancestors:
        fields.append(("References", " ".join(headers.ancestors)))
    return fields


def field_line(name: str, value: str) -> bytes:
    """One header field with its line end, folded at blanks so that lines stay within 76 columns where they can.

    `value` is ASCII without line ends: whatever came from outside was encoded or refused before.
    """
    if _FORBIDDEN.search(value):
        raise UnusableInput("header", "it must be one line")
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > _LINE and line.strip() and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]).encode("ascii") + b"\r\n"


def mailbox(name: str, address: str) -> str:
    """`name <address>`: the name as atoms, quoted or as encoded words (RFC 5322 section 3.4, RFC 2047)."""
    name = " ".join(name.split())
    require_one_line("name", name)
    if not name:
        return f"<{address}>"
    if _ATOMS.fullmatch(name) and "=?" not in name and len(name) < _PLAIN_CHARACTERS:
        return f"{name} <{address}>"
    if name.isascii() and name.isprintable() and "=?" not in name and len(name) < _PLAIN_CHARACTERS:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{_words(name)} <{address}>"


def encoded(text: str) -> str:
    """`text` as the value of an unstructured field: as it is where that is plain, else encoded words (RFC 2047)."""
    require_one_line("header", text)
    plain = text.isascii() and text.isprintable() and "=?" not in text and " ".join(text.split()) == text
    if plain and all(len(word) <= _PLAIN_CHARACTERS for word in text.split(" ")):
        return text
    return _words(text)


def _words(text: str) -> str:
    """`text` as encoded words divided by one blank, no character split between two of them."""
    pieces, piece = [], b""
    for character in text:
        octets = character.encode("utf-8")
        if len(piece) + len(octets) > _LONGEST_WORD_BYTES:
            pieces.append(piece)
            piece = b""
        piece += octets
    return " ".join(f"=?utf-8?b?{base64.b64encode(octets).decode('ascii')}?=" for octets in (*pieces, piece))


def mail_date(moment: datetime) -> str:
    """`moment` as mail writes it: UTC, whole seconds, no time zone of anybody's (HAZARDS H13, S21)."""
    return format_datetime(moment.astimezone(UTC))


def new_message_id(mail_domain: str) -> str:
    """A fresh Message-ID under the sender's mail domain, saying nothing of machine or time (HAZARDS H13)."""
    domain = canonical_address(f"x@{mail_domain}").rpartition("@")[2]
    return f"<{_random()}@{domain}>"


def new_boundary() -> str:
    """A boundary that no line of armor, quoted-printable or base64 can be (PGP.md W4)."""
    return f"=_{_random()}"


def _random() -> str:
    drawn, characters = secrets.randbelow(len(_RANDOM) ** _RANDOM_CHARACTERS), []
    for _ in range(_RANDOM_CHARACTERS):
        drawn, at = divmod(drawn, len(_RANDOM))
        characters.append(_RANDOM[at])
    return "".join(characters)


def is_message_id(text: str) -> bool:
    """Whether `text` may stand in Message-ID, In-Reply-To or References: printable ASCII in angle brackets."""
    return len(text) <= _LONGEST_ID and _MESSAGE_ID.fullmatch(text) is not None


def require_one_line(what: str, text: str) -> None:
    """Check that `text` can be part of a header. Raises UnusableInput for CR, LF, NUL and lone surrogates (S12)."""
    if _FORBIDDEN.search(text):
        raise UnusableInput(what, "it must be one line")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UnusableInput(what, "it holds characters that cannot be sent") from None


def require_sendable(address: str) -> None:
    """Check that `address` is canonical and ASCII. Raises UnusableInput."""
    if canonical_address(address) != address:
        raise UnusableInput("address", "it must be in its canonical form")
    if not address.isascii():
        raise UnusableInput("address", "mail hosts cannot be relied on to carry letters that are not ASCII in it")
