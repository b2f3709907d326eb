"""The one place where gpg is started: PGP.md section 2's invocation contract, kept for every process."""

import contextlib
import os
import re
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from therapymail.errors import FileUnusable, GnupgMissing, GnupgUnusable
from therapymail.paths import error_phrase
from therapymail.pgp.process import environment, forbid_core_dumps
from therapymail.pgp.status import StatusLine, parse_status

MIBIBYTE = 1 << 20
OUTPUT_CAP = 64 * MIBIBYTE
RUN_SECONDS = 120.0
_CHUNK = 1 << 16
_FROM_OUTSIDE = {signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT}
# Of GnuPG 2.4 and later: no packet but those of RFC 4880, and no key that asks others for more (PGP.md W1, K9). Keys of
# its users often ask for OCB, which the clients' other programs cannot read. GnuPG 2.2 does so anyway.
RFC_4880_ALONE = "--compliance=openpgp"
_FINGERPRINT = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")
# gpg for programs: no configuration, no terminal, no network, no key from anywhere but the given rings.
_BASE = (
    "--batch",
    "--no-tty",
    "--no-greeting",
    "--no-verbose",
    "--display-charset=utf-8",
    "--exit-on-status-write-error",
    "--no-auto-key-retrieve",
    "--no-auto-key-locate",
    "--no-auto-key-import",
    "--no-auto-check-trustdb",
    "--disable-dirmngr",
    "--trust-model=always",
    "--no-symkey-cache",
    "--no-encrypt-to",
    "--no-throw-keyids",
)


@dataclass(frozen=True)
class GpgRun:
    """What one gpg process did. `output` is never to be trusted by itself: the status decides (H3, S1).

    `capped` and `timed_out` say that the process was ended because it wrote more than allowed or took too long.
    """

    status: tuple[StatusLine, ...]
    output: bytes
    returncode: int
    capped: bool = False
    timed_out: bool = False

    @property
    def killed(self) -> bool:
        """Whether somebody else ended it, and not what it read: what it has said is not all that there is."""
        return -self.returncode in _FROM_OUTSIDE and not (self.capped or self.timed_out)


@dataclass(frozen=True)
class Gpg:
    """A GnuPG home and how gpg is run on it.

    `homedir` and `run_directory` (private, memory-backed) are absolute. `keyring` is a further keyring
    with clients' certificates. `now` (UTC) makes gpg believe that time, for the demo. `asks` lets gpg's own
    pinentry ask the person: only in the person's own GnuPG home; otherwise a passphrase comes only from us.
    """

    homedir: Path
    run_directory: Path
    keyring: Path | None = None
    now: datetime | None = None
    program: str = "gpg"
    asks: bool = False

    def run(
        self,
        arguments: Sequence[str],
        stdin: bytes = b"",
        *,
        passphrase: bytes | None = None,
        private_options: Sequence[str] = (),
        output_cap: int = OUTPUT_CAP,
        timeout: float = RUN_SECONDS,
        killable: bool = False,
    ) -> GpgRun:
        """Run gpg with `arguments` (options, then the command, `--` before file names) and wait for its end.

        `private_options` hold whatever names a person or an address: they go in a 0600 options file, never
        in argv (S28). `output_cap` in bytes, `timeout` in seconds of wall clock. `killable`: the caller asks whether
        it was killed. Raises GnupgMissing, GnupgUnusable where it was (S23), and FileUnusable if the run directory or
        the keyring cannot be used.
        """
        with contextlib.ExitStack() as stack:
            # gpg's own limit stands behind the reader's: where gpg stops by itself, it reports success.
            base = [*self.base(self._options(stack, private_options)), "--max-output", str(output_cap + MIBIBYTE)]
            process, status = self.start([*base, *arguments], stack, passphrase=passphrase)
            run = _Conversation(process, status, stdin, output_cap, time.monotonic() + timeout).held()
        if run.killed and not killable:
            raise GnupgUnusable("it was ended from outside")
        return run

    def base(self, options: Path | None = None) -> list[str]:
        """The program and the options that every call begins with. Raises FileUnusable for a missing keyring."""
        # With 2.4, --no-options makes gpg ignore --options too; either keeps the home's gpg.conf unread.
        conf = ["--options", str(options)] if options else ["--no-options"]
        command = [self.program, "--homedir", str(self.homedir), *conf, *_BASE]
        if not self.asks:
            command += ["--pinentry-mode", "loopback"]
        if self.now:
            command += ["--faked-system-time", f"{self.now.astimezone(UTC):%Y%m%dT%H%M%S}!"]
        if self.keyring:
            if not self.keyring.is_file():
                raise FileUnusable(str(self.keyring), "it does not exist")
            command += ["--keyring", str(self.keyring)]
        return command

    def start(
        self,
        command: list[str],
        stack: contextlib.ExitStack,
        *,
        passphrase: bytes | None = None,
        stdout: int = subprocess.PIPE,
        stdin: int = subprocess.PIPE,
    ) -> tuple[subprocess.Popen[bytes], int]:
        """Start `command` with a status pipe and, if given, a passphrase pipe; ended when `stack` is left.

        Returns the process and the reading end of the status pipe. Raises GnupgMissing.
        """
        forbid_core_dumps()
        status, status_write = os.pipe()
        stack.callback(os.close, status)
        handed = [status_write]
        extra = ["--status-fd", str(status_write)]
        if passphrase is not None:
            handed.append(_filled_pipe(passphrase + b"\n"))
            extra += ["--passphrase-fd", str(handed[-1])]
        try:
            process = subprocess.Popen(
                [command[0], *extra, *command[1:]],
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.DEVNULL,  # for people, unstable, and able to hold names: nobody reads it
                pass_fds=handed,
                env=environment(asks=self.asks),
                cwd="/",
                start_new_session=True,  # no terminal to wreck, and Ctrl-C reaches us alone
            )
        except OSError:
            raise GnupgMissing(self.program) from None
        finally:
            for descriptor in handed:
                os.close(descriptor)
        stack.callback(end, process)
        return process, status

    def on(self, homedir: Path) -> "Gpg":
        """The same gpg on another home, without the clients' keyring."""
        return replace(self, homedir=homedir, keyring=None, asks=False)

    @contextlib.contextmanager
    def private_file(self, content: bytes) -> Iterator[Path]:
        """`content` in a 0600 file in the run directory, gone afterwards. Never for opened text."""
        try:
            descriptor, name = tempfile.mkstemp(prefix="f-", dir=self.run_directory)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        except OSError as error:
            raise FileUnusable(str(self.run_directory), error_phrase(error)) from None
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _options(self, stack: contextlib.ExitStack, lines: Sequence[str]) -> Path | None:
        if not lines:
            return None
        content = "".join(f"{line}\n" for line in lines)
        return stack.enter_context(self.private_file(content.encode()))


def end(process: subprocess.Popen[bytes]) -> None:
    """Make sure `process` is over and its pipes are closed."""
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    if process.poll() is None:
        process.kill()
    process.wait()


def recipient(fingerprint: str) -> list[str]:
    """The arguments that seal to exactly this key. Raises GnupgUnusable for anything but a full fingerprint.

    gpg takes an address, a name or a part of one for whatever key happens to match it (HAZARDS H1, PGP.md D8).
    """
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise GnupgUnusable("a recipient must be named by a full fingerprint")
    return ["--recipient", fingerprint]


def _filled_pipe(content: bytes) -> int:
    """The reading end of a pipe that already holds `content` (a passphrase: far below a pipe's capacity)."""
    reading, writing = os.pipe()
    try:
        os.write(writing, content)
    finally:
        os.close(writing)
    return reading


class _Conversation:
    """Feeds a gpg process and gathers what it says until it ends, the cap is passed or the time is up."""

    def __init__(
        self, process: subprocess.Popen[bytes], status: int, stdin: bytes, output_cap: int, deadline: float
    ) -> None:
        self._process, self._status = process, status
        self._unsent = memoryview(stdin)
        self._cap, self._deadline = output_cap, deadline
        self._heard: dict[int, list[bytes]] = {status: [], _pipe(process.stdout).fileno(): []}
        self._length = 0

    def held(self) -> GpgRun:
        stdout = _pipe(self._process.stdout).fileno()
        timed_out = not self._exchange(stdout)
        capped = self._length > self._cap
        if timed_out or capped:
            self._process.kill()
        returncode = self._process.wait()
        output = b"" if timed_out or capped else b"".join(self._heard[stdout])
        status = parse_status(b"".join(self._heard[self._status]))
        return GpgRun(status, output, returncode, capped=capped, timed_out=timed_out)

    def _exchange(self, stdout: int) -> bool:
        """Feed and listen until both outputs are closed or the cap is passed; False if the time is up."""
        poll = select.poll()
        open_ends = {self._status, stdout}
        for descriptor in open_ends:
            poll.register(descriptor, select.POLLIN)
        self._offer(poll)
        while open_ends and self._length <= self._cap:
            left = self._deadline - time.monotonic()
            if left <= 0:
                return False
            for descriptor, _ in poll.poll(left * 1000):
                if descriptor not in open_ends:
                    self._feed(poll)
                elif chunk := os.read(descriptor, _CHUNK):
                    self._heard[descriptor].append(chunk)
                    self._length += len(chunk) if descriptor == stdout else 0
                else:
                    poll.unregister(descriptor)
                    open_ends.discard(descriptor)
        return True

    def _offer(self, poll: "select.poll") -> None:
        stdin = _pipe(self._process.stdin)
        os.set_blocking(stdin.fileno(), False)
        poll.register(stdin.fileno(), select.POLLOUT)

    def _feed(self, poll: "select.poll") -> None:
        stdin = _pipe(self._process.stdin)
        try:
            self._unsent = self._unsent[os.write(stdin.fileno(), self._unsent[: 1 << 20]) :]
        except BrokenPipeError:  # gpg had enough: a normal end (PGP.md P3)
            self._unsent = memoryview(b"")
        except BlockingIOError:
            return
        if not self._unsent:
            poll.unregister(stdin.fileno())
            stdin.close()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # every process here is started with its pipes
    return stream
