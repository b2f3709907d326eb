"""A client on the screen, whole and in lists, and what to do next with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therapymail.cli.output import print_json, print_line
from therapymail.domain.wording import fingerprint_words

if TYPE_CHECKING:
    from therapymail.domain.seal import Pin
    from therapymail.practice.introduce import ClientOverview


def print_client(overview: ClientOverview, *, as_json: bool) -> None:
    """One client with name, addresses and keys."""
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
    for pin in client.pins:
        print_line(f"{'Key':<12}{fingerprint_words(pin.fingerprint)}  {_pin_words(pin)}", hang=12)
    if not client.pins:
        print_line(f"{'Key':<12}none yet")


def next_for(overview: ClientOverview) -> str:
    """What to do next with a new client."""
    code = overview.client.code
    if not overview.client.pins:
        return f"No key yet: `therapymail key import FILE --client {code}` when you have it."
    return f"Next: confirm the fingerprint by another channel, then `therapymail client verify {code}`."


def client_row(overview: ClientOverview) -> tuple[str, ...]:
    """A client's row in the list: code, status, letters, what is known of their key, its fingerprint."""
    client = overview.client
    pin = client.pins[0] if client.pins else None
    key = ("verified" if pin.verified else "pinned", pin.fingerprint) if pin else ("none yet", "")
    return client.code, client.status.value, str(overview.letters), *key


def _pin_words(pin: Pin) -> str:
    return "verified" if pin.verified else "pinned, not yet verified"
