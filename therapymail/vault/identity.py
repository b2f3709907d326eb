"""Identities: what stored nouns are called by on every device, drawn at random and never shown to a person."""

import secrets

IDENTITY_BYTES = 16


def new_identity() -> str:
    """An identity that nothing has had."""
    return secrets.token_hex(IDENTITY_BYTES)
