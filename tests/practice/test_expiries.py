"""Keys that end soon: the own one, a client's, and one whose part for encryption ends before the key does (C25)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.practices import introduce, practice_in, short_directory, writers_to
from tests.support.program import Program
from therapymail.domain.client import ClientStatus
from therapymail.domain.sealing import Hindrance, Refusal, decide
from therapymail.practice.checks.gpg import look_at_own_key
from therapymail.practice.checks.vault import look_at_client_keys
from therapymail.practice.expiries import expiring_keys
from therapymail.practice.introduce import ClientChange, edit_client
from therapymail.practice.keys import extend_own_key
from therapymail.practice.policy import own_key_now, sealing_facts
from therapymail.vault import clients


def test_C25_each_key_is_named_in_time_and_none_of_closed_work() -> None:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        heron = writers.add("Maren Quist", "maren@heron.example")
        linden = writers.add("Tomas Adeyemi", "tomas@linden.example")
        writers.gpg.run(["--quick-set-expire", "--", heron.fingerprint, "20d"])
        subkeys = writers.gpg.run(["--with-colons", "--list-keys", "--", linden.fingerprint]).output
        subkey = [line.split(b":")[9].decode() for line in subkeys.splitlines() if line.startswith(b"fpr")][1]
        writers.gpg.run(["--quick-set-expire", "--", linden.fingerprint, "5d", subkey])
        for code, writer in (("HERON", heron), ("LINDEN", linden)):
            exported = writers.gpg.run(["--export", "--", writer.fingerprint]).output
            introduce(practice, code, replace(writer, certificate=exported))
        assert [(one.whose, one.within) for one in expiring_keys(practice)] == [("LINDEN", 7), ("HERON", 30)]
        extend_own_key(practice, 50, None)
        assert [one.whose for one in expiring_keys(practice)] == ["LINDEN", "HERON", "own"]
        [own] = look_at_own_key(practice)
        assert own.is_warning
        assert "key extend" in own.next_step
        assert {check.name for check in look_at_client_keys(practice) if "expires" in check.says} == {
            "key of HERON",
            "key of LINDEN",
        }

        told = Program(directory, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
        listed = told.ok("client", "list").out
        day = f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}"
        assert f"pinned, expires {day}" in listed
        shown = told.ok("client", "show", "HERON")
        assert f"expires {day}" in shown.out
        assert "--client HERON" in shown.err

        edit_client(practice, "HERON", ClientChange(status=ClientStatus.CLOSED))
        assert [one.whose for one in expiring_keys(practice)] == ["LINDEN", "own"]
        later = replace(practice, clock=lambda: datetime.now(UTC) + timedelta(days=6))
        with later.vault() as vault, vault.reading() as reader:
            client = clients.client_by_code(reader, "LINDEN")
            decided = decide(sealing_facts(later, reader, client, own_key_now(practice), None))
        assert isinstance(decided, Refusal)
        assert Hindrance.KEY_EXPIRED in decided.hindrances


def test_C25_sync_says_it_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    from therapymail.cli.commands.sync import _say_expiring

    with short_directory() as directory, practice_in(directory) as practice:
        _say_expiring(practice)
        assert capsys.readouterr().err == ""
        extend_own_key(practice, 20, None)
        _say_expiring(practice)
        [line] = capsys.readouterr().err.splitlines()
        assert line.startswith("Keys: yours expires ")
        assert line.endswith("`therapymail doctor` says what to do.")
