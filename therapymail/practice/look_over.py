"""A look over a draft before it leaves: whether it names another client, which stops it, and remarks, which do not."""

from dataclasses import dataclass

from therapymail.domain.agreement import Terms, in_force
from therapymail.domain.draft import Draft, DraftName
from therapymail.domain.foreign_names import Draftlike, Foreign, Person, foreign_names
from therapymail.domain.kinds import Kind
from therapymail.domain.looking_over import Remarked, blanks_left, looked_over
from therapymail.errors import UnusableInput
from therapymail.practice.practice import Practice
from therapymail.vault import agreements, clients, drafts, texts, words_looked_at
from therapymail.vault.connection import Reader

MAX_WORD_CHARACTERS = 100
_REMARKED_UPON = frozenset({Kind.RESPONSE, Kind.LETTER})


@dataclass(frozen=True)
class LookedOver:
    """What was found: `foreign` stops the draft, `remarks` are only said."""

    foreign: tuple[Foreign, ...]
    remarks: tuple[Remarked, ...]


def look_over(practice: Practice, name: DraftName) -> LookedOver:
    """Look over a draft. Raises DraftUnknown, VaultLocked."""
    with practice.vault() as vault, vault.reading() as reader:
        draft = drafts.draft(reader, name)
        return LookedOver(foreign_in(practice, reader, draft), _remarks(practice, reader, draft))


def let_word_pass(practice: Practice, name: DraftName, word: str) -> LookedOver:
    """Say that a word in this draft means nobody, though another client bears it; what is found without it.

    Raises UnusableInput for a word that names nobody there, DraftUnknown, VaultLocked.
    """
    if not word.strip() or len(word) > MAX_WORD_CHARACTERS:
        raise UnusableInput("word", f"give one word of 1 to {MAX_WORD_CHARACTERS} characters")
    with practice.vault() as vault, vault.writing() as writer:
        draft = drafts.draft(writer, name)
        before = foreign_in(practice, writer, draft)
        words_looked_at.let_pass(writer, name, word.strip())
        after = foreign_in(practice, writer, draft)
        if before == after:
            raise UnusableInput("word", "it stops nothing in this draft")
        return LookedOver(after, _remarks(practice, writer, draft))


def foreign_in(practice: Practice, reader: Reader, draft: Draft) -> tuple[Foreign, ...]:
    """Every place where `draft` names another client of the practice, whatever became of the work with them."""
    everyone = clients.clients(reader)
    own = [client.name for client in everyone if client.identity == draft.client]
    others = [
        Person(client.code, client.name, client.writes_from, tuple(pin.fingerprint for pin in client.pins))
        for client in everyone
        if client.identity != draft.client
    ]
    looked_at = Draftlike(draft.content.subject, draft.content.text, tuple(file.name for file in draft.enclosures))
    allowed = words_looked_at.words_looked_at(reader, draft.name)
    return foreign_names(looked_at, others, own_names=(*own, practice.settings.name), allowed=allowed)


def _remarks(practice: Practice, reader: Reader, draft: Draft) -> tuple[Remarked, ...]:
    if draft.kind not in _REMARKED_UPON:
        return blanks_left(draft.content)
    return looked_over(
        draft.content,
        answered=_own_text_answered(reader, draft),
        terms=_terms(practice, reader, draft.client),
        codes=[client.code for client in clients.clients(reader)],
    )


def _own_text_answered(reader: Reader, draft: Draft) -> str:
    """The client's own words in the letter that is answered; empty where there is none any more."""
    reading = texts.reading(reader, draft.answers) if draft.answers else None
    return reading.text if reading else ""


def _terms(practice: Practice, reader: Reader, client: str) -> Terms | None:
    agreement = in_force(agreements.agreements_with(reader, client), practice.clock())
    return agreement.terms if agreement else None
