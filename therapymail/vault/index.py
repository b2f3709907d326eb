"""The full-text index: what it is told of a letter, and what is taken out of it again (HAZARDS H14).

It keeps no text, so a change has to name exactly what was put in. `letter_indexed` records language and filters;
the words are computed again from the reading, which never changes. When filters change, only they are rewritten:
their terms occur nowhere else, and FTS5 keeps each term of a contentless table apart. What a letter says in cues is
among the filters, at their end, and stays as it is when they change.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import Stemmer

from therapymail.domain.letter import Reading
from therapymail.vault import blocks, later_filters
from therapymail.vault.connection import Reader, Writer
from therapymail.vault.filters import LetterTokens, filters_of, runs_in, said_in_cues, terms_of_cues
from therapymail.vault.stems import detect_language
from therapymail.vault.storable import storable
from therapymail.vault.terms import GAP, word_terms
from therapymail.vault.words import tokens as tokens_of

_WORDS_VERSION = 1  # raise it whenever words, stems or terms come out differently: `index_is_current` then says no
_MADE_BY = "index_made_by"
NO_LETTER = -(2**62)  # a row id that no time has

_PUT_IN = "INSERT INTO letter_index (rowid, terms, text) VALUES (?, ?, ?)"
_TAKE_OUT = "INSERT INTO letter_index (letter_index, rowid, terms, text) VALUES ('delete', ?, ?, ?)"


def index_letter(writer: Writer, letter_id: int, reading: Reading, tokens: LetterTokens) -> None:
    """Make an opened letter searchable: subject and text, not what it quotes. Ascending ids are the fast order."""
    text = running_words(reading)
    language = reading.language or detect_language(text)
    _put_in(writer, letter_id, text, language, filters_of(tokens) + terms_of_cues(reading.text, language))


def change_tokens(writer: Writer, letter_id: int, tokens: LetterTokens) -> None:
    """Let the index know a letter's new properties; one that is not in it is passed over."""
    row = writer.row("SELECT filters FROM letter_indexed WHERE letter = ?", (letter_id,))
    if row is not None:
        _change_filters(writer, letter_id, row[0], filters_of(tokens) + said_in_cues(row[0]))


def bring_up_to_date(writer: Writer, letter_id: int, text: str, tokens: LetterTokens) -> None:
    """As `change_tokens`, for a letter with this text whose cues an older version did not take in."""
    row = writer.row("SELECT filters, language FROM letter_indexed WHERE letter = ?", (letter_id,))
    if row is not None:
        _change_filters(writer, letter_id, row[0], filters_of(tokens) + terms_of_cues(text, row[1]))


def _change_filters(writer: Writer, letter_id: int, before: str, filters: str) -> None:
    """Rewrite the terms that differ. Those that stand side by side for a reason are rewritten all or not at all."""
    if before == filters:
        return
    gone, new = before.split(), filters.split()
    blocks.change_terms(writer, letter_id, set(gone) - set(new), set(new) - set(gone))
    if runs_in(gone) == runs_in(new):
        gone, new = [term for term in gone if term not in new], [term for term in new if term not in gone]
    writer.run(_TAKE_OUT, (letter_id, " ".join(gone), ""))
    writer.run(_PUT_IN, (letter_id, " ".join(new), ""))
    writer.run("UPDATE letter_indexed SET filters = ? WHERE letter = ?", (filters, letter_id))


def remove_letter(writer: Writer, letter_id: int, reading: Reading) -> None:
    """Take every word and filter of a letter out; `reading` is what was indexed. One that is not in it is left be."""
    row = writer.row("SELECT language, filters FROM letter_indexed WHERE letter = ?", (letter_id,))
    if row is None:
        return
    language, filters = row
    blocks.open_around(writer, letter_id)
    text = running_words(reading)
    writer.run(_TAKE_OUT, (letter_id, " ".join([filters, *word_terms(text, language)]), " ".join(text)))
    writer.run("DELETE FROM letter_indexed WHERE letter = ?", (letter_id,))
    writer.run("UPDATE index_language SET letters = letters - 1 WHERE language = ?", (language,))
    writer.run("DELETE FROM index_language WHERE letters = 0")


def empty_index(writer: Writer) -> None:
    """Take everything out."""
    _empty(writer)
    later_filters.forget(writer)


def _empty(writer: Writer) -> None:
    writer.run("INSERT INTO letter_index (letter_index) VALUES ('delete-all')")
    blocks.forget_blocks(writer)
    writer.run("DELETE FROM letter_indexed")
    writer.run("DELETE FROM index_language")
    writer.run("DELETE FROM meta WHERE name = ?", (_MADE_BY,))


def reindex(writer: Writer) -> int:
    """Fill the index anew from the texts that are kept; the number of letters.

    For a change of words or stems, and after an erasure, so that not even the shape of the index remembers (H14).
    """
    rows = writer.rows("SELECT letter, filters FROM letter_indexed ORDER BY letter")
    _empty(writer)
    for letter_id, filters in rows:
        kept = writer.row(
            "SELECT letter_text.subject, letter_text.text, letter_text.language"
            " FROM letter JOIN letter_text ON letter_text.digest = letter.digest WHERE letter.id = ?",
            (letter_id,),
        )
        if kept:
            text = running_words(Reading(subject=kept[0], text=kept[1]))
            _put_in(writer, letter_id, text, kept[2] or detect_language(text), filters)
    return len(rows)


@contextmanager
def leaving_no_trace(writer: Writer) -> Iterator[None]:
    """Letters are taken out within; then the index is written anew from what it still holds (HAZARDS H14).

    Beginnings of words that were taken out would stand in what leads to its pages. As all of it is written anew, what
    is taken out need not be overwritten at once, which is much slower; `reindex` would compute every word again.
    """
    writer.run("INSERT INTO letter_index (letter_index, rank) VALUES ('secure-delete', 0)")
    yield
    # A single segment would be left as it is: one more, for a letter that is none, makes two.
    nobody = (NO_LETTER, GAP, "")
    writer.run(_PUT_IN, nobody)
    writer.run("INSERT INTO letter_index (letter_index) VALUES ('optimize')")
    writer.run("INSERT INTO letter_index (letter_index, rank) VALUES ('secure-delete', 1)")
    writer.run(_TAKE_OUT, nobody)


def index_is_current(reader: Reader) -> bool:
    """Whether this version cuts and stems words as the version did that filled the index."""
    row = reader.row("SELECT value FROM meta WHERE name = ?", (_MADE_BY,))
    return row is None or row[0] == index_maker()


def languages(reader: Reader) -> tuple[str, ...]:
    """The languages of the letters in the index; `""` among them for letters whose language is unclear."""
    return tuple(language for (language,) in reader.rows("SELECT language FROM index_language ORDER BY language"))


def count_searchable(reader: Reader) -> int:
    """How many letters are in the index."""
    row = reader.row("SELECT coalesce(sum(letters), 0) FROM index_language")
    assert row, "an aggregate gives a row"
    number: int = row[0]
    return number


def _put_in(writer: Writer, letter_id: int, text: list[str], language: str, filters: str) -> None:
    blocks.open_around(writer, letter_id)
    writer.run(_PUT_IN, (letter_id, " ".join([filters, *word_terms(text, language)]), " ".join(text)))
    writer.run(
        "INSERT INTO letter_indexed (letter, language, filters) VALUES (?, ?, ?)", (letter_id, language, filters)
    )
    writer.run(
        "INSERT INTO index_language (language, letters) VALUES (?, 1) ON CONFLICT DO UPDATE SET letters = letters + 1",
        (language,),
    )
    writer.run("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", (_MADE_BY, index_maker()))


def running_words(reading: Reading) -> list[str]:
    """The words of a letter in their order, as they are in the index."""
    # As it is stored, so that what is computed from the stored text later is the same.
    return [*tokens_of(storable(reading.subject)), GAP, *tokens_of(storable(reading.text))]


def index_maker() -> str:
    """Which rules of words and stems this version fills an index by."""
    return f"{_WORDS_VERSION} Snowball {Stemmer.version()}"
