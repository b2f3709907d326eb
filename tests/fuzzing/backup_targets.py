"""What stands inside a sealed backup once it is open: the archive, its manifest, the texts put back into a practice."""

# ruff: noqa: E501 - words of the formats

import base64
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.fuzzing import sound
from tests.fuzzing.scratch import scratch
from tests.fuzzing.target import Target
from therapymail.domain.archive import archive_bytes, small_archive
from therapymail.domain.backup import NEEDED, FileInside, Manifest, StoreState, may_stand_in_a_backup, read_manifest
from therapymail.errors import FileUnusable, SealedFileRefused
from therapymail.paths import PracticePaths
from therapymail.practice.backup_texts import put_texts

_MOST = 1 << 20


def backup(data: bytes) -> None:
    """The first byte says which of the three is read."""
    choice, content = (data[0] if data else 0), data[1:]
    read = (_archive, _manifest, _texts)[choice % 3]
    try:
        read(content)
    except SealedFileRefused as refused:
        sound.refusal(refused)


def _archive(content: bytes) -> None:
    files = small_archive(content, _MOST)
    assert archive_bytes(files) == content, "an archive is read that is not as ours are"
    assert not any(name.startswith("/") or ".." in name.split("/") for name in files), "a name leads elsewhere"


def _manifest(content: bytes) -> None:
    manifest = read_manifest(content)
    assert all(map(may_stand_in_a_backup, manifest.files)), "a file that no backup holds"
    assert manifest.total >= 0
    sound.shows(manifest.by)


def _texts(content: bytes) -> None:
    paths = PracticePaths(scratch("backup") / "practice")
    paths.home.mkdir(exist_ok=True)
    try:
        put_texts(content, paths)
    except FileUnusable as refused:
        sound.refusal(refused)
    finally:
        written = [path for path in paths.home.parent.rglob("*") if path.is_file()]
        within = (paths.note_templates, paths.letter_templates)
        assert all(path == paths.feelings or path.parent in within for path in written), "a text lies elsewhere"
        for folder in within:
            shutil.rmtree(folder, ignore_errors=True)


def _seeds() -> Iterator[bytes]:
    yield b"\x00" + archive_bytes({"manifest.json": b"{}", "notes/a.txt": b"x" * 600, "empty": b""})
    yield b"\x00" + archive_bytes({})
    store = StoreState(12, "0" * 32, 3, 0, {"letter_original": 2}, {"0" * 32: (3, "a" * 64)})
    files = {name: FileInside(5, "b" * 64) for name in NEEDED}
    manifest = Manifest(datetime(2026, 3, 3, tzinfo=UTC), "0.1.0", "A" * 40, files, store, None)
    yield b"\x01" + manifest.to_json()
    text = base64.b64encode(b"## Heading\n").decode()
    for names in (
        ("feelings.txt", "note-templates/own.txt"),
        ("letter-templates/a.txt",),
        ("../x.txt",),
        ("note-templates/\ud800.txt", "letter-templates/" + "\u00fc" * 180 + ".txt"),
    ):
        yield b"\x02" + json.dumps(dict.fromkeys(names, text)).encode()


_WORDS = (b'"format": 1', b'"made": "2026-03-03T00:00:00Z"', b'"files": {', b'"bytes": ', b'"sha256": ', b'"heads"', b"null",
          b"manifest.json", b"ustar  \0", b"0000600\0", b"note-templates/", b"letter-templates/", b".txt", b"../", b"\\ud800",
          b"e30=", b"1e999", b"-1", b"[[[[", b'": "', bytes(64))  # fmt: skip

TARGETS = (Target("backup", "a backup's archive, manifest and texts", backup, _seeds, _WORDS, 50_000),)
