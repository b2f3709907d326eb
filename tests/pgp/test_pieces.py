"""Sealed pieces inside a mail: found, never opened with it, opened one by one on request."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.reading import text_of_letter
from tests.support.sealing import Sealers, armored, pgp_mime, sealers
from therapymail.domain.seal import OpeningFailure, Protection, SignatureFinding
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.pieces import Piece, PieceKind, open_piece, pieces_in, pieces_inside

FROM_CLIENT = b"From: Client <client@client.example>\r\n"
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


@pytest.fixture(scope="module")
def people() -> Iterator[Sealers]:
    with sealers() as ready:
        yield ready


def mixed(*parts: bytes) -> bytes:
    """A mail of the client's with these parts."""
    inside = b"".join(b"--m-m\r\n" + part + b"\r\n" for part in parts)
    return FROM_CLIENT + b"Content-Type: multipart/mixed; boundary=m-m\r\n\r\n" + inside + b"--m-m--\r\n"


def attached(name: str, content: bytes, media_type: str = "application/octet-stream") -> bytes:
    """A part that is a file."""
    head = f'Content-Type: {media_type}\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'
    return head.encode() + content


def found(people: Sealers, raw: bytes) -> tuple[OpenedMail, tuple[Piece, ...]]:
    mail = open_mail(raw, people.opener())
    return mail, pieces_in(raw, mail)


def test_A3_A4_each_block_in_a_text_is_a_piece_of_its_own(people: Sealers) -> None:
    one, two = people.seal(b"first"), people.seal("zweites Stück: ä".encode("latin-1"), signer=people.client)
    text = b"before\r\n" + armored(one) + b"between\r\n" + armored(two) + b"after\r\n"
    mail, pieces = found(people, FROM_CLIENT + b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n" + text)
    assert mail.facts.protection is Protection.PARTLY
    assert [piece.kind for piece in pieces] == [PieceKind.BLOCK, PieceKind.BLOCK]
    opened = [open_piece(piece, people.opener()) for piece in pieces]
    assert [text_of_letter(each) for each in opened] == ["first", "zweites Stück: ä"]
    assert [[fact.finding for fact in each.facts.signatures] for each in opened] == [[], [SignatureFinding.GOOD]]
    assert [each.facts.notes for each in opened] == [(), ()]


def test_S3_nothing_around_a_piece_comes_with_it(people: Sealers) -> None:
    text = b"tell me:\r\n" + armored(people.seal(b"the secret")) + b"<img src='http://evil.example/"
    opened = open_piece(found(people, FROM_CLIENT + TEXT + text)[1][0], people.opener())
    assert (opened.facts.protection, opened.payload) == (Protection.SEALED, b"the secret")
    assert opened.unsealed_text == ""


@pytest.mark.parametrize("armor", [True, False])
def test_A6_a_sealed_file_is_named_by_the_mail_never_by_the_seal(people: Sealers, *, armor: bool) -> None:
    sealed = people.seal(b"%PDF-\x00", "--set-filename", "../../evil.sh")
    raw = mixed(TEXT + b"see the file", attached("report.pdf.pgp", armored(sealed) if armor else sealed))
    mail, [piece] = found(people, raw)
    assert mail.facts.notes == ("sealed-attachment",)
    assert (piece.kind, piece.name) == (PieceKind.ATTACHMENT, "report.pdf")
    assert open_piece(piece, people.opener()).payload == b"%PDF-\x00"


def test_A6_files_beside_an_inline_letter_are_pieces_and_the_letter_is_none(people: Sealers) -> None:
    raw = mixed(TEXT + armored(people.seal(b"the letter")), attached("a.txt.asc", armored(people.seal(b"a file"))))
    mail, pieces = found(people, raw)
    assert text_of_letter(mail) == "the letter"
    assert [(piece.kind, piece.name) for piece in pieces] == [(PieceKind.ATTACHMENT, "a.txt")]


def test_M4_a_sealed_part_beside_other_text_is_a_piece(people: Sealers) -> None:
    sealed = pgp_mime(people.seal(TEXT + b"inside")).partition(b"Content-Type")
    mail, [piece] = found(people, mixed(TEXT + b"outside", b"".join(sealed[1:])))
    assert "inside" not in (text_of_letter(mail) or "")
    opened = open_piece(piece, people.opener())
    assert (piece.kind, text_of_letter(opened)) == (PieceKind.PART, "inside")


def test_M8_a_forwarded_sealed_mail_inside_a_sealed_letter_is_a_piece(people: Sealers) -> None:
    forwarded = FROM_CLIENT + pgp_mime(people.seal(TEXT + b"an older letter"))
    inside = mixed(TEXT + b"do you remember?", b"Content-Type: message/rfc822\r\n\r\n" + forwarded)
    mail, [piece] = found(people, pgp_mime(people.seal(inside.removeprefix(FROM_CLIENT))))
    assert text_of_letter(mail) == "do you remember?"
    assert (piece.kind, text_of_letter(open_piece(piece, people.opener()))) == (PieceKind.MAIL, "an older letter")


def test_A2_quoted_ciphertext_keys_and_signatures_are_no_pieces(people: Sealers) -> None:
    quoted = b"> " + armored(people.seal(b"old")).replace(b"\n", b"\n> ")
    key = people.gpg("--armor", "--export", people.client)
    raw = mixed(TEXT + quoted, attached("key.asc", key, "application/pgp-keys"), attached("key.asc", key))
    assert found(people, raw)[1] == ()


def test_a_binary_key_under_a_sealed_files_name_is_no_piece(people: Sealers) -> None:
    assert found(people, mixed(TEXT + b"my key", attached("key.pgp", people.gpg("--export", people.client))))[1] == ()


def test_A8_the_parts_of_pgp_universal_are_pieces_whatever_they_are_called(people: Sealers) -> None:
    raw = mixed(
        attached("Version.txt", b"PGP Universal 3\r\n", "text/plain"),
        attached("Message.pgp", armored(people.seal(b"the text")), "application/pgp-encrypted"),
        attached("PGPexch.htm.pgp", people.seal(b"<p>the text</p>"), "application/octet-stream"),
    )
    pieces = found(people, raw)[1]
    assert [piece.name for piece in pieces] == ["Message", "PGPexch.htm"]
    assert [open_piece(piece, people.opener()).payload for piece in pieces] == [b"the text", b"<p>the text</p>"]


def test_A6_a_sealed_file_inside_a_sealed_file_is_a_piece_of_it(people: Sealers) -> None:
    within = people.seal(b"%PDF-\x00")
    for content in (within, armored(within)):
        _, [outer] = found(people, mixed(TEXT + b"x", attached("a.pdf.pgp.pgp", people.seal(content))))
        [inner] = pieces_inside(outer, open_piece(outer, people.opener()))
        assert (inner.kind, inner.name) == (PieceKind.ATTACHMENT, "a.pdf")
        assert open_piece(inner, people.opener()).payload == b"%PDF-\x00"


def test_M8_an_attached_msg_asc_is_opened_only_as_a_piece(people: Sealers) -> None:
    raw = mixed(TEXT + b"see the file", attached("msg.asc", armored(people.seal(b"the secret"))))
    mail, [piece] = found(people, raw)
    assert b"the secret" not in (mail.payload or b"")
    assert (piece.kind, piece.name) == (PieceKind.ATTACHMENT, "msg")
    assert open_piece(piece, people.opener()).payload == b"the secret"


def test_a_ciphertext_that_stands_there_twice_is_one_piece(people: Sealers) -> None:
    armor = armored(people.seal(b"once"))
    raw = mixed(TEXT + b"text\r\n" + armor, TEXT + b"other text\r\n" + armor)
    assert len(found(people, raw)[1]) == 1


def test_S1_a_mail_that_was_not_opened_and_an_altered_piece_give_nothing(people: Sealers) -> None:
    sealed = bytearray(people.seal(b"a letter " * 50))
    sealed[-20] ^= 1
    assert found(people, pgp_mime(bytes(sealed)))[1] == ()
    [piece] = found(people, FROM_CLIENT + TEXT + b"text\r\n" + armored(bytes(sealed)))[1]
    opened = open_piece(piece, people.opener())
    assert (opened.payload, opened.facts.failure) == (None, OpeningFailure.ALTERED)


class _Nobody:
    """An opener that must not be asked."""

    def __getattr__(self, name: str) -> None:
        raise AssertionError(name)


_LINES = [
    TEXT,
    b"-----BEGIN PGP MESSAGE-----\n",
    b"\nAAAA\n",
    b"-----END PGP MESSAGE-----\n",
    b"--m-m\r\n",
    b"Content-Type: multipart/encrypted; boundary=x\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Disposition: attachment; filename=a.pgp\r\n\r\n",
    b"\x85\x01",
    b"<html>",
    b"> ",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_LINES), max_size=12))
def test_C42_whatever_a_mail_holds_its_pieces_are_looked_for_without_opening_any(pieces: list[bytes]) -> None:
    raw = mixed(b"".join(pieces))
    pieces_in(raw, open_mail(raw, _Nobody()))  # type: ignore[arg-type]
