"""Opening sealed pieces of a mail by themselves: what is read, what is a file, and whose it is."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from therapymail.cli.piece_view import answer_with_piece, piece_shape, print_piece
from therapymail.domain.piece_path import PiecePath
from therapymail.domain.seal import Protection, Signature
from therapymail.errors import UnusableInput
from therapymail.practice.open_piece import OpenedPiece, open_piece_of_file
from therapymail.practice.practice import Practice

People = tuple[Practice, Writers, Writer]


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


def mail_with(*pieces: bytes, author: str = "Maren <maren@heron.example>") -> bytes:
    """A mail in clear with a text, sealed blocks in it, and a sealed file."""
    block, file = pieces
    return (
        f"From: {author}\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n".encode()
        + b"--bb\r\n\r\nPlease read this:\r\n"
        + block
        + b"\r\n--bb\r\nContent-Type: application/octet-stream\r\n"
        + b'Content-Disposition: attachment; filename="scan.png.pgp"\r\n\r\n'
        + file
        + b"\r\n--bb--\r\n"
    )


@pytest.fixture(scope="module")
def opened(people: People) -> tuple[OpenedPiece, OpenedPiece]:
    practice, writers, heron = people
    raw = mail_with(writers.sealed(b"only for you", heron), writers.sealed(b"\x89PNG\x00\x1a", None))
    return open_piece_of_file(practice, raw, PiecePath((1,))), open_piece_of_file(practice, raw, PiecePath((2,)))


def test_A3_a_block_is_judged_and_read_alone(opened: tuple[OpenedPiece, OpenedPiece]) -> None:
    block = opened[0]
    assert (block.number, block.count, block.kind) == (1, 2, "block")
    assert (block.verdict.encrypted, block.verdict.signature) == (Protection.SEALED, Signature.PINNED)
    assert block.reading is not None
    assert (block.reading.text, block.reading.unsealed_text, block.content) == ("only for you", "", None)


def test_A6_a_file_that_is_no_text_is_kept_whole(opened: tuple[OpenedPiece, OpenedPiece]) -> None:
    file = opened[1]
    assert file.verdict.signature is Signature.NONE
    assert file.reading is not None
    assert [(item.name, item.size) for item in file.reading.enclosures] == [("scan.png", 6)]
    assert (file.reading.text, file.content) == ("", b"\x89PNG\x00\x1a")


def test_I1_a_piece_in_somebody_elses_mail_is_not_theirs(people: People) -> None:
    practice, writers, heron = people
    raw = mail_with(writers.sealed(b"a", heron), writers.sealed(b"b", None), author="Eve <eve@evil.example>")
    assert open_piece_of_file(practice, raw, PiecePath((1,))).verdict.signature is Signature.OTHER


@pytest.mark.parametrize("number", [0, 3])
def test_there_are_only_so_many_pieces(people: People, number: int) -> None:
    practice, writers, heron = people
    raw = mail_with(writers.sealed(b"a", heron), writers.sealed(b"b", None))
    with pytest.raises(UnusableInput, match="2 sealed pieces"):
        open_piece_of_file(practice, raw, PiecePath((number,)))


def test_a_piece_inside_a_piece_is_opened_and_judged_by_itself(people: People) -> None:
    practice, writers, heron = people
    inner = writers.sealed(b"innermost", heron)
    outer = writers.sealed(b"around it\r\n" + inner, None)
    raw = mail_with(outer, writers.sealed(b"b", None))
    first = open_piece_of_file(practice, raw, PiecePath((1,)))
    assert [str(each.path) for each in first.inner] == ["1.1"]
    assert "innermost" not in (first.reading.text if first.reading else "")
    found = open_piece_of_file(practice, raw, PiecePath.parse("1.1"))
    assert found.reading is not None
    assert (found.reading.text, found.verdict.signature) == ("innermost", Signature.PINNED)
    assert first.verdict.signature is Signature.NONE
    with pytest.raises(UnusableInput, match="piece 2 holds no sealed pieces"):
        open_piece_of_file(practice, raw, PiecePath((2, 1)))


def test_S24_pieces_within_pieces_end_at_the_eighth(people: People) -> None:
    practice, writers, _ = people
    block = writers.sealed(b"the ninth", None)
    for _ in range(8):
        block = writers.sealed(b"x\r\n" + block, None)
    found = open_piece_of_file(practice, mail_with(block, block), PiecePath((1,) * 8))
    assert found.reading is not None
    assert found.inner == ()


def test_C23_a_piece_that_cannot_be_opened_says_why(people: People) -> None:
    practice, writers, heron = people
    raw = mail_with(writers.sealed(b"a", heron, to_therapist=False), writers.sealed(b"b", None))
    piece = open_piece_of_file(practice, raw, PiecePath((1,)))
    assert piece.reading is None
    assert piece.not_opened().reason == "it is sealed to a key that is not held here"


def test_A3_the_frame_stands_before_the_text(
    opened: tuple[OpenedPiece, OpenedPiece], capsys: pytest.CaptureFixture[str]
) -> None:
    print_piece(opened[0], "| ")
    shown = capsys.readouterr().out
    assert shown.index("Piece 1 of 2") < shown.index("| | only for you")
    assert "Please read this" not in shown
    assert json.loads(json.dumps(piece_shape(opened[1])))["enclosures"][0]["name"] == "scan.png"


def test_A6_S25_a_file_is_written_once_where_it_was_told_and_for_its_owner_alone(
    opened: tuple[OpenedPiece, OpenedPiece], tmp_path: Path
) -> None:
    block, file = opened
    target = tmp_path / "scan.png"
    answer_with_piece(file, "| ", target, as_json=True)
    assert target.read_bytes() == b"\x89PNG\x00\x1a"
    assert target.stat().st_mode & 0o777 == 0o600
    for piece, where in ((file, target), (block, tmp_path / "other")):
        with pytest.raises(UnusableInput):
            answer_with_piece(piece, "| ", where, as_json=True)
    assert [path.name for path in tmp_path.iterdir()] == ["scan.png"]
