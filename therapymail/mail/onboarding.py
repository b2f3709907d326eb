"""The mail that brings a client the own key and says how to begin: nothing in it that is about the client."""

import textwrap
from collections.abc import Iterator
from datetime import datetime

from therapymail.domain.departure import EXCEPTIONS, Onboarding
from therapymail.domain.kit import Kit, Section, certificate_name, make_kit, plain
from therapymail.domain.mail_headers import field_line, new_boundary
from therapymail.domain.mail_program import MailProgram
from therapymail.errors import UnusableInput
from therapymail.mail.composing import letter_parts
from therapymail.mail.unsealed import unsealed_headers, unsealed_mail

_BEGIN, _PRIVATE = "-----BEGIN PGP PUBLIC KEY BLOCK-----", "PRIVATE"
_COLUMNS = 72
_INDENT = "   "


def onboarding_text(kit: Kit) -> str:
    """The whole text, as it is previewed and sent: lines of at most 72 characters."""
    parts = [
        _paragraph(kit.greeting),
        _paragraph(kit.opening),
        *_begin(kit),
        *_section(kit.key.section),
        _INDENT + grouped_fingerprint(kit.key.fingerprint),
        _rows(kit.key.rows),
        *(paragraph for section in kit.sections for paragraph in _section(section)),
        _paragraph(kit.name),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def make_onboarding(
    program: MailProgram,
    language: str,
    *,
    sender_name: str,
    sender: str,
    recipient: str,
    now: datetime,
    certificate: str,
    fingerprint: str,
    autocrypt: str = "",
) -> Onboarding:
    """The mail as exact bytes for SMTP. `certificate` is the own public key, minimal and armored.

    `autocrypt` is the value of a header field with the same key, for programs that look for it there (AC5).
    Addresses are canonical and ASCII. It takes no words but a name: what it says is in our own data. Raises
    UnusableInput, also for anything but one armored public key.
    """
    armor = certificate.replace("\r\n", "\n").strip("\n")
    if not armor.startswith(_BEGIN) or armor.count("-----BEGIN ") != 1 or _PRIVATE in armor or not armor.isascii():
        raise UnusableInput("key", "only the public key, armored, can be sent")
    kit = make_kit(program, language, name=sender_name, address=sender, fingerprint=fingerprint)
    headers = unsealed_headers(sender_name, sender, recipient, now, kit.subject)
    (text,) = letter_parts(onboarding_text(kit))
    raw = unsealed_mail(headers, _entity(text, _key_part(armor, fingerprint)), autocrypt)
    return Onboarding(raw, sender, recipient, headers.message_id, EXCEPTIONS)


def grouped_fingerprint(fingerprint: str) -> str:
    """`fingerprint` in groups of four, with a wider gap in the middle, as gpg and mail programs show it."""
    groups = [fingerprint[at : at + 4].upper() for at in range(0, len(fingerprint), 4)]
    half = len(groups) // 2
    return f"{' '.join(groups[:half])}  {' '.join(groups[half:])}"


def _begin(kit: Kit) -> Iterator[str]:
    """The heading, what is needed, and the numbered steps."""
    yield _heading(kit.steps.heading)
    yield _paragraph(plain(kit.needs))
    for number, step in enumerate(kit.steps.paragraphs, 1):
        yield _paragraph(plain(step), first=f"{number}. ", rest=_INDENT)


def _section(section: Section) -> Iterator[str]:
    yield _heading(section.heading)
    yield from (_paragraph(plain(text)) for text in section.paragraphs)


def _heading(text: str) -> str:
    return f"{text}\n{'=' * len(text)}"


def _rows(rows: tuple[tuple[str, str], ...]) -> str:
    """The digits with their words, row by row; empty where there are no words."""
    return "\n".join(f"{_INDENT}{digits}   {words}" for digits, words in rows if words)


def _paragraph(text: str, first: str = "", rest: str = "") -> str:
    """`text` in lines; `first` stands before the first of them, `rest` before the others."""
    return textwrap.fill(text, _COLUMNS, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _key_part(armor: str, fingerprint: str) -> bytes:
    name = certificate_name(fingerprint)
    header = [
        f'Content-Type: application/pgp-keys; name="{name}"',
        f'Content-Disposition: attachment; filename="{name}"',
        "Content-Transfer-Encoding: 7bit",
        "",
    ]
    return "\r\n".join([*header, *armor.split("\n"), ""]).encode("ascii")


def _entity(*parts: bytes) -> bytes:
    boundary = new_boundary()
    delimiter = f"--{boundary}".encode("ascii")
    pieces = [field_line("Content-Type", f'multipart/mixed; boundary="{boundary}"')]
    for part in parts:
        pieces += [b"\r\n", delimiter, b"\r\n", part]
    return b"".join([*pieces, b"\r\n", delimiter, b"--\r\n"])
