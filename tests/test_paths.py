"""Where files live and who may look: private, in one step, never through somebody else's directory."""

import errno
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from therapymail import paths
from therapymail.errors import FileUnusable
from therapymail.paths import (
    PracticePaths,
    RunDirectory,
    make_private_directory,
    place_private_file,
    practice_paths,
    run_directory,
    run_root,
    write_private_file,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_practice_is_where_the_option_says_then_the_environment_then_the_platform(tmp_path: Path) -> None:
    there, elsewhere = tmp_path / "there", tmp_path / "elsewhere"
    assert practice_paths(there, {"THERAPYMAIL_HOME": str(elsewhere)}).home == there
    assert practice_paths(None, {"THERAPYMAIL_HOME": str(elsewhere)}).home == elsewhere
    assert practice_paths(None, {}).home.name == "therapymail"


def test_S26_directories_and_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir(mode=0o755)
    for directory in (old, tmp_path / "new" / "below"):
        assert mode(make_private_directory(directory)) == 0o700
        write_private_file(directory / "file", b"content")
        assert mode(directory / "file") == 0o600


def test_S23_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_private_file(target, b"before")
    target.unlink()
    target.mkdir()
    (target / "in the way").touch()
    with pytest.raises(FileUnusable):
        write_private_file(target, b"after")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_S23_a_missing_directory_is_said_in_words_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable) as caught:
        write_private_file(tmp_path / "missing" / "file", b"content")
    assert caught.value.why == "it does not exist"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a directory that belongs to somebody else")
def test_S26_somebody_elses_directory_is_not_used(tmp_path: Path) -> None:
    """Anybody may make /dev/shm/therapymail-1000 before its user does."""
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, 65534, 65534)
    with pytest.raises(FileUnusable):
        make_private_directory(theirs)
    (tmp_path / "therapymail").symlink_to(theirs)
    with pytest.raises(FileUnusable):
        run_directory(PracticePaths(tmp_path / "home"), {"XDG_RUNTIME_DIR": str(tmp_path)})


def test_S26_a_link_never_leads_the_run_directory_elsewhere(tmp_path: Path) -> None:
    """A link placed there by somebody else could point at a disk."""
    on_disk = tmp_path / "on disk"
    on_disk.mkdir()
    (tmp_path / "therapymail").symlink_to(on_disk)
    with pytest.raises(FileUnusable):
        run_directory(PracticePaths(tmp_path / "home"), {"XDG_RUNTIME_DIR": str(tmp_path)})
    assert list(on_disk.iterdir()) == []


def test_S26_a_link_made_at_the_last_moment_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """/dev/shm belongs to everybody: another user may put a link there while we look."""
    on_disk = tmp_path / "on-disk"
    on_disk.mkdir(mode=0o700)
    really_make = paths.make_private_directory

    def be_late(directory: Path) -> Path:
        directory.symlink_to(on_disk)
        return really_make(directory)

    monkeypatch.setattr(paths, "make_private_directory", be_late)
    with pytest.raises(FileUnusable):
        run_directory(PracticePaths(tmp_path / "home"), {"XDG_RUNTIME_DIR": str(tmp_path)})


@pytest.mark.parametrize("permissions", [0o777, 0o1777, 0o770])
def test_S26_a_runtime_directory_that_others_write_to_is_not_used(tmp_path: Path, permissions: int) -> None:
    open_to_all = tmp_path / "runtime"
    open_to_all.mkdir()
    open_to_all.chmod(permissions)
    assert not run_root({"XDG_RUNTIME_DIR": str(open_to_all)}).is_relative_to(tmp_path)
    assert list(open_to_all.iterdir()) == []


def test_S26_a_relative_runtime_directory_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    for odd in (".", "runtime", ""):
        assert run_root({"XDG_RUNTIME_DIR": odd}).is_absolute()
    assert list(tmp_path.iterdir()) == []


def test_two_practices_have_two_run_directories(tmp_path: Path) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path)}
    one = run_directory(PracticePaths(tmp_path / "one"), environment)
    two = run_directory(PracticePaths(tmp_path / "two"), environment)
    assert one.shared != two.shared
    assert "one" not in one.shared.name


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_is_kept(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left = tmp_path / f"p-{dead.stdout.decode().strip()}-abc"
    left.mkdir()
    (left / "fifo").touch()
    with run.process_directory() as mine:
        run.remove_left_behind()
        assert not left.exists()
        assert mine.exists()
        assert mode(mine) == 0o700
    assert not mine.exists()


def test_S23_a_run_directory_that_takes_nothing_more_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable), RunDirectory(tmp_path / "gone").process_directory():
        pass


def test_S26_without_a_memory_backed_directory_there_is_no_run_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_dir", lambda _: False)
    with pytest.raises(FileUnusable):
        run_root({})


def test_a_file_is_placed_whole_private_and_never_over_another(tmp_path: Path) -> None:
    file, link = tmp_path / "page.html", tmp_path / "link.html"
    assert place_private_file(file, b"first")
    assert not place_private_file(file, b"second")
    link.symlink_to(tmp_path / "elsewhere")
    assert not place_private_file(link, b"third")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"first", 0o600)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.html", "page.html"]


def test_of_many_who_place_one_file_at_once_one_does(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        placed = list(pool.map(lambda n: place_private_file(tmp_path / "page", b"%d" % n * 5000), range(8)))
    assert placed.count(True) == 1
    assert (tmp_path / "page").read_bytes() == b"%d" % placed.index(True) * 5000


def test_a_disk_without_hard_links_takes_a_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "a memory stick says so")

    monkeypatch.setattr("therapymail.paths.os.link", refuse)
    assert place_private_file(tmp_path / "page", b"first")
    assert not place_private_file(tmp_path / "page", b"second")
    assert (tmp_path / "page").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["page"]
