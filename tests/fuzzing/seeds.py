"""Inputs to begin with: made here, the tests' own hostile ones, and real ones read where they lie, never copied."""

# ruff: noqa: E501 - what others wrote has lines of its own length

import base64
import functools
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
LARGEST = 65_536  # bytes of a real mail
MOST = 400  # of one sort

_KEY = b"\x98\x33\x04\x66\x00\x00\x00\x16\x09+\x06\x01\x04\x01\xdaG\x0f\x01\x01\x07@" + bytes(range(32))
_NAME = b"\xb4\x17Ann <ann@client.example>"
SIGNATURE_PACKET = (
    b"\x88\x5d\x04\x13\x16\x08\x00\x1d\x05\x02\x66\x00\x00\x00\x02\x1b\x0c\x09\x10" + b"\x01" * 8 + bytes(70)
)
CERTIFICATE = _KEY + _NAME + SIGNATURE_PACKET
MESSAGE = b"\x85\x00\x2a\x03" + b"\x11" * 8 + b"\x12" + bytes(32) + b"\xd2\x2a\x01" + bytes(41)
LITERAL = b"\xcb\x0bb\x00\x00\x00\x00\x00hello"


def armored(data: bytes, label: bytes = b"MESSAGE") -> bytes:
    """`data` in armor."""
    return b"-----BEGIN PGP %b-----\r\n\r\n%b-----END PGP %b-----\r\n" % (label, base64.encodebytes(data), label)


def mail(*parts: bytes, kind: bytes = b"multipart/mixed", header: bytes = b"") -> bytes:
    """A mail of `parts`, each with its own header."""
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return (
        b"From: Ann <ann@client.example>\r\nTo: therapist@practice.example\r\nDate: Tue, 03 Mar 2026 10:12:00 +0100\r\n"
        b"Message-ID: <1@client.example>\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\n%bMIME-Version: 1.0\r\n"
        b"Content-Type: %b; boundary=b\r\n\r\n%b--b--\r\n" % (header, kind, body)
    )


PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nI slept badly. [sighs]\r\n\r\n> how was it?\r\nwell :-)\r\n"
RICH = b"Content-Type: text/html\r\n\r\n<p>I slept <b>badly</b></p><blockquote>how was it?</blockquote>"
FILE = (
    b"Content-Type: application/pdf; name*0*=utf-8''a%20b; name*1=c.pdf\r\nContent-Transfer-Encoding: base64\r\n"
    b'Content-Disposition: attachment; filename="../a.pdf"\r\n\r\nJVBERi0xLjQK\r\n'
)
FLOWED = b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nI am \r\nhere \r\n>> old \r\n-- \r\nAnn\r\n"
QUOTED_PRINTABLE = b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nh=F6r=\r\nen\r\n"
SEALED = b"Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n" + armored(MESSAGE)
CONTROL = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
SIGNATURE = b"Content-Type: application/pgp-signature\r\n\r\n" + armored(SIGNATURE_PACKET, b"SIGNATURE")
ENCRYPTED = b'multipart/encrypted; protocol="application/pgp-encrypted"'
SIGNED = b'multipart/signed; protocol="application/pgp-signature"'


def made_mails() -> tuple[bytes, ...]:
    """One small mail of each shape."""
    alternative = (
        b"Content-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n" + PLAIN + b"\r\n--c\r\n" + RICH + b"\r\n--c--"
    )
    nested = b""
    for depth in range(12):
        nested = b"Content-Type: multipart/mixed; boundary=n%d\r\n\r\n--n%d\r\n%b\r\n--n%d--\r\n" % (
            depth,
            depth,
            nested,
            depth,
        )
    return (
        mail(PLAIN),
        mail(PLAIN, FILE, FILE),
        mail(alternative, FILE),
        mail(RICH, kind=b"multipart/related"),
        mail(FLOWED, QUOTED_PRINTABLE),
        mail(b"Content-Type: message/rfc822\r\n\r\n" + mail(PLAIN), kind=b"multipart/digest"),
        mail(CONTROL, SEALED, kind=ENCRYPTED),
        mail(PLAIN, SIGNATURE, kind=SIGNED),
        mail(PLAIN, CONTROL, SEALED),
        mail(b"Content-Type: text/plain\r\n\r\n" + armored(MESSAGE), FILE),
        b"From: a@b.example\r\n\r\n" + armored(MESSAGE),
        b"From: a@b.example\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n- -- hello\r\n"
        + armored(SIGNATURE_PACKET, b"SIGNATURE"),
        b"Subject: " + b"x " * 400 + b"\r\n\r\n" + nested,
        b"",
    )


@functools.cache
def real_mails() -> tuple[bytes, ...]:
    """Real mails and attacks of the corpora, where they are at hand: a fixed choice."""
    paths = sorted(path for path in CORPORA.glob("*/messages/*") if path.is_file() and path.stat().st_size <= LARGEST)
    chosen = random.Random(1).sample(paths, min(MOST, len(paths)))
    return tuple(path.read_bytes() for path in sorted(chosen))


def mails() -> Iterator[bytes]:
    """Whole mails."""
    yield from made_mails()
    yield from real_mails()


_HOSTILE = (
    b"[@click=app.boom]pay now[/] [link=file:///etc/passwd]x[/link] unbalanced [/b] \\[not markup] [[nested] [x()]]",
    b"\x1b]0;title\x07\x1b[2J\x1b[31mred \xc2\x9b31m \x7f \x00",
    "\u202egnitirw esrever\u202c \u2066isolated \u200f\u2028line\u2029paragraph\x85next \ufeff\ufffe\U0010ffff".encode(),
    "\u6f22\u5b57 \U0001f469\u200d\U0001f469\u200d\U0001f467 e\u0301\u0301 \u0130\u0131\ufb01 \u1e9e \u212a".encode(),
    b"\xff\xfe \xed\xa0\x80 \xc0\xaf \xf4\x90\x80\x80",
)


def texts() -> Iterator[bytes]:
    """What letters say, quoted and hostile."""
    from tests.mail.quoted_shapes import BLOCKS, LINES
    from tests.support.hostile_letters import TEXT

    for shapes in (*LINES.values(), *BLOCKS.values()):
        yield "\n\n".join(f"I am well.\n\n{shape}\n> how are you?\n>> and\nso" for shape in shapes).encode()
    yield TEXT.encode("utf-8", "replace")
    yield from _HOSTILE
    yield from (raw.partition(b"\r\n\r\n")[2][:8192] for raw in made_mails())
    yield b"[feeling lighter] yes [nodding], no [1] [x] `code [sighs]` [...] \xf0\x9f\x99\x82 :-) [a](b) ```\n[x y]\n```\n"


def pages() -> Iterator[bytes]:
    """HTML letters."""
    from tests.support.hostile_letters import WORDS

    yield RICH.partition(b"\r\n\r\n")[2]
    yield b"<table><tr><td>a<td>b</table><ul><li>x<ol><li>y</ol></ul><pre>  z\n</pre><a href=http://e.example>e</a><hr>"
    yield b"<div style='display:none'>hid</div><span hidden>x</span><img alt=sun><a href='mailto:a@b.example?x'>write</a>"
    yield b"<!DOCTYPE html><html><head><title>t</title><style>p{}</style></head><body dir=rtl>&#8238;a&#x1b;[2J</body></html>"
    for words in WORDS:
        yield words.encode("utf-8", "replace")
    htmls = (raw[raw.lower().find(b"<html") :][:16_384] for raw in real_mails() if b"<html" in raw.lower())
    yield from itertools.islice(htmls, 60)


def reports() -> Iterator[bytes]:
    """Delivery reports, as the standard has them and in prose."""
    status = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; ann@client.example\r\nAction: failed\r\nStatus: 5.1.1 (bad)\r\nDiagnostic-Code: smtp; 550\r\n x"
    )
    returned = b"Content-Type: message/rfc822\r\n\r\nMessage-ID: <12@practice.example>\r\nFrom: a@b.example\r\n\r\nbody"
    head = b"Return-Path: <>\r\nX-Failed-Recipients: ann@client.example, b@c.example\r\n"
    yield mail(PLAIN, status, returned, kind=b"multipart/report; report-type=delivery-status", header=head)
    yield (
        b"From: MAILER-DAEMON@mx.example\r\nTo: jo@practice.example\r\nIn-Reply-To: <1@x.example>\r\n\r\n"
        b"Hi. This is the qmail-send program.\r\n<ann@client.example>:\r\n550 5.1.1 no such user\r\n\r\n"
        b"--- Below\r\n\r\nMessage-ID: <12@practice.example>\r\n"
    )
    yield from itertools.islice((raw for raw in real_mails() if b"delivery" in raw.lower()), 40)


def autocrypt_headers() -> Iterator[bytes]:
    """Mails that offer a key, and the values alone."""
    value = b"addr=ann@client.example; prefer-encrypt=mutual; keydata=" + base64.b64encode(CERTIFICATE)
    yield b"From: Ann <ann@client.example>\r\nAutocrypt: " + value + b"\r\n\r\nhello"
    yield value
    yield b"addr=ann@client.example; _mine=1; keydata=\r\n " + base64.b64encode(CERTIFICATE)[:-4]
    yield from itertools.islice((raw[:20_000] for raw in real_mails() if b"autocrypt:" in raw.lower()), 60)


def some(found: tuple[bytes, ...], many: int) -> list[bytes]:
    """A fixed choice."""
    return random.Random(2).sample(list(found), min(many, len(found)))


def autoconfigs() -> Iterator[bytes]:
    """Documents of providers."""
    yield (
        b"<?xml version='1.0'?><clientConfig version='1.1'><emailProvider id='practice.example'>"
        b"<incomingServer type='imap'><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>"
        b"<authentication>OAuth2</authentication><username>%EMAILLOCALPART%</username></incomingServer>"
        b"<outgoingServer type='smtp'><hostname>smtp.host.example</hostname><port>587</port><socketType>STARTTLS"
        b"</socketType><username>%EMAILADDRESS%</username></outgoingServer></emailProvider></clientConfig>"
    )
    yield b"<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;&b;'>]><clientConfig>&d;</clientConfig>"


def pictures() -> Iterator[bytes]:
    """Small pictures of the four kinds, plain and telling."""
    from tests.mail.test_metadata import PLAIN as SILENT
    from tests.mail.test_metadata import TELLING

    yield from SILENT.values()
    yield from (telling for telling, _ in TELLING.values())
