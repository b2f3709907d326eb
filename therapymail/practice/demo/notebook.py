"""What the therapist of the story noted of her work: notes, reflections, milestones, images, letters read again.

Her notes are told in `story/notes.toml`, her milestones by the events of the story. They are written down in one unit
of work a store, so that the practice is soon on stage.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import starmap
from typing import Any

from therapymail.domain.local_days import local_day
from therapymail.domain.milestone import MilestoneKind
from therapymail.domain.names import LetterName
from therapymail.domain.note import NoteKind, NoteLinks
from therapymail.domain.note_template import FREE
from therapymail.practice.demo.tale import Story
from therapymail.practice.note import store_of
from therapymail.practice.note_templates import find_template
from therapymail.practice.practice import Practice
from therapymail.vault import clients, exchanges, images, letters, milestones, note_drafts, rereads
from therapymail.vault.connection import Writer
from therapymail.vault.milestones import NewMilestone

_PROGRESS_FORMAT = "dap"
# The events that the therapist marks as milestones; consents, agreed reviews and closings are on the record already.
_MILESTONES = {
    "early-disclosure": MilestoneKind.DISCLOSURE,
    "milestone-disclosure": MilestoneKind.DISCLOSURE,
    "rupture": MilestoneKind.RUPTURE,
    "repair": MilestoneKind.REPAIR,
    "milestone-insight": MilestoneKind.INSIGHT,
    "milestone-unique-outcome": MilestoneKind.UNIQUE_OUTCOME,
    "live-chat": MilestoneKind.MODALITY,
}


@dataclass(frozen=True)
class StoryNote:
    """A note as it is told: of an exchange with `client`, or of one mail; `parts` by heading, or a text without any."""

    client: str
    kind: NoteKind
    template: str
    written: datetime
    parts: Mapping[str, str]
    text: str = ""
    exchange: int | None = None
    mail: str | None = None


@dataclass(frozen=True)
class Notebook:
    """All that she noted; `rereads` and `images` as the file tells them."""

    notes: tuple[StoryNote, ...]
    rereads: tuple[Mapping[str, Any], ...]
    images: tuple[Mapping[str, Any], ...]


@cache
def read_notebook() -> Notebook:
    """The notebook as the package carries it; notes in the order in which they were written."""
    told = tomllib.loads((files("therapymail.practice.demo") / "story" / "notes.toml").read_text(encoding="utf-8"))
    found = [note for entry in told["note"] for note in _notes_of_exchange(entry)]
    found += [
        StoryNote(each["client"], NoteKind.PROCESS, each["template"], each["written"], each["parts"], mail=each["mail"])
        for each in told["reflection"]
    ]
    found.sort(key=lambda note: (note.written, note.kind))
    return Notebook(tuple(found), tuple(told["reread"]), tuple(told["image"]))


def _notes_of_exchange(entry: Mapping[str, Any]) -> Iterator[StoryNote]:
    client, written, number = entry["client"], entry["written"], entry["exchange"]
    parts = {heading: entry[heading.lower()] for heading in ("Data", "Assessment", "Plan")}
    yield StoryNote(client, NoteKind.PROGRESS, _PROGRESS_FORMAT, written, parts, exchange=number)
    yield StoryNote(client, NoteKind.PROCESS, FREE.name, written, {}, text=entry["process"], exchange=number)


def write_down(practice: Practice, story: Story, names: Mapping[str, str]) -> None:
    """Everything she noted, into the record and into the process notes; `names` are the letters' by the story's mails.

    A note bears the time at which it was written; what is marked on a day is marked now. Raises as the vault does.
    """
    with practice.vault() as vault, vault.writing() as writer:
        identities = {each.code: each.identity for each in clients.clients(writer)}
        digests = {mail: letters.letter(writer, LetterName.parse(name)).digest for mail, name in names.items()}
        _mark(practice, writer, story, identities, digests)
        opening = {
            (code, each.number): each.letters[0]
            for code, identity in identities.items()
            for each in exchanges.course_of(writer, identity).exchanges
        }
    for kind in NoteKind:
        with store_of(practice, kind) as store, store.writing() as writer:
            for note in read_notebook().notes:
                if note.kind is kind:
                    letter = digests[note.mail] if note.mail else None
                    exchange = opening[note.client, note.exchange] if note.exchange else None
                    _keep(practice, writer, note, identities[note.client], NoteLinks(letter, None, exchange))


def _keep(practice: Practice, writer: Writer, note: StoryNote, client: str, links: NoteLinks) -> None:
    template = find_template(practice, note.kind, note.template)
    text = note.text or "\n\n".join(starmap("## {}\n{}".format, note.parts.items()))
    begun = note_drafts.begin_new(
        writer,
        note.kind,
        client=client,
        template=template.name,
        begun_with=template.rendered(),
        text=text,
        links=links,
        now=note.written,
    )
    lock_after = timedelta(days=practice.settings.note_lock_days) if note.kind is NoteKind.PROGRESS else None
    note_drafts.keep(writer, begun.name, lock_after, note.written)


def _mark(
    practice: Practice, writer: Writer, story: Story, identities: Mapping[str, str], digests: Mapping[str, bytes]
) -> None:
    now, notebook = practice.clock(), read_notebook()
    for event in story.events:
        if event.kind in _MILESTONES:
            letter = digests[event.mails[0]] if event.mails else None
            kind, client = _MILESTONES[event.kind], identities[event.client]
            milestones.mark(writer, NewMilestone(client, kind, event.text, event.date, letter), now)
    for told in notebook.images:
        images.save_image(writer, identities[told["client"]], told["phrase"], told["variants"], told["at"])
    for told in notebook.rereads:
        rereads.note_reread(writer, digests[told["mail"]], local_day(told["at"], practice.settings.zone), now)
