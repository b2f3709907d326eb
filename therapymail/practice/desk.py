"""The writing desk: all that is laid out to write one letter, and how what was written is kept when drafts part."""

from dataclasses import dataclass
from datetime import datetime

from therapymail.domain.client import Client
from therapymail.domain.draft import Draft, DraftContent, DraftName
from therapymail.domain.names import LetterName
from therapymail.domain.outbox import OutboxEntry
from therapymail.domain.sealing import Permit, Refusal
from therapymail.domain.written import as_written
from therapymail.errors import DraftUnknown, LetterUnknown
from therapymail.practice import outbox, write
from therapymail.practice.look_over import LookedOver, look_over
from therapymail.practice.practice import Practice
from therapymail.practice.read import LetterText, read_letter
from therapymail.vault import drafts, pins


@dataclass(frozen=True)
class Desk:
    """One draft with everything beside it: the letter it answers, and to which key it would be sealed today.

    `entry` is its place in the outbox, None where it is only a draft. `fingerprint` is that of the client's first
    pin, `confirmed` when another channel confirmed it (UTC); both None where there is none (HAZARDS C29).
    """

    draft: Draft
    entry: OutboxEntry | None
    answered: LetterText | None
    client: Client
    fingerprint: str | None
    confirmed: datetime | None
    decision: Permit | Refusal
    looked_over: LookedOver


def lay_out(practice: Practice, name: DraftName) -> Desk:
    """The desk with this draft on it. Raises DraftUnknown, VaultLocked, GnupgMissing."""
    view = write.show_draft(practice, name)
    outlook = outbox.outlook(practice, name)
    pin = outlook.client.pins[0] if outlook.client.pins else None
    with practice.vault() as vault, vault.reading() as reader:
        confirmed = pins.confirmed_at(reader, pin.fingerprint) if pin else None
    return Desk(
        draft=view.draft,
        entry=view.entry,
        answered=_answered(practice, view.answers),
        client=outlook.client,
        fingerprint=pin.fingerprint if pin else None,
        confirmed=confirmed,
        decision=outlook.decision,
        looked_over=look_over(practice, name),
    )


def keep_apart(practice: Practice, draft: Draft, content: DraftContent) -> Draft:
    """A new draft with `content`, because `draft` was changed, sent or discarded elsewhere: nothing is overwritten.

    It answers the same letter and has the same enclosures, as far as they are still there.
    Raises ClientUnknown, VaultLocked.
    """
    now = practice.clock()
    with practice.vault() as vault, vault.writing() as writer:
        kept = drafts.new_draft(
            writer,
            client=draft.client,
            kind=draft.kind,
            content=as_written(content),
            answers=draft.answers,
            now=now,
        )
        try:
            enclosures, data = drafts.draft(writer, draft.name).enclosures, drafts.enclosure_data(writer, draft.name)
        except DraftUnknown:
            return kept
        for enclosure, its_bytes in zip(enclosures, data, strict=True):
            kept = drafts.add_enclosure(writer, kept.name, enclosure, its_bytes, now)
        return kept


def _answered(practice: Practice, name: LetterName | None) -> LetterText | None:
    """The letter that is answered, if it is still on the record."""
    if name is None:
        return None
    try:
        return read_letter(practice, str(name))
    except LetterUnknown:
        return None
