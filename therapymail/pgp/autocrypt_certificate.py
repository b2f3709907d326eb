"""Our certificate cut to what an Autocrypt header carries: one name, and one part that mail can be sealed to."""

from therapymail.domain.key_names import bears_one_of
from therapymail.pgp.certificate_packets import SIGNATURE, each_packet, key_fingerprints
from therapymail.pgp.colons import KeyPart, ListedKey, listed_keys
from therapymail.pgp.runner import Gpg

_PUBLIC_KEY, _USER_ID, _PUBLIC_SUBKEY = 6, 13, 14


def autocrypt_certificate(gpg: Gpg, certificate: bytes, address: str) -> bytes:
    """Of our own `certificate` (binary, minimal): the primary key, the name with `address`, one part to seal to.

    The part is the newest that gpg would seal to now. Where it is a subkey that signs our letters, that one comes
    along: without it nobody could verify them. Empty where no name of it bears `address`, or nothing can be sealed to
    it: then there is no header to send (PGP.md AC5; Autocrypt Level 1, section 2.1). `gpg` is asked what is valid.
    Raises KeyRefused where it is not one public key of version 4.
    """
    fingerprint = key_fingerprints(certificate)[0]
    listed = next((key for key in listed_keys(gpg, fingerprint) if key.primary.fingerprint == fingerprint), None)
    if listed is None or not listed.can_encrypt:
        return b""
    wanted = _parts(listed)
    kept, has_name, keeping = [], False, False
    for packet in each_packet(certificate):
        if packet.tag == _USER_ID:
            keeping = not has_name and _is_valid_name(packet.body, listed, address)
            has_name = has_name or keeping
        elif packet.tag in {_PUBLIC_KEY, _PUBLIC_SUBKEY}:
            keeping = packet.fingerprint in wanted
        elif packet.tag != SIGNATURE:
            keeping = False
        if keeping:
            kept.append(certificate[packet.start : packet.end])
    return b"".join(kept) if has_name else b""


def _parts(listed: ListedKey) -> frozenset[str]:
    """The fingerprints of the primary key, and of the newest subkey for sealing and the newest for signing, if any.

    gpg takes the newest subkey, and the primary key itself only where no subkey serves (PGP.md K5).
    """
    found = [listed.primary]
    for usage in ("e", "s"):
        serving = [part for part in listed.subkeys if usage in part.usage and part.is_usable]
        found += sorted(serving, key=_made)[-1:]
    return frozenset(part.fingerprint for part in found)


def _made(part: KeyPart) -> float:
    return part.created.timestamp() if part.created else 0.0


def _is_valid_name(name: bytes, listed: ListedKey, address: str) -> bool:
    stands = any(uid == name and validity not in {"r", "e", "i"} for uid, validity in listed.uids)
    return stands and bears_one_of([name.decode("utf-8", "replace")], [address])
