"""Opens one message with one gpg process, and decides by PGP.md section 3's predicate in full."""

from therapymail.domain.seal import OpeningFailure, SignatureFact, SignatureFinding
from therapymail.errors import OpenPgpUnreadable
from therapymail.pgp.agent import require_agent
from therapymail.pgp.colons import listed_keys
from therapymail.pgp.decrypter import Decrypted, Unwrapped
from therapymail.pgp.packets import MessageLayout, SealForm, read_layout, without_passwords
from therapymail.pgp.runner import OUTPUT_CAP, RUN_SECONDS, Gpg, GpgRun
from therapymail.pgp.status import (
    StatusLine,
    decryption_ok,
    failure_in,
    has,
    is_agent_missing,
    opened_with,
    sealed_to,
    signature_facts,
    values_of,
)

_CLEARTEXT = b"-----BEGIN PGP SIGNED MESSAGE-----"
_OPEN = ("--no-armor", "--output", "-", "--decrypt")
_UNDECIDED = {1, 2}  # a bad or unknown signature on a good message, or an altered one: gpg says 1 and 2 to both


class SingleOpener:
    """A Decrypter that starts one gpg for every call: the strict one, and the one that bulk opening falls back on.

    `passphrase` opens the own key where the agent does not hold it. `output_cap` in bytes of plaintext,
    `timeout` in seconds a process.
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

    def decrypt(self, ciphertext: bytes) -> Decrypted:
        """Open one sealed message; see Decrypter. Raises GnupgMissing, GnupgUnusable, FileUnusable."""
        ciphertext = without_passwords(ciphertext)
        first = self._run(_OPEN, ciphertext)
        notes: tuple[str, ...] = ()
        if decryption_ok(first.status) and not _is_cut(first):
            if first.returncode in _UNDECIDED:
                second = self._run(("--skip-verify", *_OPEN), ciphertext)
                accepted = second.returncode == 0 and decryption_ok(second.status) and second.output == first.output
                notes = ("opened-twice",)
            else:
                accepted = first.returncode == 0
            if accepted:
                return self._opened(first, notes)
        return self._not_opened(first, layout_or_none(ciphertext), notes)

    def verify_detached(self, signed: bytes, signature: bytes) -> tuple[SignatureFact, ...]:
        """The facts of `signature` over exactly `signed`; see Decrypter."""
        with self._gpg.private_file(signature) as file:
            run = self._run(("--no-armor", "--verify", "--", str(file), "-"), signed)
        if run.timed_out or has(run.status, "PLAINTEXT"):  # a signature that brings its own text signs nothing of ours
            return ()
        return self.with_expiry(run.status)

    def unwrap_signed(self, data: bytes) -> Unwrapped:
        """Take the signature layer off `data`; see Decrypter."""
        armor = () if data.startswith(_CLEARTEXT) else ("--no-armor",)
        run = self._run((*armor, "--output", "-", "--decrypt"), data)
        words = [line.keyword for line in run.status]
        encrypted = {"ENC_TO", "BEGIN_DECRYPTION", "NEED_PASSPHRASE_SYM"} & set(words)
        damaged = {"NODATA", "UNEXPECTED"} & set(words) or any(word.startswith("ERROR") for word in words)
        if encrypted or damaged or words.count("PLAINTEXT") != 1 or _is_cut(run):
            return Unwrapped(None)
        return Unwrapped(run.output, self.with_expiry(run.status))

    def with_expiry(self, status: tuple[StatusLine, ...]) -> tuple[SignatureFact, ...]:
        """The signature facts in `status`; those by an expired key with the time it expired."""
        facts = signature_facts(status)
        if not any(fact.finding is SignatureFinding.KEY_EXPIRED for fact in facts):
            return facts
        signing = {fields[0] for fields in values_of(status, "VALIDSIG")}
        return tuple(self._dated(fact, signing) for fact in facts)

    def _dated(self, fact: SignatureFact, signing: set[str]) -> SignatureFact:
        if fact.finding is not SignatureFinding.KEY_EXPIRED or not fact.signer:
            return fact
        for key in listed_keys(self._gpg, fact.signer):
            expiries = [part.expires for part in (key.primary, *key.subkeys) if part.fingerprint in signing]
            ends = [moment for moment in (key.primary.expires, *expiries) if moment]
            return fact._replace(key_expires=min(ends, default=None))
        return fact

    def _run(self, arguments: tuple[str, ...], stdin: bytes) -> GpgRun:
        run = self._run_once(arguments, stdin)
        if run.killed:  # which says nothing of the message (S23)
            run = self._run_once(arguments, stdin)
        if is_agent_missing(run.status):
            require_agent(self._gpg)
        return run

    def _run_once(self, arguments: tuple[str, ...], stdin: bytes) -> GpgRun:
        return self._gpg.run(
            arguments,
            stdin,
            passphrase=self._passphrase,
            output_cap=self._output_cap,
            timeout=self._timeout,
            killable=True,
        )

    def _opened(self, run: GpgRun, notes: tuple[str, ...]) -> Decrypted:
        return Decrypted(
            run.output,
            signatures=self.with_expiry(run.status),
            sealed_to=sealed_to(run.status),
            opened_with=opened_with(run.status),
            notes=notes,
        )

    def _not_opened(self, run: GpgRun, layout: MessageLayout | None, notes: tuple[str, ...]) -> Decrypted:
        failure = _why(run, layout)
        if failure is OpeningFailure.NO_KEY:
            require_agent(self._gpg)  # without its agent gpg holds no secret key at all: no fault of the letter
        if failure is OpeningFailure.STRUCTURE and layout and layout.seal is None:
            notes = (*notes, "not-encrypted")
        recipients = sealed_to(run.status) or (layout.recipients if layout else ())
        return Decrypted(None, failure, sealed_to=recipients, notes=notes)


def layout_or_none(ciphertext: bytes) -> MessageLayout | None:
    """The packet layout of `ciphertext`, or None where it is no whole sequence of packets."""
    try:
        return read_layout(ciphertext)
    except OpenPgpUnreadable:
        return None


def _is_cut(run: GpgRun) -> bool:
    return run.capped or run.timed_out


def _why(run: GpgRun, layout: MessageLayout | None) -> OpeningFailure:
    """The reason in the person's terms: the status, and where it is silent the outside of the message."""
    if run.timed_out:
        return OpeningFailure.TIMED_OUT
    if run.capped:
        return OpeningFailure.TOO_LARGE
    if layout is None:
        return OpeningFailure.DAMAGED
    failure = failure_in(run.status)
    if failure is OpeningFailure.DAMAGED and not layout.readable_by_gpg:
        return OpeningFailure.UNSUPPORTED
    if failure is OpeningFailure.NO_INTEGRITY and layout.seal is not SealForm.NO_INTEGRITY:
        return OpeningFailure.ALTERED
    if failure is OpeningFailure.DAMAGED and layout.seal is SealForm.AEAD and has(run.status, "DECRYPTION_INFO"):
        return OpeningFailure.ALTERED
    return failure
