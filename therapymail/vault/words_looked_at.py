"""Words of a draft that the therapist has looked at: they name nobody, though another client bears them (F58)."""

from therapymail.domain.draft import DraftName
from therapymail.domain.looked_at import stands_elsewhere
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


def look_again(writer: Writer, name: DraftName, before: str, after: str) -> None:
    """Forget the words let pass that stand in a new place of the draft now: nobody has looked at them there."""
    for word in words_looked_at(writer, name):
        if stands_elsewhere(word, before, after):
            writer.run("DELETE FROM draft_word WHERE draft = ? AND word = ?", (name.number, word))
