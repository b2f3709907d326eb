"""Inputs to begin with: OpenPGP, what gpg says, and mails with what is inside their seals."""

# ruff: noqa: E501 - what others wrote has lines of its own length

import functools
import itertools
import json
from collections.abc import Iterable, Iterator

from tests.fuzzing.seeds import (
    CERTIFICATE,
    CONTROL,
    CORPORA,
    ENCRYPTED,
    FILE,
    LITERAL,
    MESSAGE,
    MOST,
    PLAIN,
    SEALED,
    SIGNATURE,
    SIGNATURE_PACKET,
    SIGNED,
    armored,
    mail,
    real_mails,
    some,
)


def armors() -> Iterator[bytes]:
    """Armored blocks, alone and in mails."""
    yield armored(MESSAGE)
    yield b"hello\n  " + armored(MESSAGE) + b"\n> -----BEGIN PGP MESSAGE-----\n> x\n" + armored(LITERAL)
    yield (
        armored(MESSAGE)
        .replace(b"\r\n\r\n", b"\nVersion: x\nComment: y\nCharset: utf-8\n\n")
        .replace(b"-----END", b"=AbCd\n-----END")
    )
    yield b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- - dashed  \nhello\n" + armored(
        SIGNATURE_PACKET, b"SIGNATURE"
    )
    yield from itertools.islice((raw for raw in real_mails() if b"-----BEGIN PGP" in raw), 150)


@functools.cache
def real_packets() -> tuple[bytes, ...]:
    """Binary keys, messages and signatures out of the corpora's armor."""
    from therapymail.errors import OpenPgpUnreadable
    from therapymail.pgp.armor import dearmor_block, find_blocks

    found = []
    keys = [path for path in sorted(CORPORA.glob("*/keys/*")) if path.is_file() and path.stat().st_size <= 16_384]
    for raw in (*(path.read_bytes() for path in keys), *real_mails()):
        if raw[:1] >= b"\x80":
            found.append(raw)
        for block in find_blocks(raw):
            try:
                found.append(dearmor_block(raw, block)[:16_384])
            except OpenPgpUnreadable:
                continue
    return tuple(found)


def packets() -> Iterator[bytes]:
    """Binary OpenPGP."""
    yield from (CERTIFICATE, MESSAGE, LITERAL, SIGNATURE_PACKET, CERTIFICATE + SIGNATURE_PACKET, MESSAGE + LITERAL)
    yield b"\xa3\x02" + b"\x78\x9c" + bytes(20)  # compressed, of no stated length
    yield b"\xd2\xe1ab\xe0a\x01b"  # in stretches
    yield from some(real_packets(), 300)


def status_lines() -> Iterator[bytes]:
    """What gpg said of letters, by hand and by the corpora's records."""
    from tests.pgp.test_status import GOOD, VALID

    signed = ("NEWSIG", "GOODSIG D328035D84881F1B Ann <ann@client.example>", "SIG_ID abc 2026-11-22 1795311762", VALID)
    yield _status(GOOD)
    yield _status([*GOOD[:5], *signed, *GOOD[5:]])
    yield _status(["NEWSIG", "ERRSIG D328035D84881F1B 1 8 00 1795311762 9 -", "NO_PUBKEY D328035D84881F1B"])
    yield _status([GOOD[0], "ERROR pkdecrypt_failed 67108875", "NEED_PASSPHRASE a b 1 0", "FAILURE decrypt 67108875"])
    yield _status(["NODATA 3", "NO_SECKEY 0000000000000000", "NEED_PASSPHRASE_SYM 9 3 2", "BADMDC"])
    records = [path for path in sorted(CORPORA.glob("*/results.json")) if path.is_file()]
    recorded = (entry for path in records for entry in json.loads(path.read_text("utf-8")))
    yield from itertools.islice(
        (_status(op.get("status", ())) for entry in recorded for op in entry.get("ops", ())), MOST
    )


def _status(lines: Iterable[str]) -> bytes:
    return "".join(f"[GNUPG:] {line}\n" for line in lines).encode("utf-8", "surrogateescape")


def listings() -> Iterator[bytes]:
    """Key listings as gpg prints them for programs."""
    yield (
        b"tru::1:1795311762:0:3:1:5\npub:u:255:22:D328035D84881F1B:1795311762:1895311762::u:::scESC:::+:::23::0:\n"
        b"fpr:::::::::F0CB3B482CFA485680A4A0BDD328035D84881F1B:\ngrp:::::::::0123456789ABCDEF0123456789ABCDEF01234567:\n"
        b"uid:u::::1795311762::X::Ann \\x3a <ann@client.example>::::::::::0:\n"
        b"sub:e:255:18:0123456789ABCDEF:20260101T000000:20270101T000000:::::e:::#:::23:\nfpr:::::::::"
        + b"A"
        * 40
        + b":\n"
        b"ssb:r:2048:1:0123456789ABCDEF:1795311762::::::e:::D2760001240102:::\n"
    )
    yield b"sec:i:4096:1:::x:-1::::sca:\nuid:r::::::::\xff\\xff\nuat:::\nrvk:::\n"


def opened_mails() -> Iterator[bytes]:
    """Mails with what is inside their seals (see `pgp_targets.opening`)."""
    inner = (
        b"From: Ann <ann@client.example>\r\nTo: therapist@practice.example\r\nSubject: the real one\r\n"
        b"HP-Outer: Subject: ...\r\nHP-Outer: From: Ann <ann@client.example>\r\nMessage-ID: <2@client.example>\r\n"
        b'Content-Type: text/plain; charset=utf-8; hp="cipher"; protected-headers="v1"; hp-legacy-display="1"\r\n\r\n'
        b"Subject: the real one\r\n\r\nI slept badly.\r\n"
    )
    old = b'Content-Type: multipart/mixed; protected-headers="v1"; boundary=b\r\nSubject: old\r\n\r\n--b\r\nContent-Type: text/rfc822-headers; protected-headers="v1"\r\n\r\nSubject: old\r\n--b\r\n' + PLAIN + b"\r\n--b--\r\n"  # fmt: skip
    wrapped = (
        b"Content-Type: message/rfc822; forwarded=no\r\n\r\nFrom: Eve <eve@evil.example>\r\nSubject: phony\r\n\r\nhello"
    )
    sealed = mail(CONTROL, SEALED, kind=ENCRYPTED)
    for flags, layers in enumerate((
        (sealed, inner), (sealed, old), (sealed, wrapped), (sealed, mail(PLAIN, SIGNATURE, kind=SIGNED)),
        (sealed, sealed, inner), (mail(inner, SIGNATURE, kind=SIGNED),), (b"From: a@b.example\r\n\r\n" + armored(MESSAGE), b"hello"),
        (mail(PLAIN, sealed), inner), (mail(PLAIN, FILE + armored(MESSAGE)), inner),
    )):  # fmt: skip
        yield bytes([flags]) + BETWEEN.join(layers)
    for number, raw in enumerate(some(real_mails(), 150)):
        yield bytes([number % 64]) + BETWEEN.join((raw, inner, old))


BETWEEN = b"\n=====\n"  # what parts a mail from what is inside its seals
