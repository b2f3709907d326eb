"""The Autocrypt header we send: our address, that sealed answers are welcome, and our key (Autocrypt Level 1)."""

import base64

FIELD = "Autocrypt"
MAX_VALUE = 10 * 1024  # characters: Autocrypt Level 1, section 2.1: a longer header is invalid
_PIECE = 75  # characters of key data on a line of its own, its blank besides


def autocrypt_value(address: str, keydata: bytes) -> str:
    """The value of an Autocrypt field, with a blank wherever a line may end; empty where it would be too long.

    `address` is canonical and ours, `keydata` our certificate, binary and cut to what the field needs
    (pgp.autocrypt_certificate); without any there is no field. PGP.md AC5.
    """
    if not keydata:
        return ""
    encoded = base64.b64encode(keydata).decode("ascii")
    lines = [encoded[at : at + _PIECE] for at in range(0, len(encoded), _PIECE)]
    value = " ".join([f"addr={address};", "prefer-encrypt=mutual;", "keydata=", *lines])
    return value if len(value) <= MAX_VALUE else ""
