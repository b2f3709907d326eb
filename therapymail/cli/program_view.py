"""What a client's mail program says of its key (Autocrypt), on the screen and in JSON: a suggestion beside the pin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from therapymail.cli.output import day_text, print_line, utc_text
from therapymail.domain.wording import fingerprint_words

if TYPE_CHECKING:
    from therapymail.domain.autocrypt_peer import AutocryptOffer
    from therapymail.practice.introduce import ClientOverview
    from therapymail.vault.autocrypt_offers import Program


def print_programs(overview: ClientOverview) -> None:
    """Which key their program sends, where that is not the pinned one; the pinned one in as few words."""
    pinned = {key.fingerprint for key in overview.keys}
    for program in overview.programs:
        state = program.state
        if state.offer is None:
            continue
        which = "the pinned key" if state.offer.fingerprint in pinned else fingerprint_words(state.offer.fingerprint)
        where = "inside the seal" if state.offer.sealed else "in the open header"
        letter = f" with {program.letter}" if program.letter else ""
        old = "; not since, so they may have another program" if state.is_stale else ""
        words = f"sends {which}, last on {day_text(state.offered)}{letter}, {where}{old}"
        print_line(f"{'Program':<12}{words}; last seen {day_text(state.last_seen)}", hang=12)


def programs_shape(overview: ClientOverview) -> list[dict[str, Any]]:
    """What the program behind each address of a client says, as `client show --json` gives it."""
    pinned = {key.fingerprint for key in overview.keys}
    return [_shape(each, each.state.offer, pinned) for each in overview.programs if each.state.offer]


def _shape(program: Program, offer: AutocryptOffer, pinned: set[str]) -> dict[str, Any]:
    state = program.state
    return {
        "address": program.address,
        "fingerprint": offer.fingerprint,
        "pinned": offer.fingerprint in pinned,
        "offered": utc_text(state.offered),
        "last_seen": utc_text(state.last_seen),
        "letter": str(program.letter) if program.letter else None,
        "mutual": offer.mutual,
        "sealed": offer.sealed,
        "stale": state.is_stale,
    }
