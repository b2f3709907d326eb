"""The words for why a letter may not leave, and what to do about each: one calm phrase and the next command."""

from collections.abc import Iterable, Sequence

from therapymail.domain.sealing import Hindrance
from therapymail.errors import NotSent

# "… was not sent: " stands before each; {code} is the client's.
_WHY = {
    Hindrance.NO_KEY: "no key of theirs is pinned yet",
    Hindrance.KEY_NOT_HELD: "the key pinned for them is not held here",
    Hindrance.KEY_IS_OWN: "the key pinned for them is your own, which they cannot open",
    Hindrance.KEY_UNVERIFIED: "their key is not yet confirmed by another channel",
    Hindrance.KEY_CHANGED: "their key is another one than when you released it",
    Hindrance.KEY_CHANGE_OPEN: "it is not decided yet whether another key is theirs",
    Hindrance.KEY_RETIRED: "you noted that their key is not used any more",
    Hindrance.KEY_PART_ENDED: "the part of their key that you chose to seal to has ended",
    Hindrance.KEY_EXPIRED: "their key has expired",
    Hindrance.KEY_CANNOT_ENCRYPT: "nothing can be sealed to their key",
    Hindrance.KEY_REVOKED: "their key was revoked: its owner declared it void",
    Hindrance.KEY_UNUSABLE: "GnuPG refuses their key",
    Hindrance.OWN_KEY_UNUSABLE: "your own key cannot be used now",
    Hindrance.ADDRESS_CHANGED: "their address is another one than when you released it",
    Hindrance.SEVERAL_RECIPIENTS: "a letter goes to one client alone",
    Hindrance.CLIENT_PAUSED: "the work with them is paused",
    Hindrance.CLIENT_CLOSED: "the work with them is closed",
    Hindrance.CLIENT_REFERRED: "they were referred to somebody else",
    Hindrance.OVERDUE: "it was to leave more than a day ago",
    Hindrance.ALREADY_SENT: "a copy of it is on the record as sent",
    Hindrance.RESTORED: "it comes from a backup and may have left since",
    Hindrance.LEFT_SINCE: "it comes from a backup, and a letter with these words was sent since",
    Hindrance.EMPTY: "nothing is written in it",
    Hindrance.NAMES_ANOTHER: "it names another client",
    Hindrance.NO_MAILBOX: "this practice has no mail host to send through",
}

_STEP = {
    Hindrance.NO_KEY: (
        "`therapymail client invite {code}` asks them for it; `therapymail key import FILE --client {code}` takes it."
    ),
    Hindrance.KEY_NOT_HELD: "Take their key in again: `therapymail key import FILE --client {code}`.",
    Hindrance.KEY_IS_OWN: "Ask them for their own public key, then `therapymail key import FILE --client {code}`.",
    Hindrance.KEY_UNVERIFIED: "Confirm its fingerprint with them, then `therapymail client verify {code}`.",
    Hindrance.KEY_CHANGED: "See `therapymail client show {code}`, then `therapymail outbox cancel {draft}`.",
    Hindrance.KEY_CHANGE_OPEN: (
        "Ring them: `therapymail client show {code}` shows both keys and what to do; `therapymail notice {code}"
        " please-ring` asks them to ring."
    ),
    Hindrance.KEY_RETIRED: "Ask them for the key they use now, then `therapymail key import FILE --client {code}`.",
    Hindrance.KEY_PART_ENDED: (
        "`therapymail key show {code}` shows its parts; `therapymail key pin {code} --part FPR` chooses another."
    ),
    Hindrance.KEY_EXPIRED: "Ask them for a renewed key, then `therapymail key import FILE --client {code}`.",
    Hindrance.KEY_CANNOT_ENCRYPT: "Ask them for a newer key, then `therapymail key import FILE --client {code}`.",
    Hindrance.KEY_REVOKED: "Ask them for the key they use now, then `therapymail key import FILE --client {code}`.",
    Hindrance.KEY_UNUSABLE: "Ask them for a newer key, then `therapymail key import FILE --client {code}`.",
    Hindrance.OWN_KEY_UNUSABLE: "See `therapymail key show own`; `therapymail key extend` renews one that expired.",
    Hindrance.ADDRESS_CHANGED: "See `therapymail client show {code}`, then `therapymail outbox cancel {draft}`.",
    Hindrance.SEVERAL_RECIPIENTS: "Write to each client apart: `therapymail write CODE`.",
    Hindrance.CLIENT_PAUSED: "`therapymail client resume {code}` takes the work up again.",
    Hindrance.CLIENT_CLOSED: "The draft is kept; see `therapymail client show {code}`.",
    Hindrance.CLIENT_REFERRED: "The draft is kept; see `therapymail client show {code}`.",
    Hindrance.OVERDUE: "`therapymail outbox retry {draft}` sends it now, if it is still meant and has not left.",
    Hindrance.ALREADY_SENT: "Ask {code}; if it never came, `therapymail outbox cancel {draft}`, then send it anew.",
    Hindrance.RESTORED: "Run `therapymail sync`, which brings what left since; then see `therapymail today`.",
    Hindrance.LEFT_SINCE: "See `therapymail letters {code}`; `therapymail drafts discard {draft}` lets go of this one.",
    Hindrance.EMPTY: "`therapymail drafts edit {draft}` goes on writing.",
    Hindrance.NAMES_ANOTHER: "`therapymail drafts check {draft}` says where.",
    Hindrance.NO_MAILBOX: "Make a practice with a mail host: `therapymail setup`.",
}


def hindrance_phrase(hindrance: Hindrance) -> str:
    """Why a letter may not leave, as the end of a sentence, without its full stop."""
    return _WHY[hindrance]


def hindrance_step(hindrance: Hindrance, *, draft: str, code: str) -> str:
    """What to do about it: one sentence, with the command where one helps. Nothing ever says to send it unsealed."""
    return _STEP[hindrance].format(draft=draft, code=code)


def hindrances_phrase(codes: Iterable[str]) -> str:
    """All of several reasons as the end of one sentence; a code of a later version stays readable."""
    return "; ".join(_phrase_of(code) for code in codes)


def not_sent(draft: str, code: str, hindrances: Sequence[Hindrance]) -> NotSent:
    """The error that says why the draft did not leave, with the next step of the first reason."""
    step = hindrance_step(hindrances[0], draft=draft, code=code)
    return NotSent(draft, code, tuple(hindrances), hindrances_phrase(hindrances), step)


def _phrase_of(code: str) -> str:
    return _WHY[Hindrance(code)] if code in set(Hindrance) else code.replace("-", " ")
