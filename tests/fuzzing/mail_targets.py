"""What comes by mail and is not sealed: header, parts, texts, quotes, reports, offers of keys and of settings."""

import itertools

from tests.fuzzing import seeds, sound
from tests.fuzzing.target import Target
from therapymail.domain.autocrypt import MAX_VALUE, autocrypt_value
from therapymail.errors import KeyRefused
from therapymail.mail.autoconfig import read_autoconfig
from therapymail.mail.autocrypt import may_offer_key, offered_key, parse
from therapymail.mail.bounce import MAX_FAILURES, recognise
from therapymail.mail.charsets import decode_text
from therapymail.mail.entity import read_entity
from therapymail.mail.flowed import unflowed
from therapymail.mail.headers import header_block, read_headers
from therapymail.mail.html import text_of_html
from therapymail.mail.picture_metadata import PictureUnreadable, cleaned_picture
from therapymail.mail.quotes import MAX_LINES, split_quotes
from therapymail.pgp.certificate_packets import MAX_BYTES, key_fingerprints, key_packets, outline

CHARSETS = ("", "utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-7", "utf-16", "gb2312", "iso-2022-jp", "hz",
            "big5", "shift_jis", "koi8-r", "euc-kr", "utf-32", "x-unknown")  # fmt: skip
_OWN = "therapist@practice.example"


def mime(data: bytes) -> None:
    """A whole mail as a sync reads it where nothing seals it: header, text, quotes, enclosures."""
    sound.header(read_headers(data))
    sound.entity(read_entity(data, is_entity=True), data)


def text(data: bytes) -> None:
    """Bare text in some charset, flowed or not: the first byte chooses."""
    choice, content = data[0] if data else 0, data[1:]
    charset = CHARSETS[choice % len(CHARSETS)]
    decoded = decode_text(content, charset)
    sound.storable(decoded.text)
    sound.shows(decoded.text)
    lines = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    joined = unflowed(lines, delete_space=choice > 127)
    assert len(joined) <= 2 * len(lines) + 2, "joined lines grew"
    read = read_entity(content, is_entity=False, charset=charset)
    sound.arranged(read.text, read.quoted, read.arrangement)


def html(data: bytes) -> None:
    """The text of an HTML letter."""
    read = text_of_html(data.decode("utf-8", "surrogateescape"))
    sound.storable(read.text)
    sound.shows(read.text)
    assert not read.text.startswith("\n"), "it begins with an empty line"
    assert len(set(read.defects)) == len(read.defects), "a defect is said twice"


def quotes(data: bytes) -> None:
    """Own words told from quoted ones: none is lost, none is made."""
    said = data.decode("utf-8", "replace").replace("\r", "")
    split = split_quotes(said)
    sound.arranged(split.own, split.quoted, split.arrangement)
    kept = [line for line in f"{split.own}\n{split.quoted}".split("\n") if line.strip()]
    if said.count("\n") <= MAX_LINES:
        assert sorted(kept) == sorted(line for line in said.split("\n") if line.strip()), "words were lost or made"


def bounce(data: bytes) -> None:
    """A delivery report, or any other mail."""
    found = recognise(data)
    if found is None:
        return
    assert len(found.failures) <= MAX_FAILURES, "failures beyond their limit"
    sound.addresses(failure.address for failure in found.failures)
    for said in (*found.original_message_ids, *(failure.status for failure in found.failures)):
        sound.one_line(said)
    assert found.permanent == any(failure.permanent for failure in found.failures)
    sound.addresses([found.failed_address or ""])


def autocrypt(data: bytes) -> None:
    """A header that offers a key, and the key it offers."""
    key = offered_key(data) or parse(data)
    if key is None:
        return
    assert may_offer_key(header_block(data)) or parse(data) is not None, "a key out of nothing"
    sound.addresses([key.address])
    value = autocrypt_value(key.address, key.keydata)
    assert len(value) <= MAX_VALUE, "a field beyond its limit"
    if value:
        again = parse(value.encode())
        assert again is not None, "our own field cannot be read"
        assert (again.address, again.keydata) == (key.address, key.keydata), "our own field says something else"
    try:
        packets = key_packets(key.keydata)
        assert len(packets) <= MAX_BYTES, "a key beyond its limit"
        outline(packets)
        key_fingerprints(packets)
    except KeyRefused as refused:
        sound.refusal(refused)


def autoconfig(data: bytes) -> None:
    """Settings that a provider publishes."""
    found = read_autoconfig(data, _OWN)
    if found is None:
        return
    for service in (found.imap, found.smtp):
        if service is not None:
            assert 0 < service.port < 65536, "no port"
            sound.addresses([f"x@{service.host}"])
    sound.one_line(found.username)


def picture(data: bytes) -> None:
    """A picture without what it says of camera and place."""
    try:
        cleaned = cleaned_picture(data)
    except PictureUnreadable:
        return
    if cleaned is not None:
        assert len(cleaned) <= len(data) + 64, "a picture grew"
        assert cleaned_picture(cleaned) == cleaned, "cleaned twice it is another"


_MIME_WORDS = (
    *(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n", b"Content-Transfer-Encoding: base64\r\n", b"--b\r\n"),
    *(b"--b--\r\n", b"Content-Type: text/html\r\n", b"Content-Type: message/rfc822\r\n", b"multipart/alternative"),
    *(b"multipart/signed", b"multipart/encrypted", b"; charset=", b"; filename*0*=utf-8''", b"=?utf-8?b?", b"?="),
    *(b"Subject: ", b"From: ", b"To: ", b"Date: ", b"References: <a@b.example> ", b"\r\n\r\n", b"\r\n\t", b"\xc3\xbc"),
    *(b"format=flowed; delsp=yes", b"quoted-printable", b"Content-Disposition: attachment; filename=", b"boundary="),
)
_HTML_WORDS = (
    *(
        b"<blockquote>",
        b"</blockquote>",
        b"<div style='display:none'>",
        b"<table><tr><td>",
        b"<a href='http://x.example'>",
    ),
    *(b"<!--", b"-->", b"<![CDATA[", b"&#x", b"&nbsp;", b"<li>", b"<ol start=99999999>", b"<pre>", b"<br>", b"</div>"),
    *(b"<img alt='x'>", b"<svg>", b"<style>", b"<meta charset=", b"<a href='//[", b"mailto:", b"colspan=9999", b"\x00"),
)
_QUOTE_WORDS = (
    *(
        b"> ",
        b">> ",
        b"\n\n",
        b"On 3 March 2026, you wrote:\n",
        b"-----Original Message-----\n",
        b"From: a@b.example\n",
    ),
    *(
        b"Sent: 3 March 2026\n",
        b"Subject: x\n",
        b"To: c@d.example\n",
        b"Am 03.03.26 um 10:00 schrieb A <a@b.example>:\n",
    ),
    *(b"\xef\xbc\x9a", b"____________\n", b">From ", b":\n"),
)
_BOUNCE_WORDS = (
    *(b"multipart/report; report-type=delivery-status; boundary=b", b"message/delivery-status", b"Action: failed\r\n"),
    *(
        b"Final-Recipient: rfc822; a@b.example\r\n",
        b"Status: 5.1.1\r\n",
        b"X-Failed-Recipients: ",
        b"Return-Path: <>\r\n",
    ),
    *(b"Message-ID: <a@b.example>", b"From: MAILER-DAEMON@x.example\r\n", b"could not be delivered", b"550 ", b"4.2.2"),
)
_AUTOCRYPT_WORDS = (
    b"Autocrypt: ",
    b"addr=",
    b"; ",
    b"prefer-encrypt=mutual",
    b"keydata=",
    b"_x=y",
    b"From: ",
    b"\r\n ",
)
_CONFIG_WORDS = (
    *(b"<clientConfig>", b"<emailProvider id='x'>", b"<incomingServer type='imap'>", b"<hostname>", b"</hostname>"),
    *(
        b"<port>993</port>",
        b"<socketType>SSL</socketType>",
        b"<username>%EMAILADDRESS%</username>",
        b"<!DOCTYPE",
        b"<!ENTITY",
    ),
    *(
        b"<outgoingServer type='smtp'>",
        b"<authentication>OAuth2</authentication>",
        b"<?xml encoding='utf-16'?>",
        b"&#0;",
    ),
)
_PICTURE_WORDS = (b"\xff\xe1", b"Exif\0\0", b"MM\0*", b"II*\0", b"IHDR", b"IEND", b"eXIf", b"GIF89a", b"RIFF", b"WEBP",
                  b"VP8X", b"EXIF", b"\x21\xff\x0b", b"\xff\xda", b"\xff\xd9", b"\x00\x00\x00\x00")  # fmt: skip


def _with_charsets() -> list[bytes]:
    texts = list(itertools.islice(seeds.texts(), 40))
    return [bytes([number % 256]) + each for number, each in enumerate(texts)]


TARGETS = (
    Target("mime", "a whole mail: header, parts, text, quotes, enclosures", mime, seeds.mails, _MIME_WORDS, 100_000),
    Target("html", "the text of an HTML letter", html, seeds.pages, _HTML_WORDS, 60_000),
    Target("text", "charsets, format=flowed", text, _with_charsets, _QUOTE_WORDS, 50_000),
    Target("quotes", "own words told from quoted ones", quotes, seeds.texts, _QUOTE_WORDS, 50_000),
    Target("bounce", "delivery reports", bounce, seeds.reports, _BOUNCE_WORDS, 60_000),
    Target("autocrypt", "keys offered in a header", autocrypt, seeds.autocrypt_headers, _AUTOCRYPT_WORDS, 70_000),
    Target(
        "autoconfig", "settings that a provider publishes", autoconfig, seeds.autoconfigs, _CONFIG_WORDS, 60_000, 8_192
    ),
    Target("picture", "pictures, to take out what they tell", picture, seeds.pictures, _PICTURE_WORDS, 80_000),
)
