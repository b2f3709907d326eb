"""Reading a backup: signed by the right key even, one that is not what its manifest says is refused."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.gnupg import People
from tests.support.gnupg import people as some_people
from therapymail.domain.archive import archive_bytes
from therapymail.domain.backup import MANIFEST, NEEDED, NOTES_KEY, VAULT, FileInside, Manifest, StoreState
from therapymail.errors import SealedFileRefused, WorkStopped
from therapymail.pgp.sealed_stream import signed_stream
from therapymail.practice.backup_reading import ReadBackup, Steps, read_backup

STATE = StoreState(12, "ab" * 16, 0, 0, {}, {})
FILES = {name: f"what {name} holds".encode() for name in NEEDED}


@pytest.fixture(scope="module")
def people() -> Iterator[People]:
    with some_people() as made:
        yield made


def manifest_of(people: People, files: dict[str, bytes]) -> Manifest:
    inside = {name: FileInside(len(content), hashlib.sha256(content).hexdigest()) for name, content in files.items()}
    return Manifest(datetime(2026, 5, 3, tzinfo=UTC), "0.1", people.own, inside, STATE)


def read(
    people: People, directory: Path, manifest: Manifest, files: dict[str, bytes], *, first: bool = True
) -> ReadBackup:
    """What reading finds in a backup of these files under this manifest."""
    written: list[bytes] = []
    said = {MANIFEST: manifest.to_json()}
    with signed_stream(people.therapist, people.own, (), written.append) as stream:
        stream.write(archive_bytes({**said, **files} if first else {**files, **said}))
        stream.finish()
    (directory / "file").write_bytes(b"".join(written))
    size = (directory / "file").stat().st_size
    with (directory / "file").open("rb") as file:
        return read_backup(people.therapist, file, size, None, lambda _done, _total: None)


def test_F37_what_is_as_its_manifest_says_is_read(people: People, tmp_path: Path) -> None:
    manifest = manifest_of(people, FILES)
    assert read(people, tmp_path, manifest, FILES) == (manifest, people.own)


def test_H3_what_is_not_as_its_manifest_says_is_refused(people: People, tmp_path: Path) -> None:
    honest = manifest_of(people, FILES)
    longer, other = {**FILES, VAULT: b"longer than that"}, {**FILES, VAULT: FILES[VAULT][::-1]}
    fewer = {name: content for name, content in FILES.items() if name != VAULT}
    for files in (longer, other, fewer, {**FILES, NOTES_KEY: b"more"}):
        with pytest.raises(SealedFileRefused):
            read(people, tmp_path, honest, files)
    with pytest.raises(SealedFileRefused):
        read(people, tmp_path, honest, FILES, first=False)


def test_H3_the_practice_that_it_names_must_have_signed_it(people: People, tmp_path: Path) -> None:
    with pytest.raises(SealedFileRefused) as refused:
        read(people, tmp_path, replace(manifest_of(people, FILES), own_key=people.ann), FILES)
    assert "signed" in refused.value.why


def test_S24_more_than_the_file_can_hold_is_refused_before_it_fills_the_disk(people: People, tmp_path: Path) -> None:
    """Compressed zeros: a small file that would be a large one."""
    zeros = bytes(1 << 20)
    kept = 0

    def keep(_name: str, part: bytes) -> None:
        nonlocal kept
        kept += len(part)

    manifest = manifest_of(people, {**FILES, VAULT: zeros})
    archive = archive_bytes({MANIFEST: manifest.to_json(), **FILES, VAULT: zeros})
    how = ["--recipient", people.own, "--local-user", people.own, "--sign", "--encrypt"]
    (tmp_path / "file").write_bytes(people.therapist.run(how, archive).output)
    size = (tmp_path / "file").stat().st_size
    assert size < len(zeros)
    with (tmp_path / "file").open("rb") as file, pytest.raises(SealedFileRefused):
        read_backup(people.therapist, file, size, None, lambda _done, _total: None, keep)
    assert kept == 0


def test_progress_never_goes_back_and_stops_when_asked() -> None:
    told: list[tuple[int, int]] = []
    asked = iter([False] * 6 + [True])
    steps = Steps(lambda done, total: told.append((done, total)), lambda: next(asked), 100)
    first = steps.begin()
    first(30, 50)
    first(20, 50)
    second = steps.begin()
    second(90, 90)  # more than was thought
    assert told == sorted(told)
    assert told[-1] == (120, 120)
    second(95, 95)
    with pytest.raises(WorkStopped):
        second(96, 96)
