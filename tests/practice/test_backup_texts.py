"""The therapist's own texts out of a backup lie where they belong, or nothing of them lies anywhere (HAZARDS S25)."""

import base64
import json
from pathlib import Path

import pytest

from therapymail.errors import BackupNotMade, FileUnusable, SealedFileRefused
from therapymail.paths import PracticePaths
from therapymail.practice.backup_texts import MOST_BYTES, put_texts, texts_of

TEXT = base64.b64encode(b"## Heading\n").decode()


@pytest.fixture
def paths(tmp_path: Path) -> PracticePaths:
    return PracticePaths(tmp_path)


def content(*names: str) -> bytes:
    return json.dumps(dict.fromkeys(names, TEXT)).encode()


def test_templates_and_the_list_of_feelings_come_back_as_they_were(paths: PracticePaths) -> None:
    names = ("feelings.txt", "letter-templates/gr\u00fc\u00dfe.txt", "note-templates/own.txt")
    put_texts(content(*names), paths)
    assert json.loads(texts_of(paths)) == dict.fromkeys(names, TEXT)


@pytest.mark.parametrize(
    "name",
    ["own.txt", "../own.txt", "note-templates/../own.txt", "/etc/own.txt", "note-templates/.own.txt",
     "note-templates/own", "note-templates/\ud800.txt", "note-templates/\x00.txt",
     "note-templates/\x1b[2J.txt", "note-templates/a\nb.txt"],
)  # fmt: skip
def test_S25_a_name_that_leads_elsewhere_or_is_none_is_refused(name: str, paths: PracticePaths) -> None:
    with pytest.raises(SealedFileRefused):
        put_texts(content(name), paths)
    assert not [path for path in paths.home.rglob("*") if path.is_file()]


def test_S23_a_name_too_long_for_the_disk_is_refused_in_our_words(paths: PracticePaths) -> None:
    with pytest.raises(FileUnusable):
        put_texts(content("note-templates/" + "\u00fc" * 190 + ".txt"), paths)


def test_C33_what_an_editor_or_another_system_hides_beside_a_template_stays_out(paths: PracticePaths) -> None:
    """A `._own.txt` of macOS once made a backup that was verified and that no restore took."""
    put_texts(content("note-templates/own.txt"), paths)
    (paths.note_templates / "._own.txt").write_bytes(b"\x00\x05")
    put_texts(texts_of(paths), paths)
    assert json.loads(texts_of(paths)) == {"note-templates/own.txt": TEXT}


@pytest.mark.parametrize("name", ["a\u00a0b.txt", "\udcff.txt", "x" * 240 + ".txt"])
def test_C33_a_template_that_could_not_be_put_back_is_told_when_the_backup_is_made(
    name: str, paths: PracticePaths
) -> None:
    paths.note_templates.mkdir()
    (paths.note_templates / name).write_bytes(b"## Heading\n")
    with pytest.raises(BackupNotMade):
        texts_of(paths)


def test_C33_more_than_a_restore_takes_is_told_when_the_backup_is_made(paths: PracticePaths) -> None:
    paths.letter_templates.mkdir()
    with (paths.letter_templates / "own.txt").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(BackupNotMade):
        texts_of(paths)
