"""Opening a mail without filing it: judged by its sealed header, and by nobody's key where it has several authors."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from therapymail.domain.seal import Signature
from therapymail.practice.open_file import open_file
from therapymail.practice.practice import Practice

MONDAY = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def people() -> Iterator[tuple[Practice, Writers, Writer]]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron = writers.add("Maren Quist", "maren@heron.example")
        introduce(practice, "HERON", heron)
        yield practice, writers, heron


def test_S18_the_sealed_header_says_who_and_when(people: tuple[Practice, Writers, Writer]) -> None:
    practice, writers, heron = people
    raw = writers.letter(heron, "hello", written=MONDAY)
    forged = re.sub(rb"Date: [^\r]*", b"Date: Sat, 1 Jan 2000 00:00:00 +0000", raw)
    assert forged != raw
    opened = open_file(practice, forged)
    assert (opened.written, opened.verdict.signature) == (MONDAY, Signature.PINNED)
    assert opened.client is not None
    assert opened.client.code == "HERON"


@pytest.mark.parametrize(
    "authors",
    ["Maren <maren@heron.example>, Eve <eve@evil.example>", "M <maren@heron.example>, M <maren@heron.example>"],
)
def test_I1_S7_a_mail_with_several_authors_is_nobodys(people: tuple[Practice, Writers, Writer], authors: str) -> None:
    practice, writers, heron = people
    opened = open_file(practice, writers.letter(heron, "hello", from_header=authors))
    assert (opened.client, opened.verdict.signature) == (None, Signature.OTHER)
    assert "several-from" in opened.notes


def test_S29_a_letter_that_was_sealed_for_somebody_else_says_so(people: tuple[Practice, Writers, Writer]) -> None:
    practice, writers, heron = people
    raw = writers.letter(heron, "hello")
    assert "not-addressed-to-you" not in open_file(practice, raw).notes
    header = b"From: Maren <maren@heron.example>\r\nTo: eve@evil.example\r\n"
    inner = header + b'Content-Type: text/plain; hp="cipher"\r\n\r\nhi\r\n'
    armor = writers.sealed(inner, heron).replace(b"\n", b"\r\n")
    head, marker, _ = raw.partition(b"-----BEGIN PGP MESSAGE-----")
    assert marker
    assert "not-addressed-to-you" in open_file(practice, head + armor + b"\r\n--=-b--\r\n").notes


def test_I2_the_author_is_shown_by_address_and_no_name_that_could_be_anothers(
    people: tuple[Practice, Writers, Writer],
) -> None:
    practice, writers, heron = people
    assert open_file(practice, writers.letter(heron, "x")).author == "Maren Quist <maren@heron.example>"
    for name in ("Maren Quist", "maren@heron.example" + " " * 200 + ".", "\u202emaren@heron.example"):
        raw = writers.letter(heron, "x", from_header=f'"{name}" <eve@evil.example>')
        assert open_file(practice, raw).author == "eve@evil.example"
