"""F15, F17, F48: the letterbook of the fictional practice and its recurring images are as its gold table says."""

import pytest

from therapymail.domain.letterbook import Letterbook
from therapymail.practice.demo.stage import Stage
from therapymail.practice.images import Occurrence, recurring_images
from therapymail.practice.letterbook import letterbook
from therapymail.practice.rereading import not_reread

CODES = ("HERON", "LINDEN", "SLATE")


@pytest.fixture(scope="module")
def books(stage: Stage) -> dict[str, Letterbook]:
    return {code: letterbook(stage.practice, code) for code in CODES}


def said_in(each: Occurrence) -> set[str]:
    return {each.snippet.text[start:end].lower() for start, end in each.snippet.marks}


@pytest.mark.parametrize(("phrase", "gold"), [("unlit room", "unlit_room"), ("door", "door_metaphor")])
def test_F48_the_images_of_the_story_recur_where_its_gold_table_says(stage: Stage, phrase: str, gold: str) -> None:
    ids = {name: mail_id for mail_id, name in stage.names.items()}

    [image] = recurring_images(stage.practice, "HERON", phrase).images

    # The story may keep it with variants: told are those that say the phrase itself.
    told = [each for each in image.occurrences if phrase in said_in(each)]
    assert [ids[str(each.letter.name)] for each in told] == stage.story.gold[gold]
    assert [each.exchange for each in told] == ([2, 2, 8] if phrase == "unlit room" else [2, 8, 12])


@pytest.mark.parametrize("code", CODES)
def test_F15_every_mail_of_the_correspondence_stands_in_the_letterbook_in_order(
    stage: Stage, books: dict[str, Letterbook], code: str
) -> None:
    gold, book = stage.story.gold["clients"][code], books[code]
    numbers = [chapter.exchange.number for chapter in book.chapters() if chapter.exchange and not chapter.after_closing]
    waiting = {stage.names[mail.id] for mail in stage.story.mails_of(code)} - {
        str(entry.letter.name) for entry in book.entries
    }

    assert numbers == list(range(1, gold["exchanges"] + 1))
    assert book.total == gold["mails"] - len(waiting)
    assert [entry.letter.order for entry in book.entries] == sorted(entry.letter.order for entry in book.entries)
    assert [chapter.after_closing for chapter in book.chapters()].count(True) == (code == "HERON")
    assert not_reread(stage.practice, code).past > 0


def test_F17_the_words_of_each_mail_are_all_there_and_its_quotations_in_their_place(
    stage: Stage, books: dict[str, Letterbook]
) -> None:
    entries = [entry for book in books.values() for entry in book.entries]
    assert all(entry.ordered for entry in entries)
    assert all(entry.letter.words == len(entry.text.split()) for entry in entries)
