"""Images that recur: a phrase and its variants, found in what both have written, quotations left out (F48)."""

import pytest

from tests.support.shelf import Shelf
from therapymail.domain.client import Client
from therapymail.domain.kinds import Standing
from therapymail.errors import ClientUnknown, UnusableInput
from therapymail.practice.images import forget_image, keep_image, recurring_images


@pytest.fixture
def heron(shelf: Shelf) -> Client:
    client = shelf.new_client()
    shelf.file(client, 0, "An unlit room, and the doors of it.")
    shelf.file(client, 2, "> An unlit room", "You tell me of a dark room.", out=True)
    shelf.file(client, 7, "Nothing of the sort; unlit, a room.")
    shelf.file(client, 9, "Door, dark Room, door.", out=True)
    shelf.file(client, 11, "The unlit room again.", standing=Standing.PROPOSED)
    return client


def said(shelf: Shelf, client: Client, phrase: str | None = None) -> dict[str, list[int]]:
    """By image, the days after the first on which it was said."""
    found = recurring_images(shelf.practice, client.code, phrase)
    return {
        image.phrase: [(each.letter.received.date() - shelf.day(0)).days for each in image.occurrences]
        for image in found.images
    }


def test_F48_an_image_is_found_with_its_variants_in_the_words_of_both(shelf: Shelf, heron: Client) -> None:
    other = shelf.new_client()
    shelf.file(other, 1, "an unlit room of another client's")
    keep_image(shelf.practice, heron.code, " unlit  room", ["dark room", "Unlit Room"])

    assert said(shelf, heron) == {"unlit room": [0, 2, 9]}
    [image] = recurring_images(shelf.practice, heron.code).images
    assert image.variants == ("dark room",)
    assert [each.exchange for each in image.occurrences] == [1, 1, 2]
    assert [[each.snippet.text[start:end] for start, end in each.snippet.marks] for each in image.occurrences] == [
        ["unlit room"],
        ["dark room"],
        ["dark Room"],
    ]
    assert said(shelf, other) == {}


def test_F48_a_single_word_is_found_in_any_form_and_need_not_be_kept(shelf: Shelf, heron: Client) -> None:
    assert said(shelf, heron, "door") == {"door": [0, 9]}
    assert not recurring_images(shelf.practice, heron.code, "door").images[0].kept
    assert said(shelf, heron, "lighthouse") == {"lighthouse": []}
    assert said(shelf, heron) == {}


def test_F48_more_variants_are_added_and_an_image_is_forgotten(shelf: Shelf, heron: Client) -> None:
    keep_image(shelf.practice, heron.code, "unlit room", ["dark room"])
    [image] = keep_image(shelf.practice, heron.code, "Unlit room", ["door"]).images
    assert (image.phrase, image.variants, image.kept) == ("unlit room", ("dark room", "door"), True)

    assert forget_image(shelf.practice, heron.code, "UNLIT ROOM").images == ()
    with pytest.raises(UnusableInput):
        forget_image(shelf.practice, heron.code, "unlit room")


@pytest.mark.parametrize("phrase", ["", "--", "x" * 81, "\x00"])
def test_what_is_no_phrase_is_refused(shelf: Shelf, heron: Client, phrase: str) -> None:
    with pytest.raises(UnusableInput):
        recurring_images(shelf.practice, heron.code, phrase)


@pytest.mark.parametrize("phrase", ["tag:grief OR (", 'a " b', "x*", "-unlit room", "\u202eunlit \x1b[31mroom", "房间"])
def test_nothing_in_a_phrase_is_read_as_a_search(shelf: Shelf, heron: Client, phrase: str) -> None:
    found = recurring_images(shelf.practice, heron.code, phrase)
    assert len(found.images) == 1
    with pytest.raises(ClientUnknown):
        recurring_images(shelf.practice, "NOBODY", phrase)
