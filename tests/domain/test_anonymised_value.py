"""Anonymised values: no chosen word is left in any form they are written in, and every place points where it did."""

import json
import re
import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import therapymail.exports
from tests.support.looking_back import NOW, story_letterbook, story_notes, story_timeline
from therapymail.domain.anonymise import Anonymiser, Named, Replaced, Replacement, anonymiser
from therapymail.domain.anonymised_value import anonymised_value, texts_in
from therapymail.domain.letter import Enclosure
from therapymail.domain.letterbook import Entry, Letterbook, Spot
from therapymail.domain.names import LetterName
from therapymail.domain.record import Record, ToldExchange, ToldNote
from therapymail.exports.exchanges_csv import exchanges_csv
from therapymail.exports.letterbook_markdown import letterbook_markdown
from therapymail.exports.letterbook_page import letterbook_page
from therapymail.exports.record_json import exchanges_json, letterbook_json, record_json, timeline_json

MAREN = Named("[client]", ("Maren Quist",), ("maren.quist@harbourpost.example",), ("HERON",), "CLIENT")


class Blank(Anonymiser):
    """Leaves nothing of any text: what is left of a form then is ours."""

    def text(self, text: str, *, is_file_name: bool = False) -> str:
        return ""

    def replaced(self, text: str, *, is_file_name: bool = False) -> Replaced:
        return Replaced("", ((0, len(text), 0),))


def every_form(made: Anonymiser) -> dict[str, str]:
    """The story's letterbook, record, exchanges and timeline, anonymised by `made`, in every form."""
    book = anonymised_value(replace(story_letterbook("HERON"), entries=ENTRIES), made)
    notes = anonymised_value(tuple(story_notes("HERON")), made)
    told = anonymised_value(tuple(ToldExchange(each, ("HERON-1",), (), None) for each in book.exchanges), made)
    record = Record(
        book, "active", NOW, NOW, told, (), (), tuple(ToldNote("N-1", each) for each in notes), anonymised=True
    )
    return {
        "page": letterbook_page(book, notes=notes),
        "markdown": letterbook_markdown(book, notes=notes),
        "letterbook": as_read(letterbook_json(book, anonymised=True)),
        "record": as_read(record_json(record)),
        "exchanges": as_read(exchanges_json("CLIENT", told, NOW, anonymised=True)),
        "table": exchanges_csv(told),
        "timeline": as_read(timeline_json(anonymised_value(story_timeline("HERON"), made), NOW)),
    }


def as_read(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False)


ENTRIES = story_letterbook("HERON").entries[:8]
TEMPLATES = Path(therapymail.exports.__file__).parent / "templates"


def words_in(text: str) -> set[str]:
    bare = "".join(each for each in unicodedata.normalize("NFD", text).lower() if not unicodedata.combining(each))
    return set(re.findall(r"[^\W\d_]{4,}", bare))


@cache
def words_to_choose() -> list[str]:
    """Words of the letters that stand nowhere in what is ours of any form."""
    ours = {word for text in every_form(Blank({}, re.compile("(?!)"), {})).values() for word in words_in(text)}
    ours |= {word for page in TEMPLATES.glob("*.html") for word in words_in(page.read_text("utf-8"))}  # said of marks
    theirs = {word for entry in ENTRIES for word in words_in(f"{entry.text} {entry.letter.subject} {entry.quoted}")}
    return sorted(theirs - ours)


@given(some.data())
@settings(max_examples=12, deadline=None)
def test_F31_no_chosen_word_is_left_in_any_form(data: some.DataObject) -> None:
    chosen = data.draw(some.lists(some.sampled_from(words_to_choose()), min_size=1, max_size=12, unique=True))
    made = anonymiser((MAREN,), [Replacement(word, "zq") for word in chosen])
    for form, text in every_form(made).items():
        left = words_in(text)
        assert not left & set(chosen), form
        assert not left & {"maren", "quist", "heron", "harbourpost"}, form


def test_F31_places_in_a_letter_point_to_what_they_pointed_to() -> None:
    book = story_letterbook("HERON")
    entry = next(each for each in book.entries if each.cues)
    first = entry.text.index("Dear")
    made = anonymiser((MAREN,), [Replacement("Dear", "Beloved and dearest friend")])
    marked = replace(entry, bookmarks=(Spot("here", first, first + 4, "B-1"),))
    changed = anonymised_value(marked, made)
    assert [changed.text[cue.start : cue.end] for cue in changed.cues] == [
        made.text(entry.text[cue.start : cue.end]) for cue in entry.cues
    ]
    ((said, start, end, _),) = changed.bookmarks
    assert said == "here"
    assert changed.text[start:end].startswith("Beloved and dearest friend")


def test_F31_names_of_letters_and_files_and_zones_change_and_kinds_stay() -> None:
    made = anonymiser((MAREN,))
    assert str(anonymised_value(LetterName("HERON", 12), made)) == "CLIENT-12"
    assert anonymised_value(Enclosure("heron-maren.pdf", "application/pdf", 3), made).name == "CLIENT-[client].pdf"
    book: Letterbook = anonymised_value(story_letterbook("HERON"), made)
    assert (book.code, book.zone, book.own_zone) == ("CLIENT", "UTC", "UTC")
    before, after = story_letterbook("HERON").entries[0].letter, book.entries[0].letter
    assert (before.kind, before.digest, before.received) == (after.kind, after.digest, after.received)


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "Maren " * 20_000, "\x00\u202e" * 10_000], ids=["word", "names", "marks"]
)
def test_a_megabyte_in_a_letter_is_anonymised_in_seconds(text: str) -> None:
    entry = story_letterbook("HERON").entries[0]
    long = replace(entry, pieces=(entry.pieces[0]._replace(text=text),))
    assert "Maren" not in anonymised_value(long, anonymiser((MAREN,))).text


def test_every_text_of_a_value_is_looked_over() -> None:
    entry: Entry = story_letterbook("HERON").entries[0]
    assert {entry.letter.subject, entry.pieces[0].text} <= set(texts_in((entry, {"a": ["b"]}, frozenset({"c"}))))
