"""An export is written whole or not at all: what is there stays, no part of it is left, and the journal is told."""

import os
import resource
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.exporting import Shelf, shelf
from therapymail.domain.exporting import Exported, Form
from therapymail.errors import ExitCode, ExportChanged, FileUnusable, TherapymailError
from therapymail.exports.mailbox import Writable
from therapymail.practice.export import ExportRequest, list_exports, prepare_export, write_export
from therapymail.practice.export_file import Journal, Made, Target, write_file
from therapymail.practice.export_key import ExportKey


@pytest.fixture(scope="module")
def shop() -> Iterator[Shelf]:
    with shelf() as made:
        yield made


@dataclass
class Heard:
    """A journal that remembers."""

    made: list[Made] = field(default_factory=list)
    failed: int = 0

    def journal(self) -> Journal:
        return Journal(self.made.append, self.fail)

    def fail(self) -> None:
        self.failed += 1


def content(size: int = 20) -> "Iterator[bytes]":
    yield from (b"x" * min(1000, size - start) for start in range(0, size, 1000))


def write(shop: Shelf, target: Target, heard: Heard, *, size: int = 20, key: ExportKey | None = None) -> Made:
    def render(file: Writable) -> None:
        for piece in content(size):
            file.write(piece)

    return write_file(shop.practice, target, render, key, heard.journal())


def test_a_file_is_new_and_for_its_owner_alone(shop: Shelf, tmp_path: Path) -> None:
    heard = Heard()
    made = write(shop, Target(tmp_path / "book", manifest=True), heard)
    assert heard.made == [made]
    assert {(path.name, stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.iterdir()} == {
        ("book", 0o600),
        ("book.sha256", 0o600),
    }
    subprocess.run(["sha256sum", "-c", "book.sha256"], cwd=tmp_path, check=True, capture_output=True)


def occupied(tmp_path: Path, what: str) -> Path:
    path = tmp_path / "book"
    match what:
        case "file":
            path.write_bytes(b"before")
        case "directory":
            path.mkdir()
        case "link":
            (tmp_path / "linked").write_bytes(b"before")
            path.symlink_to(tmp_path / "linked")
        case "broken link":
            path.symlink_to(tmp_path / "nowhere")
        case "fifo":
            os.mkfifo(path)
        case "device":
            return Path("/dev/null")
        case "missing directory":
            return tmp_path / "missing" / "book"
        case "file for directory":
            (tmp_path / "plain").touch()
            return tmp_path / "plain" / "book"
        case "long name":
            return tmp_path / ("x" * 300)
    return path


WHY = {
    "file": "there is a file of that name already",
    "directory": "it is a directory",
    "link": "a link stands in its place",
    "broken link": "a link stands in its place",
    "fifo": "it is no ordinary file",
    "device": "it is no ordinary file",
    "missing directory": "its directory does not exist",
    "file for directory": "part of the path is not a directory",
    "long name": "its name is too long",
}
PLACES = list(WHY)


@pytest.mark.parametrize(
    ("what", "overwrite"), [*((what, False) for what in PLACES), *((what, True) for what in PLACES[1:])]
)
def test_what_is_there_stays_and_no_part_is_left(shop: Shelf, tmp_path: Path, what: str, *, overwrite: bool) -> None:
    path, heard = occupied(tmp_path, what), Heard()
    before = {each: each.lstat().st_mode for each in tmp_path.rglob("*")}
    with pytest.raises(FileUnusable) as refused:
        write(shop, Target(path, overwrite), heard)
    assert refused.value.exit_code is ExitCode.CONFIGURATION
    assert {each: each.lstat().st_mode for each in tmp_path.rglob("*")} == before
    assert not heard.made
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert refused.value.why.startswith(WHY[what])
    if what == "file":
        assert path.read_bytes() == b"before"


def test_a_file_is_replaced_only_when_that_was_said(shop: Shelf, tmp_path: Path) -> None:
    path = occupied(tmp_path, "file")
    path.chmod(0o644)
    write(shop, Target(path, overwrite=True, manifest=True), Heard())
    write(shop, Target(path, overwrite=True, manifest=True), Heard(), size=30)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"x" * 30, 0o600)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["book", "book.sha256"]


@pytest.mark.parametrize("manifest", [False, True])
def test_what_takes_the_name_in_that_moment_stays_and_the_journal_hears_of_it(
    shop: Shelf, tmp_path: Path, *, manifest: bool
) -> None:
    heard = Heard()

    def little(file: Writable) -> None:
        file.write(b"x")

    def made(_: Made) -> None:
        (tmp_path / "book").write_bytes(b"somebody was faster")

    with pytest.raises(ExportChanged):
        write_file(
            shop.practice,
            Target(tmp_path / "book", manifest=manifest),
            little,
            None,
            Journal(made, heard.fail),
        )
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("book", b"somebody was faster")]
    assert heard.failed == 1


@pytest.fixture
def room_for_little() -> Iterator[int]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield 100_000
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_full_disk_leaves_nothing_sealed_or_not(
    shop: Shelf, tmp_path: Path, room_for_little: int, *, sealed: bool
) -> None:
    key = ExportKey(shop.colleague.fingerprint, shop.colleague.certificate) if sealed else None

    def random(file: Writable) -> None:
        for _ in range(5):
            file.write(os.urandom(room_for_little // 2))

    heard = Heard()
    with pytest.raises(FileUnusable):
        write_file(shop.practice, Target(tmp_path / "book"), random, key, heard.journal())
    assert not list(tmp_path.iterdir())
    assert not heard.made


@pytest.mark.parametrize("stops", [KeyboardInterrupt, UnicodeError])
@pytest.mark.parametrize("sealed", [False, True])
def test_one_that_is_stopped_leaves_nothing(
    shop: Shelf, tmp_path: Path, stops: type[BaseException], *, sealed: bool
) -> None:
    key = ExportKey(shop.colleague.fingerprint, shop.colleague.certificate) if sealed else None
    heard = Heard()

    def stopped(file: Writable) -> None:
        file.write(b"x" * 100_000)
        raise stops

    with pytest.raises(stops):
        write_file(shop.practice, Target(tmp_path / "book"), stopped, key, heard.journal())
    assert not list(tmp_path.iterdir())
    assert (heard.made, heard.failed) == ([], 0)


def test_an_export_that_could_not_be_named_is_told_as_such(
    shop: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepare_export(shop.practice, ExportRequest(Exported.EXCHANGES, Form.CSV, "HERON"))
    monkeypatch.setattr("therapymail.paths.StagedFile.place", lambda _: False)
    with pytest.raises(TherapymailError):
        write_export(shop.practice, prepared, Target(tmp_path / "book"))
    assert [each.written for _, each in list_exports(shop.practice)] == [False]
    assert not list(tmp_path.iterdir())
