"""Tags in a real practice: on letters, passages and exchanges; renamed, and what is told of it (F12)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.practices import practice_of_this_process
from tests.vault.builders import add_heron, digest_of, filing, reading, unopened
from therapymail.domain.kinds import Direction, Kind
from therapymail.errors import ExchangeUnknown, LetterUnknown, MarkUnknown, NotOpened, UnusableInput
from therapymail.practice.bookmark import list_bookmarks, remove_bookmark, set_bookmark
from therapymail.practice.find import SearchRequest, search_letters
from therapymail.practice.milestone import MilestoneRequest, list_milestones, mark_milestone, remove_milestone
from therapymail.practice.practice import Practice
from therapymail.practice.saved_searches import save_search
from therapymail.practice.tag import (
    exchange_tags_of,
    rename_tag,
    tag_branches,
    tag_exchange,
    tag_letter,
    tag_passage,
    tags_of_letter,
)
from therapymail.vault.filing import file_letters
from therapymail.vault.letters import letter_by_digest

TEXTS = ("It is an unlit room, and I sit in the room.", "a seed", "You wrote of the room.", "Nobody comes in.")


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    """HERON's letters on four days, the third a response; a fifth that could not be opened."""
    with practice_of_this_process() as made:
        now = made.clock()
        with made.vault() as vault, vault.writing() as writer:
            heron = add_heron(writer, now=now)
            mails = [
                filing(at, heron, received=now - timedelta(days=40 - 10 * at), reading=reading(at, text))
                for at, text in enumerate(TEXTS)
            ]
            mails[2] = replace(mails[2], direction=Direction.OUT, kind=Kind.RESPONSE)
            file_letters(writer, [*mails, unopened(4, heron, received=now)], now)
        yield made


def found(practice: Practice, text: str) -> list[str]:
    return sorted(str(hit.letter.name) for hit in search_letters(practice, SearchRequest(text)).hits)


def test_F12_a_passage_is_tagged_by_its_words_and_by_its_characters_alike(practice: Practice) -> None:
    tagged = tag_passage(practice, "HERON-1", "UNLIT room", ["+image/room"])
    assert (tagged.passage.place, tagged.passage.words) == ((9, 19), "unlit room")
    assert tag_passage(practice, "HERON-1:9-19", None, ["+grief"]).tags == ("grief", "image/room")
    assert found(practice, "tag:image") == ["HERON-1"]
    assert [each.tags for each in tags_of_letter(practice, "HERON-1").passages] == [("grief", "image/room")]
    assert tag_passage(practice, "HERON-1", "unlit room", ["-grief", "-image/room", "-absent"]).tags == ()
    assert found(practice, "tag:image OR tag:grief") == []


def test_F12_a_passage_of_a_text_derived_anew_is_the_same_passage(practice: Practice) -> None:
    tag_passage(practice, "HERON-4", "comes in", ["+alone"])
    with practice.vault() as vault, vault.writing() as writer:
        writer.run("UPDATE letter_text SET text = 'Oh. ' || text WHERE digest = ?", (digest_of(3),))
    try:
        [passage] = tags_of_letter(practice, "HERON-4").passages
        assert (passage.passage.place, passage.passage.words) == ((11, 19), "comes in")
        assert tag_passage(practice, "HERON-4", "comes in", ["+door"]).tags == ("alone", "door")
        assert len(tags_of_letter(practice, "HERON-4").passages) == 1
        assert tag_passage(practice, "HERON-4:11-19", None, ["-alone", "-door"]).tags == ()
    finally:
        with practice.vault() as vault, vault.writing() as writer:
            writer.run("UPDATE letter_text SET text = substr(text, 5) WHERE digest = ?", (digest_of(3),))


@pytest.mark.parametrize(
    ("place", "words", "fault"),
    [
        ("HERON-1", "room", "HERON-1:15-19, HERON-1:38-42"),
        ("HERON-1", "garden", "nowhere in HERON-1"),
        ("HERON-1", "wrote last time", "but in what it quotes"),
        ("HERON-1:3-4", "room", "named by its characters"),
        ("HERON-1:30-90", None, "characters, counted from 0"),
        ("HERON-1:x", None, "looks like HERON-12:120-180"),
    ],
)
def test_words_that_name_no_one_place_are_refused_and_say_no_word(
    practice: Practice, place: str, words: str | None, fault: str
) -> None:
    with pytest.raises(UnusableInput, match=fault) as caught:
        tag_passage(practice, place, words, ["+grief"])
    assert "room" not in str(caught.value.why)


def test_a_letter_that_is_not_there_or_not_opened_has_no_passages(practice: Practice) -> None:
    with pytest.raises(LetterUnknown):
        tag_passage(practice, "HERON-99:1-2", None, ["+grief"])
    with pytest.raises(NotOpened):
        tag_passage(practice, "HERON-5", "grief", ["+grief"])


def test_F12_an_exchange_bears_tags_and_its_letters_are_found_by_them(practice: Practice) -> None:
    assert tag_exchange(practice, "heron", 1, ["+review", "+review"]).tags == ("review",)
    assert found(practice, "tag:review") == ["HERON-1", "HERON-2", "HERON-3"]
    of_response = tags_of_letter(practice, "HERON-3").exchange
    assert of_response is not None
    assert (of_response.number, of_response.tags) == (1, ("review",))
    assert exchange_tags_of(practice, "HERON", 1).tags == ("review",)
    assert tag_exchange(practice, "HERON", 1, ["-review"]).tags == ()
    with pytest.raises(ExchangeUnknown):
        tag_exchange(practice, "HERON", 9, ["+review"])


def test_F12_whoever_renames_a_tag_hears_of_saved_searches_that_ask_for_it(practice: Practice) -> None:
    tag_letter(practice, "HERON-2", ["+work", "+work/boss"])
    save_search(practice, "work", "(tag:work/boss OR seed) -tag:workout")
    renamed, searches = rename_tag(practice, "work", "labour")
    assert (renamed.can_be_undone, searches) == (True, ("work",))
    assert [each.tag for each in tag_branches(practice)] == ["labour", "labour/boss"]
    assert rename_tag(practice, "labour", "work")[1] == ()
    tag_letter(practice, "HERON-2", ["-work", "-work/boss"])


# --- milestones and bookmarks --------------------------------------------------------------------------


def test_F52_a_milestone_of_a_passage_has_the_clients_day_of_its_letter(practice: Practice) -> None:
    asked = MilestoneRequest("HERON-1", "Unique outcome", " a  way out ", words="unlit room")
    marked = mark_milestone(practice, asked)
    with practice.vault() as vault, vault.reading() as reader:
        received = letter_by_digest(reader, digest_of(0)).received
    assert marked.milestone.day == received.date()
    assert (marked.code, str(marked.letter), marked.milestone.said) == ("HERON", "HERON-1", "a way out")
    assert marked.passage is not None
    assert marked.passage.words == "unlit room"
    consent = mark_milestone(practice, MilestoneRequest("heron", "consent", on="2025-01-03"))
    assert [str(each.milestone.name) for each in list_milestones(practice, "HERON")] == ["M-2", "M-1"]
    assert remove_milestone(practice, "m-2").milestone == consent.milestone
    remove_milestone(practice, "M-1")
    with pytest.raises(MarkUnknown):
        remove_milestone(practice, "M-1")


@pytest.mark.parametrize(
    "asked",
    [
        MilestoneRequest("HERON", "other"),
        MilestoneRequest("HERON", "breakthrough"),
        MilestoneRequest("HERON", "consent", on="9999-01-01"),
        MilestoneRequest("HERON", "consent", on="soon"),
        MilestoneRequest("HERON-1", "insight", "x" * 301),
    ],
)
def test_F52_what_is_no_milestone_is_refused(practice: Practice, asked: MilestoneRequest) -> None:
    with pytest.raises(UnusableInput):
        mark_milestone(practice, asked)
    assert list_milestones(practice) == ()


def test_F15_bookmarks_are_set_at_letters_and_passages_and_removed(practice: Practice) -> None:
    set_bookmark(practice, "HERON-4", "begin here")
    at_words = set_bookmark(practice, "HERON-1", words="unlit room")
    assert at_words.passage is not None
    assert [(str(each.letter), each.bookmark.said) for each in list_bookmarks(practice, "HERON")] == [
        ("HERON-1", ""),
        ("HERON-4", "begin here"),
    ]
    for name in ("B-1", "b-2"):
        remove_bookmark(practice, name)
    assert list_bookmarks(practice) == ()
