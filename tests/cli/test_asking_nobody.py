"""Where nobody can be asked, nothing is asked: no prompt waits for a pipe (C24, S28)."""

import getpass

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
