"""A client with neomutt, at a terminal, over IMAP and SMTP, with gpg as Debian sets it up for neomutt."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.correspondents.correspondent import ENCLOSURE_NAME, Seen, Written, ran, wait_until
from tests.support.correspondents.gnupg_home import learn, make_gnupg_home, make_key
from tests.support.correspondents.mailbox import PASSWORD, Mailbox
from tests.support.tmux import Window, in_tmux

# What a person sets up.
_SETTINGS = """
set realname = "{name}"
set from = {address}
set folder = imaps://{user}@localhost:{imaps}/
set spoolfile = +INBOX
set imap_pass = "{password}"
set smtp_url = smtps://{user}@localhost:{submissions}
set smtp_pass = "{password}"
set ssl_ca_certificates_file = {authority}
set header_cache = ""
set copy = no
set crypt_use_gpgme = no
source /etc/neomuttrc.d/gpg.rc
set pgp_use_gpg_agent = yes
set pgp_self_encrypt = yes
set crypt_autosign = yes
set crypt_autoencrypt = yes
set crypt_protected_headers_write = yes
set crypt_protected_headers_read = yes
set pgp_autoinline = {inline}
set pgp_mime_auto = no
set charset = utf-8
set send_charset = utf-8
set editor = {editor}
set include = yes
set fast_reply = yes
set sleep_time = 0
set wait_key = no
set quit = yes
set abort_nosubject = no
set pipe_decode = yes
ignore *
unignore from subject
"""


class Neomutt:
    """neomutt with a directory of its own for a home."""

    name = "neomutt"
    needs = ("neomutt",)
    is_library = False
    enclosure_name = ENCLOSURE_NAME

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.home = make_gnupg_home(mailbox)

    def version(self) -> str:
        """As `NeoMutt 20220429`."""
        return ran(["neomutt", "-v"]).decode().split()[1]

    def make_key(self) -> bytes:
        """gpg's own choice, which ends after two years."""
        return make_key(self.home, self.mailbox)

    def learn(self, certificate: bytes) -> None:
        """Into the GnuPG home."""
        learn(self.home, certificate)

    def send(self, letter: Written) -> None:
        """Composed in its own screens: a new letter, or an answer to the newest with that quoted below."""
        with self._open(letter) as window:
            if letter.answered:
                _show_newest(window)
                window.press("r")
            else:
                window.press("m")
                window.wait_for("To:")
                window.type(f"{letter.recipient}\n")
                window.wait_for("Subject:")
                window.type(f"{letter.subject}\n")
            window.wait_for("y:Send")
            if letter.enclosure:
                window.press("a")
                window.wait_for("Attach file")
                window.type(f"{letter.enclosure}\n")
                window.wait_for(letter.enclosure.name)
            window.press("y")
            wait_until(letter.has_arrived)

    def read(self) -> Seen:
        """The newest letter, shown and then written out as it was shown."""
        written = self.mailbox.directory / "shown"
        with self._open() as window:
            _show_newest(window)
            wait_until(lambda: _shown_subject(window) not in {"", "..."})
            subject = _shown_subject(window)
            window.press("|")
            window.wait_for("Pipe to command:")
            window.type(f"cat > {written}; touch {written}.whole\n")
            wait_until(Path(f"{written}.whole").exists)
        text = written.read_text("utf-8").partition("\n\n")[2]
        return Seen(text, is_signature_good=True, subject=subject)

    @contextmanager
    def _open(self, letter: Written | None = None) -> Iterator[Window]:
        settings = _SETTINGS.format(
            name=self.mailbox.name,
            address=self.mailbox.address,
            user=self.mailbox.user,
            imaps=self.mailbox.imaps,
            submissions=self.mailbox.submissions,
            password=PASSWORD,
            authority=self.mailbox.authority,
            inline="yes" if letter and letter.inline else "no",
            editor=self._editor(letter.text if letter else ""),
        )
        configuration = self.mailbox.directory / "neomuttrc"
        configuration.write_text(settings, "utf-8")
        given = {"PATH": os.environ["PATH"], "HOME": str(self.mailbox.directory), "LC_ALL": "C.UTF-8"}
        command = ["neomutt", "-n", "-F", str(configuration)]
        with in_tmux(
            command, {**given, "GNUPGHOME": str(self.home)}, self.mailbox.directory, columns=120, lines=50
        ) as window:
            window.wait_for("NeoMutt:")
            yield window

    def _editor(self, text: str) -> Path:
        """An editor that puts `text` above what it finds in the file."""
        typed, editor = self.mailbox.directory / "typed", self.mailbox.directory / "editor"
        typed.write_text(f"{text}\n", "utf-8")
        editor.write_text(
            f'#!/bin/sh\n{{ cat {typed}; [ ! -s "$1" ] || {{ echo; cat "$1"; }}; }} > "$1.new"\nmv "$1.new" "$1"\n'
        )
        editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
        return editor


def _shown_subject(window: Window) -> str:
    """The last subject on the screen: the one inside the seal, once it is shown."""
    found = re.findall("^Subject: (.*)$", window.screen(), re.MULTILINE)
    return found[-1].rstrip() if found else ""


def _show_newest(window: Window) -> None:
    """The newest letter on the screen; it fails where neomutt does not find its signature good."""
    window.press("*", "Enter")
    window.wait_for("PGP signature successfully verified")
