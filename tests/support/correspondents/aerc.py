"""A client with aerc, at a terminal, over IMAP and SMTP; with gpg, or with the OpenPGP of its own (Go's)."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.correspondents.correspondent import ENCLOSURE_NAME, Seen, Written, ran, wait_until
from tests.support.correspondents.gnupg_home import learn, make_gnupg_home, make_key
from tests.support.correspondents.mailbox import PASSWORD, Mailbox
from tests.support.tmux import Window, in_tmux

_ACCOUNT = """\
[Client]
source = imaps://{user}:{password}@localhost:{imaps}
outgoing = smtps+plain://{user}:{password}@localhost:{submissions}
default = INBOX
from = {name} <{address}>
pgp-auto-sign = true
pgp-opportunistic-encrypt = true
"""
_SETTINGS = """\
[general]
pgp-provider = {provider}
[compose]
editor = {editor}
[viewer]
pager = cat
[filters]
text/plain = cat
"""


class Aerc:
    """aerc with gpg."""

    name = "aerc"
    needs = ("aerc",)
    is_library = False
    enclosure_name = ENCLOSURE_NAME
    provider = "gpg"

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.home = make_gnupg_home(mailbox)

    def version(self) -> str:
        """As `aerc 0.14.0 +notmuch (...)`."""
        return ran(["aerc", "-v"]).decode().split()[1]

    def make_key(self) -> bytes:
        """gpg's own choice, which ends after two years."""
        return make_key(self.home, self.mailbox)

    def learn(self, certificate: bytes) -> None:
        """Into the GnuPG home."""
        learn(self.home, certificate)

    def send(self, letter: Written) -> None:
        """Composed in its own screens: a new letter, or an answer to the newest with that quoted below."""
        with self._open(letter.text) as window:
            if letter.answered:
                _show_newest(window)
                self._command(window, "reply -q")
            else:
                self._command(window, f"compose -H 'To: {letter.recipient}' -H 'Subject: {letter.subject}'")
            window.wait_for("Send this email?")
            if letter.enclosure:
                self._command(window, f"attach {letter.enclosure}")
            window.press("y")
            wait_until(letter.has_arrived)

    def read(self) -> Seen:
        """The newest letter, shown, and the part on display written out."""
        written = self.mailbox.directory / "shown"
        with self._open() as window:
            _show_newest(window)
            self._command(window, f"pipe -p sh -c 'cat > {written}; touch {written}.whole'")
            wait_until(Path(f"{written}.whole").exists)
        return Seen(written.read_text("utf-8"), True)

    def _command(self, window: Window, command: str) -> None:
        window.type(f":{command}\n")

    def prepare(self, data: Path) -> None:
        """What has to lie in aerc's data directory before it starts."""

    @contextmanager
    def _open(self, text: str = "") -> Iterator[Window]:
        directory = self.mailbox.directory
        settings = directory / ".config" / "aerc"
        data = directory / ".local" / "share" / "aerc"
        for each in (settings, data):
            each.mkdir(parents=True, exist_ok=True)
        self.prepare(data)
        account = settings / "accounts.conf"
        account.write_text(
            _ACCOUNT.format(
                name=self.mailbox.name,
                address=self.mailbox.address,
                user=self.mailbox.user,
                password=PASSWORD,
                imaps=self.mailbox.imaps,
                submissions=self.mailbox.submissions,
            )
        )
        account.chmod(0o600)
        (settings / "aerc.conf").write_text(_SETTINGS.format(provider=self.provider, editor=self._editor(text)))
        given = {"PATH": os.environ["PATH"], "HOME": str(directory), "LC_ALL": "C.UTF-8"}
        given |= {"GNUPGHOME": str(self.home), "SSL_CERT_FILE": self.mailbox.authority}
        with in_tmux(["aerc"], given, directory, columns=120, lines=50) as window:
            window.wait_for("Connected")
            window.wait_for("INBOX")
            yield window

    def _editor(self, text: str) -> Path:
        """An editor that puts `text` above what it finds in the file."""
        typed, editor = self.mailbox.directory / "typed", self.mailbox.directory / "editor"
        typed.write_text(f"{text}\n", "utf-8")
        editor.write_text(
            f'#!/bin/sh\n{{ cat {typed}; [ ! -s "$1" ] || {{ echo; cat "$1"; }}; }} > "$1.new"\ncat "$1.new" > "$1"\n'
        )
        editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
        return editor


class AercAlone(Aerc):
    """aerc with the OpenPGP it brings along (ProtonMail's in Go), which takes its keys from a file and makes none."""

    name = "aerc with its own OpenPGP (Go)"
    provider = "internal"

    def prepare(self, data: Path) -> None:
        """Its keyring, as its manual has it made."""
        gpg = ["gpg", "--homedir", self.home, "--batch"]
        keys = ran([*gpg, "--export-secret-keys", self.mailbox.address]) + ran([*gpg, "--export"])
        (data / "keyring.asc").write_bytes(keys)


def _show_newest(window: Window) -> None:
    """The newest letter on the screen; it fails where aerc does not find its signature good."""
    window.wait_for("Dr Orla Fenwick")
    window.press("Enter")
    window.wait_for("Authentic Signature from Dr Orla Fenwick")
