"""Opens many letters with one long-lived gpg: names go in on its stdin, plaintext comes out through FIFOs.

Plaintext is never on any file system, each letter has its own status block, and nothing counts before that
block is complete (DESIGN, Bulk opening; HAZARDS H3, S1). Whatever is not plainly a good SEIPD version 1
message is opened again singly, where gpg's exit code is that letter's alone.
"""

import contextlib
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from therapymail.domain.seal import OpeningFailure, SignatureFact
from therapymail.errors import FileUnusable
from therapymail.paths import PRIVATE_FILE, error_phrase
from therapymail.pgp.decrypter import Decrypted, Unwrapped
from therapymail.pgp.packets import SealForm
from therapymail.pgp.runner import OUTPUT_CAP, RUN_SECONDS, Gpg
from therapymail.pgp.single import SingleOpener, layout_or_none
from therapymail.pgp.status import decryption_ok, is_integrity_protected, opened_with, parse_status, sealed_to

AHEAD = 8  # letters given to gpg before the first is asked for
_CHUNK = 1 << 16
_STATUS_CAP = 1 << 22
_DONE = b"\n[GNUPG:] FILE_DONE\n"
_QUIET_MS = 3  # how long to wait for the usual signals alone, before each status line may wake us


@dataclass
class _Letter:
    """A letter on its way through gpg: slot of its files, reading end of its FIFO, what came so far."""

    ciphertext: bytes
    slot: int
    fifo: int
    chunks: list[bytes] = field(default_factory=list)
    length: int = 0
    is_ended: bool = False

    def drain(self) -> bool:
        """Take what the FIFO holds; True once gpg has closed it."""
        while not self.is_ended:
            try:
                chunk = os.read(self.fifo, _CHUNK)
            except BlockingIOError:
                return False
            self.is_ended = len(chunk) == 0
            self.chunks.append(chunk)
            self.length += len(chunk)
        return True


class BulkOpener:
    """A Decrypter for many letters, used by one thread (a context manager); several may run beside each other.

    `expect` hands gpg letters ahead of `decrypt`, which then waits less. `passphrase` opens the own key where
    the agent does not hold it; `output_cap` in bytes of plaintext and `timeout` in seconds are for one letter.
    The clients' keyring is read when gpg starts: a changed keyring wants a new BulkOpener.
    """

    def __init__(
        self,
        gpg: Gpg,
        *,
        passphrase: bytes | None = None,
        output_cap: int = OUTPUT_CAP,
        timeout: float = RUN_SECONDS,
    ) -> None:
        self._gpg, self._passphrase = gpg, passphrase
        self._output_cap, self._timeout = output_cap, timeout
        self._single = SingleOpener(gpg, passphrase=passphrase, output_cap=output_cap, timeout=timeout)
        self._waiting: deque[_Letter] = deque()
        self._ready: dict[bytes, Decrypted] = {}
        self._free = list(range(AHEAD + 1))
        self._stack = contextlib.ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._status = -1
        self._unread = b""
        self._directory = Path()

    def __enter__(self) -> Self:
        try:
            self._directory = Path(tempfile.mkdtemp(prefix="b-", dir=self._gpg.run_directory))
            for slot in self._free:
                os.mkfifo(self._fifo(slot), PRIVATE_FILE)
        except OSError as error:
            raise FileUnusable(str(self._gpg.run_directory), error_phrase(error)) from None
        return self

    def __exit__(self, *_: object) -> None:
        for letter in self._waiting:
            os.close(letter.fifo)
        self._waiting.clear()
        self._stack.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def expect(self, ciphertext: bytes) -> None:
        """Let gpg begin on `ciphertext`, for which `decrypt` will be called soon; without room nothing happens.

        Raises GnupgMissing, FileUnusable.
        """
        if self._free and len(self._waiting) < AHEAD and _is_plain_seal(ciphertext):
            self._submit(ciphertext)

    def decrypt(self, ciphertext: bytes) -> Decrypted:
        """Open one sealed message; see Decrypter. Raises GnupgMissing, GnupgUnusable, FileUnusable."""
        if ciphertext not in self._ready:
            if not any(letter.ciphertext == ciphertext for letter in self._waiting):
                if not _is_plain_seal(ciphertext):
                    return self._single.decrypt(ciphertext)
                self._submit(ciphertext)
            while ciphertext not in self._ready:
                letter = self._waiting[0]
                self._ready[letter.ciphertext] = self._take(letter)
        opened = self._ready.pop(ciphertext)
        while len(self._ready) > AHEAD:  # expected, and never asked for
            self._ready.pop(next(iter(self._ready)))
        return opened

    def verify_detached(self, signed: bytes, signature: bytes) -> tuple[SignatureFact, ...]:
        """The facts of a detached `signature` over exactly `signed`; see Decrypter."""
        return self._single.verify_detached(signed, signature)

    def unwrap_signed(self, data: bytes) -> Unwrapped:
        """Take the signature layer off `data`; see Decrypter."""
        return self._single.unwrap_signed(data)

    # --- one letter ------------------------------------------------------------------------------------

    def _submit(self, ciphertext: bytes) -> None:
        if self._process is None:
            self._start()
        slot = self._free.pop()
        try:
            with open(self._cipher(slot), "wb", buffering=0) as file:  # noqa: PTH123 - a tenth of Path.open's cost
                file.write(ciphertext)  # cut short by a full disk it is opened singly, where gpg gets all of it
        except OSError as error:
            raise FileUnusable(str(self._gpg.run_directory), error_phrase(error)) from None
        self._waiting.append(_Letter(ciphertext, slot, self._opened_fifo(slot)))
        self._name(slot)

    def _take(self, letter: _Letter) -> Decrypted:
        """The result of the first waiting letter; it waits no more."""
        block = self._listened(letter)
        self._waiting.popleft()
        os.close(letter.fifo)
        self._free.append(letter.slot)
        if isinstance(block, OpeningFailure):
            self._restart()
            return Decrypted(None, block)
        if block is None:
            self._restart()
            return self._single.decrypt(letter.ciphertext)
        status = parse_status(block)
        if decryption_ok(status) and is_integrity_protected(status) and letter.length:
            return Decrypted(
                b"".join(letter.chunks),
                signatures=self._single.with_expiry(status),
                sealed_to=sealed_to(status),
                opened_with=opened_with(status),
            )
        return self._single.decrypt(letter.ciphertext)

    def _listened(self, letter: _Letter) -> bytes | OpeningFailure | None:
        """The letter's status block, its plaintext gathered; a failure if too long or too slow; None if gpg ended."""
        deadline = time.monotonic() + self._timeout
        own, following, everything = self._signals(letter)
        alive = self._hear()
        while (end := self._unread.find(_DONE)) < 0:
            if not alive:
                return None
            if letter.length > self._output_cap or len(self._unread) > _STATUS_CAP:
                return OpeningFailure.TOO_LARGE
            left = deadline - time.monotonic()
            if left <= 0:
                return OpeningFailure.TIMED_OUT
            events = (following if letter.is_ended else own).poll(_QUIET_MS) or everything.poll(left * 1000)
            # A FIFO that gpg has not opened yet reads as ended: only an event on it means something.
            if any(descriptor == letter.fifo for descriptor, _ in events) and letter.drain():
                everything.unregister(letter.fifo)
            alive = self._hear()
        block, self._unread = self._unread[:end], self._unread[end + len(_DONE) - 1 :]
        letter.drain()
        if letter.length > self._output_cap:
            return OpeningFailure.TOO_LARGE
        named = block.lstrip(b"\n").partition(b"\n")[0]
        is_its_own = named.startswith(b"[GNUPG:] FILE_START ") and named.endswith(b"/%d.pgp" % letter.slot)
        return block if is_its_own else None

    def _signals(self, letter: _Letter) -> tuple[select.poll, select.poll, select.poll]:
        """What to wait for, in turn: the letter's plaintext; what shows that its block is complete; anything.

        gpg writes its status line by line, and each would wake us. It opens the next letter's FIFO after the
        last line of this one's block, so that with letters ahead one wake serves for all lines.
        """
        own, following, everything = select.poll(), select.poll(), select.poll()
        own.register(letter.fifo, select.POLLIN)
        following.register(self._waiting[1].fifo if len(self._waiting) > 1 else self._status, select.POLLIN)
        everything.register(letter.fifo, select.POLLIN)
        everything.register(self._status, select.POLLIN)
        return own, following, everything

    def _hear(self) -> bool:
        """Take what the status pipe holds; False once gpg has ended."""
        try:
            chunk = os.read(self._status, _CHUNK)
        except BlockingIOError:
            return True
        self._unread += chunk
        return bool(chunk)

    # --- the process -----------------------------------------------------------------------------------

    def _start(self) -> None:
        command = [*self._gpg.base(), "--yes", "--no-armor", "--decrypt-files"]
        self._process, self._status = self._gpg.start(
            command, self._stack, passphrase=self._passphrase, stdout=subprocess.DEVNULL
        )
        os.set_blocking(self._status, False)
        self._unread = b""

    def _restart(self) -> None:
        """A new gpg, given again the names of the letters that wait."""
        self._stack.close()
        self._start()
        for letter in self._waiting:
            os.close(letter.fifo)
            letter.fifo = self._opened_fifo(letter.slot)
            letter.chunks, letter.length, letter.is_ended = [], 0, False
            self._name(letter.slot)

    def _name(self, slot: int) -> None:
        assert self._process
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):  # gpg has ended: seen when its status pipe closes
            os.write(self._process.stdin.fileno(), os.fsencode(self._cipher(slot)) + b"\n")

    def _cipher(self, slot: int) -> str:
        return f"{self._directory}/{slot}.pgp"

    def _fifo(self, slot: int) -> str:
        return f"{self._directory}/{slot}"  # what gpg makes of the name above

    def _opened_fifo(self, slot: int) -> int:
        return os.open(self._fifo(slot), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)


def _is_plain_seal(ciphertext: bytes) -> bool:
    """Whether it looks like one SEIPD version 1 message to keys, where the status alone decides (not tag 20)."""
    layout = layout_or_none(ciphertext)
    if layout is None or layout.stray or layout.passwords:
        return False
    return layout.seal is SealForm.INTEGRITY_PROTECTED and not layout.unsupported
