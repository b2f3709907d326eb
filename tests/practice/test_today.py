"""F05: today as a record gives it: letters filed, agreed terms, drafts and the outbox, keys and strangers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

import pytest

from tests.support.practices import introduce, practice_in, short_directory, writers_to
from tests.vault.builders import filing
from therapymail.domain.agreement import Window, default_terms
from therapymail.domain.client import Client, ClientStatus
from therapymail.domain.draft import DraftContent
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Filing, Place
from therapymail.domain.outbox import OutboxState
from therapymail.domain.seal import OpeningFailure, Protection, SealFacts
from therapymail.domain.today import Item, Matter, Progress, Section
from therapymail.practice.introduce import ClientChange, edit_client
from therapymail.practice.practice import Practice
from therapymail.practice.rebuild import rebuild_record
from therapymail.practice.today import todays
from therapymail.practice.write import start_draft
from therapymail.vault import agreements, clients, outbox, pins, places
from therapymail.vault.courses import bring_courses_up_to_date
from therapymail.vault.filing import file_letters
from therapymail.vault.stale import mark_stale

MONDAY = datetime(2025, 3, 3, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR


@dataclass
class Record:
    """A practice whose time a test sets, with HERON in London and LINDEN in New York, each with a confirmed key."""

    practice: Practice
    number: int = 0

    def at(self, moment: datetime) -> tuple[Item, ...]:
        return todays(replace(self.practice, clock=lambda: moment)).items

    def client(self, code: str) -> Client:
        with self.practice.vault() as vault, vault.reading() as reader:
            return clients.client_by_code(reader, code)

    def file(self, code: str, kind: Kind, received: datetime, **changes: object) -> Filing:
        self.number += 1
        client = self.client(code)
        ours = kind is Kind.RESPONSE
        details: dict[str, object] = {
            "kind": kind,
            "received": received,
            "direction": Direction.OUT if ours else Direction.IN,
            "in_reply_to": (),
            **changes,
        }
        made = filing(self.number, client, **details)
        with self.practice.vault() as vault, vault.writing() as writer:
            file_letters(writer, [made], received)
        return made

    def agree(self, code: str, **terms: object) -> None:
        client = self.client(code)
        agreed = replace(default_terms(client.zone, "Europe/London"), **terms)  # type: ignore[arg-type]
        with self.practice.vault() as vault, vault.writing() as writer:
            agreements.make_agreement(writer, client.identity, agreed, MONDAY - HOUR, MONDAY - HOUR)


@pytest.fixture
def record() -> Iterator[Record]:
    with (
        short_directory() as directory,
        practice_in(directory) as practice,
        writers_to(practice, directory) as writers,
    ):
        for code, zone in (("HERON", "Europe/London"), ("LINDEN", "America/New_York")):
            introduce(practice, code, writers.add(f"{code} Person", f"{code.lower()}@client.example"))
            edit_client(practice, code, ClientChange(zone=zone))
        yield Record(replace(practice, settings=replace(practice.settings, zone="Europe/London")))


def test_F05_a_letter_is_owed_a_response_until_it_has_one(record: Record) -> None:
    record.agree("HERON")
    record.file("HERON", Kind.LETTER, MONDAY)
    [later] = record.at(MONDAY + HOUR)
    assert (later.section, later.letters, later.at) == (Section.LATER, ("HERON-1",), MONDAY + 48 * HOUR)
    [soon] = record.at(MONDAY + 30 * HOUR)
    assert soon.section is Section.WITHIN_THE_DAY
    [late] = record.at(MONDAY + 49 * HOUR)
    assert (late.section, late.exchange, late.receipted) == (Section.LATE, 1, False)
    record.file("HERON", Kind.RESPONSE, MONDAY + 50 * HOUR)
    assert record.at(MONDAY + 51 * HOUR) == ()


@pytest.mark.parametrize("kind", [Kind.ADMIN, Kind.CLARIFICATION, Kind.UPDATE, Kind.CHECK_IN])
def test_F29_what_is_no_letter_starts_no_clock(record: Record, kind: Kind) -> None:
    record.agree("HERON")
    record.file("HERON", kind, MONDAY)
    assert record.at(MONDAY + 3 * DAY) == ()


def test_F05_without_an_agreement_a_letter_still_stands_there(record: Record) -> None:
    record.file("HERON", Kind.LETTER, MONDAY)
    [item] = record.at(MONDAY + 10 * DAY)
    assert (item.section, item.at, item.since) == (Section.LATER, None, MONDAY)


def test_F05_the_dst_week_in_london_and_new_york(record: Record) -> None:
    by_six = Window(local_days=2, by=time(18))
    record.agree("HERON", window=by_six)
    record.agree("LINDEN", window=by_six)
    friday = datetime(2025, 3, 28, 20, tzinfo=UTC)
    record.file("HERON", Kind.LETTER, friday)
    record.file("LINDEN", Kind.LETTER, friday)
    due = datetime(2025, 3, 30, 17, tzinfo=UTC)  # 18:00 on the therapist's clock, which went forward that night
    assert [item.at for item in record.at(friday)] == [due, due]
    assert {item.section for item in record.at(due)} == {Section.WITHIN_THE_DAY}
    assert {item.section for item in record.at(due + timedelta(seconds=1))} == {Section.LATE}


def test_F05_a_clients_letter_day_ends_where_the_client_lives(record: Record) -> None:
    record.agree("LINDEN", letter_day=1)
    record.file("LINDEN", Kind.LETTER, datetime(2025, 3, 4, 15, tzinfo=UTC))
    record.file("LINDEN", Kind.RESPONSE, datetime(2025, 3, 5, 15, tzinfo=UTC))
    end = datetime(2025, 3, 12, 4, tzinfo=UTC)  # midnight in New York, two days after their clocks went forward
    assert record.at(end - timedelta(seconds=1)) == ()
    [overdue] = record.at(end + timedelta(seconds=1))
    assert (overdue.section, overdue.code, overdue.at) == (Section.LETTER_OVERDUE, "LINDEN", end)
    # On the next letter day the one that never came is not forgotten.
    [missed] = record.at(datetime(2025, 3, 18, 12, tzinfo=UTC))
    assert (missed.section, missed.at, missed.number) == (Section.LETTER_OVERDUE, end, 1)
    [both] = record.at(datetime(2025, 3, 19, 12, tzinfo=UTC))
    assert both.number == 2
    edit_client(record.practice, "LINDEN", ClientChange(status=ClientStatus.PAUSED))
    assert todays(replace(record.practice, clock=lambda: datetime(2036, 3, 19, tzinfo=UTC))).items == ()


def test_F10_proposed_mail_stands_first_and_starts_no_clock(record: Record) -> None:
    record.agree("HERON")
    record.file("HERON", Kind.LETTER, MONDAY, standing=Standing.PROPOSED)
    record.file("LINDEN", Kind.LETTER, MONDAY + HOUR)
    first, second = record.at(MONDAY + 4 * DAY)
    assert (first.section, first.letters) == (Section.PROPOSED, ("HERON-1",))
    assert second.code == "LINDEN"


def test_C35_what_could_not_be_opened_is_counted_by_its_reason(record: Record) -> None:
    def unopened(state: LetterState, failure: OpeningFailure | None, **changes: object) -> None:
        facts = SealFacts(Protection.FAILED, failure=failure)
        record.file("HERON", Kind.LETTER, MONDAY, state=state, facts=facts, reading=None, **changes)

    for _ in range(2):
        unopened(LetterState.SEALED, OpeningFailure.NO_KEY, standing=Standing.PROPOSED)
    unopened(LetterState.FAILED, OpeningFailure.ALTERED, standing=Standing.PROPOSED)
    found = [item for item in record.at(MONDAY + HOUR) if item.section is Section.UNOPENED]
    assert sorted((item.number, item.why) for item in found) == [
        (1, "it was altered on its way"),
        (2, "it is sealed to a key that is not held here"),
    ]
    assert not [item for item in record.at(MONDAY + HOUR) if item.section is Section.PROPOSED]


def test_C1_a_held_response_leads_to_its_second_reading_and_a_refused_one_says_why(record: Record) -> None:
    record.agree("HERON")
    record.file("HERON", Kind.LETTER, MONDAY)
    clock = MONDAY + 40 * HOUR
    practice = replace(record.practice, clock=lambda: clock)
    draft = start_draft(practice, "HERON", DraftContent("Your letter", "Dear Maren, thank you."))
    [begun] = record.at(clock)
    assert (begun.draft, begun.progress) == (str(draft.name), Progress.DRAFT)
    with practice.vault() as vault, vault.writing() as writer:
        pins.verify_key(writer, draft.client, record.client("HERON").pins[0].fingerprint, "by phone", clock)
    # A practice without a mail host can let nothing leave, which is told before the letter's time comes.
    with practice.vault() as vault, vault.writing() as writer:
        outbox.put(
            writer,
            draft.name,
            state=OutboxState.HELD,
            leaves_at=clock + HOUR,
            hold_ends=clock + HOUR,
            agreed=None,
            now=clock,
        )
    owed, refused = record.at(clock)
    assert (owed.section, owed.progress) == (Section.WITHIN_THE_DAY, Progress.HELD)
    assert (refused.matter, refused.why) == (Matter.REFUSED, "this practice has no mail host to send through")


def test_F05_sealed_mail_of_strangers_is_counted(record: Record) -> None:
    with record.practice.vault() as vault, vault.writing() as writer:
        places.note_strangers(writer, [Place("a", "INBOX", 1, uid) for uid in (1, 2)])
    [item] = record.at(MONDAY)
    assert (item.section, item.number) == (Section.STRANGERS, 2)


def test_F50_the_end_of_the_block_is_told_within_two(record: Record) -> None:
    record.agree("HERON", block_size=4, review_at=(2,))
    for week in range(4):
        record.file("HERON", Kind.LETTER, MONDAY + week * 7 * DAY)
        record.file("HERON", Kind.RESPONSE, MONDAY + week * 7 * DAY + HOUR)
        told = [
            (item.matter, item.place, item.size, item.number)
            for item in record.at(MONDAY + week * 7 * DAY + 2 * HOUR)
            if item.section is Section.REVIEWS
        ]
        review, block = (Matter.REVIEW, 2, 4, 1), (Matter.BLOCK, week + 1, 4, 3 - week)
        assert told == [[], [review, block], [block], [block]][week]


def test_today_reads_and_changes_nothing(record: Record) -> None:
    record.agree("HERON")
    record.file("HERON", Kind.LETTER, MONDAY)
    before = record.practice.paths.vault.read_bytes()
    assert record.at(MONDAY + HOUR) == record.at(MONDAY + HOUR)
    assert record.practice.paths.vault.read_bytes() == before


def test_F05_the_clocks_are_the_same_kept_found_in_memory_and_rebuilt(record: Record) -> None:
    for code in ("HERON", "LINDEN"):
        record.agree(code, letter_day=1, block_size=3, review_at=(2,))
        for week in range(2):
            record.file(code, Kind.LETTER, MONDAY + (7 * week + 1) * DAY)
            record.file(code, Kind.RESPONSE, MONDAY + (7 * week + 2) * DAY)
    record.file("HERON", Kind.LETTER, MONDAY + 15 * DAY)
    moments = [MONDAY + days * DAY for days in (15, 17, 19, 24, 40)]
    with record.practice.vault() as vault, vault.writing() as writer:
        for code in ("HERON", "LINDEN"):
            mark_stale(writer, clients.client_by_code(writer, code).identity)
    found = [record.at(moment) for moment in moments]
    with record.practice.vault() as vault, vault.writing() as writer:
        assert bring_courses_up_to_date(writer) == 2
    assert [record.at(moment) for moment in moments] == found
    rebuild_record(record.practice)
    assert [record.at(moment) for moment in moments] == found
    assert {item.section for items in found for item in items} >= {
        *(Section.LATE, Section.WITHIN_THE_DAY, Section.LETTER_OVERDUE, Section.REVIEWS)
    }
