"""The words on screen for what the code names: verdicts, reasons, notes. PRODUCT's words, one place."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from therapymail.domain.key_fault import UNREADABLE_LETTER, KeyFault, sentence_for_client
from therapymail.domain.kinds import Direction, LetterState, Standing
from therapymail.domain.seal import KeyState, OpeningFailure, Protection, Signature, Verdict

if TYPE_CHECKING:
    from therapymail.domain.client import Client
    from therapymail.domain.found import Coverage

_PROTECTION = {
    Protection.SEALED: "Sealed to your key and opened",
    Protection.PARTLY: "Only a part was sealed",
    Protection.NO: "NOT SEALED: others could read it on its way",
    Protection.FAILED: "Sealed, but not opened",
}

_FAILURE = {
    OpeningFailure.NO_KEY: "it is sealed to a key that is not held here",
    OpeningFailure.LOCKED: "your own key was locked",
    OpeningFailure.ALTERED: "it was altered on its way",
    OpeningFailure.NO_INTEGRITY: "it has no protection against alteration",
    OpeningFailure.DAMAGED: "it is damaged or cut short",
    OpeningFailure.UNSUPPORTED: (
        f"it is in a format this GnuPG cannot read; ask the client, for example: “{UNREADABLE_LETTER}”"
    ),
    OpeningFailure.TOO_LARGE: "its text is larger than is safe to open",
    OpeningFailure.TIMED_OUT: "opening it took too long",
    OpeningFailure.SYMMETRIC: "it is sealed with a password, not to your key",
    OpeningFailure.STRUCTURE: "its structure is not that of one sealed letter",
}


def _unusable_key(fault: KeyFault) -> str:
    return (
        "It brings a key in a format this GnuPG cannot read; nothing was changed. You could write to them:"
        f" “{sentence_for_client(fault)}”"
    )


_NOTES = {
    "another-key": (
        "It is signed by another key than the one pinned when it came; `therapymail client show` says what to do."
    ),
    "autocrypt-setup-message": (
        "It is an Autocrypt Setup Message: a program moves a secret key by it, under a code. None is ever taken from a"
        " mail; a key file of yours is, by `therapymail key import FILE --own`."
    ),
    "boundary-missing": "Its parts are not marked off as they should be.",
    "charset-mislabelled": "Its text was written in another encoding than it says.",
    "charset-unknown": "Its text is in an unknown encoding; some characters may be wrong.",
    "charset-wrong": "Its text does not fit the encoding it names; some characters may be wrong.",
    "attachments-outside-seal": "Attachments beside the sealed text are sealed apart, or not at all.",
    "date-differs-from-receipt": "Its date differs from when it arrived.",
    "duplicate-message-id": "Another letter bears the same Message-ID.",
    "emptied": "A folder that held letters is empty now; the record keeps them.",
    "extra-parts": "Its envelope has more parts than it should.",
    "fewer": "The mail host no longer holds some letters; the record keeps them.",
    "found-in-junk": "Found in the junk folder.",
    "from-mismatch": "The sender outside the seal is not the one inside.",
    "hidden-text": "It holds text that its HTML hides; it is left out.",
    "html-cut": "Its HTML is longer than is safe to read; the rest is left out.",
    "html-too-deep": "Its HTML is nested too deeply; some of it is left out.",
    **{
        f"key-{fault.value}": _unusable_key(fault)
        for fault in (KeyFault.FORMAT, KeyFault.POST_QUANTUM, KeyFault.NEWER_METHOD, KeyFault.OLD_FORMAT)
    },
    "no-client-addressed": "From your address, to nobody known.",
    "no-date": "It bears no date.",
    "no-from": "It names no sender.",
    "not-closed": "Its last part has no end; it may be cut short.",
    "not-encrypted": "It looks sealed but is not.",
    "not-fetched": "",  # the line above it says so
    "not-signed-by-own-key": "Not signed by your key.",
    "opened-twice": "",
    "outer-signature-ignored": "A signature outside the seal says nothing about the letter.",
    "own-address-unproven": "It bears your address, but is not proven to be yours.",
    "protocol-missing": "Its envelope does not say what it is.",
    "quoted-ciphertext": "It quotes sealed text, which stays unopened.",
    "repeated-signature": "Its signature stands below another letter too: it may be an old letter sent again.",
    "not-addressed-to-you": "What is sealed inside was addressed to somebody else.",
    "report-of-unknown-letter": "A delivery report about a letter that is not on the record.",
    "sealed-attachment": "It has a sealed attachment, which stays unopened.",
    "sealed-part": "A part of it is sealed and stays unopened.",
    "sealed-part-inside": "Something sealed lies inside it and stays unopened.",
    "secret-key-enclosed": "It encloses a secret key: whoever reads this mail has it. Ask for a new key.",
    "several-blocks": "It holds several sealed blocks; none is opened.",
    "several-from": "It names several senders.",
    "several-signatures": "It bears several signatures.",
    "several-to": "Addressed to several clients.",
    "signature-damaged": "Its signature cannot be read.",
    "signature-structure": "Its signature does not stand where it should.",
    "signed-at-another-time": "It was signed at another time than its date says.",
    "signed-by-another": "Signed by somebody else's key.",
    "signed-no-mail": "What its signature was made for is no mail, so it proves nothing here.",
    "signed-part": "Only a part of it is signed, which proves nothing about the rest.",
    "signed-part-inside": "Something signed lies inside it; that says nothing about the letter.",
    "smime": "It uses S/MIME, which therapymail does not read.",
    "too-deep": "It is wrapped too many times to be opened whole.",
    "text-cut": "Its text is longer than is safe to read; the rest is left out.",
    "too-many-parts": "It has more parts than are safe to read; the rest is left out.",
    "unknown-address": "From an address that is not known for this client.",
    "unknown-sender": "From an unknown sender.",
    "unsealed-text": "Some text stood outside the seal; it is shown apart.",
    "weak-digest": "Its signature uses an outdated method.",
}

# Notes on what is sealed in a mail and not opened with it.
WITH_PIECES = frozenset({"sealed-part", "sealed-part-inside", "sealed-attachment", "attachments-outside-seal"})
_PIECES = {
    "block": "a sealed block in its text",
    "part": "a sealed part of it",
    "attachment": "a sealed file",
    "mail": "a sealed mail that was forwarded with it",
}

_STATE = {
    LetterState.OPENED: "",
    LetterState.SEALED: "sealed",
    LetterState.FAILED: "not opened",
    LetterState.TOO_LARGE: "too large",
}

_SIGNED = {
    Signature.VERIFIED: "signed by {who}, key verified",
    Signature.PINNED: "signed by {who}, key pinned but not yet verified by another channel",
    Signature.OTHER: "signed by a key {not_theirs}",
    Signature.UNKNOWN: "signed by a key that is not held, so nothing proves {that}",
    Signature.BAD: "SIGNATURE BAD: do not trust it",
    Signature.NONE: "not signed, so nothing proves {that}",
}

# One short word for lists, where the sentence above has no room.
_SIGNED_SHORT = {
    Signature.VERIFIED: "verified",
    Signature.PINNED: "pinned",
    Signature.OTHER: "other key",
    Signature.UNKNOWN: "unknown key",
    Signature.BAD: "BAD",
    Signature.NONE: "unsigned",
}


def seal_short(verdict: Verdict, state: LetterState) -> str:
    """What the seal proved, as short as a list has room for; a hyphen where nothing is known of it."""
    if state is not LetterState.OPENED:
        return "-"
    return {Protection.NO: "not sealed", Protection.PARTLY: "partly"}.get(
        verdict.encrypted, _SIGNED_SHORT[verdict.signature]
    )


def seal_sentence(verdict: Verdict, who: str, failure: OpeningFailure | None = None) -> str:
    """What the seal proved, in one sentence; `who` is a client code, "you", or empty for nobody known."""
    sealed = _PROTECTION[verdict.encrypted]
    if verdict.encrypted is Protection.FAILED:
        return f"{sealed}: {_FAILURE[failure]}." if failure else f"{sealed}."
    signed = _SIGNED[verdict.signature].format(
        who=who,
        that=f"that {who} wrote it" if who else "who wrote it",
        not_theirs={"": "of nobody known here", "you": "that is not yours"}.get(who, f"that is not {who}'s"),
    )
    return f"{sealed}; {signed}{_key_words(verdict.key)}."


def enclosure_remark(verdict: Verdict | None, who: str, *, outside: bool) -> str:
    """What is to be known of one file: that no seal covers it, and what a signature of its own proves; else empty."""
    said = ["outside the seal"] if outside else []
    if verdict is not None:
        signed = _SIGNED[verdict.signature].format(
            who=who,
            that=f"that it is {who}'s" if who else "whose it is",
            not_theirs={"": "of nobody known here", "you": "that is not yours"}.get(who, f"that is not {who}'s"),
        )
        said.append(f"itself {signed}{_key_words(verdict.key)}")
    return "; ".join(said)


def _key_words(state: KeyState | None) -> str:
    words = {KeyState.EXPIRED: " (the key has expired since)", KeyState.REVOKED: " (the key is revoked)"}
    return words.get(state or KeyState.GOOD, "")


def failure_sentence(failure: OpeningFailure) -> str:
    """Why a letter was not opened."""
    return _FAILURE[failure]


def piece_words(kind: str) -> str:
    """What a sealed piece is in the mail it stands in."""
    return _PIECES[kind]


def note_sentence(code: str) -> str:
    """A note's code as a sentence, empty where it says nothing to a person; an unknown code stays readable."""
    return _NOTES.get(code, code.replace("-", " ").capitalize() + ".")


def state_words(state: LetterState, standing: Standing) -> str:
    """What a list says of a letter that is not simply opened and accepted."""
    words = [_STATE[state], "" if standing is Standing.ACCEPTED else standing.value.replace("-", " ")]
    return ", ".join(word for word in words if word)


def author_words(direction: Direction, client: "Client | None") -> str:
    """Who a letter is by: "you", the client's code, or empty for nobody known."""
    if direction is Direction.OUT:
        return "you"
    return client.code if client else ""


def fingerprint_words(fingerprint: str) -> str:
    """A fingerprint in groups of four, as people read it to each other."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4))


def bytes_words(size: int) -> str:
    """A size as people read it."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def count_words(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 letter, 2 letters."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def coverage_sentence(coverage: "Coverage") -> str:
    """How many letters a search looked through, and why not the others; empty where it was all of them."""
    closed = coverage.total - coverage.searchable
    if not closed:
        return ""
    failed = closed - coverage.sealed - coverage.too_large
    why = (
        (coverage.sealed, "need a key", "needs a key"),
        (failed, "could not be opened", "could not be opened"),
        (coverage.too_large, "are too large to come by themselves", "is too large to come by itself"),
    )
    said = [f"{number} {one if number == 1 else many}" for number, many, one in why if number]
    return f"{coverage.searchable} of {coverage.total} letters are searchable: {', '.join(said)}."


def local_text(moment: datetime | None, zone: str) -> str:
    """`moment` to the minute on the clock of `zone`, as people write it; empty for None."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if moment else ""


def both_clocks(moment: datetime | None, zone: str, client: "Client | None") -> str:
    """`moment` on the therapist's clock (`zone`), and on the client's where that is another; empty for None."""
    if moment is None:
        return ""
    here = f"{local_text(moment, zone)} ({zone})"
    if client is None or client.zone == zone:
        return here
    return f"{here}, {local_text(moment, client.zone)} ({client.zone})"
