"""Whom a backup is sealed to beside the therapist: a colleague's key that is held, or a clinical executor's."""

from collections.abc import Sequence

from therapymail.errors import ExportRefused
from therapymail.pgp.certificate_packets import is_revoked
from therapymail.pgp.sealed_stream import Recipient
from therapymail.practice.export_key import key_named
from therapymail.practice.practice import Practice
from therapymail.vault.connection import Reader
from therapymail.vault.executors import executors


def recipients_named(practice: Practice, typed: Sequence[str]) -> tuple[Recipient, ...]:
    """The keys with these fingerprints. They open the file, and of the practice in it nothing: its keys stay sealed.

    Raises UnusableInput, KeyUnknown, ExportRefused for a key that nothing may be sealed to or that is a client's.
    """
    if not typed:
        return ()
    with practice.vault() as vault, vault.reading() as reader:
        return tuple(_recipient(practice, reader, each) for each in typed)


def _recipient(practice: Practice, reader: Reader, typed: str) -> Recipient:
    wanted = "".join(typed.split()).upper().removeprefix("0X")
    for executor in executors(reader):
        if executor.fingerprint == wanted:
            if is_revoked(executor.certificate):
                raise ExportRefused("that key was revoked", "Ask them for the key they use now.")
            return Recipient(executor.fingerprint, executor.certificate)
    return Recipient(*key_named(practice, reader, typed, None))
