"""The archive of sealed files: any tar reads it, and nothing is read that would not be written."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.archive import BLOCK, END, MAX_BYTES, archive_bytes, header, members, small_archive
from therapymail.errors import SealedFileRefused

NAMES = st.from_regex(r"[a-z][A-Za-z0-9._-]{0,20}(/[A-Za-z0-9][A-Za-z0-9._-]{0,20}){0,2}", fullmatch=True)
FILES = st.dictionaries(NAMES, st.binary(max_size=1500), max_size=5)


def read_in_pieces(content: bytes, piece: int) -> dict[str, bytes]:
    """As a pipe gives it: never more than `piece` bytes at once."""
    file = io.BytesIO(content)
    return {each.name: b"".join(each.chunks()) for each in members(lambda count: file.read(min(count, piece)))}


@given(FILES, st.integers(1, 700))
def test_what_is_written_is_read_and_any_tar_reads_it(files: dict[str, bytes], piece: int) -> None:
    made = archive_bytes(files)
    assert read_in_pieces(made, piece) == files
    with tarfile.open(fileobj=io.BytesIO(made)) as tar:
        assert {each.name: (tar.extractfile(each) or io.BytesIO()).read() for each in tar} == files


@given(st.binary(max_size=3 * BLOCK))
def test_any_bytes_are_refused_in_words(content: bytes) -> None:
    try:
        found = small_archive(content, 1 << 20)
    except SealedFileRefused:
        return
    assert archive_bytes(found) == content


@given(FILES.filter(bool), st.data())
def test_an_archive_that_is_cut_or_changed_is_never_read_as_another(
    files: dict[str, bytes], data: st.DataObject
) -> None:
    made = archive_bytes(files)
    with pytest.raises(SealedFileRefused):
        small_archive(made[: data.draw(st.integers(0, len(made) - 1))], 1 << 20)
    at, bit = data.draw(st.integers(0, len(made) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(made)
    changed[at] ^= 1 << bit
    try:
        found = small_archive(bytes(changed), 1 << 20)
    except SealedFileRefused:
        return
    assert archive_bytes(found) == bytes(changed)


@pytest.mark.parametrize(
    "name", ["../a", "/etc/a", "a/../b", "a//b", "a/", "", ".a", "a/.b", "A", "a b", "a\nb", "é", "a" * 100]
)
def test_S25_no_name_leads_out_of_the_place(name: str) -> None:
    with pytest.raises(ValueError, match="plain"):
        header(name, 1)
    member = tarfile.TarInfo(name)
    member.mode = 0o600
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        with pytest.raises(SealedFileRefused):
            small_archive(member.tobuf(form, "utf-8") + END, 1 << 20)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.AREGTYPE, b"L", b"x"]
)
def test_S25_nothing_but_an_ordinary_file_is_read(kind: bytes) -> None:
    member = tarfile.TarInfo("vault.db")
    member.type, member.mode, member.linkname = kind, 0o600, "/etc/passwd"
    with pytest.raises(SealedFileRefused):
        small_archive(member.tobuf(tarfile.GNU_FORMAT, "ascii") + END, 1 << 20)


def test_a_file_of_more_than_8_gigabytes_has_its_size() -> None:
    assert tarfile.TarInfo.frombuf(header("vault.db", 9 << 30), "ascii", "strict").size == 9 << 30
    with pytest.raises(ValueError, match="plain"):
        header("vault.db", MAX_BYTES + 1)


def test_one_name_twice_and_anything_behind_the_end_are_refused() -> None:
    one = archive_bytes({"vault.db": b"x"})[: -len(END)]
    for made in (one + one + END, one + END + bytes(BLOCK), one + END + b"x", one + END[:BLOCK]):
        with pytest.raises(SealedFileRefused):
            small_archive(made, 1 << 20)


def test_a_part_that_is_too_large_is_not_taken_into_memory() -> None:
    made = archive_bytes({"manifest.json": bytes(5000)})
    file = io.BytesIO(made)
    with pytest.raises(SealedFileRefused):
        next(members(file.read)).whole(4999)
    with pytest.raises(SealedFileRefused):
        small_archive(made, 4999)
