"""A client with alot on notmuch, at a terminal; what fetches and sends mail is a person's own choice there."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.correspondents.correspondent import Seen, Written, ran, wait_until
from tests.support.correspondents.gnupg_home import learn, make_gnupg_home, make_key
from tests.support.correspondents.mailbox import PASSWORD, Mailbox
from tests.support.tmux import Window, in_tmux

_SETTINGS = """\
editor_cmd = {editor}
editor_spawn = False
prefer_plaintext = True
quit_on_last_bclose = True
[accounts]
[[client]]
realname = {name}
address = {address}
sendmail_command = {sendmail}
gpg_key = {key}
sign_by_default = True
encrypt_by_default = all
encrypt_to_self = True
"""
_SENDMAIL = """\
#!{python}
import smtplib, ssl, sys
with smtplib.SMTP_SSL("localhost", {port}, context=ssl.create_default_context(cafile="{authority}")) as session:
    session.login("{user}", "{password}")
    mail = sys.stdin.buffer.read().replace(b"\\r\\n", b"\\n").replace(b"\\n", b"\\r\\n")
    session.sendmail("{address}", "{therapist}", mail)
"""


class Alot:
    """alot with a directory of its own for a home, and gpg by its library (gpgme)."""

    name = "alot"
    needs = ("alot", "notmuch")
    is_library = False
    enclosure_name = "diary.pdf"  # alot 0.10 signs a name beyond ASCII folded in another way than it sends it

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.home = make_gnupg_home(mailbox)
        self.maildir = mailbox.directory / "mail"
        for name in ("cur", "new", "tmp"):
            (self.maildir / name).mkdir(parents=True)
        self.therapist = ""
        self.given = {
            "PATH": os.environ["PATH"],
            "HOME": str(mailbox.directory),
            "GNUPGHOME": str(self.home),
            "LC_ALL": "C.UTF-8",
        }

    def version(self) -> str:
        """As it stands alone."""
        return ran(["alot", "--version"]).decode().strip()

    def make_key(self) -> bytes:
        """gpg's own choice, which ends after two years."""
        return make_key(self.home, self.mailbox)

    def learn(self, certificate: bytes) -> None:
        """Into the GnuPG home."""
        self.therapist = learn(self.home, certificate)

    def send(self, letter: Written) -> None:
        """Composed in its own screens: a new letter, or an answer to the newest with that quoted below."""
        with self._open(letter) as window:
            if letter.answered:
                _show_newest(window)
                window.press("r")
            else:
                window.wait_for("search")
                self._command(window, f"compose --to {letter.recipient} --subject '{letter.subject}'")
            window.wait_for("GPG encrypt")
            if letter.enclosure:
                self._attach(window, letter.enclosure)
            window.press("y")
            wait_until(letter.has_arrived)

    def _attach(self, window: Window, enclosure: Path) -> None:
        """Enclose a file; on a busy machine alot loses keys that come while it draws, so the command is given again."""

        def is_attached() -> bool:
            screen = window.screen()
            return enclosure.name in screen and ":attach" not in screen

        for _ in range(3):
            self._command(window, f"attach {enclosure}")
            with suppress(AssertionError):
                wait_until(is_attached, seconds=20)
                return
            window.press("Escape")
        assert is_attached()

    def read(self) -> Seen:
        """The newest letter, shown, and its text written out."""
        written = self.mailbox.directory / "shown"
        with self._open() as window:
            _show_newest(window)
            self._command(window, f"pipeto --shell --format=decoded 'cat > {written}; touch {written}.whole'")
            wait_until(Path(f"{written}.whole").exists)
        return Seen(written.read_text("utf-8").partition("\n\n")[2], is_signature_good=True)

    @contextmanager
    def _open(self, letter: Written | None = None) -> Iterator[Window]:
        directory = self.mailbox.directory
        settings = directory / ".config" / "alot"
        settings.mkdir(parents=True, exist_ok=True)
        (settings / "config").write_text(
            _SETTINGS.format(
                editor=self._editor(letter.text if letter else ""),
                name=self.mailbox.name,
                address=self.mailbox.address,
                sendmail=str(self._sendmail()),
                key=self._key(),
            )
        )
        (directory / ".notmuch-config").write_text(
            f"[database]\npath={self.maildir}\n[user]\nname={self.mailbox.name}\nprimary_email={self.mailbox.address}\n"
        )
        if letter and not letter.answered:
            (self.maildir / "new" / "newest").unlink(missing_ok=True)
        else:
            (self.maildir / "new" / "newest").write_bytes(self.mailbox.newest())
        ran(["notmuch", "new"], environment=self.given)
        with in_tmux(["alot", "search", "*"], self.given, directory, columns=120, lines=50) as window:
            yield window

    @staticmethod
    def _command(window: Window, command: str) -> None:
        window.press(":")
        window.wait_for("\n:\n")  # its prompt
        window.type(command)
        window.press("Enter")

    def _key(self) -> str:
        listed = ran(["gpg", "--homedir", self.home, "--with-colons", "--list-secret-keys"]).decode()
        return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))

    def _sendmail(self) -> Path:
        program = self.mailbox.directory / "sendmail"
        program.write_text(
            _SENDMAIL.format(
                python=sys.executable,
                port=self.mailbox.submissions,
                authority=self.mailbox.authority,
                user=self.mailbox.user,
                password=PASSWORD,
                address=self.mailbox.address,
                therapist=self.therapist,
            )
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    def _editor(self, text: str) -> Path:
        """An editor that puts `text` below the header that it finds in the file, above all else."""
        typed, editor = self.mailbox.directory / "typed", self.mailbox.directory / "editor"
        typed.write_text(f"{text}\n", "utf-8")
        editor.write_text(f'#!/bin/sh\nsed -i -e "0,/^$/{{/^$/r {typed}\n}}" "$1"\n')
        editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
        return editor


def _show_newest(window: Window) -> None:
    """The newest letter on the screen; it fails where alot does not find its signature good."""
    window.wait_for("Dr Orla Fenwick")
    window.press("Enter")
    window.wait_for("thread]")
    window.press("E")
    window.wait_for("Valid: Dr Orla Fenwick")
