"""Where nobody can be asked, nothing is asked, and no input is read without end (C24, S24, S28)."""

import getpass
from pathlib import Path

import pytest

from therapymail.cli import asking
from therapymail.errors import PassphraseNeeded, UnusableInput


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "somebody_answers", lambda: False)
    monkeypatch.setattr(getpass, "getpass", lambda *_, **__: pytest.fail("somebody was asked"))


def test_S28_a_passphrase_is_asked_of_nobody() -> None:
    with pytest.raises(PassphraseNeeded):
        asking.ask_passphrase()


def test_a_line_is_asked_of_nobody() -> None:
    with pytest.raises(UnusableInput):
        asking.ask_line("Code")


def test_S24_a_file_over_the_limit_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_FILE_BYTES", 10)
    (tmp_path / "letter.eml").write_bytes(b"x" * 10)
    assert asking.read_input(tmp_path / "letter.eml") == b"x" * 10
    (tmp_path / "letter.eml").write_bytes(b"x" * 11)
    with pytest.raises(UnusableInput):
        asking.read_input(tmp_path / "letter.eml")
