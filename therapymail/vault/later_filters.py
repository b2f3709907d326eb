"""Bringing the filters of a vault's index up to date that an older version of therapymail filled.

A migration leaves a mark where there is such an index. It is gone through in pieces, oldest letters first; the mark
says how far. Letters filed meanwhile have all their filters from the beginning.
"""

from therapymail.vault.connection import Reader, Writer

_BEHIND = "index_filters_behind"
NEXT = """
    SELECT letter.id, letter_text.text FROM letter_indexed
    JOIN letter ON letter.id = letter_indexed.letter JOIN letter_text ON letter_text.digest = letter.digest
    WHERE letter_indexed.letter > ? ORDER BY letter_indexed.letter LIMIT ?
"""


def are_behind(reader: Reader) -> bool:
    """Whether letters are in the index whose filters an older version made."""
    return up_to(reader) is not None


def up_to(reader: Reader) -> int | None:
    """The row id of the last letter that was brought up to date; None when there is nothing to do."""
    row = reader.row("SELECT value FROM meta WHERE name = ?", (_BEHIND,))
    return None if row is None else int(row[0])


def left(reader: Reader) -> int:
    """How many letters are still to be brought up to date."""
    since = up_to(reader)
    if since is None:
        return 0
    row = reader.row("SELECT count(*) FROM letter_indexed WHERE letter > ?", (since,))
    return row[0] if row else 0


def note_up_to(writer: Writer, letter_id: int) -> None:
    """Note how far it has come."""
    writer.run("UPDATE meta SET value = ? WHERE name = ?", (str(letter_id), _BEHIND))


def forget(writer: Writer) -> None:
    """Note that all are up to date."""
    writer.run("DELETE FROM meta WHERE name = ?", (_BEHIND,))
