"""A client on the screen, whole and in lists, and what to do next with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therapymail.cli.found_keys_view import print_candidates
from therapymail.cli.output import day_text, narrate, print_json, print_line
from therapymail.domain.expiry import expiry_phrase, expiry_step
from therapymail.domain.wording import fingerprint_words

if TYPE_CHECKING:
    from datetime import datetime

    from therapymail.domain.client import Confirmation, PinnedKey
    from therapymail.practice.introduce import ClientOverview


def print_client(overview: ClientOverview, now: datetime, *, as_json: bool) -> None:
    """One client with name, addresses and keys, and what to do about a key that ends soon or has ended."""
    if as_json:
        from therapymail.cli.shapes import whole_client_shape

        print_json({"clients": [whole_client_shape(overview)]})
        return
    client = overview.client
    print_line(f"{client.code}  {client.status.value}")
    for label, value in (
        ("Name", client.name),
        ("Write to", client.write_to),
        ("Write from", ", ".join(client.writes_from)),
        ("Time zone", client.zone),
        ("Letters", str(overview.letters)),
    ):
        print_line(f"{label:<12}{value}", hang=12)
    for key in overview.keys:
        print_line(f"{'Key':<12}{fingerprint_words(key.fingerprint)}  {_key_words(key, now)}", hang=12)
    if not client.pins:
        print_line(f"{'Key':<12}none yet")
    elif overview.keys[0].revoked:
        narrate(f"Ask for the key they use now, then `therapymail key import FILE --client {client.code}`.")
    elif expiry_phrase(overview.keys[0].expires, now):
        narrate(expiry_step(client.code))
    print_candidates(overview)


def next_for(overview: ClientOverview) -> str:
    """What to do next with a new client."""
    code = overview.client.code
    if not overview.client.pins:
        return (
            f"No key yet: `therapymail client invite {code}` asks them for it, "
            f"`therapymail key import FILE --client {code}` takes it."
        )
    return f"Next: confirm the fingerprint by another channel, then `therapymail client verify {code}`."


def client_row(overview: ClientOverview, now: datetime) -> tuple[str, ...]:
    """A client's row in the list: code, status, letters, what is known of their key, its fingerprint."""
    client = overview.client
    pin = overview.keys[0] if overview.keys else None
    if pin is None:
        return client.code, client.status.value, str(overview.letters), "none yet", ""
    word, end = "verified" if pin.confirmed else "pinned", "revoked" if pin.revoked else expiry_phrase(pin.expires, now)
    return client.code, client.status.value, str(overview.letters), f"{word}, {end}" if end else word, pin.fingerprint


def _key_words(key: PinnedKey, now: datetime) -> str:
    words = (
        confirmation_words(key.confirmed),
        "REVOKED" if key.revoked else expiry_phrase(key.expires, now),
        "bears none of their addresses" if key.another_address else "",
    )
    return ", ".join(word for word in words if word)


def confirmation_words(confirmed: Confirmation | None) -> str:
    """Whether, when and how another channel confirmed a pinned key."""
    if confirmed is None:
        return "pinned, not yet verified"
    return f"verified {day_text(confirmed.at)}: {confirmed.how}"
