"""Making a practice: where one is, nothing is touched; where one was, nothing of it is left over."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.gnupg import newer_gpg
from tests.support.practices import practice_in, short_directory
from therapymail.config import HostSettings, Security
from therapymail.errors import GnupgUnusable, KeyRefused, KitFailed, PracticeExists, ServerUnreachable
from therapymail.pgp.agent import AgentConnection
from therapymail.practice.practice import Practice
from therapymail.practice.setup import SetupRequest, set_up
from therapymail.practice.setup_key import KeyChoice, KeySource
from therapymail.practice.unlock import unlock

NEW = SetupRequest(KeyChoice(KeySource.NEW))
UNUSABLE = SetupRequest(KeyChoice(KeySource.FILE, material=b"no key at all"))


@pytest.fixture
def practice() -> Iterator[Practice]:
    with short_directory() as directory, practice_in(directory) as made:
        yield made


def remove(practice: Practice) -> None:
    """Take the practice's directory away; its agent first, which would be taking its own sockets away meanwhile."""
    with AgentConnection(practice.paths.gnupg) as agent:
        agent.kill()
    shutil.rmtree(practice.paths.home, ignore_errors=True)
    assert not practice.paths.home.exists()


def test_S23_where_a_practice_is_nothing_is_touched(practice: Practice) -> None:
    files = [practice.paths.config, practice.paths.vault_key, practice.paths.vault]
    before = [file.read_bytes() for file in files]
    with pytest.raises(PracticeExists):
        set_up(replace(practice, settings=replace(practice.settings, own_key="")), NEW)
    assert [file.read_bytes() for file in files] == before
    assert practice.session.is_open()


def test_S26_of_a_practice_that_was_there_once_no_session_and_no_names_are_left(practice: Practice) -> None:
    unlock(practice, None)
    assert practice.run.clients_keyring.exists()
    remove(practice)
    with pytest.raises(KeyRefused):
        set_up(practice, UNUSABLE)
    assert not practice.run.session.exists()
    assert not practice.run.clients_keyring.exists()
    assert not practice.paths.home.exists()


@pytest.mark.parametrize("host", ["imap", "smtp"])
def test_C38_without_both_logins_no_key_and_no_file_is_made(practice: Practice, host: str) -> None:
    remove(practice)
    nowhere = HostSettings("localhost", 1, Security.TLS, "ana")
    settings = replace(practice.settings, **{host: nowhere})  # type: ignore[arg-type]  # a field by name
    with pytest.raises(ServerUnreachable):
        set_up(replace(practice, settings=settings), SetupRequest(NEW.key, "secret", "secret"))
    assert not practice.paths.home.exists()


def test_S23_a_gpg_that_hides_what_fails_makes_no_practice(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if newer_gpg() == "gpg":
        pytest.skip("this gpg says of a tampered message that it is one (2.4.6)")
    remove(practice)
    gpg = shutil.which("gpg")
    (tmp_path / "gpg").write_text(f'#!/bin/sh\n{gpg} "$@"\nexit 0\n')
    (tmp_path / "gpg").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(GnupgUnusable):
        set_up(practice, NEW)
    assert not practice.paths.home.exists()


@pytest.mark.parametrize("step", ["secret_armored", "note_kit_made", "write_settings"])
def test_C33_without_a_kit_that_works_there_is_no_practice_and_no_kit(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The key is taken back with the practice, so no paper of it may stay either."""
    remove(practice)
    where = practice.paths.home.parent / "kit.html"

    def fails(*_: object) -> str:
        raise KitFailed("it is a test")

    room = "setup" if step == "write_settings" else "recovery_kit"
    monkeypatch.setattr(f"therapymail.practice.{room}.{step}", fails)
    with pytest.raises(KitFailed):
        set_up(practice, replace(NEW, kit=where))
    assert not practice.paths.home.exists()
    assert not where.exists()
    monkeypatch.undo()
    assert set_up(practice, replace(NEW, kit=where)).kit is not None
    assert where.exists()


def test_C33_a_key_on_a_card_makes_a_practice_without_a_kit(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(practice)
    where = practice.paths.home.parent / "kit.html"
    monkeypatch.setattr("therapymail.pgp.recovery_material.is_on_card", lambda *_: True)
    made = set_up(practice, replace(NEW, kit=where))
    assert (made.kit, made.on_card) == (None, True)
    assert not where.exists()
    assert practice.paths.config.exists()
