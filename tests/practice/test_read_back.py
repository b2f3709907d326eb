"""What is filed of a sealed letter serves lists, search and answers without opening it again."""

import re
from collections.abc import Iterator

import pytest

from tests.support.arrived import arrived
from tests.support.practices import THERAPIST, Writer, Writers, introduce, practice_in, short_directory, writers_to
from tests.support.sealing import signed_part
from therapymail.domain.seal import Protection, Signature
from therapymail.errors import explain
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, list_letters, read_letter
from therapymail.practice.write import start_reply

People = tuple[Practice, Writers, Writer]
HEAD = f"From: Maren <maren@heron.example>\r\nTo: {THERAPIST}\r\nDate: Mon, 02 Nov 2026 08:59:00 +0000\r\n"


@pytest.fixture(scope="module")
def people() -> Iterator[People]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron = writers.add("Maren Quist", "maren@heron.example")
        introduce(practice, "HERON", heron)
        yield practice, writers, heron


def mail(writers: Writers, entity: bytes, signer: Writer | None) -> bytes:
    """A letter of Maren's around `entity`, its Subject outside a placeholder."""
    armor = writers.sealed(entity, signer).replace(b"\n", b"\r\n")
    return HEAD.encode() + b"Subject: ...\r\n" + sealed_part(armor)


def sealed_part(armor: bytes) -> bytes:
    return (
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="=-b"\r\n\r\n--=-b\r\n'
        b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--=-b\r\n"
        b"Content-Type: application/octet-stream\r\n\r\n" + armor + b"\r\n--=-b--\r\n"
    )


@pytest.mark.parametrize("scheme", ['protected-headers="v1"', 'hp="cipher"'])
def test_C18_C20_the_sealed_subject_is_listed_searched_and_answered(people: People, scheme: str) -> None:
    practice, writers, heron = people
    word = "marigolds" + re.sub(r"\W", "", scheme)
    head = f"{HEAD}Subject: about the {word}\r\nContent-Type: text/plain; {scheme}\r\n\r\nhello {scheme}\r\n"
    name = arrived(practice, mail(writers, head.encode(), heron))
    listed = next(
        each for each in list_letters(practice, LettersRequest(client="HERON")) if str(each.letter.name) == name
    )
    assert listed.letter.subject == f"about the {word}"
    found = list_letters(practice, LettersRequest(query=word))
    assert [str(each.letter.name) for each in found] == [name]
    assert start_reply(practice, name).content.subject == f"Re: about the {word}"


def test_C22_an_answer_quotes_the_innermost_text_of_a_letter_in_layers(people: People) -> None:
    practice, writers, heron = people
    text = b"Content-Type: text/plain\r\n\r\nthe innermost words\r\n"
    detached = writers.gpg.run(["--local-user", heron.fingerprint, "--detach-sign"], text).output
    twice = sealed_part(writers.sealed(signed_part(text, detached), None).replace(b"\n", b"\r\n"))
    name = arrived(practice, mail(writers, twice, None))
    judged = read_letter(practice, name).judged
    assert (judged.verdict.encrypted, judged.verdict.signature) == (Protection.SEALED, Signature.PINNED)
    draft = start_reply(practice, name).content
    assert "> the innermost words" in draft.text
    assert "PGP MESSAGE" not in draft.text


def test_C23_a_letter_that_cannot_be_opened_is_listed_with_its_state_and_reason(people: People) -> None:
    practice, writers, heron = people
    armor = writers.sealed(b"x", heron, to_therapist=False).replace(b"\n", b"\r\n")
    name = arrived(practice, HEAD.encode() + b"Subject: ...\r\n" + sealed_part(armor))
    found = read_letter(practice, name)
    assert found.reading is None
    assert found.judged.letter.state == "sealed"
    assert "it is sealed to a key that is not held here" in explain(found.not_opened()).sentence
