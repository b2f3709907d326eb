"""Milestones: marking them on a day, with a letter or a passage of it; listing and taking them away (F52)."""

from dataclasses import dataclass
from datetime import date

from therapymail.domain.client import Client
from therapymail.domain.local_days import local_day
from therapymail.domain.mark_name import MarkName, MarkSort
from therapymail.domain.milestone import Milestone, MilestoneKind, milestone_kind, words_said
from therapymail.domain.names import LetterName
from therapymail.domain.typed_day import typed_day
from therapymail.errors import UnusableInput
from therapymail.practice.note_links import letter_name
from therapymail.practice.pointing import PassageNow, PointedAt, passage_now, pointed_at
from therapymail.practice.practice import Practice
from therapymail.vault import clients, milestones
from therapymail.vault.connection import Reader
from therapymail.vault.milestones import NewMilestone


@dataclass(frozen=True)
class MilestoneRequest:
    """A milestone as typed: `place` is a client's code, a letter's name or `HERON-12:120-180`; `words` stand in it.

    `said` is why, in the therapist's own words; `on` a day (ISO 8601), else that of the letter as the client has it.
    """

    place: str
    kind: str
    said: str = ""
    on: str | None = None
    words: str | None = None


@dataclass(frozen=True)
class MilestoneView:
    """A milestone of the client with this code; `letter` is None without one, `passage` without a passage."""

    milestone: Milestone
    code: str
    letter: LetterName | None
    passage: PassageNow | None


def mark_milestone(practice: Practice, asked: MilestoneRequest) -> MilestoneView:
    """Mark a milestone. Raises UnusableInput, ClientUnknown, LetterUnknown, NotOpened, VaultLocked."""
    kind, said = milestone_kind(asked.kind), words_said(asked.said, "milestone")
    if kind is MilestoneKind.OTHER and not said:
        raise UnusableInput("milestone", "say in words what it is")
    with practice.vault() as vault, vault.writing() as writer:
        pointed = pointed_at(writer, asked.place, asked.words) if _names_letter(asked) else None
        if pointed and pointed.letter.client is None:
            raise UnusableInput("letter", "it is no client's")
        code = pointed.letter.code if pointed else asked.place
        client = clients.client_by_code(writer, code)
        day = _day(practice, asked.on, client, pointed)
        letter, passage = (pointed.letter.digest, pointed.passage) if pointed else (None, None)
        new = NewMilestone(client.identity, kind, said, day, letter, passage)
        return _view(writer, milestones.mark(writer, new, practice.clock()), client.code)


def list_milestones(practice: Practice, code: str | None = None) -> tuple[MilestoneView, ...]:
    """The milestones of a client, or of all, in the order of their days. Raises ClientUnknown, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, code).identity if code else None
        codes = {each.identity: each.code for each in clients.clients(reader)}
        return tuple(_view(reader, each, codes[each.client]) for each in milestones.milestones(reader, client))


def remove_milestone(practice: Practice, name: str) -> MilestoneView:
    """Take a milestone (M-3) away; what it was. Raises MarkUnknown, UnusableInput, VaultLocked."""
    wanted = MarkName.parse(MarkSort.MILESTONE, name)
    with practice.vault() as vault, vault.writing() as writer:
        found = milestones.milestone(writer, wanted)
        seen = _view(writer, found, clients.client_by_identity(writer, found.client).code)
        milestones.unmark(writer, found, practice.clock())
        return seen


def _names_letter(asked: MilestoneRequest) -> bool:
    return asked.words is not None or not asked.place.strip().isalnum()


def _day(practice: Practice, on: str | None, client: Client, pointed: PointedAt | None) -> date:
    today = local_day(practice.clock(), client.zone)
    if on is None:
        return local_day(pointed.letter.received, client.zone) if pointed else today
    day = typed_day(on)
    if day > today:
        raise UnusableInput("date", "a milestone is marked when it has come")
    return day


def _view(reader: Reader, found: Milestone, code: str) -> MilestoneView:
    letter = letter_name(reader, found.letter) if found.letter else None
    return MilestoneView(found, code, letter, passage_now(reader, found.passage) if found.passage else None)
