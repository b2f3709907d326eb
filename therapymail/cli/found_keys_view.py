"""Keys that came with letters, on the screen: where each was, and what to do before it may be relied on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from therapymail.cli.asking import ask_yes, somebody_answers
from therapymail.cli.output import day_text, narrate, print_line
from therapymail.domain.found_key import KeySource
from therapymail.domain.wording import fingerprint_words
from therapymail.errors import UnusableInput, explain

if TYPE_CHECKING:
    from therapymail.domain.found_key import KeyPlace
    from therapymail.practice.introduce import ClientOverview
    from therapymail.practice.look_up_key import LookedUp

_WHERE = {
    KeySource.HEADER: "in the mail's open header, which anybody on the way could write",
    KeySource.SEALED_HEADER: "inside the seal",
    KeySource.ENCLOSED: "attached",
}


def place_phrase(place: KeyPlace) -> str:
    """Where a key was found, as a phrase."""
    letter = str(place.letter) if place.letter else "a mail that is set aside"
    signs = "; its signature, not checked, names this key" if place.signs else ""
    return f"came with {letter} on {day_text(place.received)}, {_WHERE[place.source]}{signs}"


def whose_candidate(places: tuple[KeyPlace, ...], sent_by: str | None = None) -> str:
    """What the list of keys says of one that is pinned to nobody; `sent_by` is the client whose program sends it."""
    named = [str(place.letter) for place in places if place.letter]
    came = f"candidate, came with {named[-1]}" if named else "candidate"
    return f"{came}, {sent_by}'s program sends it" if sent_by else came


def print_candidates(overview: ClientOverview) -> None:
    """The keys that may be a client's and are not pinned, and the next step.

    Those that a key change is about are left out: an open one is told apart, a decided one not again.
    """
    told = {change.fingerprint for change in overview.changes}
    candidates = [each for each in overview.candidates if each.certificate.fingerprint not in told]
    for candidate in candidates:
        label = "New key?" if candidate.signs else "Candidate"
        telling = next((place for place in candidate.places if place.signs), next(iter(candidate.places[::-1]), None))
        came = place_phrase(telling) if telling else "imported or looked up; no letter brought it"
        words = f"{fingerprint_words(candidate.certificate.fingerprint)}  {came}"
        print_line(f"{label:<12}{words}", hang=12)
    if candidates:
        code = overview.client.code
        narrate(
            f"Ask {code} by another channel whether such a key is theirs. If it is: `therapymail key pin FPR "
            f"--client {code}`, then `therapymail client verify {code}`."
        )


def require_yes(domain: str) -> None:
    """Say what a look-up discloses, and to whom, and go on only after a yes. Raises typer.Abort, UnusableInput."""
    if not somebody_answers():
        raise UnusableInput("--yes", "a look-up tells somebody's host whom you write to, so it has to be said")
    narrate(
        f"The web host of {domain}, and whoever watches the way there, will learn that somebody at this network address"
        " looks for the key of this address."
    )
    if not ask_yes("Ask it?"):
        raise typer.Abort


def print_looked_up(found: LookedUp) -> None:
    """What else is to be said of the keys that a directory gave: what was refused, and the next step."""
    for refused in found.refused:
        narrate(f"Another key there: {explain(refused).sentence}")
    client = found.wanted.client
    new = [key for key in found.keys if key.pinned_to is None]
    if len(new) < len(found.keys):
        narrate("The key that is pinned is published there too; it was brought up to date.")
    if new and client and client.pins:
        narrate(
            f"Only the host vouches for it. It is kept beside the pinned key and changes nothing; `therapymail client"
            f" show {client.code}` says what can be done with it."
        )
    elif new:
        whose = client.code if client else "CODE"
        narrate(
            f"Only the host vouches for it. Ask the client by another channel whether it is theirs; if it is: "
            f"`therapymail key pin FPR --client {whose}`, then `therapymail client verify {whose}`."
        )
