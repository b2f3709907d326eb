"""Which editor is started, and what it is told."""

import stat
from pathlib import Path

import pytest

from therapymail.cli.editors import editor_run
from therapymail.errors import NoEditor, explain


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory of programs that do nothing."""
    for name in ("vim", "nvim", "nano", "micro", "emacs", "hx", "pico-like", "vim.basic"):
        file = tmp_path / name
        file.write_text("#!/bin/sh\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def run(place: Path, **environment: str) -> tuple[str, ...]:
    return editor_run(place / "D-3.txt", {"PATH": str(place), **environment}).command


@pytest.mark.parametrize("editor", ["vim", "nvim", "nano", "micro", "emacs", "hx"])
def test_S20_a_known_editor_is_told_to_keep_nothing(place: Path, editor: str) -> None:
    found = editor_run(place / "D-3.txt", {"PATH": str(place), "EDITOR": editor})
    assert found.is_known
    assert found.command[0] == editor
    assert found.command[-1] == str(place / "D-3.txt")


def test_S20_vim_is_told_by_what_the_hazard_names(place: Path) -> None:
    words = run(place, EDITOR="vim")
    assert words[1:4] == ("-n", "-i", "NONE")
    for said in ("nobackup", "nowritebackup", "noundofile", "noswapfile", "nomodeline", "viminfo="):
        assert any(said in word for word in words), said


def test_S20_nobody_vouches_for_an_unknown_editor(place: Path) -> None:
    found = editor_run(place / "D-3.txt", {"PATH": str(place), "EDITOR": "pico-like -w"})
    assert not found.is_known
    assert found.command == ("pico-like", "-w", str(place / "D-3.txt"))


def test_S20_what_is_temporary_lies_beside_the_file_and_home_stays(place: Path) -> None:
    found = editor_run(place / "D-3.txt", {"PATH": str(place), "HOME": "/home/orla", "TMPDIR": "/var/tmp"})
    for name in ("TMPDIR", "TMP", "TEMP", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        assert found.environment[name] == str(place)
    assert found.environment["HOME"] == "/home/orla"


def test_visual_comes_before_editor_and_editor_before_what_is_usual(place: Path) -> None:
    assert run(place, VISUAL="emacs", EDITOR="nano")[0] == "emacs"
    assert run(place, VISUAL="  ", EDITOR="vim")[0] == "vim"
    assert run(place)[0] == "nano"


def test_the_editors_own_words_stay(place: Path) -> None:
    assert run(place, EDITOR="emacs -nw --color=never")[:3] == ("emacs", "-nw", "--color=never")
    assert run(place, EDITOR=f"'{place}/vim' -R")[:2] == (f"{place}/vim", "-R")


def test_vi_is_known_by_what_it_leads_to(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "vi").symlink_to(place / "vim.basic")
    monkeypatch.setenv("PATH", str(place))
    assert editor_run(place / "D-3.txt", {"PATH": str(place), "EDITOR": "vi"}).is_known


@pytest.mark.parametrize("editor", ["'", "not-installed-here", "-", '""'])
def test_an_editor_that_cannot_be_started_is_an_ordinary_answer(place: Path, editor: str) -> None:
    with pytest.raises(NoEditor) as refused:
        run(place, EDITOR=editor)
    assert "--body-file" in explain(refused.value).next_step


def test_none_at_all_is_an_ordinary_answer(tmp_path: Path) -> None:
    with pytest.raises(NoEditor):
        editor_run(tmp_path / "D-3.txt", {"PATH": str(tmp_path)})
