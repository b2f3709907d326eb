"""The letterbook: the correspondence in order, by exchange, with everything that was put at it (F15, F17)."""

import pytest

from tests.support.shelf import NOW, Shelf
from therapymail.domain.client import Client
from therapymail.domain.exchange import Correction
from therapymail.domain.kinds import Kind, LetterState, Standing
from therapymail.domain.milestone import MilestoneKind
from therapymail.domain.passage import Passage
from therapymail.errors import ClientUnknown, ExchangeUnknown, LetterElsewhere, UnusableInput, explain
from therapymail.practice.letterbook import Part, letterbook
from therapymail.vault import (
    bookmarks,
    corrections,
    courses,
    exchange_tags,
    journal,
    milestones,
    passage_tags,
    rereads,
    tags,
)


@pytest.fixture
def heron(shelf: Shelf) -> Client:
    """A client of this test's own, with two exchanges and an admin mail between them."""
    client = shelf.new_client()
    shelf.file(client, -3, "Here is how it works.", out=True, kind=Kind.CONSENT)
    shelf.file(client, 0, "Dear Orla,", "> You wrote this.", "and I answer it [sighs].")
    shelf.file(client, 2, "Dear Maren", out=True)
    shelf.file(client, 4, "The day has to move.", kind=Kind.ADMIN)
    shelf.file(client, 7, "The second letter.")
    return client


def names(shelf: Shelf, client: Client, **part: object) -> list[str]:
    book = letterbook(shelf.practice, client.code, Part(**part))  # type: ignore[arg-type]  # by name
    return [str(entry.letter.name).rpartition("-")[2] for entry in book.entries]


def test_F15_the_correspondence_is_in_order_by_exchange(shelf: Shelf, heron: Client) -> None:
    shelf.file(heron, 8, "a report", kind=Kind.BOUNCE)
    shelf.file(heron, 9, "who knows", standing=Standing.PROPOSED)

    book = letterbook(shelf.practice, heron.code.lower())

    chapters = list(book.chapters())
    assert [chapter.exchange and chapter.exchange.number for chapter in chapters] == [None, 1, 2]
    assert [[entry.letter.kind for entry in chapter.entries] for chapter in chapters] == [
        [Kind.CONSENT],
        [Kind.LETTER, Kind.RESPONSE, Kind.ADMIN],
        [Kind.LETTER],
    ]
    assert (book.total, book.before, book.after, book.zone, book.own_zone) == (5, 0, 0, heron.zone, "Europe/London")


def test_F15_a_late_answer_stands_in_the_exchange_it_belongs_to(shelf: Shelf, heron: Client) -> None:
    second = letterbook(shelf.practice, heron.code).entries[-1].letter.digest
    shelf.file(heron, 9, "A third one")
    third = letterbook(shelf.practice, heron.code).entries[-1].letter.digest
    with shelf.practice.vault() as vault, vault.writing() as writer:
        corrections.correct(writer, heron.identity, [third], Correction.SPLIT, NOW)
        courses.bring_courses_up_to_date(writer)
    answer = shelf.file(heron, 10, "An answer to the second", out=True)

    book = letterbook(shelf.practice, heron.code)

    assert [entry.letter.digest for entry in book.entries][-3:] == [second, answer, third]


def test_F17_own_words_and_quoted_ones_come_in_their_order(shelf: Shelf, heron: Client) -> None:
    entry = letterbook(shelf.practice, heron.code).entries[1]

    assert [(piece.quoted, piece.text.strip()) for piece in entry.pieces] == [
        (False, "Dear Orla,"),
        (True, "> You wrote this."),
        (False, "and I answer it [sighs]."),
    ]
    assert [entry.text[cue.start : cue.end] for cue in entry.cues] == ["[sighs]"]


def test_F15_parts_of_a_letterbook_begin_and_end_where_they_are_asked_to(shelf: Shelf, heron: Client) -> None:
    code = heron.code
    assert names(shelf, heron) == ["1", "2", "3", "4", "5"]
    assert names(shelf, heron, exchange=1) == ["2", "3", "4"]
    assert names(shelf, heron, since=f"{code}-3") == ["3", "4", "5"]
    assert names(shelf, heron, since=f"{code}-3", limit=1) == ["3"]
    assert names(shelf, heron, exchange=1, since=f"{code}-3", limit=9) == ["3", "4"]
    part = letterbook(shelf.practice, code, Part(since=f"{code}-3", limit=1))
    assert (part.before, part.after, part.total) == (2, 2, 5)
    assert [chapter.exchange and chapter.exchange.number for chapter in part.chapters()] == [1]


def test_what_is_not_in_the_letterbook_is_said(shelf: Shelf, heron: Client) -> None:
    code = heron.code
    for part, error in (
        (Part(exchange=9), ExchangeUnknown),
        (Part(exchange=0), ExchangeUnknown),
        (Part(since=f"{code}-99"), LetterElsewhere),
        (Part(since=f"{code}-5", exchange=1), LetterElsewhere),
        (Part(since="nothing"), UnusableInput),
    ):
        with pytest.raises(error):
            letterbook(shelf.practice, code, part)
    with pytest.raises(LetterElsewhere) as of_another:
        letterbook(shelf.practice, code, Part(since="LINDEN-1"))
    assert explain(of_another.value).next_step == f"See `therapymail letters {code}`."
    with pytest.raises(ClientUnknown):
        letterbook(shelf.practice, "NOBODY")
    empty = letterbook(shelf.practice, shelf.new_client().code)
    assert (empty.entries, empty.total, list(empty.chapters())) == ((), 0, [])


def test_F15_what_the_therapist_put_at_letters_stands_with_them(shelf: Shelf, heron: Client) -> None:
    entry = letterbook(shelf.practice, heron.code).entries[1]
    digest, text = entry.letter.digest, entry.text
    passage = Passage.of(digest, text, 0, 9)
    gone = Passage(digest, 0, 4, b"nowhere")
    with shelf.practice.vault() as vault, vault.writing() as writer:
        tags.tag(writer, digest, ["grief"], [], NOW)
        passage_tags.tag_passage(writer, passage, ["grief/mother"], [], NOW)
        passage_tags.tag_passage(writer, gone, ["lost"], [], NOW)
        exchange_tags.tag_exchange(writer, [digest], ["review"], [], NOW)
        bookmarks.set_bookmark(writer, digest, passage, "begin here", NOW)
        for letter, day in ((digest, 0), (None, 5), (None, -8)):
            milestones.mark(
                writer,
                milestones.NewMilestone(heron.identity, MilestoneKind.INSIGHT, "she sees", shelf.day(day), letter),
                NOW,
            )
        rereads.note_read(writer, digest, NOW)
        rereads.note_reread(writer, digest, shelf.day(20), NOW)
        before = sum(1 for _ in journal.entries(writer))

    book = letterbook(shelf.practice, heron.code)

    found = book.entries[1]
    assert found.letter.tags == ("grief",)
    assert set(found.passages) == {("grief/mother", 0, 9), ("lost", None, None)}
    assert [(each.said, each.first, each.end) for each in found.bookmarks] == [("begin here", 0, 9)]
    assert [(each.kind, each.said) for each in found.milestones] == [("insight", "she sees")]
    assert (found.rereads, found.first_read) == ((shelf.day(20),), NOW)
    assert [each.day for each in book.milestones] == [shelf.day(-8), shelf.day(5)]
    assert [chapter.tags for chapter in book.chapters()] == [(), ("review",), ()]
    assert [each.day for each in letterbook(shelf.practice, heron.code, Part(exchange=1)).milestones] == [shelf.day(5)]
    with shelf.practice.vault() as vault, vault.reading() as reader:
        assert sum(1 for _ in journal.entries(reader)) == before  # looking is recorded by who shows it


def test_a_letter_that_was_not_opened_stands_without_words(shelf: Shelf, heron: Client) -> None:
    shelf.file(heron, 8, "never seen", state=LetterState.SEALED)

    entry = letterbook(shelf.practice, heron.code).entries[-1]

    assert (entry.letter.state, entry.pieces, entry.text, entry.cues) == (LetterState.SEALED, (), "", ())
