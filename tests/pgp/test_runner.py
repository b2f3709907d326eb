import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.gnupg import PASSPHRASE, People, forget_passphrases, output, recording_gpg
from therapymail.errors import FileUnusable, GnupgMissing, GnupgUnusable
from therapymail.pgp.certificates import minimal
from therapymail.pgp.colons import listed_keys
from therapymail.pgp.own_key import own_certificate
from therapymail.pgp.runner import Gpg
from therapymail.pgp.single import SingleOpener
from therapymail.pgp.status import values_of


def test_RUN_ARGV_every_call_begins_with_the_contract_of_PGP_section_2(everybody: People) -> None:
    base = everybody.therapist.base()
    contract = (
        "--no-options --batch --no-tty --no-greeting --no-verbose --display-charset=utf-8 --exit-on-status-write-error "
        "--no-auto-key-retrieve --no-auto-key-locate --no-auto-key-import --no-auto-check-trustdb --disable-dirmngr "
        "--trust-model=always --no-symkey-cache --no-encrypt-to --no-throw-keyids"
    )
    assert set(contract.split()) <= set(base)
    assert base[base.index("--pinentry-mode") + 1] == "loopback"


def test_options_in_a_file_take_the_place_of_no_options(everybody: People) -> None:
    # gpg 2.4 ignores --options where --no-options stands as well.
    base = everybody.therapist.base(Path("/run/options"))
    assert "--no-options" not in base
    assert base[base.index("--options") + 1] == "/run/options"


def test_S23_missing_gpg_is_named(everybody: People) -> None:
    missing = replace(everybody.therapist, program="/nonexistent/gpg")
    with pytest.raises(GnupgMissing) as raised:
        missing.run(["--version"])
    assert raised.value.program == "/nonexistent/gpg"


def test_S23_a_missing_keyring_stops_instead_of_making_every_signer_unknown(everybody: People) -> None:
    with pytest.raises(FileUnusable):
        replace(everybody.therapist, keyring=Path("/nonexistent.kbx")).run(["--version"])


def test_S23_a_missing_run_directory_is_named(everybody: People) -> None:
    with pytest.raises(FileUnusable):
        replace(everybody.therapist, run_directory=Path("/nonexistent")).run(["--version"], private_options=["quiet"])


def test_P3_RUN_STDIN_gpg_that_stops_reading_early_is_a_normal_end(everybody: People) -> None:
    run = everybody.therapist.run(["--no-armor", "--decrypt"], b"\xff" * 5_000_000)
    assert run.returncode != 0


def test_S24_RUN_LIMITS_output_over_the_cap_ends_gpg_and_gives_nothing(everybody: People) -> None:
    sealed = everybody.sealed(b"\0" * 5_000_000)
    run = everybody.therapist.run(["--output", "-", "--decrypt"], sealed, output_cap=100_000)
    assert run.capped
    assert run.output == b""


def test_S24_RUN_LIMITS_a_run_that_takes_too_long_is_ended(everybody: People, tmp_path: Path) -> None:
    program, _ = recording_gpg(tmp_path, delay=30)
    began = time.monotonic()
    run = replace(everybody.therapist, program=program).run(["--version"], timeout=0.3)
    assert run.timed_out
    assert time.monotonic() - began < 10


def test_large_input_and_output_flow_at_once(everybody: People) -> None:
    text = os.urandom(3_000_000)
    sealed = everybody.sealed(text, "--compress-algo=none")
    assert everybody.therapist.run(["--output", "-", "--decrypt"], sealed).output == text


def test_S28_no_passphrase_name_or_address_in_argv_or_environment(guarded: People, tmp_path: Path) -> None:
    program, record = recording_gpg(tmp_path)
    gpg = replace(guarded.therapist, program=program)
    forget_passphrases(gpg)
    sealed = guarded.sealed(b"hello", signer=guarded.ann)
    assert SingleOpener(gpg, passphrase=PASSPHRASE.encode()).decrypt(sealed).plaintext == b"hello"
    minimal(gpg, own_certificate(guarded.others, guarded.ann), ["ann@client.example"])
    seen = record.read_text()
    assert "--decrypt" in seen
    assert "--import" in seen
    for secret in (PASSPHRASE, "ann@client.example", "client.example", "Ann", "Orla"):
        assert secret not in seen


def test_S28_private_options_lie_in_a_file_of_mode_0600_and_are_gone_afterwards(
    everybody: People, tmp_path: Path
) -> None:
    watching = tmp_path / "gpg"
    watching.write_text(f"#!/bin/sh\nstat -c %a {everybody.therapist.run_directory}/f-* > {tmp_path}/modes\n")
    watching.chmod(0o700)
    replace(everybody.therapist, program=str(watching)).run(["--version"], private_options=["comment hidden"])
    assert (tmp_path / "modes").read_text().split() == ["600"]
    assert not list(everybody.therapist.run_directory.glob("f-*"))


def test_a_demo_clock_is_gpgs_clock(everybody: People) -> None:
    then = datetime(2031, 5, 4, 3, 2, 1, tzinfo=UTC)
    signature = output(replace(everybody.others, now=then), ["--local-user", everybody.ann, "--detach-sign"], b"x")
    later = replace(everybody.reader, now=then)
    (fact,) = SingleOpener(later).verify_detached(b"x", signature)
    assert fact.made_at == then


def test_ctrl_c_reaches_us_and_not_gpg(everybody: People, tmp_path: Path) -> None:
    program, _ = recording_gpg(tmp_path, delay=0.5)
    code = (
        "import os, sys, signal, threading, time\nfrom pathlib import Path\nfrom therapymail.pgp.runner import Gpg\n"
        f"gpg = Gpg(Path({str(everybody.therapist.homedir)!r}), Path({str(everybody.therapist.run_directory)!r}),"
        f" program={program!r})\n"
        "signal.signal(signal.SIGINT, lambda *_: print('asked to stop', flush=True))\n"
        "threading.Timer(0.2, lambda: os.killpg(0, signal.SIGINT)).start()\n"
        "print(gpg.run(['--version']).returncode, flush=True)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, start_new_session=True)
    assert run.stdout.split("\n")[:2] == ["asked to stop", "0"], run.stderr


def test_RUN_STATUS_status_comes_as_bytes_by_its_own_pipe(everybody: People) -> None:
    sealed = everybody.sealed(b"x")
    run = Gpg(everybody.therapist.homedir, everybody.therapist.run_directory).run(["--decrypt"], sealed)
    assert values_of(run.status, "DECRYPTION_INFO") == [["2", "9", "0"]]
    assert b"[GNUPG:]" not in run.output


def test_P3_RUN_STDIN_a_gpg_that_closes_its_input_at_once_is_a_normal_end(everybody: People, tmp_path: Path) -> None:
    program = tmp_path / "gpg"
    program.write_text("#!/bin/sh\nexec 0<&-\nsleep 0.3\nprintf enough\n")
    program.chmod(0o700)
    run = replace(everybody.therapist, program=str(program)).run(["--decrypt"], b"x" * 5_000_000)
    assert (run.output, run.returncode) == (b"enough", 0)


def test_S24_output_over_the_cap_ends_gpg_while_it_writes(everybody: People, tmp_path: Path) -> None:
    program = tmp_path / "gpg"
    program.write_text("#!/bin/sh\nwhile printf %01000d 0; do sleep 0.001; done\n")
    program.chmod(0o700)
    run = replace(everybody.therapist, program=str(program)).run(["--decrypt"], output_cap=20_000, timeout=8)
    assert (run.capped, run.timed_out, run.output) == (True, False, b"")


def test_H6_RUN_STDERR_what_gpg_says_to_people_reaches_nobody(
    everybody: People, capfd: pytest.CaptureFixture[str]
) -> None:
    sealed = everybody.sealed(b"x", signer=everybody.ann)
    everybody.reader.run(["--output", "-", "--decrypt"], sealed)  # says who it is sealed to and signed by
    everybody.therapist.run(["--decrypt"], b"garbage")
    assert capfd.readouterr() == ("", "")


def test_RUN_CORE_gpg_gets_the_small_environment(
    everybody: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GNUPGHOME", "GPG_TTY", "LANG", "THERAPYMAIL_MARKED"):
        monkeypatch.setenv(name, "/nonexistent/marked")
    program, record = recording_gpg(tmp_path)
    assert replace(everybody.therapist, program=program).run(["--version"]).returncode == 0
    assert "LC_ALL=C.UTF-8" in record.read_text()
    assert "marked" not in record.read_text()


def test_S23_what_a_killed_gpg_has_said_is_not_taken_for_all_there_is(everybody: People, tmp_path: Path) -> None:
    """A list of keys that breaks off is no list without the own key; a gpg that crashes on what it reads is no kill."""
    program = tmp_path / "gpg"
    for signal_name, ends in (("KILL", True), ("TERM", True), ("SEGV", False)):
        program.write_text(f"#!/bin/sh\nkill -{signal_name} $$\n")
        program.chmod(0o700)
        gpg = replace(everybody.therapist, program=str(program))
        if ends:
            with pytest.raises(GnupgUnusable):
                listed_keys(gpg, everybody.own)
        else:
            assert gpg.run(["--version"]).returncode < 0
