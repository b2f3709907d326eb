"""What the writing desk says in words: to whom, under which key, how many words, what is enclosed and saved. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from therapymail.domain.day_words import span_in_words
from therapymail.domain.draft import Draft, DraftContent, DraftEnclosure
from therapymail.domain.looking_over_text import remark_sentence
from therapymail.domain.outbox import OutboxEntry
from therapymail.domain.outbox_text import state_phrase
from therapymail.domain.sealing import Hindrance, Permit, Refusal
from therapymail.domain.sealing_text import hindrance_phrase, hindrance_step
from therapymail.domain.wording import bytes_words, count_words, fingerprint_words, local_text
from therapymail.practice.desk import Desk
from therapymail.practice.look_over import LookedOver

_NOTES = {
    "metadata-removed": "its hidden data (place, device) removed",
    "may-name-its-author": "may name its author",
}
SHORT_DIGITS = 16  # of a fingerprint's forty: enough to tell keys apart by eye, never used to choose one


def addressed_to(desk: Desk) -> str:
    """What it is and for whom: "A response to HERON-12, for HERON"."""
    draft = desk.draft
    article = "An" if draft.kind.value[0] in "aeiou" else "A"
    kind = f"{article} {draft.kind.value}"
    answered = desk.answered.judged.letter.name if desk.answered else None
    return f"{kind} to {draft.code}, answering {answered}" if answered else f"{kind} to {draft.code}"


def key_sentence(desk: Desk, zone: str) -> str:
    """Which key it will be sealed to, and whether and when that was confirmed (HAZARDS C29)."""
    if desk.fingerprint is None:
        return f"No key of {desk.draft.code}'s to seal it to yet"
    key = short_fingerprint(desk.fingerprint)
    if desk.confirmed is None:
        return f"Key of {desk.draft.code}: {key}, not confirmed by another channel"
    confirmed = f"verified {desk.confirmed.astimezone(ZoneInfo(zone)):%Y-%m-%d}"
    if standing_hindrances(desk):
        return f"Key of {desk.draft.code}: {key}, {confirmed}"
    soon = desk.decision.client_expires_soon if isinstance(desk.decision, Permit) else None
    expires = f", expires {soon.astimezone(ZoneInfo(zone)):%Y-%m-%d}" if soon else ""
    return f"Will be sealed to {desk.draft.code}'s key {key}, {confirmed}{expires}"


def short_fingerprint(fingerprint: str) -> str:
    """The end of a fingerprint, in groups of four."""
    return fingerprint_words(fingerprint[-SHORT_DIGITS:])


def standing_hindrances(desk: Desk) -> tuple[Hindrance, ...]:
    """Why it could not leave today, but for what writing on will mend."""
    found = desk.decision.hindrances if isinstance(desk.decision, Refusal) else ()
    return tuple(hindrance for hindrance in found if hindrance is not Hindrance.EMPTY)


def refusal_sentences(hindrances: Sequence[Hindrance], *, draft: str, code: str) -> tuple[str, str]:
    """Why it could not leave today, and what to do about the first reason."""
    why = "; ".join(hindrance_phrase(hindrance) for hindrance in hindrances)
    return f"It could not leave today: {why}.", hindrance_step(hindrances[0], draft=draft, code=code)


def in_outbox_sentence(entry: OutboxEntry, now: datetime, zone: str) -> str:
    """That a draft is in the outbox, and so only to be read."""
    return f"In the outbox, {state_phrase(entry, now, zone)}: it can be read here, not changed."


def words_phrase(content: DraftContent) -> str:
    """How many words are the therapist's own."""
    return count_words(content.words, "word")


def words_of(content: DraftContent, limit: int | None) -> str:
    """How many words are the therapist's own, beside those that are agreed, where any are."""
    return f"{content.words} of {limit} words" if limit else words_phrase(content)


def looked_phrase(looked: LookedOver | None) -> Content:
    """What a look over found, in a few words: that another client is named stops it, the rest is only remarked."""
    if looked is None or not (looked.foreign or looked.remarks):
        return Content()
    if looked.foreign:
        return Content.styled("  ·  It names another client: ^B says where", "bold $text-error")
    return Content(f"  ·  {count_words(len(looked.remarks), 'remark')}, ^B shows")


def saved_phrase(draft: Draft, zone: str) -> str:
    """When a draft was last saved, to the second on the clock of `zone`."""
    return f"saved {draft.changed.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def enclosure_phrase(enclosure: DraftEnclosure) -> str:
    """One enclosure: its name, its size, and what to know of it. Its name is untrusted."""
    notes = [_NOTES.get(note, note.replace("-", " ")) for note in enclosure.notes]
    return ", ".join([f"{enclosure.name} ({bytes_words(enclosure.size)})", *notes])


def enclosures_phrase(enclosures: Sequence[DraftEnclosure]) -> str:
    """All enclosures in one line; empty where there are none."""
    return "Enclosed: " + "; ".join(map(enclosure_phrase, enclosures)) if enclosures else ""


def remark_sentences(desk: Desk) -> tuple[str, ...]:
    """What a look over the draft remarks."""
    return tuple(remark_sentence(remarked) for remarked in desk.looked_over.remarks)


def hold_phrase(now: datetime, ends: datetime, zone: str) -> str:
    """Until when a hold lasts, and how long that is: "tomorrow 08:30 (12 hours)"."""
    day = (ends.astimezone(ZoneInfo(zone)).date() - now.astimezone(ZoneInfo(zone)).date()).days
    when = {0: "today", 1: "tomorrow"}.get(day)
    clock = f"{when} {ends.astimezone(ZoneInfo(zone)):%H:%M}" if when else local_text(ends, zone)
    return f"{clock} ({span_in_words(ends - now)})"
