"""Opening a practice: where it lies, its clock, and a path too long for an agent's socket."""

import resource
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.practices import practice_in, short_directory
from therapymail import bootstrap
from therapymail.bootstrap import open_practice
from therapymail.errors import ClockNotSettable, NoPractice
from therapymail.practice.unlock import lock, unlock


def test_the_clock_is_set_only_in_a_demo() -> None:
    with short_directory() as directory, practice_in(directory) as made:
        with pytest.raises(ClockNotSettable):
            open_practice(made.paths.home, "2025-03-31T09:00Z", {})
        with pytest.raises(ClockNotSettable):
            open_practice(made.paths.home, None, {"THERAPYMAIL_NOW": "2025-03-31T09:00Z"})
        config = made.paths.config
        config.write_text("demo = true\n" + config.read_text())
        assert open_practice(made.paths.home, "2025-03-31T09:00Z", {}).clock() == datetime(2025, 3, 31, 9, tzinfo=UTC)


def test_the_directory_is_the_options_then_the_environments(tmp_path: Path) -> None:
    for home, environment in ((tmp_path, {}), (None, {"THERAPYMAIL_HOME": str(tmp_path)})):
        with pytest.raises(NoPractice) as caught:
            open_practice(home, None, environment)
        assert caught.value.home == str(tmp_path)


def test_S26_a_process_that_opens_a_practice_leaves_no_core_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading and searching start no gpg, and yet hold the vault's key and letters in memory."""
    forbidden: list[bool] = []
    monkeypatch.setattr(bootstrap, "forbid_core_dumps", lambda: forbidden.append(True))
    with short_directory() as directory, practice_in(directory) as made:
        open_practice(made.paths.home, None, {})
    assert forbidden
    assert resource.getrlimit(resource.RLIMIT_CORE)[1] <= 1


def test_a_practice_with_a_long_path_works_like_any_other() -> None:
    """An agent's socket has room for 107 bytes; a home deep in a folder tree must not notice."""
    with short_directory() as directory:
        deep = directory / ("a-folder-with-a-long-name-" * 4) / "and-one-more-below-it"
        deep.mkdir(parents=True)
        with practice_in(deep) as made:
            again = open_practice(made.paths.home, None, {})
            lock(again)
            shutil.rmtree(again.run.shared)
            after_a_restart = open_practice(made.paths.home, None, {})
            unlock(after_a_restart, None)
            with after_a_restart.vault() as vault, vault.reading() as reader:
                assert reader.row("SELECT 1") == (1,)
