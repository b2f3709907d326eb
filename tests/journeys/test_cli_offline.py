"""The program without a mailbox: set-up, a client, a sealed file, the doctor; and setups that go wrong."""

import json
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_commands_documented import keys_of, keys_of_each
from tests.support.practices import Writer, Writers, writers_to
from tests.support.program import PROGRAM, Program, program, setup_offline
from therapymail.bootstrap import open_practice
from therapymail.errors import ExitCode

HERON = ("heron@mail.example", "--name", "Maren Quist", "--zone", "Europe/London", "--yes")
OFFLINE = ("setup", "--yes", "--offline", "--name", "Dr Orla Fenwick", "--email", "orla@practice.example")


@pytest.fixture
def therapymail() -> Iterator[Program]:
    with program() as made:
        yield made


@pytest.fixture
def writers(therapymail: Program) -> Iterator[Writers]:
    """The program's practice, set up, and people who write to it."""
    setup_offline(therapymail)
    practice = open_practice(therapymail.home, environment=therapymail.environment)
    with writers_to(practice, therapymail.directory) as people:
        yield people


def add_heron(therapymail: Program, heron: Writer) -> None:
    therapymail.ok("client", "add", "heron", *HERON, "--key", "-", stdin=heron.certificate)


def test_from_setup_to_a_verified_letter(therapymail: Program, writers: Writers) -> None:
    heron = writers.add("Maren Quist", "heron@mail.example")
    add_heron(therapymail, heron)
    [client] = therapymail.ok("client", "list", "--json").answer["clients"]
    assert client == {
        "code": "HERON",
        "status": "active",
        "fingerprint": heron.fingerprint,
        "verified": False,
        "expires": None,
        "letters": 0,
        "open_exchange": None,
        "ending": None,
        "since": None,
        "key_change": False,
    }
    letter = writers.letter(heron, "The room was unlit.", subject="evening")
    opened = therapymail.ok("open", "-", "--json", stdin=letter).answer
    assert opened["text"].strip() == "The room was unlit."
    assert opened["subject"] == "evening"
    assert opened["client"] == "HERON"
    assert opened["verdict"]["signature"] == "pinned"
    assert opened["verdict"]["encrypted"] == "sealed"
    therapymail.ok("client", "verify", "HERON", "--how", "by phone", "--fingerprint", heron.fingerprint.lower())
    assert therapymail.ok("open", "-", "--json", stdin=letter).answer["verdict"]["signature"] == "verified"
    shown = therapymail.ok("open", "-", stdin=letter).out
    assert "signed by HERON, key verified" in shown
    assert "\n│ The room was unlit." in shown
    assert "\n| The room was unlit." in therapymail.ok("--plain", "open", "-", stdin=letter).out
    checks = therapymail.ok("doctor", "--json").answer["checks"]
    assert all(check["ok"] for check in checks)
    assert {frozenset(check) for check in checks} == {frozenset(keys_of_each("checks"))}
    assert {"GnuPG", "own key", "vault", "journal", "clock", "disk", "swap", "core dumps"} <= {
        check["name"] for check in checks
    }


def test_a_mail_from_nobody_we_know_is_signed_by_another(therapymail: Program, writers: Writers) -> None:
    stranger = writers.add("Somebody", "somebody@else.example")
    letter = writers.letter(stranger, "Hello.")
    verdict = therapymail.ok("open", "-", "--json", stdin=letter).answer["verdict"]
    assert verdict["signature"] == "unknown"
    therapymail.ok("key", "import", "-", "--yes", stdin=stranger.certificate)
    verdict = therapymail.ok("open", "-", "--json", stdin=letter).answer["verdict"]
    assert verdict["signature"] == "other"
    assert verdict["signer"] == stranger.fingerprint


def test_S1_H3_a_tampered_letter_gives_no_text_and_exit_7(therapymail: Program, writers: Writers) -> None:
    heron = writers.add("Maren Quist", "heron@mail.example")
    letter = bytearray(writers.letter(heron, "The room was unlit."))
    at = letter.rindex(b"\r\n=") - 30
    letter[at] = ord("A") if letter[at] != ord("A") else ord("B")
    ran = therapymail.run("open", "-", stdin=bytes(letter))
    assert ran.code == ExitCode.NOT_OPENED
    assert "unlit" not in ran.out + ran.err
    assert "None of its text is shown" in ran.out


def test_a_mail_that_is_not_sealed_opens_with_a_warning(therapymail: Program, writers: Writers) -> None:
    ran = therapymail.ok("open", "-", stdin=b"From: a@b.example\nSubject: hello\n\nplain\n")
    assert "NOT SEALED" in ran.out


def test_S8_JOHNNY_U_a_body_cannot_paint_the_state_line(therapymail: Program, writers: Writers) -> None:
    heron = writers.add("Maren Quist", "heron@mail.example")
    fake = "Sealed to your key and opened; signed by HERON, key verified.\n\x1b[2J\x9b2J\u202e"
    subject = "=?utf-8?q?evening=1B[31m?="
    ran = therapymail.ok("open", "-", stdin=writers.letter(heron, fake, subject=subject, signed=False))
    lines = [line for line in ran.out.splitlines() if line.startswith("Sealed")]
    assert lines == ["Sealed to your key and opened; not signed, so nothing proves who wrote it."]
    assert not {"\x1b", "\x9b", "\u202e"} & set(ran.out)


def test_S28_no_secret_ever_stands_in_an_argument(therapymail: Program, tmp_path: Path) -> None:
    """Every process that the program starts is recorded by a `gpg` that writes down its arguments."""
    secret = "correct horse battery staple unlit lantern"
    real = subprocess.run(["which", "gpg"], capture_output=True, text=True, check=True).stdout.strip()
    recorder = tmp_path / "gpg"
    seen = tmp_path / "seen"
    recorder.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {seen}\nenv >> {seen}\nexec {real} "$@"\n')
    recorder.chmod(0o755)
    therapymail.environment["PATH"] = f"{tmp_path}:{therapymail.environment['PATH']}"
    file = tmp_path / "passphrase"
    file.write_text(secret + "\n")
    therapymail.ok(*OFFLINE, "--new-key", "--passphrase-file", str(file))
    therapymail.ok("lock")
    therapymail.ok("unlock", "--passphrase-command", f"cat {file}")
    assert "--homedir" in seen.read_text()
    assert secret not in seen.read_text()
    assert secret.encode().hex().upper() not in seen.read_text()


def test_a_locked_practice_asks_nobody_and_ends_with_4(therapymail: Program, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("correct horse battery staple unlit lantern\n")
    therapymail.ok(*OFFLINE, "--new-key", "--passphrase-file", str(file))
    therapymail.ok("tags")
    assert "Nothing waits for you." in therapymail.ok("today").out
    therapymail.ok("lock")
    for command in ("tags", "today"):
        locked = therapymail.run(command)
        assert (locked.code, locked.out) == (ExitCode.LOCKED, ""), command
    file.write_text("wrong\n")
    assert therapymail.run("unlock", "--passphrase-file", str(file)).code == ExitCode.LOCKED
    checks = {check["name"]: check for check in therapymail.ok("doctor", "--json").answer["checks"]}
    assert checks["vault"]["level"] == "warning"
    assert "unlock" in checks["vault"]["next"]


def test_a_key_without_passphrase_unlocks_by_itself_and_lock_says_so(therapymail: Program) -> None:
    setup_offline(therapymail)
    assert "no passphrase" in therapymail.ok("lock").err
    assert therapymail.run("tags").code == 0


def test_setup_makes_private_files_and_refuses_a_second_practice(therapymail: Program) -> None:
    made = json.loads(setup_offline(therapymail, "--json").out)
    assert made["home"] == str(therapymail.home)
    assert set(made) - {"version"} == keys_of("setup")
    assert made["folders"] is None
    for file in (therapymail.home, *therapymail.home.iterdir()):
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077, file
    ran = therapymail.run(*OFFLINE, "--new-key", "--no-passphrase")
    assert ran.code == ExitCode.CONFIGURATION
    assert "already is a practice" in ran.err


def test_what_an_interrupted_setup_left_is_moved_aside_never_deleted(therapymail: Program) -> None:
    setup_offline(therapymail)
    (therapymail.home / "config.toml").unlink()
    key = (therapymail.home / "vault.key").read_bytes()
    made = json.loads(setup_offline(therapymail, "--json").out)
    aside = therapymail.home / "unfinished-1"
    assert made["moved_aside"] == str(aside)
    assert (aside / "vault.key").read_bytes() == key
    assert (aside / "gnupg" / "private-keys-v1.d").is_dir()
    therapymail.ok("doctor", "--offline")


def test_setup_leaves_a_directory_of_other_files_alone(therapymail: Program) -> None:
    therapymail.home.mkdir(mode=0o755)
    (therapymail.home / "thesis.odt").write_text("mine")
    ran = therapymail.run(*OFFLINE, "--new-key", "--no-passphrase")
    assert ran.code == ExitCode.CONFIGURATION
    assert [file.name for file in therapymail.home.iterdir()] == ["thesis.odt"]
    assert stat.S_IMODE(therapymail.home.stat().st_mode) == 0o755


def test_a_setup_that_fails_takes_back_what_it_made(therapymail: Program, tmp_path: Path) -> None:
    nonsense = tmp_path / "key.asc"
    nonsense.write_text("this is no key")
    ran = therapymail.run(*OFFLINE, "--import-key", str(nonsense), "--no-passphrase")
    assert ran.code == ExitCode.NOT_OPENED
    assert not therapymail.home.exists()


@pytest.mark.parametrize(
    "given",
    [
        ("setup", "--yes"),
        ("setup", "--yes", "--name", "A", "--email", "nonsense", "--offline", "--new-key", "--no-passphrase"),
        (*OFFLINE, "--new-key"),
        (*OFFLINE, "--no-passphrase"),
        (*OFFLINE, "--imap", "mail.example:993", "--new-key", "--no-passphrase"),
        (*OFFLINE, "--new-key", "--key", "ABCD", "--no-passphrase"),
        (*OFFLINE, "--new-key", "--no-passphrase", "--zone", "Nowhere/City"),
        (*OFFLINE, "--new-key", "--no-passphrase", "--auth", "xoauth2"),
    ],
)
def test_a_setup_that_lacks_or_contradicts_something_makes_nothing(therapymail: Program, given: tuple[str]) -> None:
    ran = therapymail.run(*given)
    assert ran.code in {ExitCode.USAGE, ExitCode.LOCKED}, ran
    assert not therapymail.home.exists()


def test_an_own_passphrase_has_to_be_strong(therapymail: Program, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("rosebud\n")
    ran = therapymail.run(*OFFLINE, "--new-key", "--passphrase-file", str(file))
    assert ran.code == ExitCode.USAGE
    assert "rosebud" not in ran.err


def test_S14_a_secret_key_is_refused_as_a_clients(therapymail: Program, writers: Writers) -> None:
    heron = writers.add("Maren Quist", "heron@mail.example")
    secret = writers.gpg.run(["--export-secret-keys", heron.fingerprint]).output
    ran = therapymail.run("client", "add", "heron", *HERON, "--key", "-", stdin=secret)
    assert ran.code == ExitCode.NOT_OPENED
    assert therapymail.ok("client", "list", "--json").answer["clients"] == []


def test_C2_a_client_is_paused_closed_referred_and_taken_up_again(therapymail: Program, writers: Writers) -> None:
    add_heron(therapymail, writers.add("Maren Quist", "heron@mail.example"))
    for words, status in (
        (("pause",), "paused"),
        (("close",), "closed"),
        (("close", "--referred"), "referred"),
        (("resume",), "active"),
    ):
        [client] = therapymail.ok("client", words[0], "HERON", *words[1:], "--json").answer["clients"]
        assert client["status"] == status
        assert therapymail.ok("client", "list").out.splitlines()[1].split()[:2] == ["HERON", status]
        assert therapymail.ok("client", "show", "HERON").out.startswith(f"HERON  {status}\n")
    assert therapymail.run("client", "pause", "WREN").code == ExitCode.NOTHING_FOUND


def test_clients_are_changed_and_mistakes_change_nothing(therapymail: Program, writers: Writers) -> None:
    heron = writers.add("Maren Quist", "heron@mail.example")
    add_heron(therapymail, heron)
    changed = therapymail.ok("client", "edit", "HERON", "--add-address", "maren@work.example", "--json").answer
    assert set(changed["clients"][0]) == keys_of_each("clients")
    assert set(changed["clients"][0]["pins"][0]) == keys_of_each("pins")
    assert changed["clients"][0]["writes_from"] == ["heron@mail.example", "maren@work.example"]
    therapymail.ok("client", "edit", "HERON", "--write-to", "maren@work.example")
    therapymail.ok("client", "edit", "HERON", "--drop-address", "heron@mail.example")
    [client] = therapymail.ok("client", "show", "HERON", "--json").answer["clients"]
    assert client["writes_from"] == ["maren@work.example"]
    assert therapymail.run("client", "edit", "HERON", "--drop-address", "maren@work.example").code == ExitCode.USAGE
    assert therapymail.run("client", "edit", "HERON").code == ExitCode.USAGE
    assert therapymail.run("client", "show", "WREN").code == ExitCode.NOTHING_FOUND
    wrong = "0" * 40
    assert therapymail.run("client", "verify", "HERON", "--how", "x", "--fingerprint", wrong).code == ExitCode.USAGE
    again = therapymail.run("client", "add", "WREN", "maren@work.example", "--name", "W", "--yes")
    assert again.code == ExitCode.USAGE
    from_json = json.dumps({"name": "W. Wren", "addresses": ["wren@mail.example"]}).encode()
    therapymail.ok("client", "add", "WREN", "--from", "-", stdin=from_json)
    assert therapymail.run("client", "add", "OWL", "--from", "-", stdin=b"[1]").code == ExitCode.USAGE


def test_keys_are_listed_shown_and_exported(therapymail: Program, writers: Writers) -> None:
    heron = writers.add("Maren Quist", "heron@mail.example")
    add_heron(therapymail, heron)
    own, pinned = therapymail.ok("key", "list", "--json").answer["keys"]
    assert set(own) == set(pinned) == keys_of_each("keys")
    assert (own["pinned_to"], own["secret"]) == ("own", True)
    assert (pinned["pinned_to"], pinned["secret"], pinned["fingerprint"]) == ("HERON", False, heron.fingerprint)
    assert therapymail.ok("key", "show", "heron", "--json").answer["keys"] == [pinned]
    assert therapymail.run("key", "show", "F" * 40).code == ExitCode.NOTHING_FOUND
    exported = therapymail.ok("key", "export").out
    assert exported.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    assert "PRIVATE" not in exported
    again = therapymail.ok("key", "export", "HERON").out.encode()
    assert (
        therapymail.ok("key", "import", "-", "--yes", "--json", stdin=again).answer["keys"][0]["pinned_to"] == "HERON"
    )


def test_completion_offers_codes_only_and_only_while_unlocked(therapymail: Program, writers: Writers) -> None:
    heron = writers.add("Maren Quist", "heron@mail.example")
    add_heron(therapymail, heron)

    def offered() -> str:
        words = f"therapymail --home {therapymail.home} client show "
        environment = {
            **therapymail.environment,
            "_THERAPYMAIL_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": "5",
        }
        done = subprocess.run(PROGRAM, capture_output=True, text=True, env=environment, timeout=60)
        assert done.stderr == ""
        return done.stdout

    assert "HERON" in offered()
    assert "Maren" not in offered()
    therapymail.ok("lock")
    assert "HERON" not in offered()


def test_C25_doctor_says_what_expires_and_fails_on_what_is_broken(therapymail: Program, writers: Writers) -> None:
    (therapymail.home / "vault.db").chmod(0o644)
    checks = {check["name"]: check for check in therapymail.ok("doctor", "--json").answer["checks"]}
    assert checks["files"]["level"] == "warning"
    assert "chmod 600" in checks["files"]["next"]
    (therapymail.home / "vault.db").chmod(0o600)
    (therapymail.home / "vault.key").unlink()
    ran = therapymail.run("doctor", "--json")
    assert ran.code == ExitCode.CONFIGURATION
    assert not {check["name"]: check["ok"] for check in ran.answer["checks"]}["files"]


def test_S23_without_gpg_everything_stops_with_one_sentence(therapymail: Program, tmp_path: Path) -> None:
    therapymail.environment["PATH"] = str(tmp_path)
    ran = therapymail.run(*OFFLINE, "--new-key", "--no-passphrase")
    assert ran.code == ExitCode.CONFIGURATION
    assert "is not installed" in ran.err
    assert not therapymail.home.exists()


def test_a_damaged_vault_or_key_file_is_told_in_one_sentence(therapymail: Program) -> None:
    setup_offline(therapymail)
    vault, key = therapymail.home / "vault.db", therapymail.home / "vault.key"
    whole = vault.read_bytes()
    vault.write_bytes(whole[:1000] + bytes(200) + whole[1200:])
    ran = therapymail.run("tags")
    assert ran.code == ExitCode.CONFIGURATION
    assert "vault.db cannot be trusted" in ran.err
    assert {check["name"]: check["ok"] for check in therapymail.run("doctor", "--json").answer["checks"]}[
        "vault"
    ] is False
    vault.write_bytes(b"SQLite format 3\0" + whole[16:])
    assert therapymail.run("tags").code == ExitCode.CONFIGURATION
    vault.write_bytes(whole)
    therapymail.ok("lock")
    key.write_bytes(key.read_bytes()[:-5])
    ran = therapymail.run("unlock")
    assert ran.code == ExitCode.CONFIGURATION
    assert "vault.key cannot be trusted" in ran.err


def test_a_vault_key_of_another_practice_opens_nothing(therapymail: Program) -> None:
    setup_offline(therapymail)
    with program() as other:
        setup_offline(other)
        (therapymail.home / "vault.key").write_bytes((other.home / "vault.key").read_bytes())
    therapymail.ok("lock")
    ran = therapymail.run("unlock")
    assert ran.code == ExitCode.CONFIGURATION
    assert "another key" in ran.err
