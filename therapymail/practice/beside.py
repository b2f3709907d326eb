"""What stands beside a draft while it is written: news since the last response, open questions, terms, notes."""

from dataclasses import dataclass

from therapymail.domain.agreement_text import Line, outline, standing_lines
from therapymail.domain.draft import Draft
from therapymail.domain.looking_over import questions_in
from therapymail.domain.names import LetterName
from therapymail.domain.note import NoteKind
from therapymail.practice.agree import show_agreement
from therapymail.practice.note_reading import NoteView, list_notes, read_note
from therapymail.practice.practice import Practice
from therapymail.practice.read import LettersRequest, list_letters
from therapymail.practice.work_with import work_with
from therapymail.vault import texts

_MOST_UPDATES = 20
_MOST_NOTES_READ = 3


@dataclass(frozen=True)
class Update:
    """Brief news of the client between exchanges: its letter's name and its own text."""

    letter: LetterName
    text: str


@dataclass(frozen=True)
class Beside:
    """What is beside one draft: `answered` is the own text of the letter it answers, `questions` are those in it.

    `updates` came since the last response, newest first; `facts` say how the work stands; `word_limit` is what is
    agreed of one exchange (None: nothing); `notes` are progress notes, newest first, `note_texts` the words of the
    first few of them.
    """

    answered: str
    questions: tuple[str, ...]
    updates: tuple[Update, ...]
    facts: tuple[Line, ...]
    word_limit: int | None
    notes: tuple[NoteView, ...]
    note_texts: tuple[str, ...] = ()


def beside_draft(practice: Practice, draft: Draft) -> Beside:
    """What is beside `draft`. Raises ClientUnknown, VaultLocked."""
    work = work_with(practice, draft.code)
    agreed = show_agreement(practice, draft.code).in_force
    facts = list(standing_lines(work.standing, work.own_zone, work.client.zone))
    if agreed is not None:
        facts.append(("Agreed", outline(agreed.terms)))
    answered = _own_text(practice, draft.answers)
    notes = list_notes(practice, NoteKind.PROGRESS, draft.code)
    return Beside(
        answered,
        questions_in(answered),
        _updates(practice, draft.code),
        tuple(facts),
        agreed.terms.word_limit if agreed else None,
        notes,
        tuple(read_note(practice, each.name).text for each in notes[:_MOST_NOTES_READ]),
    )


def _updates(practice: Practice, code: str) -> tuple[Update, ...]:
    """The updates that no response has followed."""
    responses = list_letters(practice, LettersRequest(client=code, query="kind:response", limit=1))
    since = responses[0].letter.received if responses else None
    found = list_letters(practice, LettersRequest(client=code, query="kind:update from:client", limit=_MOST_UPDATES))
    fresh = [each.letter for each in found if since is None or each.letter.received > since]
    return tuple(Update(each.name, _own_text(practice, each.digest)) for each in fresh if each.name is not None)


def _own_text(practice: Practice, digest: bytes | None) -> str:
    """The own text of a letter; empty where there is none."""
    if digest is None:
        return ""
    with practice.vault() as vault, vault.reading() as reader:
        reading = texts.reading(reader, digest)
    return reading.text if reading else ""
