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
