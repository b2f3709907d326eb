"""Opens a sealed and signed file as a stream: what it holds is read while gpg opens it, and counts once that is proven.

Until `finish` has said whose signature it bears, everything read is what somebody may have put there: a reader takes
it in where it can be thrown away, and believes nothing of it.
"""

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from typing import BinaryIO

from therapymail.domain.seal import OpeningFailure, SignatureFinding
from therapymail.errors import PassphraseNeeded, PassphraseWrong, SealedFileRefused
from therapymail.pgp.agent import require_agent
from therapymail.pgp.packets import recipients_before_data
from therapymail.pgp.runner import Gpg, end
from therapymail.pgp.status import (
    StatusLine,
    decryption_ok,
    failure_in,
    is_agent_missing,
    parse_status,
    passphrase_error,
    signature_facts,
)

_CHUNK = 1 << 18
_HEAD = 1 << 14
# An own key that expired or was revoked since has made what it made.
_STANDING = {SignatureFinding.GOOD, SignatureFinding.KEY_EXPIRED, SignatureFinding.KEY_REVOKED}
_WHY = {
    OpeningFailure.NO_KEY: "it is sealed to another key; a backup opens with your own key of the day it was made",
    OpeningFailure.ALTERED: "it was altered, or its end is missing",
    OpeningFailure.DAMAGED: "it is damaged, or its end is missing",
    OpeningFailure.NO_INTEGRITY: "it is sealed in a way that does not show changes",
    OpeningFailure.SYMMETRIC: "it is sealed with a password and not to your key",
    OpeningFailure.UNSUPPORTED: "it is sealed in a way that GnuPG cannot open",
}


@contextlib.contextmanager
def opened_stream(gpg: Gpg, file: BinaryIO, passphrase: str | None = None) -> "Iterator[OpenedStream]":
    """What the sealed `file` (an open one, at its beginning) holds, opened with a secret key in the home of `gpg`.

    Raises SealedFileRefused at once where it is no sealed file, GnupgMissing.
    """
    if recipients_before_data(file.read(_HEAD)) is None:
        raise SealedFileRefused("it is not a sealed file")
    file.seek(0)
    with contextlib.ExitStack() as stack:
        command = [*gpg.base(), "--no-armor", "--output", "-", "--decrypt"]
        secret = passphrase.encode() if passphrase else None
        process, status = gpg.start(command, stack, passphrase=secret, stdin=file.fileno())
        stream = OpenedStream(gpg, process, status, asked=bool(passphrase))
        stack.callback(stream.abandon)
        yield stream


class OpenedStream:
    """What is read of an opened file. Made by `opened_stream`."""

    def __init__(self, gpg: Gpg, process: "subprocess.Popen[bytes]", status: int, *, asked: bool) -> None:
        self._gpg, self._process, self._status, self._asked = gpg, process, status, asked
        self._said: tuple[StatusLine, ...] = ()
        self._given = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def read(self, count: int) -> bytes:
        """At most `count` bytes more; none at the end, whatever the reason that it ends."""
        assert self._process.stdout is not None
        content = os.read(self._process.stdout.fileno(), min(count, _CHUNK))
        self._given += len(content)
        return content

    def finish(self, most: int) -> str:
        """Whose file it is: the primary fingerprint of the one key that signed it.

        What is left unread is passed over, until `most` bytes are reached in all: what is compressed could go on for
        days (HAZARDS S24). Raises SealedFileRefused where it is not whole, altered, longer, not signed, signed by
        several or by a key that is not in the home; PassphraseNeeded, PassphraseWrong, GnupgUnusable.
        """
        while self.read(_CHUNK):
            if self._given > most:
                raise SealedFileRefused("it holds more than its size allows")
        self._join()
        if is_agent_missing(self._said):
            require_agent(self._gpg)
        if not decryption_ok(self._said):
            self._refuse()
        facts = signature_facts(self._said)
        if not facts:
            raise SealedFileRefused("nobody signed it")
        if len(facts) != 1 or facts[0].finding not in _STANDING or self._process.returncode or not facts[0].signer:
            raise SealedFileRefused("it is not signed by a key of yours")
        return facts[0].signer

    def abandon(self) -> None:
        """End gpg, whatever it is doing."""
        if self._process.poll() is None:
            self._process.kill()
        self._join()
        end(self._process)

    def _refuse(self) -> None:
        failure = failure_in(self._said)
        if failure is OpeningFailure.LOCKED:
            raise passphrase_error(self._said) or (PassphraseWrong() if self._asked else PassphraseNeeded())
        if failure is OpeningFailure.NO_KEY:
            require_agent(self._gpg)
        raise SealedFileRefused(_WHY.get(failure, "it is not built as a sealed file of ours"))

    def _join(self) -> None:
        self._thread.join()
        self._process.wait()

    def _listen(self) -> None:
        said = b""
        while chunk := os.read(self._status, _CHUNK):
            said += chunk
        self._said = parse_status(said)
