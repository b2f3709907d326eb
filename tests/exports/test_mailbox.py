"""Originals in one file: Python's mailbox and zipfile read every letter back, and sha256sum agrees."""

import hashlib
import io
import mailbox
import re
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as some

from therapymail.exports.mailbox import MANIFEST, Original, write_archive, write_mbox
from therapymail.exports.manifest import manifest_line

WHEN = datetime(2025, 3, 5, 9, 30, tzinfo=UTC)
RAW = b"From: a@x.example\r\nSubject: ...\r\n\r\nFrom here on\r\n>From there\r\n>>From\r\nno From here\r\n\r\nFrom \r\n"


def unquoted(raw: bytes) -> bytes:
    return re.sub(rb"^>(>*From )", rb"\1", raw, flags=re.MULTILINE)


def mails(raws: list[bytes]) -> list[Original]:
    return [Original(f"HERON-{number}", WHEN, raw) for number, raw in enumerate(raws, 1)]


def read_back(raws: list[bytes], file: Path) -> list[bytes]:
    with file.open("wb") as opened:
        write_mbox(mails(raws), opened)
    box = mailbox.mbox(file)
    try:
        return [unquoted(box.get_bytes(key)) for key in box.iterkeys()]
    finally:
        box.close()


def test_a_mailbox_gives_every_letter_back(tmp_path: Path) -> None:
    raws = [RAW, RAW + b"more", b"", b"Subject: x\n\nFrom \n\n\n"]
    wanted = [raw.replace(b"\r\n", b"\n") for raw in raws]
    for number, (found, raw) in enumerate(zip(read_back(raws, tmp_path / "box"), wanted, strict=True)):
        assert found.rstrip(b"\n") == raw.rstrip(b"\n"), number
    first = (tmp_path / "box").read_bytes().split(b"\n")[0]
    assert first == b"From MAILER-DAEMON Wed Mar  5 09:30:00 2025"


@given(
    some.lists(
        some.lists(some.sampled_from([b"From ", b">From ", b"\n", b"\r\n", b"From", b" ", b"x"]), max_size=12),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=40, deadline=None)
def test_whatever_begins_with_From_ends_no_letter(lines: list[list[bytes]]) -> None:
    written = io.BytesIO()
    write_mbox(mails([b"A: b\n\n" + b"".join(each) for each in lines]), written)
    begins = re.findall(rb"(?:\A|\n\n)From MAILER-DAEMON ", written.getvalue())
    assert len(begins) == len(lines) == len(re.findall(rb"^From ", written.getvalue(), re.MULTILINE))


def test_an_archive_holds_them_byte_for_byte_with_sums_and_tells_nobody(tmp_path: Path) -> None:
    written = io.BytesIO()
    write_archive(mails([RAW, b"\x00\xff" * 1000]), written)
    with zipfile.ZipFile(written) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["HERON-1.eml", "HERON-2.eml", MANIFEST]
        archive.extractall(tmp_path)
    assert (tmp_path / "HERON-1.eml").read_bytes() == RAW
    subprocess.run(["sha256sum", "--strict", "-c", MANIFEST], cwd=tmp_path, check=True, capture_output=True)
    again = io.BytesIO()
    write_archive(mails([RAW, b"\x00\xff" * 1000]), again)
    assert again.getvalue() == written.getvalue()


def test_sha256sum_reads_the_line_of_any_name(tmp_path: Path) -> None:
    for number, name in enumerate(["plain.json", "a b.json", "back\\slash", "new\nline", "-x"]):
        (tmp_path / name).write_bytes(b"%d" % number)
        (tmp_path / "sums").write_text(manifest_line(hashlib.sha256(b"%d" % number).hexdigest(), name))
        subprocess.run(["sha256sum", "--strict", "-c", "sums"], cwd=tmp_path, check=True, capture_output=True)
