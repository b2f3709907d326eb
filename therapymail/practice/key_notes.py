"""What is to be said of keys that a mail brings and nobody can take: newer formats, a secret key under a code."""

from therapymail.domain.letter import Reading
from therapymail.mail.headers import header_block
from therapymail.pgp.key_formats import fault_of_material
from therapymail.pgp.opening import OpenedMail
from therapymail.practice.enclosed_keys import key_material

SETUP_MESSAGE = "autocrypt-setup-message"
_SETUP_FIELD = b"\nautocrypt-setup-message:"
_SETUP_TYPE = "application/autocrypt-setup"


def key_notes(opened: OpenedMail, reading: Reading) -> tuple[str, ...]:
    """Codes of notes (domain.wording): `key-…` for a key that this GnuPG cannot read, or that it is a Setup Message.

    PGP.md AC6 and AC4. Nothing is taken from either. Told from packets and types alone; costs a letter without keys
    a look at its enclosures' names and one search of its header. Never raises.
    """
    faults = (fault_of_material(each.material) for each in key_material(opened.headers.block, opened, reading))
    notes = [f"key-{fault.value}" for fault in faults if fault is not None]
    if _is_setup_message(opened, reading):
        notes.append(SETUP_MESSAGE)
    return tuple(dict.fromkeys(notes))


def _is_setup_message(opened: OpenedMail, reading: Reading) -> bool:
    """Autocrypt Level 1, section 5.1: a header field and a part of its own type; either is reason enough to say it."""
    if any(each.media_type == _SETUP_TYPE for each in reading.enclosures):
        return True
    return _SETUP_FIELD in b"\n" + header_block(opened.headers.block).lower()
