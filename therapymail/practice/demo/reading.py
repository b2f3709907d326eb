"""What a client's own mail program makes of a mail: gpg and the standard library, nothing of the program's own code.

So the demo shows that a letter opens for somebody else, and a letter that is not sealed to them shows too.
"""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum

from therapymail.pgp.runner import Gpg
from therapymail.pgp.status import has, values_of

_SUBKEY_AND_PRIMARY = 2


class Finding(StrEnum):
    """What a client finds on opening a mail from the visitor."""

    SEALED = "sealed to them and signed by you"
    IN_CLEAR = "in clear, as notices and invitations are"
    NOT_THEIRS = "NOT SEALED TO THEIR KEY"
    NOT_SIGNED = "NOT SIGNED BY YOU"


@dataclass(frozen=True)
class MailRead:
    """A mail as a client reads it. `thread` are the Message-IDs of its References and its own, oldest first."""

    finding: Finding
    subject: str = ""
    text: str = ""
    thread: tuple[str, ...] = ()


def read_as(clients: Gpg, own_keys: frozenset[str], therapist: str, raw: bytes) -> MailRead:
    """Open `raw` in the clients' home with one of `own_keys`, and check the signature of `therapist` (fingerprints)."""
    outer = _parsed(raw)
    thread = (*str(outer.get("References", "")).split(), str(outer.get("Message-ID", "")).strip())
    if outer.get_content_type() != "multipart/encrypted":
        return MailRead(Finding.IN_CLEAR, str(outer.get("Subject", "")), _text(outer), thread)
    parts = [part for part in outer.iter_parts() if isinstance(part, EmailMessage)]
    ciphertext = parts[1].get_payload(decode=True) if len(parts) > 1 else b""
    opened = clients.run(["--decrypt"], ciphertext if isinstance(ciphertext, bytes) else b"")
    used = {fields[1] for fields in values_of(opened.status, "DECRYPTION_KEY") if len(fields) >= _SUBKEY_AND_PRIMARY}
    if not has(opened.status, "DECRYPTION_OKAY") or not used & own_keys:
        return MailRead(Finding.NOT_THEIRS, thread=thread)
    signers = [fields[-1] for fields in values_of(opened.status, "VALIDSIG")]
    if signers != [therapist] or not has(opened.status, "GOODSIG"):
        return MailRead(Finding.NOT_SIGNED, thread=thread)
    inner = _parsed(opened.output)
    return MailRead(Finding.SEALED, str(inner.get("Subject", "")), _text(inner), thread)


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain",))
    return str(body.get_content()) if body is not None else ""
