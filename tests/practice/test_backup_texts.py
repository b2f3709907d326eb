"""The therapist's own texts out of a backup lie where they belong, or nothing of them lies anywhere (HAZARDS S25)."""

import base64
import json
from pathlib import Path

import pytest

from therapymail.errors import FileUnusable, SealedFileRefused
from therapymail.paths import PracticePaths
from therapymail.practice.backup_texts import put_texts, texts_of

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
