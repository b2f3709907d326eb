"""Words of a draft that the therapist has looked at: they name nobody, though another client bears them (F58)."""

from therapymail.domain.draft import DraftName
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.drafts import draft
from therapymail.vault.storable import storable


def words_looked_at(reader: Reader, name: DraftName) -> frozenset[str]:
    """The words that were let pass in this draft."""
    return frozenset(word for (word,) in reader.rows("SELECT word FROM draft_word WHERE draft = ?", (name.number,)))


def let_pass(writer: Writer, name: DraftName, word: str) -> None:
    """Let a word pass in this draft, and in no other. Raises DraftUnknown."""
    draft(writer, name)
    writer.run(
        "INSERT INTO draft_word (draft, word) VALUES (?, ?) ON CONFLICT DO NOTHING", (name.number, storable(word))
    )
