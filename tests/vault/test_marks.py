"""Marks in the vault: found by search, kept through all that changes, gone with what is erased (F12, F15, F48, F52)."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vault.builders import NOW, add_heron, add_wren, digest_of, filing, reading
from tests.vault.searchable import Sample, vault_of
from tests.vault.searchable import digest_of as sample
from tests.vault.test_filters import found
from tests.vault.test_rebuild import state
from therapymail.domain.client import Client
from therapymail.domain.exchange import Correction
from therapymail.domain.journal import FIRST_PREVIOUS, Entry
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.letter import Reading
from therapymail.domain.mark_name import MarkName, MarkSort
from therapymail.domain.milestone import MilestoneKind
from therapymail.domain.passage import Passage
from therapymail.errors import LetterUnknown, MarkUnknown, NothingFound, UnusableInput
from therapymail.vault import bookmarks, exchange_tags, exchanges, images, journal, milestones, passage_tags, rereads
from therapymail.vault.clients import client_by_identity
from therapymail.vault.connection import Vault, Writer
from therapymail.vault.corrections import correct
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.decisions import accept, erase_letter, set_kind
from therapymail.vault.filing import file_letters
from therapymail.vault.journal import Payload
from therapymail.vault.letters import letter_by_digest
from therapymail.vault.projection import apply
from therapymail.vault.rebuild import rebuild
from therapymail.vault.tags import branches, rename, tag, tags, tags_in_use

MARKS = (
    *("passage_tag", "exchange_tag", "milestone", "milestone_place", "letter_bookmark", "image"),
    *("letter_read", "letter_reread"),
)
TODAY = NOW.date()


@pytest.fixture
def writer(vault: Vault) -> Iterator[Writer]:
    """HERON's letters 0 to 2 with a response (3) after the second: two exchanges."""
    with vault.writing() as opened:
        heron = add_heron(opened)
        mails = [filing(at, heron, received=NOW + timedelta(days=at)) for at in range(4)]
        mails[2] = replace(mails[2], direction=Direction.OUT, kind=Kind.RESPONSE)
        file_letters(opened, mails, NOW)
        bring_courses_up_to_date(opened)
        yield opened


def client_of(writer: Writer) -> str:
    return str(letter_by_digest(writer, digest_of(0)).client)


def passage(number: int, first: int = 0, end: int = 4) -> Passage:
    return Passage.of(digest_of(number), reading(number).text, first, end)


def exchange(writer: Writer, number: int) -> tuple[bytes, ...]:
    return exchanges.course_of(writer, client_of(writer)).exchanges[number - 1].mails


# --- tags ----------------------------------------------------------------------------------------------


def test_F12_a_letter_is_found_by_the_tags_of_its_passages_and_of_its_exchange(writer: Writer) -> None:
    passage_tags.tag_passage(writer, passage(0), ["Grief/Father"], [], NOW)
    exchange_tags.tag_exchange(writer, exchange(writer, 1), ["review"], [], NOW)
    assert found(writer, "tag:grief") == found(writer, "tag:grief/father") == [digest_of(0)]
    assert found(writer, "tag:review") == [digest_of(at) for at in (0, 1, 2)]
    assert passage_tags.tag_passage(writer, passage(0), [], ["grief/father"], NOW) == ()
    assert exchange_tags.tag_exchange(writer, exchange(writer, 1), [], ["review"], NOW) == ()
    assert found(writer, "tag:grief OR tag:review") == []


def test_F12_tags_of_an_exchange_go_where_its_letter_goes(writer: Writer) -> None:
    exchange_tags.tag_exchange(writer, exchange(writer, 2), ["late"], [], NOW)
    assert found(writer, "tag:late") == [digest_of(3)]
    correct(writer, client_of(writer), [digest_of(3)], Correction.JOIN, NOW)
    bring_courses_up_to_date(writer)
    assert found(writer, "tag:late") == [digest_of(at) for at in range(4)]
    correct(writer, client_of(writer), [digest_of(1)], Correction.SPLIT, NOW)
    bring_courses_up_to_date(writer)
    borne = exchange_tags.exchange_tags(writer, client_of(writer))
    assert borne == {digest_of(3): ("late",)}
    assert set(found(writer, "tag:late")) == set(exchange(writer, 2))


def test_F12_a_letter_that_leaves_an_exchange_takes_its_tags_along_though_nothing_else_changes(writer: Writer) -> None:
    silent = filing(10, the_client(writer), received=NOW + timedelta(days=3, hours=1))
    file_letters(writer, [replace(silent, reading=Reading("", ""))], NOW)
    last = filing(11, the_client(writer), received=NOW + timedelta(days=4))
    file_letters(writer, [last], NOW)
    bring_courses_up_to_date(writer)
    exchange_tags.tag_exchange(writer, [digest_of(10)], ["late"], [], NOW)
    assert found(writer, "tag:late") == [digest_of(3), digest_of(10), digest_of(11)]
    set_kind(writer, letter_by_digest(writer, digest_of(10)).name, Kind.ADMIN, NOW)  # type: ignore[arg-type]  # it has one
    bring_courses_up_to_date(writer)
    assert found(writer, "tag:late") == []


def test_F12_a_passage_keeps_its_tag_when_the_letter_is_of_another_kind(writer: Writer) -> None:
    passage_tags.tag_passage(writer, passage(0), ["grief"], [], NOW)
    set_kind(writer, letter_by_digest(writer, digest_of(0)).name, Kind.ADMIN, NOW)  # type: ignore[arg-type]  # it has one
    assert found(writer, "tag:grief kind:admin") == [digest_of(0)]
    rebuild(writer)
    assert found(writer, "tag:grief kind:admin") == [digest_of(0)]


def test_F12_renaming_merges_on_letters_passages_and_exchanges_and_takes_what_is_below_along(writer: Writer) -> None:
    tag(writer, digest_of(0), ["grieving", "grief"], [], NOW)
    tag(writer, digest_of(1), ["grieving/sister"], [], NOW)
    passage_tags.tag_passage(writer, passage(1), ["grieving"], [], NOW)
    exchange_tags.tag_exchange(writer, exchange(writer, 2), ["grieving"], [], NOW)
    told = rename(writer, "Grieving", "grief", NOW)
    assert (told.joins, told.can_be_undone) == (("grief",), False)
    assert tags_in_use(writer) == ["grief", "grief/sister"]
    assert found(writer, "tag:grief") == [digest_of(0), digest_of(1), digest_of(3)]
    assert found(writer, "tag:grieving") == []
    assert found(writer, "tag:grief/sister") == [digest_of(1)]
    before = state(writer, (*MARKS, "letter_tag"))
    rebuild(writer)
    assert state(writer, (*MARKS, "letter_tag")) == before


def test_F12_a_tag_is_moved_up_over_one_that_is_called_as_it_was(writer: Writer) -> None:
    tag(writer, digest_of(0), ["a/b", "a/b/b"], [], NOW)
    rename(writer, "a/b", "a", NOW)
    assert tags_in_use(writer) == ["a", "a/b"]
    rename(writer, "a/b", "c", NOW)
    assert rename(writer, "a", "b", NOW).can_be_undone
    rename(writer, "b", "a", NOW)
    assert letter_by_digest(writer, digest_of(0)).tags == ("a", "c")


def test_a_tag_that_nothing_bears_is_not_renamed(writer: Writer) -> None:
    entries = len(list(journal.entries(writer)))
    with pytest.raises(NothingFound):
        rename(writer, "absent", "grief", NOW)
    with pytest.raises(UnusableInput):
        rename(writer, "grief", "grief/father", NOW)
    assert len(list(journal.entries(writer))) == entries


def test_F12_the_hierarchy_counts_what_bears_a_tag_or_one_below_it_once(writer: Writer) -> None:
    tag(writer, digest_of(0), ["grief/father", "grief/mother"], [], NOW)
    tag(writer, digest_of(1), ["grief/father"], [], NOW)
    passage_tags.tag_passage(writer, passage(0), ["grief/father", "grief/mother"], [], NOW)
    for mail in exchange(writer, 1)[:2]:  # said by two letters of one exchange
        exchange_tags.tag_exchange(writer, [mail], ["grief/father"], [], NOW)
    counted = {each.tag: (each.letters, each.passages, each.exchanges, each.own) for each in branches(writer)}
    assert counted["grief"] == (2, 1, 1, None)
    assert [(each.tag, each.count, each.passages, each.exchanges) for each in tags(writer)] == [
        ("grief/father", 2, 1, 1),
        ("grief/mother", 1, 1, 0),
    ]


@pytest.mark.timeout(20)
def test_F12_thousands_of_tags_are_counted_at_once(writer: Writer) -> None:
    tag(writer, digest_of(0), [f"t{number}/x{number % 7}" for number in range(2_000)], [], NOW)
    began = time.process_time()
    counted = branches(writer)
    assert time.process_time() - began < 0.5  # 2 s where each was asked for by itself
    assert len(counted) == 4_000
    assert {each.letters for each in counted} == {1}


# --- unread --------------------------------------------------------------------------------------------


def test_is_unread_finds_what_came_since_and_was_neither_opened_nor_answered(writer: Writer) -> None:
    assert found(writer, "is:unread") == [digest_of(3)]  # the others were answered
    early = filing(10, the_client(writer), received=NOW - timedelta(days=1))
    late = filing(11, the_client(writer), received=NOW + timedelta(days=9), standing=Standing.PROPOSED)
    admin = filing(12, the_client(writer), received=NOW + timedelta(days=9), kind=Kind.ADMIN)
    bounce = filing(13, the_client(writer), received=NOW + timedelta(days=9), kind=Kind.BOUNCE)
    other = add_wren(writer)
    before = filing(15, other, received=NOW - timedelta(days=1))
    file_letters(writer, [early, late, admin, bounce, before], NOW)
    bring_courses_up_to_date(writer)
    assert set(found(writer, "is:unread")) == {digest_of(3), digest_of(12)}
    accept(writer, letter_by_digest(writer, digest_of(11)).name, NOW)  # type: ignore[arg-type]  # it has one
    bring_courses_up_to_date(writer)
    assert rereads.note_read(writer, digest_of(12), NOW)
    assert not rereads.note_read(writer, digest_of(12), NOW)
    assert set(found(writer, "is:unread client:HERON")) == {digest_of(3), digest_of(11)}
    assert rereads.unread_counts(writer) == {client_of(writer): 2}
    assert rereads.is_unread(writer, digest_of(11))
    assert not rereads.is_unread(writer, digest_of(12))
    response = filing(14, the_client(writer), received=NOW + timedelta(days=20), direction=Direction.OUT)
    file_letters(writer, [replace(response, kind=Kind.RESPONSE)], NOW)
    bring_courses_up_to_date(writer)
    assert found(writer, "is:unread") == []
    rebuild(writer)
    assert found(writer, "is:unread") == []


def the_client(writer: Writer) -> Client:
    return client_by_identity(writer, client_of(writer))


def test_F15_a_letter_is_read_again_once_a_day(writer: Writer) -> None:
    assert rereads.note_reread(writer, digest_of(0), TODAY, NOW)
    assert not rereads.note_reread(writer, digest_of(0), TODAY, NOW + timedelta(hours=3))
    assert rereads.note_reread(writer, digest_of(0), TODAY + timedelta(days=1), NOW + timedelta(days=1))
    assert rereads.rereads_of_client(writer, client_of(writer)) == {digest_of(0): (TODAY, TODAY + timedelta(days=1))}
    with pytest.raises(LetterUnknown):
        rereads.note_reread(writer, digest_of(99), TODAY, NOW)


# --- milestones, bookmarks, images ---------------------------------------------------------------------


def test_F52_milestones_stand_in_the_order_of_their_days_and_are_taken_away(writer: Writer) -> None:
    heron = client_of(writer)
    new = milestones.NewMilestone(heron, MilestoneKind.INSIGHT, "a switch", TODAY, digest_of(0), passage(0))
    later = milestones.mark(writer, new, NOW)
    first = milestones.mark(writer, milestones.NewMilestone(heron, MilestoneKind.CONSENT, "", date(2025, 1, 3)), NOW)
    assert [str(each.name) for each in milestones.milestones(writer)] == ["M-2", "M-1"]
    assert later.passage == passage(0)
    assert first.letter is None
    milestones.unmark(writer, milestones.milestone(writer, MarkName(MarkSort.MILESTONE, 1)), NOW)
    assert milestones.milestones(writer, heron) == [first]
    with pytest.raises(MarkUnknown):
        milestones.milestone(writer, MarkName(MarkSort.MILESTONE, 1))


def test_F15_a_bookmark_that_is_there_says_something_else_and_is_no_second_one(writer: Writer) -> None:
    made = bookmarks.set_bookmark(writer, digest_of(1), None, "why", NOW)
    again = bookmarks.set_bookmark(writer, digest_of(1), None, "another reason", NOW + timedelta(days=1))
    assert (again.name, again.made, again.said) == (made.name, made.made, "another reason")
    bookmarks.set_bookmark(writer, digest_of(1), passage(1), "", NOW)
    assert [str(each.name) for each in bookmarks.bookmarks(writer, client_of(writer))] == ["B-1", "B-2"]
    bookmarks.remove_bookmark(writer, made, NOW)
    assert [str(each.name) for each in bookmarks.bookmarks(writer)] == ["B-2"]


def test_F48_an_image_is_called_by_its_phrase_whatever_its_case(writer: Writer) -> None:
    heron = client_of(writer)
    images.save_image(writer, heron, "unlit room", ["dark room"], NOW)
    entries = len(list(journal.entries(writer)))
    images.save_image(writer, heron, "Unlit Room", ["dark room"], NOW)
    assert len(list(journal.entries(writer))) == entries
    images.save_image(writer, heron, "UNLIT ROOM", ["black room"], NOW + timedelta(days=1))
    [kept] = images.images(writer, heron)
    assert (kept.phrase, kept.variants, kept.added) == ("unlit room", ("black room",), NOW)
    images.forget_image(writer, kept, NOW)
    assert images.image(writer, heron, "unlit room") is None


# --- erasing, devices ----------------------------------------------------------------------------------


def test_H14_what_is_marked_at_an_erased_letter_goes_with_it_and_the_milestone_stays(writer: Writer) -> None:
    heron = client_of(writer)
    secret = passage(0, 5, 9)
    passage_tags.tag_passage(writer, secret, ["grief"], [], NOW)
    exchange_tags.tag_exchange(writer, exchange(writer, 1), ["review"], [], NOW)
    new = milestones.NewMilestone(heron, MilestoneKind.RUPTURE, "what I said", TODAY, digest_of(0), secret)
    milestones.mark(writer, new, NOW)
    gone = bookmarks.set_bookmark(writer, digest_of(0), secret, "quokka", NOW)
    bookmarks.remove_bookmark(writer, gone, NOW)
    rereads.note_read(writer, digest_of(0), NOW)
    rereads.note_reread(writer, digest_of(0), TODAY, NOW)
    erase_letter(writer, digest_of(0), NOW)
    bring_courses_up_to_date(writer)
    [kept] = milestones.milestones(writer, heron)
    assert (kept.said, kept.letter, kept.passage) == ("what I said", None, None)
    # The exchange is still there, and so is what was said of it.
    assert found(writer, "tag:review") == [digest_of(1), digest_of(2)]
    said = repr([payload for _, payload in journal.entries(writer)])
    assert secret.sha256.hex() not in said
    assert "quokka" not in said
    before = state(writer, MARKS)
    assert not [rows for table, rows in before.items() if table not in {"milestone", "exchange_tag"} and rows]
    rebuild(writer)
    assert state(writer, MARKS) == before


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(6)))
def test_marks_of_other_devices_make_the_same_state_in_any_order_of_arrival(order: list[int]) -> None:
    """What does not build on another entry may be heard of in any order; numbers that clash are told apart alike."""
    with vault_of([Sample("the garden")]) as vault, vault.writing(durable=False) as writer:
        heron, about = letter_by_digest(writer, sample(0)).client, sample(0).hex()
        milestone = {"number": 1, "client": heron, "kind": "insight", "said": "", "day": "2025-03-01"}
        bookmark = {"number": 1, "passage": None, "said": ""}
        entries: list[tuple[str, str, Payload]] = [
            ("letter.read", about, {"at": 5}),
            ("letter.read", about, {"at": 3}),
            ("letter.reread", about, {"day": "2025-03-01", "at": 9}),
            ("letter.reread", about, {"day": "2025-03-01", "at": 7}),
            ("milestone.marked", "aa", {**milestone, "marked": 1}),
            ("milestone.marked", "bb", {**milestone, "marked": 2}),
        ]
        entries += [
            ("letter.bookmarked", about, {**bookmark, "identity": name, "made": at})
            for name, at in (("x", 2), ("y", 1))
        ]
        for at in [*order, 6 + order[0] % 2, 7 - order[0] % 2]:
            what, whom, payload = entries[at]
            apply(writer, Entry(b"d" * 16, at + 1, at, what, whom, b"", FIRST_PREVIOUS), payload)
        assert state(writer, ("letter_read", "letter_reread")) == {
            "letter_read": [(sample(0), 3)],
            "letter_reread": [(sample(0), "2025-03-01", 7)],
        }
        assert [(str(each.name), each.identity) for each in milestones.milestones(writer)] == [
            ("M-1", "aa"),
            ("M-1b", "bb"),
        ]
        assert [(str(each.name), each.identity) for each in bookmarks.bookmarks(writer)] == [
            ("B-1", "y"),
            ("B-1b", "x"),
        ]
