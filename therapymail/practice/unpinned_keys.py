"""Keys that may be a client's and are not pinned: those their letters brought, and held ones with their address."""

from therapymail.domain.client import Client
from therapymail.domain.found_key import KeyCandidate
from therapymail.domain.key_names import bears_one_of
from therapymail.vault import certificates, key_candidates
from therapymail.vault.connection import Reader


def candidates_of(reader: Reader, client: Client) -> tuple[KeyCandidate, ...]:
    """The candidates of `client`: that came with letters first; then imported ones and those a directory gave."""
    came = key_candidates.candidates(reader, client.identity)
    known = {each.certificate.fingerprint for each in came}
    held = [
        KeyCandidate(client.identity, each, (), ())
        for each in certificates.held(reader)
        if each.client is None and each.fingerprint not in known and bears_one_of(each.uids, client.writes_from)
    ]
    return (*came, *held)
