"""Letters whose signature could not be checked when they came, looked at again once the key they name is pinned."""

from collections.abc import Collection

from therapymail.domain.key_change import is_named
from therapymail.pgp.certificate_packets import key_fingerprints
from therapymail.practice.open_again import read_again
from therapymail.practice.practice import Practice
from therapymail.vault import certificates, letters


def read_letters_of_keys(practice: Practice, fingerprints: Collection[str]) -> int:
    """Read again what these pinned keys signed and what does not count yet; how many letters count now.

    What the therapist decided stays. A key that is not pinned is passed over. Raises VaultLocked, GnupgMissing,
    GnupgUnusable.
    """
    with practice.vault() as vault, vault.reading() as reader:
        held = {each.fingerprint: each for each in certificates.held(reader) if each.client}
        parts = [part for each in fingerprints if each in held for part in key_fingerprints(held[each].material)]
        waiting = [
            letter.digest
            for letter in (letters.unattributed(reader) if parts else ())
            if any(fact.signer and is_named(fact.signer, parts) for fact in letter.facts.signatures)
        ]
    return read_again(practice, waiting)
