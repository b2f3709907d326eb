import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.gnupg import newer_gpg, throw_away_home
from therapymail.errors import FileUnusable, GnupgMissing, GnupgUnusable
from therapymail.pgp.home import gnupg_version, make_home, probe, scratch_home
from therapymail.pgp.own_key import make_key
from therapymail.pgp.runner import Gpg


def wrapped(gpg: Gpg, directory: Path, script: str) -> Gpg:
    program = directory / "gpg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    return replace(gpg, program=str(program))


def test_K1_RUN_HOME_the_home_is_ours_alone_and_says_what_the_agent_may_do() -> None:
    with throw_away_home() as gpg:
        assert stat.S_IMODE(gpg.homedir.stat().st_mode) == 0o700
        settings = (gpg.homedir / "gpg-agent.conf").read_text()
        for wanted in (
            "allow-preset-passphrase",
            "s2k-count 1048576",
            "no-allow-external-cache",
            "max-cache-ttl 604800",
            "pinentry-program /bin/false",
        ):
            assert wanted in settings
        for path in gpg.homedir.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_every_setting_is_one_this_gnupg_knows() -> None:
    with throw_away_home() as gpg:
        for program in ("gpg-agent", "gpg"):
            tested = subprocess.run([program, "--homedir", str(gpg.homedir), "--gpgconf-test"], capture_output=True)
            assert (tested.returncode, tested.stderr) == (0, b"")


def test_a_key_made_here_costs_milliseconds() -> None:
    with throw_away_home() as gpg:
        make_key(gpg, "A", "a@b.example", "right")
        (path, *_) = (gpg.homedir / "private-keys-v1.d").iterdir()
        assert b'"1048576"' in path.read_bytes() or b"7:1048576" in path.read_bytes()


def test_the_self_test_passes_on_this_machine() -> None:
    with throw_away_home() as gpg:
        assert probe(gpg).numbers >= (2, 2, 27)
        assert list(gpg.run_directory.iterdir()) == []  # the scratch home went, and its agent


def test_T7042_a_gpg_that_hides_its_exit_code_fails_the_self_test(tmp_path: Path) -> None:
    # What the predicate alone stands on with 2.2: with the code made 0, a tampered message looks good.
    if newer_gpg() == "gpg":
        pytest.skip("this gpg says of a tampered message that it is one (2.4.6)")
    with throw_away_home() as gpg:
        blind = wrapped(gpg, tmp_path, 'gpg "$@"; exit 0')
        with pytest.raises(GnupgUnusable) as raised:
            probe(blind)
        assert "tampered" in raised.value.why


def test_S23_what_is_wrong_with_gnupg_is_named(tmp_path: Path) -> None:
    with throw_away_home() as gpg:
        with pytest.raises(GnupgMissing):
            probe(replace(gpg, program="/nonexistent/gpg"))
        with pytest.raises(GnupgUnusable) as raised:
            probe(wrapped(gpg, tmp_path, "echo gpg '(GnuPG)' 1.4.23"))
        assert "1.4.23" in raised.value.why
        with pytest.raises(GnupgUnusable):
            probe(wrapped(gpg, tmp_path, "echo hello"))
        with pytest.raises(GnupgUnusable):
            probe(wrapped(gpg, tmp_path, 'case "$*" in *--version*) exec gpg --version;; esac; exit 2'))


def test_keyboxd_is_refused() -> None:
    with throw_away_home() as gpg:
        (gpg.homedir / "common.conf").write_text("# new\nuse-keyboxd\n")
        with pytest.raises(GnupgUnusable) as raised:
            probe(gpg)
        assert "keyboxd" in raised.value.why


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("gpg (GnuPG) 2.4.7", (2, 4, 7)),
        ("gpg (GnuPG/MacGPG2) 2.2.41", (2, 2, 41)),
        ("gpg (GnuPG) 2.5.3-beta5", (2, 5, 3)),
    ],
)
def test_versions_are_read(said: str, numbers: tuple[int, int, int], tmp_path: Path) -> None:
    with throw_away_home() as gpg:
        assert gnupg_version(wrapped(gpg, tmp_path, f"echo '{said}'")).numbers == numbers


def test_making_a_home_again_keeps_its_keys() -> None:
    with throw_away_home() as gpg:
        make_key(gpg, "A", "a@b.example", None)
        before = sorted((gpg.homedir / "private-keys-v1.d").iterdir())
        make_home(gpg.homedir)
        assert sorted((gpg.homedir / "private-keys-v1.d").iterdir()) == before


def test_a_scratch_home_goes_whatever_happens() -> None:
    with throw_away_home() as gpg:

        def interrupted() -> None:
            with scratch_home(gpg) as scratch:
                make_key(scratch, "A", "a@b.example", None)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert list(gpg.run_directory.iterdir()) == []


def test_without_a_run_directory_that_is_said() -> None:
    nowhere = Gpg(Path("/nonexistent/home"), Path("/nonexistent"))
    with pytest.raises(FileUnusable), scratch_home(nowhere):
        pass
