"""What gpg reports on its status pipe, read as bytes, and the exact predicates of PGP.md section 3."""

import functools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from therapymail.domain.seal import OpeningFailure, SignatureFact, SignatureFinding
from therapymail.errors import PassphraseNeeded, PassphraseWrong
from therapymail.pgp.packets import HIDDEN_RECIPIENT

_MOST_DIGITS = 20
_LINE_START = b"\n[GNUPG:] "


class StatusLine(NamedTuple):
    """One status line: its keyword and the rest of the line, still percent-escaped bytes."""

    keyword: str
    arguments: bytes

    def fields(self) -> list[str]:
        """The arguments split at blanks. Only for keywords whose arguments hold no name and no file name."""
        return self.arguments.decode("ascii", "replace").split(" ")


def parse_status(raw: bytes) -> tuple[StatusLine, ...]:
    r"""The status lines in what gpg wrote to its status pipe; only ``\\n`` ends a line (PGP.md P1, HAZARDS S5)."""
    found = []
    for piece in (b"\n" + raw).split(_LINE_START)[1:]:
        line = piece.partition(b"\n")[0] if b"\n" in piece else piece  # what follows is no status line
        keyword, _, arguments = line.partition(b" ")
        found.append(StatusLine(_keyword(keyword), arguments))
    return tuple(found)


@functools.lru_cache(maxsize=256)
def _keyword(word: bytes) -> str:
    return word.decode("ascii", "replace")


def values_of(lines: Iterable[StatusLine], keyword: str) -> list[list[str]]:
    """The fields of every line with `keyword`."""
    return [line.fields() for line in lines if line.keyword == keyword]


def has(lines: Iterable[StatusLine], keyword: str) -> bool:
    """Whether a line has `keyword`."""
    return any(line.keyword == keyword for line in lines)


# --- opening ----------------------------------------------------------------------------------------

_SPOILERS = {"DECRYPTION_FAILED", "BADMDC", "NODATA", "UNEXPECTED"}
_ONCE = ("BEGIN_DECRYPTION", "DECRYPTION_OKAY", "END_DECRYPTION", "PLAINTEXT")
_MDC_SHA1 = "2"

# Codes of libgpg-error (low 16 bits).
_BAD_PASSPHRASE = 11
_PASSPHRASE_CODES = {31, 85, 86, 99, 114, 177, 198}  # absent, no pinentry, given up
_AGENT_CODES = {77, 78, 101}  # no agent, agent not reached, agent error


def sealed_to(lines: Sequence[StatusLine]) -> tuple[str, ...]:
    """The key ids of the recipients gpg saw, in order; zeros for a hidden one."""
    return tuple(dict.fromkeys(fields[0].upper() for fields in values_of(lines, "ENC_TO") if fields[0]))


def opened_with(lines: Sequence[StatusLine]) -> str | None:
    """The primary fingerprint of the own key that opened the message; None if no recipient's key did (H4)."""
    recipients = sealed_to(lines)
    for fields in values_of(lines, "DECRYPTION_KEY"):
        if len(fields) > 1 and (fields[0][-16:] in recipients or HIDDEN_RECIPIENT in recipients):
            return fields[1]
    return None


def decryption_ok(lines: Sequence[StatusLine]) -> bool:
    """Conditions (a) to (d) of PGP.md section 3, and that an own key opened it (H4, S4).

    The exit code, condition (e), is the caller's: in a batch it belongs to no single message.
    """
    order = [line.keyword for line in lines]
    if not all(order.count(word) == 1 for word in _ONCE):
        return False
    begun, after = order.index("BEGIN_DECRYPTION"), order[order.index("BEGIN_DECRYPTION") :]
    if not begun < order.index("PLAINTEXT") < order.index("END_DECRYPTION"):
        return False
    if "DECRYPTION_OKAY" not in after or "GOODMDC" not in order:
        return False
    spoilt = not _SPOILERS.isdisjoint(after) or any(word.startswith("ERROR") for word in after)
    if "FAILURE" in after:
        spoilt = spoilt or any(fields[0] == "decrypt" for fields in values_of(lines[begun:], "FAILURE"))
    return not spoilt and opened_with(lines) is not None


def is_integrity_protected(lines: Sequence[StatusLine]) -> bool:
    """Whether the one encrypted packet was SEIPD version 1 with its MDC: there, the status alone decides."""
    found = values_of(lines, "DECRYPTION_INFO")
    return len(found) == 1 and found[0][0] == _MDC_SHA1


def error_codes(lines: Sequence[StatusLine]) -> set[int]:
    """The libgpg-error codes (low 16 bits) of all ERROR and FAILURE lines."""
    codes = set()
    for fields in (*values_of(lines, "ERROR"), *values_of(lines, "FAILURE")):
        number = _number(fields[1].partition("_")[0]) if len(fields) > 1 else None
        if number is not None:
            codes.add(number & 0xFFFF)
    return codes


def is_agent_missing(lines: Sequence[StatusLine]) -> bool:
    """Whether gpg could not talk to its agent: no fault of any letter."""
    return bool(error_codes(lines) & _AGENT_CODES)


def passphrase_error(lines: Sequence[StatusLine]) -> PassphraseNeeded | PassphraseWrong | None:
    """The error to raise where a private key stayed shut for want of its passphrase; None if that was not it.

    Only for work that failed: a key that was asked for in vain may stand beside one that served.
    """
    if _BAD_PASSPHRASE in error_codes(lines):
        return PassphraseWrong()
    asked = has(lines, "NEED_PASSPHRASE") or has(lines, "MISSING_PASSPHRASE")
    return PassphraseNeeded() if asked or error_codes(lines) & _PASSPHRASE_CODES else None


def failure_in(lines: Sequence[StatusLine]) -> OpeningFailure:
    """Why a message that did not pass was not opened, as far as the status says it."""
    words = [line.keyword for line in lines]
    if "DECRYPTION_INFO" not in words:
        return _unopened(lines, words)
    if _begins_with_unknown(lines, words):
        return OpeningFailure.UNSUPPORTED
    if words.count("PLAINTEXT") > 1 or words.count("BEGIN_DECRYPTION") > 1 or _is_two_messages(lines):
        return OpeningFailure.STRUCTURE
    if "BADMDC" in words:
        return OpeningFailure.ALTERED
    if opened_with(lines) is None:
        return OpeningFailure.SYMMETRIC
    if "GOODMDC" not in words and not is_integrity_protected(lines):
        return OpeningFailure.NO_INTEGRITY
    if "PLAINTEXT" not in words:
        return OpeningFailure.DAMAGED
    return OpeningFailure.ALTERED


def _begins_with_unknown(lines: Sequence[StatusLine], words: list[str]) -> bool:
    """Whether what was sealed is whole and begins with a packet that gpg does not know: a signature of version 6.

    PGP.md section 3: `NODATA 3` where the text should begin. Of an OCB packet gpg's GOODMDC proves nothing (T7042).
    """
    first = lines[words.index("DECRYPTION_INFO") + 1 :][:1]
    is_unknown = bool(first) and first[0].keyword == "NODATA" and first[0].fields()[:1] == ["3"]
    is_whole = is_integrity_protected(lines) and "GOODMDC" in words and "BADMDC" not in words
    return is_unknown and is_whole and "PLAINTEXT" not in words


def _unopened(lines: Sequence[StatusLine], words: list[str]) -> OpeningFailure:
    """Why no session key was had."""
    if "PLAINTEXT" in words:
        return OpeningFailure.STRUCTURE
    recipients = sealed_to(lines)
    if "NEED_PASSPHRASE_SYM" in words or (not recipients and "MISSING_PASSPHRASE" in words):
        return OpeningFailure.SYMMETRIC
    if passphrase_error(lines):
        return OpeningFailure.LOCKED
    lacking = {fields[0].upper() for fields in values_of(lines, "NO_SECKEY")}
    if recipients and set(recipients) - {HIDDEN_RECIPIENT} <= lacking:
        return OpeningFailure.NO_KEY
    return OpeningFailure.DAMAGED


def _is_two_messages(lines: Sequence[StatusLine]) -> bool:
    return any(line.keyword == "ERROR" and b"plaintext" in line.arguments for line in lines)


# --- signatures -------------------------------------------------------------------------------------

_FINDINGS = {
    "GOODSIG": SignatureFinding.GOOD,
    "EXPSIG": SignatureFinding.EXPIRED,
    "EXPKEYSIG": SignatureFinding.KEY_EXPIRED,
    "REVKEYSIG": SignatureFinding.KEY_REVOKED,
    "BADSIG": SignatureFinding.BAD,
    "ERRSIG": SignatureFinding.UNCHECKED,
}
_DOCUMENT_CLASSES = {"00", "01"}  # RFC 9580 section 5.2.1: binary, text
_NO_PUBLIC_KEY = "9"
_FINGERPRINT_LENGTHS = {40, 64}


def signature_facts(lines: Sequence[StatusLine]) -> tuple[SignatureFact, ...]:
    """The fact of each signature: one for each NEWSIG group, in gpg's order (PGP.md section 3, D4, D5).

    `key_expires` is None: gpg does not report it beside a signature.
    """
    groups: list[list[StatusLine]] = []
    for line in lines:
        if line.keyword == "NEWSIG":
            groups.append([])
        elif groups:
            groups[-1].append(line)
    return tuple(_fact(group) for group in groups)


def _fact(group: list[StatusLine]) -> SignatureFact:
    verdicts = [line for line in group if line.keyword in _FINDINGS]
    valid = values_of(group, "VALIDSIG")
    if len(verdicts) != 1 or len(valid) > 1:
        is_bad = any(line.keyword == "BADSIG" for line in verdicts)
        return SignatureFact(SignatureFinding.BAD if is_bad else SignatureFinding.UNCHECKED)
    verdict = verdicts[0]
    if verdict.keyword == "ERRSIG":
        return _unchecked(verdict.fields())
    finding = _FINDINGS[verdict.keyword]
    if valid and len(valid[0]) > 9:
        return _valid(finding, valid[0], values_of(group, "SIG_ID"))
    if finding is not SignatureFinding.BAD:
        finding = SignatureFinding.UNCHECKED  # D4: GOODSIG counts only beside VALIDSIG
    key_id = verdict.arguments.partition(b" ")[0].decode("ascii", "replace")
    return SignatureFact(finding, signer=key_id or None)


def _valid(finding: SignatureFinding, fields: list[str], identities: list[list[str]]) -> SignatureFact:
    if fields[8] not in _DOCUMENT_CLASSES:
        finding = SignatureFinding.UNCHECKED
    digest = _number(fields[7])
    identity = identities[0][0] if len(identities) == 1 and identities[0] else None
    return SignatureFact(finding, signer=fields[9], made_at=_moment(fields[2]), digest=digest, identity=identity)


def _unchecked(fields: list[str]) -> SignatureFact:
    """ERRSIG: key id, key algorithm, hash, class, time, reason, issuer's fingerprint (newer gpg)."""
    fields = [*fields, *[""] * 7]
    finding = SignatureFinding.KEY_UNKNOWN if fields[5] == _NO_PUBLIC_KEY else SignatureFinding.UNCHECKED
    issuer = fields[6] if len(fields[6]) in _FINGERPRINT_LENGTHS else fields[0]
    digest = _number(fields[2])
    return SignatureFact(finding, signer=issuer or None, made_at=_moment(fields[4]), digest=digest)


def _number(text: str) -> int | None:
    """A number as gpg writes one; None for anything else, and for one longer than any of gpg's."""
    return int(text) if text.isdigit() and len(text) <= _MOST_DIGITS else None


def _moment(seconds: str) -> datetime | None:
    """A status line's time: seconds since 1970, or ISO 8601 basic form in UTC after 2038-like dates."""
    try:
        if seconds.isdigit():
            return datetime.fromtimestamp(int(seconds), UTC) if int(seconds) else None
        return datetime.strptime(seconds, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
