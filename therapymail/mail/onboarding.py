"""The mail that brings a client the own key and says how to begin: nothing in it that is about the client."""

from datetime import datetime

from therapymail.domain.departure import EXCEPTIONS, Onboarding
from therapymail.domain.mail_headers import field_line, new_boundary
from therapymail.errors import UnusableInput
from therapymail.mail.composing import letter_parts
from therapymail.mail.unsealed import unsealed_headers, unsealed_mail

SUBJECT = "Writing to each other privately"
_BEGIN, _PRIVATE = "-----BEGIN PGP PUBLIC KEY BLOCK-----", "PRIVATE"
_TEXT = """\
Hello,

this is how we can write to each other so that only you and I can read
it. This first mail is not encrypted. It brings you my key, in the
attached file {file}.

1. Use a mail program that knows OpenPGP: Thunderbird on a computer, or
   K-9 Mail with OpenKeychain on an Android phone.

2. Let that program make a key of your own, for the address you will
   write from. The settings it suggests are good.

3. Open the attached file in it, and import my key.

4. Compare the fingerprint that your program shows for my key with the
   one I read to you in person or by phone. It should be:

   {fingerprint}

5. Write me a first short message with encryption switched on, and
   attach your public key.

What email is not for: I do not read it at all hours, so please do not
use it for anything urgent. In an emergency, call your local emergency
number. Mail services on the way can see our addresses and when we
write, and with some programs the subject line too: please choose one
that says nothing.

{name}
"""


def onboarding_text(sender_name: str, fingerprint: str) -> str:
    """The whole text, as it is previewed and sent; `fingerprint` of the own key, 40 hex digits."""
    grouped = grouped_fingerprint(fingerprint)
    name = " ".join(sender_name.split())
    return _TEXT.format(file=certificate_name(fingerprint), fingerprint=grouped, name=name).rstrip() + "\n"


def make_onboarding(
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
    Addresses are canonical and ASCII. Raises UnusableInput, also for anything but one armored public key.
    """
    armor = certificate.replace("\r\n", "\n").strip("\n")
    if not armor.startswith(_BEGIN) or armor.count("-----BEGIN ") != 1 or _PRIVATE in armor or not armor.isascii():
        raise UnusableInput("key", "only the public key, armored, can be sent")
    headers = unsealed_headers(sender_name, sender, recipient, now, SUBJECT)
    (text,) = letter_parts(onboarding_text(sender_name, fingerprint))
    raw = unsealed_mail(headers, _entity(text, _key_part(armor, fingerprint)), autocrypt)
    return Onboarding(raw, sender, recipient, headers.message_id, EXCEPTIONS)


def grouped_fingerprint(fingerprint: str) -> str:
    """`fingerprint` in groups of four, with a wider gap in the middle, as gpg and mail programs show it."""
    groups = [fingerprint[at : at + 4].upper() for at in range(0, len(fingerprint), 4)]
    half = len(groups) // 2
    return f"{' '.join(groups[:half])}  {' '.join(groups[half:])}"


def certificate_name(fingerprint: str) -> str:
    """The file name that other programs give such a key (PGP.md K8)."""
    return f"OpenPGP_0x{fingerprint[-16:].upper()}.asc"


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
