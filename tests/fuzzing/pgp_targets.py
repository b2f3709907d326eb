"""What is sealed or signed: armor, packets, certificates, what gpg says of them, and the header a seal protects."""

# ruff: noqa: E501 - words of the formats

import hashlib
from collections.abc import Iterable, Iterator

from tests.fuzzing import pgp_seeds, sound
from tests.fuzzing.target import Target
from therapymail.domain.seal import OpeningFailure, Protection, SignatureFact, SignatureFinding
from therapymail.errors import KeyRefused, OpenPgpUnreadable
from therapymail.mail.entity import read_entity
from therapymail.mail.headers import read_headers
from therapymail.pgp import certificate_packets as certificates
from therapymail.pgp import packets, status
from therapymail.pgp.armor import (
    armor_headers,
    dearmor,
    dearmor_block,
    find_blocks,
    is_armored,
    quotes_a_block,
    split_cleartext,
)
from therapymail.pgp.armor_writing import armored
from therapymail.pgp.colons import parse_listing, unescape
from therapymail.pgp.decrypter import Decrypted, Unwrapped
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.parts import MAX_PARTS, read_mail, walk
from therapymail.pgp.pieces import MAX_PIECES, open_piece, pieces_in, pieces_inside
from therapymail.pgp.protected_headers import HeaderSource
from therapymail.pgp.signature_packets import read_signature

_CLIENT = "F0CB3B482CFA485680A4A0BDD328035D84881F1B"
_OWN = "EB85BB5FA33A75E15E944E63F231550C4F47E38E"
_PIECES_OPENED = 3


def armor(data: bytes) -> None:
    """Armor: where it stands, and what is in it."""
    blocks = find_blocks(data)
    end = 0
    for block in blocks:
        assert end <= block.start < block.end <= len(data), "blocks overlap, or lie outside"
        end = block.end
        armor_headers(data, block)
        for read in (dearmor_block, split_cleartext):
            try:
                read(data, block)
            except OpenPgpUnreadable as refused:
                sound.refusal(refused)
    try:
        found = dearmor(data)
        assert len([block for block in blocks if block.label == "MESSAGE"]) == 1, "one of several was taken"
        assert found, "nothing was found"
    except OpenPgpUnreadable as refused:
        sound.refusal(refused)
    quotes_a_block(data)
    is_armored(data)
    if 0 < len(data) <= 200:
        assert dearmor(armored(data, "MESSAGE").encode()) == data, "our own armor says something else"


def openpgp(data: bytes) -> None:
    """Packets of messages, keys and signatures."""
    _message(data)
    read_signature(data)
    try:
        material = certificates.key_packets(data)
        certificates.outline(material)
        cleaned = certificates.without_hostile_names(certificates.without_foreign_signatures(material))
        assert certificates.without_hostile_names(cleaned) == cleaned, "a hostile name was left"
        assert not any(p.tag == 13 and certificates.is_hostile(p.body) for p in certificates.each_packet(cleaned))
        assert not certificates.says_more(material, material), "a key says more than itself"
        certificates.is_revoked(material)
        _certificate(material)
    except KeyRefused as refused:
        sound.refusal(refused)


def _message(data: bytes) -> None:
    packets.sealed_to_key_ids(data)
    begun = packets.recipients_before_data(data)
    assert begun is None or all(len(each) == 16 for each in begun), "no key id"
    shorter = packets.without_passwords(data)
    assert len(shorter) <= len(data), "a message grew"
    try:
        layout = packets.read_layout(data)
        assert all(len(each) == 16 for each in layout.recipients), "no key id"
        if layout.passwords and layout.recipients:
            assert packets.read_layout(shorter).passwords == 0, "a password was left"
        assert len(packets.packet_tags(data)) <= packets.MAX_PACKETS
    except OpenPgpUnreadable as refused:
        sound.refusal(refused)


def _certificate(material: bytes) -> None:
    fingerprints = certificates.key_fingerprints(material)
    assert all(len(each) == 40 for each in fingerprints), "no fingerprint"
    ids = certificates.encryption_key_ids(material)
    assert ids <= {each[-16:] for each in fingerprints}, "a part that is none of it"
    one = certificates.with_only_part(material, fingerprints[-1])
    assert set(certificates.key_fingerprints(one)) <= {fingerprints[0], fingerprints[-1]}, "another part was left"


def status_lines(data: bytes) -> None:
    """What gpg reports, and the predicates that decide by it."""
    lines = status.parse_status(data)
    assert all(b"\n" not in line.arguments for line in lines), "a line holds a line"
    words = [line.keyword for line in lines]
    if status.decryption_ok(lines):
        assert words.count("PLAINTEXT") == words.count("DECRYPTION_OKAY") == 1, "not one plaintext"
        assert "GOODMDC" in words, "no integrity"
        assert not {"BADMDC", "DECRYPTION_FAILED"}.intersection(words[words.index("BEGIN_DECRYPTION") :]), "spoilt"
        assert status.opened_with(lines) is not None, "nobody's key opened it"
    assert status.failure_in(lines) in OpeningFailure
    status.is_agent_missing(lines)
    status.is_integrity_protected(lines)
    refused = status.passphrase_error(lines)
    if refused is not None:
        sound.refusal(refused)
    facts = status.signature_facts(lines)
    assert len(facts) == words.count("NEWSIG"), "signatures were lost or made"
    good = [fact for fact in facts if fact.finding is SignatureFinding.GOOD]
    assert len(good) <= min(words.count("GOODSIG"), words.count("VALIDSIG")), "good without proof"


def colons(data: bytes) -> None:
    """Key listings."""
    for key in parse_listing(data):
        for part in (key.primary, *key.subkeys):
            assert part.bits >= 0, "fewer than no bits"
            assert len(part.validity) <= 1, "no validity"
        for name, _ in key.uids:
            assert len(name) <= len(data), "a name grew"
        assert not key.can_encrypt or key.primary.is_usable, "a dead key encrypts"
        assert key.seals_until is None or key.seals_until.tzinfo is not None
    unescape(data)


class _Opener:
    """gpg as far as opening asks it: it gives what the input says is inside the seals, layer by layer."""

    def __init__(self, flags: int, inside: Iterable[bytes]) -> None:
        self._flags = flags
        self._inside: Iterator[bytes] = iter(inside)
        self.asked = 0

    @property
    def signatures(self) -> tuple[SignatureFact, ...]:
        findings = [SignatureFinding.GOOD] * (self._flags & 1) + [SignatureFinding.BAD] * (self._flags >> 1 & 1)
        return tuple(SignatureFact(finding, _CLIENT, identity="x") for finding in findings)

    def decrypt(self, ciphertext: bytes) -> Decrypted:
        self.asked += 1
        plaintext = next(self._inside, None)
        if plaintext is None or not ciphertext:
            return Decrypted(None, OpeningFailure.ALTERED)
        opened_with = None if self._flags & 4 else _OWN
        return Decrypted(plaintext, None, self.signatures, ("0" * 16,), opened_with)

    def verify_detached(self, signed: bytes, signature: bytes) -> tuple[SignatureFact, ...]:
        self.asked += 1
        return self.signatures if signed and signature and not self._flags & 8 else ()

    def unwrap_signed(self, data: bytes) -> Unwrapped:
        self.asked += 1
        return Unwrapped(next(self._inside, None) if data else None, self.signatures)


def opening(data: bytes) -> None:
    """A whole mail opened: which header fields hold, what the seal covers, what the letter is.

    The first byte says what gpg finds of signatures; the rest is the mail, and after each `pgp_seeds.BETWEEN` what
    gpg gives for the next thing it is asked to open.
    """
    flags, rest = (data[0] if data else 0), data[1:]
    raw, *inside = rest.split(pgp_seeds.BETWEEN)
    opener = _Opener(flags, inside)
    assert sum(1 for _ in walk(read_mail(raw))) <= MAX_PARTS, "more parts than are looked at"
    opened = open_mail(raw, opener)
    _opened(raw, opened)
    pieces = pieces_in(raw, opened)
    assert len(pieces) <= MAX_PIECES, "more pieces than are offered"
    assert opened.payload is not None or not pieces, "pieces of what was not opened"
    for piece in pieces[:_PIECES_OPENED]:
        within = open_piece(piece, opener)
        _opened(piece.source, within)
        pieces_inside(piece, within)


def _opened(raw: bytes, opened: OpenedMail) -> None:
    facts, headers = opened.facts, opened.headers
    assert len(opened.digest) == 32, "no digest"
    assert (opened.payload is None) == (facts.failure is not None), "opened and not opened"
    assert (facts.failure is not None) == (facts.protection is Protection.FAILED), "failed and not failed"
    if opened.payload is None:
        assert not facts.signatures, "a signature on nothing"
        assert opened.beside is None, "something beside nothing"
    outer = read_mail(raw)
    good = [fact for fact in facts.signatures if fact.finding is SignatureFinding.GOOD]
    if headers.source is not HeaderSource.OUTER:
        assert facts.opened_with is not None or good, "phony protected headers (PGP.md HP2)"
        assert raw is not opened.payload
    else:
        assert set(headers.fields) <= set(outer.fields), "a field out of nothing"
        assert headers.sealed_author is None, "a sealed author without a sealed header"
    if not facts.opened_with:
        assert facts.protection in {Protection.NO, Protection.FAILED, Protection.PARTLY}, "sealed to nobody (H4)"
    sound.addresses([headers.sealed_author or ""])
    sound.shows(headers.subject)
    sound.header(read_headers(headers.block))
    sound.shows(opened.unsealed_text)
    if opened.payload is not None:
        read = read_entity(opened.payload, is_entity=opened.is_entity, charset=opened.charset)
        sound.arranged(read.text, read.quoted, read.arrangement)
        sound.shows(read.subject)
        assert all(len(digest) == hashlib.sha256().digest_size for digest in opened.file_signatures)


_ARMOR_WORDS = (
    *(b"-----BEGIN PGP MESSAGE-----\n", b"-----END PGP MESSAGE-----\n", b"-----BEGIN PGP SIGNED MESSAGE-----\n"),
    *(
        b"-----BEGIN PGP SIGNATURE-----\n",
        b"-----END PGP SIGNATURE-----\n",
        b"Hash: SHA256\n",
        b"Charset: utf-8\n",
        b"\n\n",
    ),
    *(b"=AbCd\n", b"- ", b"> ", b"\xc2\xa0", b"&nbsp;", b"\r\n", b"PUBLIC KEY BLOCK", b"====", b"-----"),
)
_PACKET_WORDS = (b"\xd2\x2a\x01", b"\x85\x00\x2a\x03", b"\xcb\x0b", b"\xa3\x02", b"\x98\x33\x04", b"\xb4\x17", b"\x88\x5d\x04",
                 b"\xff\xff\xff\xff\xff", b"\xe0", b"\xd4\xff\x00\x00\x00", b"\x00\x00\x00\x16", b"[GNUPG:]", b"\xe2\x80\xa8",
                 b"\xa3\x01", b"\xa3\x03BZh9", b"\xc3\x0d\x04\x09\x03\x08", b"\x06\x99\x00")  # fmt: skip
_KEYWORDS = (
    "NEWSIG", "GOODSIG", "BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "VALIDSIG",
    "SIG_ID", "ENC_TO", "DECRYPTION_KEY", "BEGIN_DECRYPTION", "END_DECRYPTION", "DECRYPTION_OKAY",
    "DECRYPTION_FAILED", "DECRYPTION_INFO", "GOODMDC", "BADMDC", "PLAINTEXT", "NODATA",
    "UNEXPECTED", "ERROR", "FAILURE", "NO_SECKEY", "NEED_PASSPHRASE", "NEED_PASSPHRASE_SYM",
    "MISSING_PASSPHRASE",
)  # fmt: skip
_STATUS_WORDS = tuple(f"\n[GNUPG:] {word} ".encode() for word in _KEYWORDS)
_COLON_WORDS = (b"\npub:", b"\nsec:", b"\nsub:", b"\nssb:", b"\nfpr:::::::::", b"\ngrp:::::::::", b"\nuid:u::::::::", b"\\x3a",
                b"::", b"20270101T000000", b"99999999999999999999", b"-1", b":e:", b"\\xff")  # fmt: skip
_OPENING_WORDS = (
    *(pgp_seeds.BETWEEN, b'hp="cipher"', b'hp="clear"', b'protected-headers="v1"', b"HP-Outer: Subject: ...\r\n"),
    *(
        b"From: Eve <eve@evil.example>\r\n",
        b"Subject: ...\r\n",
        b"multipart/encrypted",
        b"multipart/signed",
        b"forwarded=no",
    ),
    *(
        b"application/pgp-encrypted",
        b"application/pgp-signature",
        b"message/rfc822",
        b"Version: 1",
        b"--b\r\n",
        b"--b--\r\n",
    ),
    *(
        b"-----BEGIN PGP MESSAGE-----\r\n\r\n",
        b"-----END PGP MESSAGE-----\r\n",
        b'hp-legacy-display="1"',
        b"List-Id: x\r\n",
    ),
    *(
        b"Date: Tue, 03 Mar 2026 10:12:00 +0100\r\n",
        b"GpgOL_MIME_structure.mime",
        b"X-GM-Message-State: x\r\n",
        b"\x85\x00\x2a",
    ),
)

TARGETS = (
    Target("armor", "armored blocks in any text", armor, pgp_seeds.armors, _ARMOR_WORDS),
    Target("openpgp", "packets of messages, keys, signatures", openpgp, pgp_seeds.packets, _PACKET_WORDS, 80_000),
    Target(
        "status",
        "gpg's status lines and what they decide",
        status_lines,
        pgp_seeds.status_lines,
        _STATUS_WORDS,
        90_000,
    ),
    Target("colons", "gpg's key listings", colons, pgp_seeds.listings, _COLON_WORDS, 60_000),
    Target(
        "opening",
        "header protection, envelopes, layers, pieces",
        opening,
        pgp_seeds.opened_mails,
        _OPENING_WORDS,
        60_000,
    ),
)
