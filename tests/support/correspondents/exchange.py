"""One exchange with a client's program, both ways over the mail host, and what came of it."""

import base64
import re
from dataclasses import dataclass
from typing import Any

from tests.support.correspondents.correspondent import Correspondent, Seen, Written
from tests.support.correspondents.desk import Desk
from tests.support.correspondents.mailbox import Mailbox
from tests.support.program import Ran
from therapymail.bootstrap import open_practice
from therapymail.mail.entity import enclosure_bytes, read_entity
from therapymail.pgp.armor import dearmor
from therapymail.pgp.opening import open_mail
from therapymail.pgp.single import SingleOpener

NAME = "Maren Quist"
FIRST_SUBJECT = "Über das xqgewitter"
FIRST = "Liebe Orla,\n\nich träumte vom xqleuchtturm 🗼, und die Tür war größer.\n\n  - ½ Stunde\n\nMaren"
OURS = "Liebe Maren,\n\nthe xqlighthouse stayed with me. Größe: 3 €.\n\n  indented\n.\nFrom here on ☂ 🌩\n\nOrla"
ANSWER = "Liebe Orla,\n\ndie xqüberschwemmung ☂ ging vorbei.\n\nFrom then on:\n  - täglich\n\nMaren"
ENCLOSED = bytes(range(256)) * 40
_ARMOR = re.compile(rb"-----BEGIN PGP MESSAGE-----.*?-----END PGP MESSAGE-----", re.DOTALL)


@dataclass(frozen=True)
class Exchange:
    """What came of it; letters of theirs as `read --json` gives them.

    `first` is their letter in the traditional form (`first_mail` as it came), while their key was pinned and not
    confirmed; `sent` our answer as it came to them, to a library's with an enclosure, `seen` as their program
    showed it; `answer` their answer to that, as PGP/MIME with an enclosure; `tampered` a copy of it that was
    altered on the way.
    """

    first: dict[str, Any]
    first_mail: bytes
    sent: bytes
    seen: Seen
    answer: dict[str, Any]
    enclosure: bytes | None
    tampered: Ran


def exchange(desk: Desk, correspondent: Correspondent, mailbox: Mailbox, code: str) -> Exchange:
    """The client writes, we answer, the client answers, and with that answer an altered copy of it comes."""
    client = desk.add(code, mailbox, correspondent.make_key())
    correspondent.learn(desk.certificate)
    correspondent.send(Written(FIRST_SUBJECT, FIRST, desk.address, desk.another(), inline=True))
    desk.sync()
    (name,) = desk.received(code)
    first, first_mail = desk.read(name).answer, desk.mails()[-1]
    desk.confirm(code, client["fingerprint"])
    enclosure = mailbox.directory / correspondent.enclosure_name
    enclosure.write_bytes(ENCLOSED)
    desk.answer(name, OURS, *([enclosure] if correspondent.is_library else []))
    sent, seen = mailbox.newest(), correspondent.read()
    correspondent.send(Written(f"Re: {FIRST_SUBJECT}", ANSWER, desk.address, desk.another(), OURS, enclosure))
    mail = desk.mails()[-1]
    desk.deliver(altered(mail))
    desk.sync()
    states = {state: name for name, state in desk.received(code).items() if name != first["id"]}
    answer, tampered = (desk.read(states[state]) for state in ("opened", "failed"))
    return Exchange(first, first_mail, sent, seen, answer.answer, _enclosed(desk, mail), tampered)


def altered(mail: bytes) -> bytes:
    """`mail` with one bit of what is sealed turned, its armor right."""
    found = _ARMOR.search(mail)
    assert found
    packets = bytearray(dearmor(found[0]))
    packets[-40] ^= 1
    lines = base64.encodebytes(bytes(packets)).replace(b"\n", b"\r\n")
    armor = b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + lines + b"-----END PGP MESSAGE-----"
    return mail[: found.start()] + armor + mail[found.end() :]


def _enclosed(desk: Desk, mail: bytes) -> bytes | None:
    """The first enclosure of a mail, opened again from the original."""
    practice = open_practice(desk.therapymail.home, None, desk.therapymail.environment)
    with practice.gpg() as gpg:
        payload = open_mail(mail, SingleOpener(gpg)).payload or b""
    enclosed = read_entity(payload, is_entity=True).enclosures
    return enclosure_bytes(payload, 0) if enclosed else None
