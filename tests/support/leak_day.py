"""A whole day with marked words in everything that is private: from setup to the lock, and a failure in between."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from tests.support.hostile import Authority
from tests.support.leak_places import Day, Marks
from tests.support.marked import files_below
from tests.support.practices import Writer, Writers, short_directory, writers_to
from tests.support.terminal import at_terminal
from tests.support.tls_tap import TlsTap
from tests.support.tmux import Window, in_tmux
from tests.support.watched import Watched, ready_and_watched
from therapymail.bootstrap import open_practice
from therapymail.mail.post_office import PostOffice

OWN = "orla@practice.example"
_PATIENCE_SECONDS = 100  # of which a quiet machine needs three
# Fails in a handler whose local variables are the letter that is being read.
_FAILING_ROOM = """
from therapymail.tui.screens.reading import ReadingLetters

def raising(self):
    letter = self.reader.found.reading.text
    raise KeyError(letter)

ReadingLetters.action_fold = raising
"""
_FAILING_READ = """
import therapymail.cli.letter_view as view

def raising(found, *_, **__):
    text = found.reading.text
    raise ValueError(text)

view.print_letter = raising
"""


@contextmanager
def a_day() -> Iterator[Day]:
    """Live through the day, and give what it left."""
    marks = Marks()
    user, theirs = OWN, f"{marks['client address']}@practice.example"
    with ExitStack() as held:
        directory, notes, elsewhere = (held.enter_context(short_directory()) for _ in range(3))
        authority = _authority(notes)
        users = {user: marks["mail password"], theirs: marks["mail password"]}
        office = held.enter_context(PostOffice(notes, users))
        smtp = held.enter_context(TlsTap(office.smtp_settings(user), authority))
        imap = held.enter_context(TlsTap(office.imap_settings(user), authority))
        run_root = Path("/dev/shm") / directory.name
        run_root.mkdir(mode=0o700)
        held.callback(shutil.rmtree, run_root, ignore_errors=True)
        environment = _environment(directory, run_root)
        day = Day(marks, Watched(directory, environment, notes), elsewhere, smtp, imap)
        day.ports = frozenset({smtp.settings.port, imap.settings.port})
        with ready_and_watched(notes) as ready:
            day.program = Watched(directory, environment, notes, ready)
            _Story(day, office, authority, theirs).live()
        day.calls, day.log = day.program.calls(), day.program.log.read_bytes()
        yield day


def _environment(directory: Path, run_root: Path) -> dict[str, str]:
    temporary = directory / "tmp"
    temporary.mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "TMPDIR": str(temporary),
        "XDG_RUNTIME_DIR": str(run_root),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _authority(directory: Path) -> Authority:
    ca = trustme.CA()
    file = directory / "authority.pem"
    ca.cert_pem.write_to_path(file)
    return Authority(ca, str(file))


@dataclass
class _Story:
    """The day, step by step."""

    day: Day
    office: PostOffice
    authority: Authority
    their_user: str

    def live(self) -> None:
        """From setup to the lock."""
        self._set_up()
        with short_directory() as apart:
            practice = open_practice(self._program.home, None, self._program.environment)
            with writers_to(practice, apart) as writers:
                heron = writers.add(f"Maren {self._marks['client name'].capitalize()}", self.their_user)
                self._introduce(heron, writers.gpg.run(["--armor", "--export", heron.fingerprint]).output)
                self._letter_comes(writers, heron)
        self._read_and_search()
        self._write_with_an_editor()
        self._keep_notes()
        self._sit_in_the_room()
        self._send()
        self._export()
        self._back_up()
        self._complete()
        self._fail()
        self._lock_up()

    @property
    def _program(self) -> Watched:
        return self.day.program

    @property
    def _marks(self) -> Marks:
        return self.day.marks

    def _kept_elsewhere(self, name: str, content: str) -> Path:
        file = self.day.theirs / name
        file.write_text(content)
        return file

    def _set_up(self) -> None:
        phrase = self._kept_elsewhere("own", f"{self._marks['own passphrase']}\n")
        smtp, imap = self.day.smtp.settings, self.day.imap.settings
        self._program.ok(
            *("setup", "--yes", "--name", "Dr Orla Fenwick", "--email", OWN, "--zone", "Europe/London"),
            *("--imap", f"{imap.host}:{imap.port}", "--smtp", f"{smtp.host}:{smtp.port}", "--username", OWN),
            *("--imap-security", "tls", "--smtp-security", "tls", "--ca-file", imap.ca_file, "--password-stdin"),
            *("--new-key", "--passphrase-command", f"cat {phrase}", "--no-roundtrip"),
            stdin=self._marks["mail password"].encode() + b"\n",
        )
        config = self._program.home / "config.toml"
        config.write_text("undo_seconds = 0\nwatch = false\n" + config.read_text())
        self._program.ok("lock")
        self._program.ok("unlock", "--passphrase-command", f"cat {phrase}")
        self._program.ok("doctor")

    def _introduce(self, heron: Writer, key: bytes) -> None:
        told = {"name": heron.name, "addresses": [heron.address], "zone": "Europe/London", "key": key.decode()}
        self._program.ok("client", "add", "HERON", "--from", "-", "--yes", stdin=json.dumps(told).encode())
        self._program.ok("client", "verify", "HERON", "--fingerprint", heron.fingerprint, "--how", "by telephone")

    def _letter_comes(self, writers: Writers, heron: Writer) -> None:
        marks, came = self._marks, datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
        inner = (
            f"From: {heron.name} <{heron.address}>\r\nTo: Orla <{OWN}>\r\nSubject: {marks['their subject']}\r\n"
            f"Message-ID: <one@practice.example>\r\nDate: {came:%a, %d %b %Y %H:%M:%S +0000}\r\n"
            'Content-Type: multipart/mixed; boundary="i"; protected-headers="v1"; hp="cipher"\r\n\r\n'
            f"--i\r\nContent-Type: text/plain\r\n\r\nDear Orla, {marks['their text']} was the word.\r\n--i\r\n"
            f"Content-Type: text/plain; name={marks['their enclosure name']}.txt\r\n"
            f"Content-Disposition: attachment; filename={marks['their enclosure name']}.txt\r\n\r\n"
            f"{marks['their enclosure']}\r\n--i--\r\n"
        )
        armor = b"\r\n".join(writers.sealed(inner.encode(), heron).splitlines())
        outer = (
            f"From: {heron.name} <{heron.address}>\r\nTo: {OWN}\r\nSubject: ...\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="o"\r\n\r\n'
            "--o\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
            "--o\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        self.office.append(OWN, "INBOX", outer.encode() + armor + b"\r\n--o--\r\n", came)

    def _read_and_search(self) -> None:
        program, marks = self._program, self._marks
        program.ok("-v", "sync")
        for words in (("today",), ("client", "list"), ("letters",), ("timeline", "HERON"), ("outbox",)):
            program.ok(*words)
        assert marks["their text"] in program.ok("read", "HERON-1").out
        opened = program.ok("enclosure", "open", "HERON-1", "1", "--with", "wc -c")
        assert opened.out.strip(), opened
        assert "HERON-1" in program.ok("search", "-", stdin=marks["their text"].encode()).out
        program.ok("tag", "HERON-1", f"+{marks['tag']}")

    def _write_with_an_editor(self) -> None:
        marks = self._marks
        text = f"Subject: {marks['own subject']}\n\nDear Maren, it was {marks['text from an editor']}.\n"
        typed = self._kept_elsewhere("typed", text)
        editor = self._kept_elsewhere("editor", f'#!/bin/sh\nfor file; do :; done\ncat {typed} > "$file"\n')
        editor.chmod(0o755)
        command = ["/usr/bin/env", f"EDITOR={editor}", *self._program.watched_command("editor", "write", "HERON")]
        with at_terminal(command, self._program.environment) as terminal:
            terminal.expect("is kept as a draft", _PATIENCE_SECONDS)
            assert terminal.wait(_PATIENCE_SECONDS) == 0

    def _keep_notes(self) -> None:
        program, marks = self._program, self._marks
        phrase = self._kept_elsewhere("notes", f"{marks['notes passphrase']}\n")
        program.ok("note", "passphrase", "--passphrase-command", f"cat {phrase}")
        program.ok("note", "unlock", "--passphrase-command", f"cat {phrase}")
        for kind, what in (("--process", "process note"), ("--format=free", "progress note")):
            program.ok("note", "add", "HERON", kind, "--body-file", "-", stdin=f"Of {marks[what]}.".encode())
        program.ok("note", "list", "HERON", "--process")

    def _send(self) -> None:
        program, marks = self._program, self._marks
        draft = "D-1"
        enclosed = self._kept_elsewhere(f"{marks['own enclosure name']}.txt", marks["own enclosure"])
        program.ok("drafts", "enclose", draft, str(enclosed))
        held = program.ok("send", draft, "--hold", "1h", "--json").answer["outbox"]
        assert held[0]["state"] == "held"
        program.ok("sync")
        program.ok("outbox", "cancel", draft)
        program.ok("send", draft, "--at-once", "--yes")
        end = time.monotonic() + _PATIENCE_SECONDS
        while program.ok("outbox", "show", draft, "--json").answer["outbox"][0]["state"] != "sent":
            assert time.monotonic() < end
            program.ok("sync")

    def _export(self) -> None:
        file = self.day.program.directory / "heron.html.gpg"
        self._program.ok(
            *("export", "letterbook", "HERON", "--file", str(file), "--to", "own", "--with-notes", "--names", "--yes")
        )
        self.day.exported = file.read_bytes()

    def _back_up(self) -> None:
        file = str(self._program.directory / "practice.backup")
        self._program.ok("backup", "create", file)
        self._program.ok("backup", "verify", file)
        self._program.ok("audit", "verify")
        self._program.ok("audit", "list")
        key = ("--passphrase-command", f"cat {self.day.theirs / 'own'}")
        kit = str(self.day.theirs / "kit.html")
        self._program.ok("key", "kit", kit, *key)
        self._program.ok("--home", str(self.day.restored), "backup", "restore", file, "--import-key", kit, *key)

    def _complete(self) -> None:
        home = f"therapymail --home {self._program.home}"
        for line in ("client show ", "read ", "send ", "tag HERON-1 +", "note show ", "search cl"):
            words = f"{home} {line}"
            asked = {"_THERAPYMAIL_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
            ran = Watched(
                self._program.directory,
                {**self._program.environment, **asked},
                self._program.notes,
                self._program.ready,
            ).run()
            self.day.completed += ran.out.encode() + ran.err.encode()

    def _fail(self) -> None:
        command = self._program.watched_command("failing", "read", "HERON-1", before=_FAILING_READ)
        ran = subprocess.run(command, capture_output=True, env=self._program.environment, timeout=_PATIENCE_SECONDS)
        assert ran.returncode == 1, ran
        self.day.failed = ran.stdout + ran.stderr

    def _sit_in_the_room(self) -> None:
        program, shown = self._program, self._program.notes / "shown"
        command = program.watched_command("room", "tui", before=_FAILING_ROOM)
        with in_tmux(command, program.environment, self.day.theirs) as window:
            window.record(shown)
            window.wait_for("searchable", _PATIENCE_SECONDS)
            window.press("3")
            window.wait_for("HERON-1", _PATIENCE_SECONDS)
            window.press("Enter")
            window.wait_for(self._marks["their text"], _PATIENCE_SECONDS)
            self._write_in_the_room(window)
            self.day.while_open = list(files_below([program.directory]))
            self.day.window_names = window.names()
            window.press("z")
            window.wait_for_end(_PATIENCE_SECONDS)
        self.day.drawn = shown.read_bytes()

    def _write_in_the_room(self, window: Window) -> None:
        window.press("r")
        window.wait_for("answering HERON-1")
        window.type(f"Dear Maren, {self._marks['text typed in the room']}")
        window.wait_for(self._marks["text typed in the room"])
        window.press("Escape")
        window.wait_for("r Reply")

    def _lock_up(self) -> None:
        self._program.ok("note", "lock")
        self._program.ok("lock")
        self.day.left = list(files_below([self._program.directory]))
        self.day.in_memory = list(files_below([Path(self._program.environment["XDG_RUNTIME_DIR"])]))
