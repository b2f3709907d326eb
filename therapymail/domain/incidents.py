"""Incidents of technology: what the seals of single mails say, and what could not be delivered. Pure."""

from collections.abc import Collection, Iterator

from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.lanes import Happened, Lane, Side
from therapymail.domain.seal import Pin, Protection, Signature, SignatureFinding, is_plainly_signed, verdict_of
from therapymail.domain.timeline_facts import TimelineFacts, TimelineLetter, ToldLetter

_IN_DOUBT = frozenset({Signature.BAD, Signature.OTHER, Signature.UNKNOWN})


def incidents(facts: TimelineFacts) -> Iterator[Happened]:
    """Delivery reports, mails that stayed closed, and seals that were missing, broken by a mail host or in doubt.

    Of mails that do not count, only those that could not be opened: they may be the client's. What the therapist sends
    unsealed by rule (notices, first steps) is no incident.
    """
    pinned = {pin.fingerprint: pin for pin in facts.pins}
    in_use = [pin.fingerprint for pin in pinned.values() if not pin.retired]
    for letter in facts.letters:
        if isinstance(letter, TimelineLetter) and _is_plain(letter, in_use):
            continue
        kind, label = _of(letter, pinned)
        if kind:
            failed = facts.names.get(facts.failed.get(letter.digest, b""))
            names = (facts.names[letter.digest], *([failed] if failed else []))
            is_clients = letter.direction is Direction.IN and letter.kind is not Kind.BOUNCE
            side = Side.CLIENT if is_clients else Side.THERAPIST
            yield Happened(Lane.TECHNOLOGY, kind, letter.received, names, label, side)


def _is_plain(letter: TimelineLetter, signers: Collection[str]) -> bool:
    """Whether it is seen without reading all facts of its seal that nothing is to be said: true of most letters."""
    return (
        letter.state is LetterState.OPENED
        and letter.kind is not Kind.BOUNCE
        and (letter.direction is Direction.OUT or is_plainly_signed(letter.stored_facts, signers))
    )


def _of(letter: ToldLetter, pinned: dict[str, Pin]) -> tuple[str, str]:
    is_accepted = letter.standing is Standing.ACCEPTED
    if letter.kind is Kind.BOUNCE:
        return ("bounce" if is_accepted else ""), ""
    if letter.state is not LetterState.OPENED:
        return "not-opened", (letter.facts.failure or letter.state).value
    return _of_seal(letter, pinned) if is_accepted and letter.direction is Direction.IN else ("", "")


def _of_seal(letter: ToldLetter, pinned: dict[str, Pin]) -> tuple[str, str]:
    """What is to be said of the seal of a client's letter; nothing of the most of them."""
    facts = letter.facts
    if facts.protection is not Protection.SEALED:
        return "unsealed", "in part" if facts.protection is Protection.PARTLY else ""
    if facts.repairs:
        return "repaired", ""
    if all(
        fact.finding is SignatureFinding.GOOD and fact.signer in pinned and not pinned[fact.signer].retired
        for fact in facts.signatures
    ):
        return "", ""
    word = verdict_of(facts, tuple(pinned.values()), letter.received).signature
    return ("signature", word.value) if word in _IN_DOUBT else ("", "")
