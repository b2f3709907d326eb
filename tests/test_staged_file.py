"""Files written whole: nothing of one that does not come to its end, and nothing over one that is there."""

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from therapymail.errors import FileUnusable
from therapymail.staged_file import staged_file, write_private_file


@pytest.fixture(params=["nameless", "named"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A directory on a disk that holds files without a name, and on one that does not."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE")
    return tmp_path


@pytest.fixture
def room_for_little() -> Iterator[int]:
    """No file of this process may be larger than so many bytes: as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield 100_000
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_has_its_name_only_when_it_is_whole(disk: Path) -> None:
    with staged_file(disk / "book.html") as staged:
        staged.write(b"half")
        assert not (disk / "book.html").exists()
        staged.write(b" and half")
        assert staged.place()
    assert [(path.name, path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in disk.iterdir()] == [
        ("book.html", b"half and half", 0o600)
    ]


def test_what_is_not_placed_is_gone_whatever_happened(disk: Path) -> None:
    def interrupted() -> None:
        with staged_file(disk / "book.html") as staged:
            staged.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list(disk.iterdir())


def test_a_full_disk_leaves_nothing_and_loses_nothing(disk: Path, room_for_little: int) -> None:
    def in_portions() -> None:
        with staged_file(disk / "new") as staged:
            for _ in range(3):
                staged.write(b"x" * 50_000)

    write_private_file(disk / "kept", b"before")
    with pytest.raises(FileUnusable):
        write_private_file(disk / "kept", b"x" * (room_for_little + 1))
    with pytest.raises(FileUnusable) as caught:
        in_portions()
    assert caught.value.why == "it would be larger than this system allows"
    assert [(path.name, path.read_bytes()) for path in disk.iterdir()] == [("kept", b"before")]


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/bin/mount").exists(), reason="a disk of 64 kB is mounted by root")
def test_a_disk_that_is_full_is_called_so(disk: Path) -> None:
    mounted = subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("nothing may be mounted here")
    try:
        with pytest.raises(FileUnusable) as caught:
            write_private_file(disk / "book.html", b"x" * 100_000)
        assert caught.value.why == "the disk is full"
        assert not list(disk.iterdir())
    finally:
        subprocess.run(["/bin/umount", str(disk)], check=True)


def test_a_killed_run_leaves_nothing_where_files_may_be_nameless(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from therapymail.staged_file import staged_file\n"
        "with staged_file(Path(sys.argv[1])) as staged:\n"
        "    staged.write(b'half'); print('written', flush=True); time.sleep(60)"
    )
    run = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "book")], stdout=subprocess.PIPE)
    assert run.stdout is not None
    assert run.stdout.readline()
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    assert not list(tmp_path.iterdir())


def test_a_disk_with_nameless_files_and_without_links_takes_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr("therapymail.staged_file.os.link", refuse)
    write_private_file(tmp_path / "book", b"first")
    write_private_file(tmp_path / "book", b"second")
    with staged_file(tmp_path / "book") as staged:
        staged.write(b"third")
        assert not staged.place()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("book", b"second")]
