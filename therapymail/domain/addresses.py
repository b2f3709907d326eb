"""Mail addresses as identities: one strict, canonical form (RFC 5322 addr-spec, no comments, no quoting)."""

import re

from therapymail.errors import UnusableInput

_LOCAL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+)*"
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
MAX_ADDRESS_CHARACTERS = 254


def canonical_address(text: str) -> str:
    """`text` as the one form addresses are compared in: trimmed, ASCII letters lower case, domain in ASCII (IDNA).

    Other letters keep their case: lowering the Kelvin sign gives an ASCII k, and so somebody else's address.

    Raises UnusableInput for anything that is not a bare addr-spec; HAZARDS S12: no CR, LF, NUL or blank, nothing that
    cannot be seen or turns the line around (S9).
    """
    local, at, domain = text.strip().rpartition("@")
    is_local_part = _LOCAL.fullmatch(local) is not None and local.isprintable()
    if not at or not is_local_part or len(text) > MAX_ADDRESS_CHARACTERS:
        raise UnusableInput("address", "it must look like name@domain.example")
    try:
        ascii_domain = domain.lower().rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        raise UnusableInput("address", "its domain is not a valid name") from None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise UnusableInput("address", "its domain is not a valid name")
    return f"{local.translate(_LOWER)}@{ascii_domain}"


def is_address(text: str) -> bool:
    """Whether `text` is a usable address."""
    try:
        canonical_address(text)
    except UnusableInput:
        return False
    return True
