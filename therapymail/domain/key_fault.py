"""Why nothing can be sealed to a client's key, and a sentence about it that can be sent to the client."""

from enum import StrEnum


class KeyFault(StrEnum):
    """What is the matter with a key that somebody gave as theirs (HAZARDS C24, S14; PGP.md K3, AC6)."""

    FORMAT = "format"  # version 5 or 6 of OpenPGP keys
    POST_QUANTUM = "post-quantum"
    NEWER_METHOD = "newer-method"  # RFC 9580's new algorithms, in the older format
    OLD_FORMAT = "old-format"  # version 3 or before
    EXPIRED = "expired"
    REVOKED = "revoked"
    CANNOT_ENCRYPT = "cannot-encrypt"
    WEAK = "weak"


_NEW_KEY = (
    "Please make another key in the widely used format (OpenPGP version 4, Curve 25519 or RSA with 3072 bits) and send"
    " me its public part; you can keep the one you have."
)
_TO_CLIENT = {
    KeyFault.FORMAT: f"Your OpenPGP key is of a format that is newer than my program can use. {_NEW_KEY}",
    KeyFault.POST_QUANTUM: f"Your OpenPGP key uses a post-quantum method that my program cannot use yet. {_NEW_KEY}",
    KeyFault.NEWER_METHOD: f"Your OpenPGP key uses a method that is newer than my program can use. {_NEW_KEY}",
    KeyFault.OLD_FORMAT: f"Your OpenPGP key is of a format that is too old to be safe. {_NEW_KEY}",
    KeyFault.EXPIRED: (
        "Your OpenPGP key has expired. Please extend it in your mail program, or make a new one, and send me its public"
        " part again."
    ),
    KeyFault.REVOKED: (
        "Your OpenPGP key was declared void (revoked), so I do not use it. Please send me the public part of the key"
        " you use now."
    ),
    KeyFault.CANNOT_ENCRYPT: (
        "Nothing can be encrypted to the OpenPGP key you sent: no part of it is for encryption, or that part has ended."
        " Please send me the public part of a key that mail can be encrypted to."
    ),
    KeyFault.WEAK: f"Your OpenPGP key is too short to be safe today. {_NEW_KEY}",
}


# Of a letter (not a key) in a format that GnuPG cannot read; without the full stop that the sentence around it has.
UNREADABLE_LETTER = (
    "I could not open your last letter: your program encrypted it in a format that is newer than mine can read. Please"
    " send it again encrypted in the widely used format (OpenPGP version 4); if your program cannot, another one will"
)


def sentence_for_client(fault: KeyFault) -> str:
    """What the therapist can write to the client, in the therapist's voice; nothing in it is about the work."""
    return _TO_CLIENT[fault]
