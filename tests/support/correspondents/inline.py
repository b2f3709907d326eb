"""A mail in the traditional form: armor for a body."""

import email.utils

from tests.support.correspondents.correspondent import Written
from tests.support.correspondents.mailbox import Mailbox


def inline_mail(mailbox: Mailbox, letter: Written, armor: bytes) -> bytes:
    """The mail whose whole body is `armor`."""
    identity = email.utils.make_msgid(domain=mailbox.address.partition("@")[2])
    return (
        f"From: {mailbox.name} <{mailbox.address}>\nTo: <{letter.recipient}>\nSubject: Re: a letter\n"
        f"Date: {email.utils.formatdate(localtime=True)}\nMessage-ID: {identity}\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n\n"
    ).encode() + armor
