"""Enclosures: listed with what they truly are, opened in memory alone, saved once and for their owner (F30, S25)."""

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.arrived import arrived
from tests.support.practices import introduce, practice_in, short_directory, writers_to
from therapymail.cli.enclosure_opening import look_at
from therapymail.domain.draft import DraftContent
from therapymail.errors import FileUnusable, LetterUnknown, UnusableInput
from therapymail.mail.true_type import true_type
from therapymail.paths import RunDirectory
from therapymail.practice.checks.machine import is_in_memory
from therapymail.practice.demo.photo import photo_with_exif
from therapymail.practice.enclosures import OpenedEnclosure, find_enclosure, laid_out, list_enclosures, save_enclosure
from therapymail.practice.practice import Practice
from therapymail.practice.unlock import lock, unlock
from therapymail.practice.write import enclose, start_draft
from therapymail.vault import drafts

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
PROGRAM = b"MZ\x90\x00" + bytes(100)
PAGE = b"<html><img src='https://tracker.example/x.png'></html>"
FILES = (
    ("image/png", "sleep.png", PNG),
    ("image/jpeg", "photo\u202egpj.exe", PROGRAM),
    ("application/pdf", "../../.ssh/authorized_keys", b"ssh-ed25519 AAAA"),
    ("text/html", "page.html", PAGE),
    ("text/plain", "-rf.txt", b"a poem"),
)


def entity(*files: tuple[str, str, bytes]) -> bytes:
    parts = [b"--i\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nwith files\r\n"]
    for declared, name, content in files:
        quoted = "".join(f"%{byte:02X}" for byte in name.encode())
        parts.append(
            (
                f"--i\r\nContent-Type: {declared}\r\nContent-Transfer-Encoding: base64\r\n"
                f"Content-Disposition: attachment; filename*=utf-8''{quoted}\r\n\r\n"
            ).encode()
            + base64.encodebytes(content).replace(b"\n", b"\r\n")
        )
    head = b'Subject: files\r\nContent-Type: multipart/mixed; boundary="i"; protected-headers="v1"; hp="cipher"\r\n\r\n'
    return head + b"".join(parts) + b"--i--\r\n"


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    with (
        short_directory() as directory,
        practice_in(directory) as made,
        writers_to(made, directory) as writers,
    ):
        heron = writers.add("Maren Quist", "maren@heron.example")
        introduce(made, "HERON", heron)
        armor = writers.sealed(entity(*FILES), heron).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        raw = (
            b"From: maren@heron.example\r\nTo: orla@practice.example\r\nSubject: ...\r\n"
            b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="o"\r\n\r\n'
            b"--o\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
            b"--o\r\nContent-Type: application/octet-stream\r\n\r\n" + armor + b"\r\n--o--\r\n"
        )
        arrived(made, raw)
        arrived(made, writers.letter(heron, "without any"))
        yield made


def test_S25_F30_each_is_listed_with_what_it_truly_is(practice: Practice) -> None:
    found = list_enclosures(practice, "HERON-1")
    assert [(each.number, each.declared, each.true.media_type, each.contradicts) for each in found] == [
        (1, "image/png", "image/png", False),
        (2, "image/jpeg", "application/x-executable", True),
        (3, "application/pdf", "text/plain", True),
        (4, "text/html", "text/html", False),
        (5, "text/plain", "text/plain", False),
    ]
    assert [each.data for each in found] == [content for _, _, content in FILES]
    assert list_enclosures(practice, "HERON-2") == ()
    with pytest.raises(LetterUnknown):
        list_enclosures(practice, "HERON-9")


def test_S25_names_are_bare_their_endings_whole_and_what_they_hide_visible(practice: Practice) -> None:
    names = [each.name for each in list_enclosures(practice, "HERON-1")]
    assert names == ["sleep.png", "photo\u2426gpj.exe", "authorized_keys", "page.html", "_-rf.txt"]


@pytest.mark.parametrize("number", [0, 6, -1])
def test_there_are_only_so_many(practice: Practice, number: int) -> None:
    with pytest.raises(UnusableInput, match="5 enclosures"):
        find_enclosure(practice, "HERON-1", number)


def test_S25_saved_is_one_new_file_for_its_owner_alone_in_the_directory_named(
    practice: Practice, tmp_path: Path
) -> None:
    target = tmp_path / "to"
    target.mkdir()
    for each in list_enclosures(practice, "HERON-1"):
        file = save_enclosure(each, target)
        assert file.parent == target
        assert file.read_bytes() == each.data
        assert file.stat().st_mode & 0o777 == 0o600
        with pytest.raises(UnusableInput):
            save_enclosure(each, target)
        assert file.read_bytes() == each.data
    assert sorted(tmp_path.rglob("*")) == sorted([target, *target.iterdir()])
    assert len(list(target.iterdir())) == 5


def test_S25_a_link_in_its_place_is_not_followed(practice: Practice, tmp_path: Path) -> None:
    (tmp_path / "sleep.png").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnusableInput):
        save_enclosure(find_enclosure(practice, "HERON-1", 1), tmp_path)
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(FileUnusable):
        save_enclosure(find_enclosure(practice, "HERON-1", 1), tmp_path / "absent")


# --- opening -------------------------------------------------------------------------------------------


def test_F30_it_lies_in_memory_for_its_owner_alone_and_is_removed(practice: Practice) -> None:
    with laid_out(practice, find_enclosure(practice, "HERON-1", 1)) as file:
        assert file.is_relative_to(practice.run.shared)
        assert file.read_bytes() == PNG
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
    assert not file.exists()
    assert practice.run.opened_enclosures() == []


def test_F30_it_never_lies_on_a_disk(practice: Practice, tmp_path: Path) -> None:
    if is_in_memory(tmp_path):
        pytest.skip("the directory for temporary files lies in memory here")
    on_disk = replace(practice, run=RunDirectory(tmp_path))
    with pytest.raises(FileUnusable), laid_out(on_disk, find_enclosure(practice, "HERON-1", 1)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_F30_a_lock_takes_it_away(practice: Practice) -> None:
    with laid_out(practice, find_enclosure(practice, "HERON-1", 1)) as file:
        lock(practice)
        assert not file.exists()
    unlock(practice, None)


def test_F30_the_program_that_shows_it_gets_the_file_and_leaves_nothing(practice: Practice, tmp_path: Path) -> None:
    told = tmp_path / "told"
    viewer = tmp_path / "viewer"
    viewer.write_text(f'#!/bin/sh\nprintf %s "$1" > {told}\ncat "$1" > {told}.content\n')
    viewer.chmod(0o700)
    look_at(practice, find_enclosure(practice, "HERON-1", 1), str(viewer))
    assert Path(told.read_text()).name == "enclosure-1.png"
    assert Path(f"{told}.content").read_bytes() == PNG
    assert not Path(told.read_text()).exists()


@pytest.mark.parametrize(
    ("name", "told"),
    [("my sister Ana.pdf", "enclosure-1.pdf"), ("to Ana.myAnaletter", "enclosure-1"), ("Ana", "enclosure-1")],
)
def test_S26_nobody_learns_its_name_from_the_program_that_shows_it(practice: Practice, name: str, told: str) -> None:
    """A program's arguments are there to be read by all others, and its window's title by whoever passes."""
    with laid_out(practice, OpenedEnclosure(1, name, "text/plain", true_type(b"words"), b"words")) as file:
        assert file.name == told


@pytest.mark.parametrize("number", [2, 4])
def test_S25_what_would_run_or_tell_its_sender_is_not_opened(practice: Practice, number: int) -> None:
    with pytest.raises(UnusableInput):
        look_at(practice, find_enclosure(practice, "HERON-1", number), None)


@pytest.mark.parametrize(("name", "is_opened"), [("poem", False), ("poem.odt", False), ("poem.txt", True)])
def test_S25_a_page_under_a_name_that_says_nothing_is_not_opened(name: str, is_opened: bool) -> None:
    """The machine's own program goes by the content there, finds a page behind the words, and fetches the picture."""
    poem = b"Dear Orla,\n<html><img src=https://tells.example/x>"
    enclosure = OpenedEnclosure(1, name, "text/plain", true_type(poem), poem)
    assert enclosure.is_page is not is_opened


def test_S25_a_program_is_not_opened_even_by_a_named_one(practice: Practice) -> None:
    for enclosure in (
        find_enclosure(practice, "HERON-1", 2),
        OpenedEnclosure(1, "harmless.sh", "text/plain", find_enclosure(practice, "HERON-1", 5).true, b"echo"),
    ):
        with pytest.raises(UnusableInput):
            look_at(practice, enclosure, "true")


def test_F30_a_killed_run_leaves_it_no_longer_than_the_next_start(practice: Practice) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from therapymail.bootstrap import open_practice\n"
        "from therapymail.practice.enclosures import find_enclosure, laid_out\n"
        "practice = open_practice(Path(sys.argv[1]), environment={})\n"
        "with laid_out(practice, find_enclosure(practice, 'HERON-1', 1)) as file:\n"
        "    print(file, flush=True)\n    time.sleep(60)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(practice.paths.home)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    file = Path(child.stdout.readline().strip())
    assert file.read_bytes() == PNG
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert file.exists()
    practice.run.remove_left_behind()
    deadline = time.monotonic() + 5
    while file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not file.exists()


# --- on the way out ------------------------------------------------------------------------------------


def test_F30_a_picture_that_is_sent_says_nothing_of_camera_and_place(practice: Practice) -> None:
    taken = photo_with_exif(datetime(2025, 3, 28, 13, 0, tzinfo=UTC))
    assert b"Exif" in taken
    assert b"Example Optics" in taken
    draft = start_draft(practice, "HERON", DraftContent("a picture", "look"))
    enclose(practice, draft.name, "/home/orla/IMG_1234.jpg", taken)
    with practice.vault() as vault, vault.reading() as reader:
        (data,) = drafts.enclosure_data(reader, draft.name)
    assert b"Exif" not in data
    assert b"Example Optics" not in data
    assert true_type(data).media_type == "image/jpeg"
