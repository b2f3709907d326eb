"""HAZARDS S20, S26 and F01, F11: no word of a letter, subject, name, address or enclosure is on any disk in clear."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import MONDAY, Correspondence
from tests.support.practices import Writer
from therapymail.practice.find import SearchRequest, search_letters
from therapymail.practice.tag import tag_letter
from therapymail.practice.unlock import lock

MARKED = {
    "text": "quillfeathered",
    "subject": "marmaladesky",
    "client name": "Wolfgrimsdottir",
    "client address": "umbrellastand",
    "enclosure": "pocketsextant",
    "tag": "thistledown",
}


def letter_with_everything(story: Correspondence, client: Writer) -> bytes:
    inner = (
        f"From: {client.name} <{client.address}>\r\nTo: Orla <orla@practice.example>\r\n"
        f"Subject: {MARKED['subject']}\r\nMessage-ID: <one@heron.example>\r\nDate: Mon, 03 Mar 2025 10:00:00 +0000\r\n"
        'Content-Type: multipart/mixed; boundary="i"; protected-headers="v1"; hp="cipher"\r\n\r\n'
        f"--i\r\nContent-Type: text/plain\r\n\r\n{MARKED['text']} and nothing else\r\n"
        f'--i\r\nContent-Type: application/pdf; name="{MARKED["enclosure"]}.pdf"\r\n\r\n{MARKED["text"]}\r\n--i--\r\n'
    )
    armor = story.writers.sealed(inner.encode(), client).replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")
    return (
        (
            f"From: {client.address}\r\nTo: orla@practice.example\r\nSubject: ...\r\n"
            'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="o"\r\n\r\n'
            "--o\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
            "--o\r\nContent-Type: application/octet-stream\r\n\r\n"
        ).encode()
        + armor
        + b"\r\n--o--\r\n"
    )


def therapymail(story: Correspondence, temporary: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "therapymail", "-v", "--home", str(story.practice.paths.home), *words],
        capture_output=True,
        timeout=120,
        env={**os.environ, "TMPDIR": str(temporary), "XDG_RUNTIME_DIR": ""},
        check=False,
    )


def found_in(directories: list[Path]) -> Iterator[tuple[str, Path]]:
    for path in (file for directory in directories for file in directory.rglob("*") if file.is_file()):
        content, name = path.read_bytes().lower(), path.name.lower()
        for what, word in MARKED.items():
            for form in (word.lower().encode(), word.lower().encode("utf-16-le"), word.lower()[::-1].encode()):
                if form in content or word.lower() in name:
                    yield what, path


@pytest.mark.parametrize("post", ["dovecot"], indirect=True)
def test_S20_S26_nothing_is_in_clear_on_any_disk(correspondence: Correspondence, tmp_path: Path) -> None:
    story = correspondence
    client = story.writers.add(MARKED["client name"], f"{MARKED['client address']}@heron.example")
    key = tmp_path / "key.gpg"
    key.write_bytes(client.certificate)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    added = therapymail(
        story, temporary, "client", "add", "WREN", client.address, "--name", client.name, "--key", str(key),
        "--zone", "Europe/London",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    key.unlink()
    story.deliver(letter_with_everything(story, client), when=MONDAY)
    synced = therapymail(story, temporary, "sync")
    assert synced.returncode == 0, synced.stderr
    tag_letter(story.practice, "WREN-1", [f"+{MARKED['tag']}"])
    assert len(search_letters(story.practice, SearchRequest(MARKED["text"])).hits) == 1
    shared_memory = story.practice.run.shared
    disks = [story.practice.paths.home, temporary]
    assert list(found_in(disks)) == []
    lock(story.practice)
    assert list(found_in([*disks, shared_memory])) == []
    for said in (synced.stderr, synced.stdout):
        assert [what for what, word in MARKED.items() if word.lower().encode() in said.lower()] == []


@pytest.mark.parametrize("post", ["dovecot"], indirect=True)
def test_S26_the_byte_search_would_find_a_marked_word(correspondence: Correspondence, tmp_path: Path) -> None:
    """The search above is worth something: it sees a word in a file and in a file's name."""
    (tmp_path / "a").write_bytes(b"..." + MARKED["text"].upper().encode())
    (tmp_path / MARKED["enclosure"]).touch()
    assert {what for what, _ in found_in([tmp_path])} == {"text", "enclosure"}
