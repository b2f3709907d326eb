"""A client on the screen, whole and in lists, and what to do next with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therapymail.cli.found_keys_view import print_candidates
from therapymail.cli.key_change_view import print_changes
from therapymail.cli.output import day_text, narrate, print_json, print_line
from therapymail.cli.program_view import print_programs
from therapymail.cli.unsealed_view import print_invitation
from therapymail.domain.expiry import expiry_phrase, expiry_step
from therapymail.domain.key_change import stops_letters
from therapymail.domain.wording import fingerprint_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from therapymail.domain.client import Confirmation, EncryptionPart, PinnedKey
    from therapymail.practice.introduce import ClientOverview
    from therapymail.practice.work_with import WorkWith


def print_client(
    overview: ClientOverview, now: datetime, *, as_json: bool, work: WorkWith | None = None, meter: bool = False
) -> None:
    """One client with name, addresses and keys, and what to do about a key that ends soon or has ended.

    With `work` also how it stands, and with `meter` the letters behind every number of the boundary meter.
    """
    if as_json:
        from therapymail.cli.shapes import whole_client_shape
        from therapymail.cli.work_view import work_shape

        print_json({"clients": [{**whole_client_shape(overview), **work_shape(work)}]})
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
    print_invitation(overview.invited)
    for label, key in zip(("Key", *["Earlier key"] * len(overview.keys)), overview.keys, strict=False):
        print_line(f"{label:<12}{fingerprint_words(key.fingerprint)}  {_key_words(key, now)}", hang=12)
    if not client.pins:
        print_line(f"{'Key':<12}none yet")
    elif overview.keys[0].revoked or overview.keys[0].retired:
        narrate(f"Ask for the key they use now, then `therapymail key import FILE --client {client.code}`.")
    elif expiry_phrase(overview.keys[0].expires, now):
        narrate(expiry_step(client.code))
    if work is not None:
        from therapymail.cli.work_view import print_work

        print_work(work, whole=meter)
    print_programs(overview)
    print_changes(overview)
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
    said = [
        "verified" if pin.confirmed else "pinned",
        "revoked" if pin.revoked else expiry_phrase(pin.expires, now),
        "not used any more" if pin.retired else "",
        "KEY CHANGE" if stops_letters(overview.changes) else "",
    ]
    words = ", ".join(word for word in said if word)
    return client.code, client.status.value, str(overview.letters), words, pin.fingerprint


def _key_words(key: PinnedKey, now: datetime) -> str:
    words = (
        confirmation_words(key.confirmed),
        "REVOKED" if key.revoked else expiry_phrase(key.expires, now),
        "bears none of their addresses" if key.another_address else "",
        f"not used any more since {day_text(key.retired)}" if key.retired else "",
        parts_words(key.parts, key.part),
    )
    return ", ".join(word for word in words if word)


def parts_words(parts: Sequence[EncryptionPart], chosen: str | None) -> str:
    """Which of several parts of a key letters are sealed to; empty where there is only one (PGP.md K5)."""
    if len(parts) < 2 and chosen is None:
        return ""
    taken = chosen or parts[0].fingerprint
    how = "chosen" if chosen else "the newest"
    return f"{len(parts)} parts can be sealed to, letters go to {taken[-16:]} ({how})"


def confirmation_words(confirmed: Confirmation | None) -> str:
    """Whether, when and how another channel confirmed a pinned key."""
    if confirmed is None:
        return "pinned, not yet verified"
    return f"verified {day_text(confirmed.at)}: {confirmed.how}"
