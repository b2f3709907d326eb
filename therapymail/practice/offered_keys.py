"""Which key a letter's own Autocrypt header gives, told as it is filed: for what the client's program sends (AC2)."""

from dataclasses import replace

from therapymail.domain.autocrypt_peer import AutocryptOffer
from therapymail.domain.found_key import KeySource
from therapymail.domain.letter import Filing
from therapymail.errors import KeyRefused
from therapymail.pgp.certificate_packets import key_fingerprints
from therapymail.pgp.opening import OpenedMail
from therapymail.practice.enclosed_keys import header_key
from therapymail.practice.key_finder import may_bring_keys


def with_offer(filing: Filing, opened: OpenedMail) -> Filing:
    """`filing` with the key that its header gives, inside the seal before outside, if it is a client's own mail.

    A key that GnuPG cannot read is none here; practice.key_notes tells of it. Never raises.
    """
    if filing.client is None or filing.original is None or not may_bring_keys(filing):
        return filing
    given = header_key(filing.original, opened)
    if given is None:
        return filing
    source, key = given
    try:
        fingerprint = key_fingerprints(key.keydata)[0]
    except KeyRefused:
        return filing
    offer = AutocryptOffer(fingerprint, key.prefers_encryption, source is KeySource.SEALED_HEADER)
    return replace(filing, offer=offer)
