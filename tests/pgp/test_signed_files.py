"""Attached files with a detached signature of their own: paired by name, judged one by one (PGP.md A6)."""

import base64
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.corpora import corpus, corpus_opener
from tests.support.sealing import Sealers, armored, pgp_mime, sealers
from therapymail.domain.seal import Protection, SignatureFinding
from therapymail.pgp.opening import OpenedMail, open_mail
from therapymail.pgp.parts import read_mail
from therapymail.pgp.signed_files import MAX_SIGNED_FILES, signed_files
from therapymail.practice.opened_reading import reading_of

FROM_CLIENT = b"From: Client <client@client.example>\r\n"
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
NOTES = b"one\ntwo\n"


@pytest.fixture(scope="module")
def people() -> Iterator[Sealers]:
    with sealers() as ready:
        yield ready


def signature(people: Sealers, content: bytes, *options: str) -> bytes:
    return people.gpg(*options, "--local-user", people.client, "--detach-sign", stdin=content)


def attached(name: str, content: bytes, media_type: str = "application/octet-stream") -> bytes:
    head = f'Content-Type: {media_type}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded


def mixed(*parts: bytes) -> bytes:
    inside = b"".join(b"--m-m\r\n" + part + b"\r\n" for part in parts)
    return FROM_CLIENT + b"Content-Type: multipart/mixed; boundary=m-m\r\n\r\n" + inside + b"--m-m--\r\n"


def states(opened: OpenedMail) -> dict[str, list[SignatureFinding]]:
    """What the signature of each file that has one was found to be."""
    reading, _ = reading_of(opened)
    assert reading is not None
    return {each.name: [fact.finding for fact in each.signatures] for each in reading.enclosures if each.signatures}


@pytest.mark.parametrize("ending", ["sig", "asc"])
def test_A6_each_file_has_the_state_of_its_own_signature(people: Sealers, ending: str) -> None:
    armor = ["--armor"] if ending == "asc" else []
    raw = mixed(
        TEXT + b"two files",
        attached("notes.txt", NOTES),
        attached(f"notes.txt.{ending}", signature(people, NOTES, *armor), "application/pgp-signature"),
        attached("other.txt", b"altered"),
        attached(f"other.txt.{ending}", signature(people, b"as it was", *armor)),
        attached("plain.txt", b"unsigned"),
    )
    opened = open_mail(raw, people.opener())
    assert states(opened) == {"notes.txt": [SignatureFinding.GOOD], "other.txt": [SignatureFinding.BAD]}
    assert (opened.facts.protection, opened.facts.signatures) == (Protection.NO, ())


def test_A6_text_that_mail_carried_as_lines_is_the_file_that_was_signed(people: Sealers) -> None:
    lines = b'Content-Type: text/plain; name="notes.txt"\r\n\r\n' + NOTES.rstrip(b"\n").replace(b"\n", b"\r\n")
    raw = mixed(TEXT + b"x", lines, attached("notes.txt.sig", signature(people, NOTES)))
    assert states(open_mail(raw, people.opener())) == {"notes.txt": [SignatureFinding.GOOD]}


def test_A6_files_inside_a_seal_and_beside_an_inline_letter_are_judged_alike(people: Sealers) -> None:
    files = (attached("notes.txt", NOTES), attached("notes.txt.sig", signature(people, NOTES)))
    inside = pgp_mime(people.seal(mixed(TEXT + b"x", *files).removeprefix(FROM_CLIENT)))
    beside = mixed(TEXT + armored(people.seal(b"the letter")), *files)
    for raw in (inside, beside):
        assert states(open_mail(raw, people.opener())) == {"notes.txt": [SignatureFinding.GOOD]}


def test_A6_attachments_beside_an_inline_letter_are_listed_as_outside_its_seal(people: Sealers) -> None:
    raw = mixed(TEXT + armored(people.seal(b"the letter")), attached("a.png", b"\x89PNG"), attached("b.pgp", b"\x85"))
    reading, _ = reading_of(open_mail(raw, people.opener()))
    assert reading is not None
    assert reading.text == "the letter"
    assert [(each.name, each.outside) for each in reading.enclosures] == [("a.png", True), ("b.pgp", True)]


def test_A6_a_name_borne_twice_pairs_with_nothing(people: Sealers) -> None:
    signed = signature(people, NOTES)
    for parts in (
        (attached("notes.txt", NOTES), attached("notes.txt", b"other"), attached("notes.txt.sig", signed)),
        (attached("notes.txt", NOTES), attached("notes.txt.sig", signed), attached("notes.txt.sig", signed)),
        (attached("notes.txt", NOTES), attached("notes.txt.sig", signed), attached("notes.txt.asc", signed)),
        (attached("notes.txt", NOTES), attached("notes.txt.sig", b"no signature")),
        (attached("notes.txt", NOTES), attached("notes.txt.sig", people.seal(b"x"))),
    ):
        assert signed_files(read_mail(mixed(TEXT + b"x", *parts))) == ()


def test_S24_only_so_many_files_of_one_mail_are_checked(people: Sealers) -> None:
    signed = signature(people, NOTES)
    parts = [part for n in range(30) for part in (attached(f"{n}.txt", NOTES), attached(f"{n}.txt.sig", signed))]
    assert len(signed_files(read_mail(mixed(*parts)))) == MAX_SIGNED_FILES


@pytest.mark.corpora
def test_A6_the_old_signed_attachments_of_thunderbird_verify() -> None:
    with corpus_opener("rt") as opener:
        for name in ("5-signed-inline-with-attachment.txt", "signed_old_style_with_attachment.eml"):
            opened = open_mail((corpus("rt") / "messages" / name).read_bytes(), opener)
            assert list(states(opened).values()) == [[SignatureFinding.GOOD]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "a.sig", "a.asc", "a.sig.sig", ".sig", ""]), st.binary(max_size=20))))
def test_C42_any_files_are_paired_or_not(files: list[tuple[str, bytes]]) -> None:
    signed_files(read_mail(mixed(*(attached(name, content) for name, content in files))))
