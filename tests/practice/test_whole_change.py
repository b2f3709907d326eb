"""C33: files that change together are all old or all new, and nothing else is written from the file that says so."""

import base64
import fcntl
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.killed import killed_at
from therapymail.errors import FileUnusable
from therapymail.paths import PracticePaths
from therapymail.practice import whole_change
from therapymail.practice.whole_change import change_together, finish_change

KEY = "gnupg/private-keys-v1.d/" + "AB" * 20 + ".key"
OLD = {"vault.key": b"old vault", "config.toml": b"old settings", KEY: b"old key"}
NEW = {name: content.replace(b"old", b"new") for name, content in OLD.items()}


@pytest.fixture
def paths(tmp_path: Path) -> PracticePaths:
    made = PracticePaths(tmp_path)
    (tmp_path / KEY).parent.mkdir(parents=True)
    for name, content in OLD.items():
        (tmp_path / name).write_bytes(content)
    return made


def held(paths: PracticePaths) -> dict[str, bytes]:
    return {name: (paths.home / name).read_bytes() for name in OLD}


def test_C33_all_of_them_change_and_nothing_is_left(paths: PracticePaths) -> None:
    change_together(paths, NEW)
    assert held(paths) == NEW
    assert not paths.change.exists()
    assert not finish_change(paths)


def test_C33_killed_at_any_step_all_are_old_or_the_next_start_makes_all_new(paths: PracticePaths) -> None:
    steps = ((whole_change, "write_private_file"), (Path, "unlink"))
    outcomes = []
    for number in range(30):
        change_together(paths, OLD)
        killed = killed_at(number, steps, lambda: change_together(paths, NEW))
        finish_change(paths)
        assert held(paths) in (OLD, NEW), number
        outcomes.append(held(paths) == NEW)
        if not killed:
            break
    assert outcomes == sorted(outcomes), "before the one moment old, from it on new"
    assert set(outcomes) == {False, True}


def written(files: object, version: object = 1) -> bytes:
    return json.dumps({"version": version, "files": files}).encode()


FOREIGN = (
    b"", b"[]", b"{}", b"\xff\xfe", b"1" * 9000, b"[" * 90_000, written({}, 2), written([]), written({"vault.key": 7}),
    written({"vault.key": "not base64!"}), written({"../vault.key": ""}), written({"/etc/passwd": ""}),
    written({"vault.db": ""}), written({KEY + "/../x": ""}), written({"vault.key\n": ""}),
)  # fmt: skip


@pytest.mark.parametrize("content", FOREIGN, ids=range(len(FOREIGN)))
def test_S25_what_therapymail_did_not_write_there_changes_nothing(paths: PracticePaths, content: bytes) -> None:
    paths.change.write_bytes(content)
    with pytest.raises(FileUnusable):
        finish_change(paths)
    assert held(paths) == OLD
    assert sorted(file.name for file in paths.home.iterdir()) == ["change.json", "config.toml", "gnupg", "vault.key"]


@settings(max_examples=60)
@given(st.binary(max_size=200) | st.dictionaries(st.text(max_size=30), st.text(max_size=30)).map(written))
def test_S25_any_bytes_are_carried_out_or_refused(content: bytes) -> None:
    try:
        files = whole_change._read(PracticePaths(Path("/nowhere")), content)
    except FileUnusable:
        return
    assert all(name in OLD or name.startswith(("gnupg/private-keys-v1.d/", "notes.key", "vault.key")) for name in files)


def test_C33_a_process_that_waited_for_another_finds_it_done(
    paths: PracticePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths.change.write_bytes(written({"vault.key": base64.b64encode(b"new vault").decode()}))

    def others_came_first(_descriptor: int, _how: int) -> None:
        monkeypatch.undo()
        finish_change(paths)
        (paths.home / "vault.key").write_bytes(b"newer vault")

    monkeypatch.setattr(fcntl, "flock", others_came_first)
    assert finish_change(paths)
    assert held(paths)["vault.key"] == b"newer vault", "what came later stays"
