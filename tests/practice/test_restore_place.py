"""The place of a restored practice is one's own and private, whatever somebody laid there before."""

import os
from pathlib import Path

import pytest

from therapymail.errors import FileUnusable, PlaceTaken
from therapymail.paths import PracticePaths
from therapymail.practice.restore_place import place_beside, take_place

BESIDE = ".practice.restoring"


@pytest.fixture
def paths(tmp_path: Path) -> PracticePaths:
    return PracticePaths(tmp_path / "practice")


def test_S25_a_directory_open_to_all_that_was_laid_beside_becomes_private_and_empty(paths: PracticePaths) -> None:
    laid = paths.home.with_name(BESIDE)
    laid.mkdir()
    laid.chmod(0o777)
    (laid / "config.toml").write_text("theirs")
    with place_beside(paths) as beside:
        take_place(beside, paths)
    assert paths.home.stat().st_mode & 0o777 == 0o700
    assert list(paths.home.iterdir()) == []


def test_S25_a_directory_of_another_user_is_not_taken_and_stays_as_it_is(
    paths: PracticePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would become the practice's own directory, and its owner could put other files there."""
    laid = paths.home.with_name(BESIDE)
    laid.mkdir()
    (laid / "file").write_text("theirs")
    monkeypatch.setattr(os, "geteuid", lambda: laid.stat().st_uid + 1)
    with pytest.raises(FileUnusable), place_beside(paths):
        pass
    assert (laid / "file").read_text() == "theirs"


def test_S25_a_link_beside_is_not_followed(paths: PracticePaths, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("mine")
    paths.home.with_name(BESIDE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileUnusable), place_beside(paths):
        pass
    assert (tmp_path / "elsewhere" / "file").read_text() == "mine"


def test_S25_what_came_there_meanwhile_is_not_written_over(paths: PracticePaths) -> None:
    with place_beside(paths) as beside:
        paths.home.mkdir()
        (paths.home / "thesis.txt").write_text("mine")
        with pytest.raises(PlaceTaken):
            take_place(beside, paths)
    assert [file.name for file in paths.home.parent.iterdir()] == ["practice"]
    assert (paths.home / "thesis.txt").read_text() == "mine"
