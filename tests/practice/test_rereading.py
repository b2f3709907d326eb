"""What opening a letter records: read the first time, read again once a day when it is a past one (F15)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.shelf import NOW, Shelf
from therapymail.domain.client import Client
from therapymail.domain.kinds import LetterState, Standing
from therapymail.domain.milestone import MilestoneKind
from therapymail.errors import ClientUnknown
from therapymail.practice.rereading import not_reread, note_opened
from therapymail.vault import journal, milestones, rereads
from therapymail.vault.indexing import bring_index_up_to_date_of
from therapymail.vault.stale import mark_stale


@pytest.fixture
def heron(shelf: Shelf) -> Client:
    """A client of this test's own."""
    return shelf.new_client()


def kept_of(shelf: Shelf, digest: bytes) -> tuple[bool, list[str]]:
    """Whether it was read, and the days on which it was read again."""
    with shelf.practice.vault() as vault, vault.reading() as reader:
        first = rereads.first_read(reader, digest)
        return first is not None, [str(day) for day in rereads.rereads_of(reader, digest)]


def entries(shelf: Shelf) -> int:
    with shelf.practice.vault() as vault, vault.reading() as reader:
        return sum(1 for _ in journal.entries(reader))


def test_F15_a_past_letter_that_was_answered_is_read_again_once_a_day(shelf: Shelf, heron: Client) -> None:
    letter, response = shelf.file(heron, 0, "Dear Orla"), shelf.file(heron, 2, "Dear Maren", out=True)

    for _ in range(3):
        note_opened(shelf.practice, [letter, response])
    assert kept_of(shelf, letter) == (True, ["2025-03-31"])
    assert kept_of(shelf, response) == (False, ["2025-03-31"])  # one's own letter is never new to oneself

    shelf.now += timedelta(days=1)
    before = entries(shelf)
    note_opened(shelf.practice, [letter])
    note_opened(shelf.practice, [letter])
    assert kept_of(shelf, letter) == (True, ["2025-03-31", "2025-04-01"])
    assert entries(shelf) == before + 1


def test_F15_a_letter_that_was_answered_is_not_unread_while_its_exchanges_are_still_to_be_found(
    shelf: Shelf, heron: Client
) -> None:
    letter, _ = shelf.file(heron, 0, "Dear Orla"), shelf.file(heron, 2, "Dear Maren", out=True)
    with shelf.practice.vault() as vault, vault.writing() as writer:
        mark_stale(writer, heron.identity)
        writer.run("DELETE FROM exchange_letter")
        writer.run("DELETE FROM exchange")
        bring_index_up_to_date_of(writer, [letter])

    note_opened(shelf.practice, [letter])

    assert kept_of(shelf, letter) == (True, ["2025-03-31"])


def test_F15_the_day_is_the_therapists(shelf: Shelf, heron: Client) -> None:
    letter = shelf.file(heron, 0, "Dear Orla", out=True)
    shelf.now = datetime(2025, 5, 1, 23, 30, tzinfo=UTC)  # half past midnight in London

    note_opened(shelf.practice, [letter])

    assert kept_of(shelf, letter) == (False, ["2025-05-02"])


def test_F15_a_letter_of_this_week_is_read_and_not_read_again(shelf: Shelf, heron: Client) -> None:
    letter, response = shelf.file(heron, 77, "Dear Orla"), shelf.file(heron, 78, "Dear Maren", out=True)

    note_opened(shelf.practice, [letter, response])

    assert kept_of(shelf, letter) == (True, [])
    assert kept_of(shelf, response) == (False, [])


def test_F15_a_past_letter_that_was_still_unread_is_read_first(shelf: Shelf, heron: Client) -> None:
    letter = shelf.file(heron, 20, "Dear Orla")

    note_opened(shelf.practice, [letter])
    note_opened(shelf.practice, [letter])
    assert kept_of(shelf, letter) == (True, [])

    shelf.now += timedelta(days=1)
    note_opened(shelf.practice, [letter])
    assert kept_of(shelf, letter) == (True, ["2025-04-01"])


def test_what_was_not_opened_or_is_only_proposed_is_never_read_again(shelf: Shelf, heron: Client) -> None:
    sealed = shelf.file(heron, 0, "x", state=LetterState.SEALED)
    proposed = shelf.file(heron, 1, "x", standing=Standing.PROPOSED)

    note_opened(shelf.practice, [sealed, proposed])

    assert kept_of(shelf, sealed) == (False, [])
    assert kept_of(shelf, proposed) == (True, [])


def test_nothing_new_writes_nothing(shelf: Shelf, heron: Client) -> None:
    letter = shelf.file(heron, 79, "Dear Orla")
    note_opened(shelf.practice, [letter])
    before = entries(shelf)

    note_opened(shelf.practice, [letter])
    note_opened(shelf.practice, [])

    assert entries(shelf) == before


def test_F15_which_letters_were_not_read_again_since_the_last_review(shelf: Shelf, heron: Client) -> None:
    first, answer = shelf.file(heron, 0, "one"), shelf.file(heron, 2, "two", out=True)
    shelf.file(heron, 80, "of this week")
    shelf.now = datetime(2025, 2, 1, 9, 0, tzinfo=UTC)
    note_opened(shelf.practice, [first, answer])
    shelf.now = NOW

    everything = not_reread(shelf.practice, heron.code)
    assert (everything.since, everything.review, everything.past) == (None, "", 2)
    assert everything.letters == ()

    with shelf.practice.vault() as vault, vault.writing() as writer:
        for day in (18, 36, 200):  # the last is still to come
            said = milestones.NewMilestone(heron.identity, MilestoneKind.REVIEW, "", shelf.day(day))
            milestones.mark(writer, said, NOW)
    since_review = not_reread(shelf.practice, heron.code)
    assert since_review.since == shelf.day(36)
    assert since_review.review.startswith("milestone M-")
    assert [each.digest for each in since_review.letters] == [first, answer]
    assert [str(day) for day in since_review.rereads[first]] == ["2025-02-01"]

    note_opened(shelf.practice, [answer])
    assert [each.digest for each in not_reread(shelf.practice, heron.code).letters] == [first]
    assert not_reread(shelf.practice, heron.code, shelf.day(10)).letters == ()
    with pytest.raises(ClientUnknown):
        not_reread(shelf.practice, "NOBODY")
