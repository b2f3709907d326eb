"""Seals a stream: what is written goes through gpg, and only sealed bytes come out; no text on any disk.

`sealed_stream` seals to one key and signs nothing: it says nothing of who made it, and needs no secret key.
`signed_stream` seals to the own key and perhaps others, and signs: what only its maker is believed about.
"""

import contextlib
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from therapymail.domain.sealing import Hindrance
from therapymail.errors import GnupgUnusable, KeyRefused, SealingFailed
from therapymail.pgp.certificate_packets import encryption_key_ids, key_fingerprints
from therapymail.pgp.own_key_care import own_certificate
from therapymail.pgp.packets import recipients_before_data
from therapymail.pgp.runner import RFC_4880_ALONE, Gpg, end
from therapymail.pgp.status import StatusLine, has, parse_status, passphrase_error, values_of

Sink = Callable[[bytes], object]
_CHUNK = 1 << 16
_HEAD = 1 << 12  # octets: far more than one session key and the beginning of what it opens
_REFUSALS = frozenset({"INV_RECP", "NO_RECP", "FAILURE", "ERROR"})


@contextlib.contextmanager
def sealed_stream(gpg: Gpg, certificate: bytes, fingerprint: str, sink: Sink) -> "Iterator[SealedStream]":
    """A stream that hands to `sink` what is written to it, sealed to the key `fingerprint` alone (PGP.md D8, C17).

    The certificate is binary, read by gpg from a private file, so that no keyring can offer another. What `sink` has
    got counts only once `finish` was called and raised nothing. What `sink` raises is raised again by it.
    Raises SealingFailed, GnupgMissing, GnupgUnusable, FileUnusable.
    """
    with _stream(gpg, [Recipient(fingerprint, certificate)], [], sink) as stream:
        yield stream


class Recipient(NamedTuple):
    """A key to seal to: its full fingerprint, and the certificate (binary) that must be of that key."""

    fingerprint: str
    certificate: bytes


@contextlib.contextmanager
def signed_stream(gpg: Gpg, own_key: str, others: Sequence[Recipient], sink: Sink) -> "Iterator[SealedStream]":
    """As `sealed_stream`, to the own key (full fingerprint) and each of `others`, and signed by the own key.

    Not compressed: what is sealed so is encrypted already. The own key's passphrase must be with the agent. Raises
    PassphraseNeeded and KeyUnknown too.
    """
    own = Recipient(own_key, own_certificate(gpg, own_key))
    unlike = {other.fingerprint: other for other in others if other.fingerprint != own_key}
    signing = ["--compress-algo", "none", "--local-user", own_key, "--sign"]
    with _stream(gpg, [own, *unlike.values()], signing, sink, signer=own_key) as stream:
        yield stream


@contextlib.contextmanager
def _stream(
    gpg: Gpg, recipients: Sequence[Recipient], also: Sequence[str], sink: Sink, signer: str = ""
) -> "Iterator[SealedStream]":
    for each in recipients:
        _require_key(each)
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(gpg.private_file(each.certificate)) for each in recipients]
        to = [argument for file in files for argument in ("--recipient-file", str(file))]
        how = ["--cipher-algo", "AES256", RFC_4880_ALONE, *to, *also, "--output", "-", "--encrypt"]
        process, status = gpg.start([*gpg.base(), *how], stack)
        key_ids = tuple(encryption_key_ids(each.certificate) for each in recipients)
        stream = SealedStream(process, status, key_ids, sink, signer)
        stack.callback(stream.abandon)
        yield stream


def _require_key(recipient: Recipient) -> None:
    try:
        if key_fingerprints(recipient.certificate)[0] != recipient.fingerprint.upper():
            raise SealingFailed(Hindrance.KEY_NOT_HELD)
    except KeyRefused:
        raise SealingFailed(Hindrance.KEY_NOT_HELD) from None


class SealedStream:
    """A file to write to. Made by `sealed_stream` and `signed_stream`."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        status: int,
        key_ids: tuple[frozenset[str], ...],
        sink: Sink,
        signer: str,
    ) -> None:
        self._process, self._status, self._key_ids, self._sink, self._signer = process, status, key_ids, sink, signer
        self._head = b""
        self._error: BaseException | None = None
        self._said: tuple[StatusLine, ...] = ()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._hand_on, self._listen)]
        for thread in self._threads:
            thread.start()

    def write(self, content: bytes) -> int:
        """Add `content`; how many bytes that were."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # gpg has ended: `finish` says why
            self._process.stdin.write(content)
        return len(content)

    def flush(self) -> None:
        """Nothing: what is written goes on by itself."""

    def finish(self) -> None:
        """End the stream. Raises SealingFailed, GnupgUnusable, and what the sink raised."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._join()
        if self._error is not None:
            raise self._error
        if values_of(self._said, "INV_RECP") or has(self._said, "NO_RECP"):
            raise SealingFailed(Hindrance.KEY_UNUSABLE)
        if self._signer and self._process.returncode and (locked := passphrase_error(self._said)):
            raise locked
        if not (self._is_sealed() and self._is_signed()):
            raise GnupgUnusable("it did not seal the file as asked")

    def abandon(self) -> None:
        """End gpg, whatever it is doing, and wait for what it said."""
        if self._process.poll() is None:
            self._process.kill()
        self._join()
        end(self._process)

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()
        self._process.wait()

    def _is_sealed(self) -> bool:
        """PGP.md section 2: gpg's whole word, and what stands there is one sealed message to exactly these keys."""
        said = [line.keyword for line in self._said]
        is_whole = self._process.returncode == 0 and said.count("END_ENCRYPTION") == 1 and _REFUSALS.isdisjoint(said)
        recipients = recipients_before_data(self._head)
        if not is_whole or recipients is None or len(recipients) != len(self._key_ids):
            return False
        return all(len(set(recipients) & each) == 1 for each in self._key_ids)

    def _is_signed(self) -> bool:
        signed = [fields[5] for fields in values_of(self._said, "SIG_CREATED") if len(fields) > 5]
        return signed == ([self._signer] if self._signer else [])

    def _hand_on(self) -> None:
        assert self._process.stdout is not None
        try:
            while chunk := os.read(self._process.stdout.fileno(), _CHUNK):
                self._head += chunk[: _HEAD - len(self._head)]
                self._sink(chunk)
        except BaseException as error:  # noqa: BLE001 - raised again by `finish`, in the thread that writes
            self._error = error
            self._process.kill()

    def _listen(self) -> None:
        said = b""
        while chunk := os.read(self._status, _CHUNK):
            said += chunk
        self._said = parse_status(said)
