"""The vault's own key: 32 random bytes that only the sealed vault.key and an unlocked agent hold."""

import secrets

from therapymail.errors import VaultDamaged

KEY_BYTES = 32


def new_key() -> bytes:
    """A fresh key of 32 bytes from the system's random source. The caller seals it (PGP.md, DESIGN: the vault)."""
    return secrets.token_bytes(KEY_BYTES)


def key_as_hex(key: bytes) -> str:
    """`key` as 64 lower-case hex digits: the form that SQLCipher and the agent take.

    Raises VaultDamaged if it is not 32 bytes long.
    """
    if len(key) != KEY_BYTES:
        raise VaultDamaged("vault.key", "it does not hold a key of the right length")
    return key.hex()


def key_from_hex(text: str) -> bytes:
    """The key in `text`, as `key_as_hex` made it. Raises VaultDamaged."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise VaultDamaged("vault.key", "it does not hold a key") from None
    if len(key) != KEY_BYTES:
        raise VaultDamaged("vault.key", "it does not hold a key of the right length")
    return key
