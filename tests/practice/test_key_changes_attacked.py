"""K4, M06, S13, S14: what a stranger's copy of a client's key, or a flood, does to the pin and to key changes."""

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.practice.test_key_changes import MAREN, Post, autocrypt, in_clear, post
from tests.support.forged_keys import forged_signature, with_packet, with_part_of
from tests.support.sealing import packet
from therapymail.domain.key_change import KeySign
from therapymail.domain.kinds import Standing
from therapymail.domain.piece_path import PiecePath
from therapymail.domain.seal import Signature
from therapymail.domain.sealing import Hindrance, Permit, Refusal
from therapymail.pgp.armor import dearmor
from therapymail.pgp.certificate_packets import each_packet, encryption_key_ids, is_revoked
from therapymail.pgp.own_key import revocation_certificate
from therapymail.practice.key_changes import accept_new_key, open_key_changes, retire_key
from therapymail.practice.key_finder import MOST_NEW
from therapymail.practice.open_file import open_file
from therapymail.practice.open_piece import open_piece_of_file, open_piece_of_letter
from therapymail.vault import certificates
from therapymail.vault.key_candidates import MAX_CANDIDATES

__all__ = ["post"]

A_STRANGER = b"\xaa" * 8
KINDS = [0x20, 0x28, 0x1F, 0x18, 0x10, 0x13, 0x30]  # revocations, bindings, certifications


def pinned_material(post: Post) -> bytes:
    with post.practice.vault() as vault, vault.reading() as reader:
        return certificates.certificate(reader, post.maren.fingerprint).material


@pytest.mark.parametrize("issuer", [A_STRANGER, None], ids=["two-makers", "the-owner"])
def test_K4_S14_a_forged_signature_in_a_copy_of_a_pinned_key_changes_nothing(post: Post, issuer: bytes | None) -> None:
    """A revocation naming the pinned key and, for gpg, somebody else was kept unchecked, and stopped letters."""
    before = pinned_material(post)
    for kind in KINDS:
        for place in (1, 3, 99):
            copy = with_packet(before, forged_signature(kind, post.maren.fingerprint, issuer), place)
            post.file(in_clear("x", autocrypt(copy)))
            assert pinned_material(post) == before, hex(kind)
    assert not is_revoked(pinned_material(post))
    assert isinstance(post.decided(), Permit)


def test_K4_M06_a_part_that_is_only_claimed_resolves_no_key_change(post: Post) -> None:
    """A mail in clear with the pinned key, and behind it the new one as if a part of it, let letters leave again."""
    fresh = post.another()
    post.file(post.write("from the new laptop", fresh))
    assert post.is_stopped
    copy = with_part_of(pinned_material(post), post.maren.fingerprint, fresh.certificate)
    post.file(in_clear("x", autocrypt(copy)))
    assert [(each.fingerprint, each.sign) for each in post.changes] == [(fresh.fingerprint, KeySign.SIGNED)]
    assert post.is_stopped


def test_K4_M06_a_letter_under_another_key_is_noticed_whatever_copy_of_the_pinned_one_comes_along(post: Post) -> None:
    fresh = post.another()
    copy = with_part_of(pinned_material(post), post.maren.fingerprint, fresh.certificate)
    [filed] = post.file(post.write("from the new laptop", fresh, autocrypt(copy)))
    assert "another-key" in filed.notes
    assert [each.fingerprint for each in post.changes] == [fresh.fingerprint]
    assert post.is_stopped


def test_K3_M06_another_key_that_claims_to_have_signed_takes_nobodys_place(post: Post) -> None:
    """The open change stays the one of the key that signed, though a third key claims it as a part of its own."""
    fresh, third = post.another(), post.another()
    post.file(post.write("from the new laptop", fresh))
    claiming = with_part_of(third.certificate, third.fingerprint, fresh.certificate)
    post.file(in_clear("x", autocrypt(claiming)))
    stopping = [each.change.fingerprint for each in open_key_changes(post.practice) if each.change.blocks]
    assert stopping == [fresh.fingerprint]


def test_K4_a_flood_of_doctored_copies_hides_no_revocation(post: Post) -> None:
    """Ten of a client are looked at in one sync; the one that revokes the key came behind them."""
    before = pinned_material(post)
    doctored = [with_packet(before, forged_signature(0x28, post.maren.fingerprint), 99) for _ in range(MOST_NEW + 2)]
    place = revocation_certificate(post.writers.gpg, post.maren.fingerprint)
    assert place is not None
    written = place.read_bytes()
    revoked = with_packet(before, dearmor(written[written.index(b":--") + 1 :], "PUBLIC KEY BLOCK"), 1)
    post.file(*(in_clear("x", autocrypt(copy)) for copy in (*doctored, revoked)))
    assert post.decided() == Refusal((Hindrance.KEY_REVOKED,))


def test_M06_S13_a_mail_from_a_file_under_a_retired_key_is_nobodys_whatever_date_it_bears(post: Post) -> None:
    """Who has the stolen key writes the date: only of a filed letter it is known when it came."""
    fresh = post.another()
    post.file(post.write("from the new laptop", fresh, autocrypt(fresh.certificate)))
    accept_new_key(post.practice, "HERON", fresh.fingerprint, "by phone")
    retire_key(post.practice, "HERON", post.maren.fingerprint, "laptop stolen")
    long_ago = datetime.now(UTC).replace(microsecond=0) - timedelta(days=400)
    forged = post.writers.letter(post.maren, "please write to my other address", written=long_ago)
    assert open_file(post.practice, forged).verdict.signature is Signature.OTHER
    piece = post.writers.sealed(b"please write to my other address", post.maren).decode()
    around = in_clear(f"see below\r\n\r\n{piece}\r\nthat was it", f"Date: {format_datetime(long_ago)}\r\n")
    opened = open_piece_of_file(post.practice, around, PiecePath())
    assert opened.verdict.signature is Signature.OTHER
    post.file(around)
    [letter] = [each.letter for each in post.letters() if not each.letter.facts.signatures]
    filed = open_piece_of_letter(post.practice, str(letter.name), PiecePath())
    assert filed.verdict.signature is Signature.OTHER
    assert open_file(post.practice, post.write("from the new laptop", fresh)).verdict.signature is Signature.VERIFIED


def test_M06_C27_keys_of_strangers_crowd_out_no_key_that_the_therapist_has_to_decide_on(post: Post) -> None:
    """Ten are kept of a client: eleven mails in clear, each with a key of its own, and the new key was gone."""
    fresh = post.another()
    post.file(post.write("from the new laptop", fresh, autocrypt(fresh.certificate)))
    for _ in range(2):
        others = [post.another() for _ in range(MAX_CANDIDATES - 2)]
        post.file(*(in_clear("x", autocrypt(each.certificate)) for each in others))
    assert {each.fingerprint: each.is_here for each in post.changes if each.blocks} == {fresh.fingerprint: True}
    accept_new_key(post.practice, "HERON", fresh.fingerprint, "by phone")
    assert isinstance(post.decided(), Permit)


@pytest.mark.parametrize("named", [f"{MAREN}, eve@evil.example", f"Maren <{MAREN}>\r\nFrom: eve@evil.example"])
def test_I1_M06_a_letter_of_several_authors_is_no_sign_of_anybodys_key(post: Post, named: str) -> None:
    raw = post.writers.letter(post.maren, "of whom?", signer=post.another(), from_header=named, message_id="<s@x>")
    post.file(raw)
    assert post.changes == []
    assert isinstance(post.decided(), Permit)


def test_AC1_S13_a_field_inside_the_seal_counts_for_the_author_that_the_letter_names_alone(post: Post) -> None:
    """The payload names another author, whom nothing makes the letter's: their key is not Maren's candidate."""
    eve = post.writers.add("Eve", "eve@evil.example")
    field = autocrypt(eve.certificate).replace(MAREN, "eve@evil.example")
    inner = f"From: eve@evil.example\r\n{field}Content-Type: text/plain\r\n\r\nhello\r\n"
    raw = post.write("to be put another payload into")
    begin, end = raw.index(b"-----BEGIN"), raw.index(b"-----END PGP MESSAGE-----")
    armor = post.writers.sealed(inner.encode(), post.maren).replace(b"\n", b"\r\n")
    [filed] = post.file(raw[:begin] + armor[: armor.index(b"-----END")] + raw[end:])
    assert filed.standing is Standing.ACCEPTED
    assert (filed.keys, filed.offer) == ((), None)
    assert post.changes == []


def test_A6_S14_a_key_that_stands_outside_the_seal_is_not_what_the_seal_vouches_for(post: Post) -> None:
    """Whoever carried the letter could put it there."""
    armor = post.writers.sealed(b"Content-Type: text/plain\r\n\r\nhello\r\n", post.maren).decode()
    key = base64.encodebytes(post.another().certificate).decode()
    raw = (
        f'From: {MAREN}\r\nTo: orla@practice.example\r\nContent-Type: multipart/mixed; boundary="o"\r\n\r\n'
        f"--o\r\nContent-Type: text/plain\r\n\r\n{armor}\r\n--o\r\nContent-Type: application/pgp-keys\r\n"
        "Content-Disposition: attachment; filename=k.asc\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{key}\r\n--o--\r\n"
    )
    [filed] = post.file(raw.replace("\r\n", "\n").replace("\n", "\r\n").encode())
    assert filed.reading is not None
    assert [each.outside for each in filed.reading.enclosures] == [True]
    assert filed.keys == ()
    assert post.changes == []


def test_K4_a_revocation_with_two_makers_is_none(post: Post) -> None:
    for issuer, is_one in ((A_STRANGER, False), (None, True)):
        doctored = with_packet(pinned_material(post), forged_signature(0x20, post.maren.fingerprint, issuer), 1)
        assert is_revoked(doctored) is is_one


def test_K3_what_no_signature_covers_does_not_say_what_a_key_is_for(post: Post) -> None:
    """Key flags put beside a genuine binding: whoever carries the key could write them."""
    certificate = post.maren.certificate
    assert len(encryption_key_ids(certificate)) == 1
    *before, binding = each_packet(certificate)
    at = 6 + int.from_bytes(binding.body[4:6], "big")
    long = int.from_bytes(binding.body[at : at + 2], "big")
    beside = binding.body[at + 2 : at + 2 + long] + b"\x02\x1b\x00"
    body = binding.body[:at] + len(beside).to_bytes(2, "big") + beside + binding.body[at + 2 + long :]
    doctored = certificate[: before[-1].end] + packet(2, body)
    assert encryption_key_ids(doctored) == encryption_key_ids(certificate)
