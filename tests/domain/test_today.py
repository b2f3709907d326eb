"""Today as values: what is in it, in which order, and what it never says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.agreement import default_terms
from therapymail.domain.clocks import ClientClock, OwedResponse, Silence
from therapymail.domain.course import Balance
from therapymail.domain.draft import DraftName
from therapymail.domain.expiry import OWN, Expiry
from therapymail.domain.outbox import Obstacle, OutboxEntry, OutboxState
from therapymail.domain.today import Facts, Item, KeyToDecide, Mails, Matter, Progress, Section, today
from therapymail.domain.today_text import heading, next_command, says

NOW = datetime(2025, 3, 31, 9, tzinfo=UTC)
LONDON, NEW_YORK = "Europe/London", "America/New_York"
HOUR = timedelta(hours=1)


def _owed(due: datetime | None, exchange: int = 13, *, receipted: bool = False) -> OwedResponse:
    return OwedResponse(exchange, ("LINDEN-44",), NOW - 30 * HOUR, due, receipted)


def _clock(code: str = "LINDEN", zone: str = NEW_YORK, *owed: OwedResponse) -> ClientClock:
    return ClientClock(code.lower(), code, zone, owed)


def _entry(state: OutboxState, number: int = 3, code: str = "LINDEN", leaves: datetime = NOW - HOUR) -> OutboxEntry:
    hold = leaves if state is OutboxState.HELD else None
    return OutboxEntry(DraftName(number), "x", "y", code, state, leaves, hold, changed=NOW - HOUR)


def _everything() -> Facts:
    mails = Mails("SLATE", LONDON, ("SLATE-20",), NOW - 3 * HOUR)
    balance = Balance(2, 5, 6, 1)
    return Facts(
        clocks=(
            _clock("ASPEN", LONDON, _owed(NOW + 60 * HOUR)),
            replace(_clock("BIRCH", LONDON), letter_due=NOW - HOUR),
            replace(_clock("CEDAR", LONDON), review=6, balance=balance),
            _clock("DOVE", NEW_YORK, _owed(NOW - HOUR)),
            _clock("EGRET", NEW_YORK, _owed(NOW + HOUR)),
            replace(_clock("FINCH", LONDON), letter_due=NOW + 48 * HOUR),
        ),
        proposed=(mails,),
        unopened=(mails,),
        bounces=(mails,),
        entries=(_entry(OutboxState.UNCERTAIN),),
        key_changes=(KeyToDecide("SLATE", NOW - HOUR, blocks=True),),
        expiries=(Expiry(OWN, NOW + 20 * 24 * HOUR, 30),),
        strangers=2,
        care=(Item(Section.CARE, Matter.CARE, why="There is no backup yet.", step="Make one."),),
    )


def test_F05_the_sections_stand_in_their_order() -> None:
    found = today(_everything(), NOW, days=7)
    assert list(dict.fromkeys(item.section for item in found)) == list(Section)
    assert [item.section.value for item in found if item.matter in {Matter.RESPONSE, Matter.LETTER}] == [
        "response-late",
        "response-within-the-day",
        "response-later",
        "letter-overdue",
        "coming",
    ]


def test_F05_of_one_section_the_one_that_is_due_first_stands_first() -> None:
    clocks = [_clock(code, LONDON, _owed(NOW - hours * HOUR)) for code, hours in (("A1", 2), ("B1", 9), ("C1", 5))]
    assert [item.code for item in today(Facts(clocks), NOW)] == ["B1", "C1", "A1"]


@given(st.permutations(range(6)))
@settings(max_examples=20)
def test_F05_the_order_does_not_depend_on_that_of_the_record(order: Sequence[int]) -> None:
    facts = _everything()
    assert today(replace(facts, clocks=[facts.clocks[at] for at in order]), NOW) == today(facts, NOW)


@pytest.mark.parametrize(
    ("due", "section"),
    [
        (NOW - timedelta(microseconds=1), Section.LATE),
        (NOW, Section.WITHIN_THE_DAY),
        (NOW + 24 * HOUR, Section.WITHIN_THE_DAY),
        (NOW + 24 * HOUR + timedelta(microseconds=1), Section.LATER),
        (None, Section.LATER),
    ],
)
def test_F05_late_within_the_day_or_later(due: datetime | None, section: Section) -> None:
    [item] = today(Facts([_clock("LINDEN", NEW_YORK, _owed(due))]), NOW)
    assert item.section is section


def test_F05_nothing_waits_and_nothing_is_said() -> None:
    assert today(Facts([_clock()]), NOW) == ()


def test_F05_a_letter_that_never_came_stays_overdue_on_the_next_letter_day() -> None:
    week = timedelta(days=7)
    clock = replace(_clock(), letter_due=NOW + HOUR, missed=(NOW + HOUR - 2 * week, NOW + HOUR - week))
    [item] = today(Facts([clock]), NOW)
    assert (item.section, item.at, item.number) == (Section.LETTER_OVERDUE, NOW + HOUR - week, 2)
    later = today(Facts([clock]), NOW + 2 * HOUR)[0]
    assert (later.at, later.number) == (NOW + HOUR, 3)


def test_F05_what_comes_is_told_only_when_asked_for() -> None:
    facts = Facts([replace(_clock(), letter_due=NOW + 40 * HOUR)])
    assert today(facts, NOW) == ()
    assert [item.section for item in today(facts, NOW, days=2)] == [Section.COMING]
    assert today(facts, NOW, days=1) == ()


@pytest.mark.parametrize(
    ("state", "matter"),
    [
        (OutboxState.UNCERTAIN, Matter.UNCERTAIN),
        (OutboxState.REFUSED, Matter.REFUSED),
        (OutboxState.FAILED, Matter.NOT_TAKEN),
        (OutboxState.HELD, Matter.SECOND_READING),
        (OutboxState.RELEASED, Matter.WAITS),
        (OutboxState.OFFERING, None),
        (OutboxState.OFFERED, None),
        (OutboxState.SENT, None),
    ],
)
def test_F05_a_letter_of_ours_that_has_not_arrived(state: OutboxState, matter: Matter | None) -> None:
    found = today(Facts(entries=[_entry(state)]), NOW)
    assert [item.matter for item in found] == ([matter] if matter else [])
    assert all(next_command(item) for item in found)


def test_F05_a_letter_whose_time_has_not_come_is_not_told_of() -> None:
    ahead = [_entry(state, leaves=NOW + HOUR) for state in (OutboxState.HELD, OutboxState.RELEASED)]
    assert today(Facts(entries=ahead), NOW) == ()


def test_F05_a_due_letter_that_waits_for_an_unlock_says_so() -> None:
    locked = replace(_entry(OutboxState.RELEASED), obstacle=Obstacle.LOCKED)
    [item] = today(Facts(entries=[locked]), NOW)
    assert "your own key was locked" in says(item, NOW, LONDON)
    assert "therapymail unlock" in next_command(item)


def test_F05_a_letter_that_todays_policy_would_refuse_is_told_before_it_is_due() -> None:
    ahead = _entry(OutboxState.RELEASED, leaves=NOW + HOUR)
    refused = {"D-3": ("their key has expired", "Ask them for a renewed key.")}
    [item] = today(Facts(entries=[ahead], refusals=refused), NOW)
    assert (item.section, item.matter) == (Section.NOT_ARRIVED, Matter.REFUSED)
    assert says(item, NOW, LONDON) == "LINDEN: D-3 does not leave: their key has expired."
    assert next_command(item) == "Ask them for a renewed key."


@pytest.mark.parametrize(
    ("state", "progress", "command"),
    [
        (None, Progress.DRAFT, "drafts edit D-3"),
        (OutboxState.HELD, Progress.TO_READ_AGAIN, "outbox release D-3"),
        (OutboxState.RELEASED, Progress.ON_ITS_WAY, "sync"),
        (OutboxState.REFUSED, Progress.STOPPED, "outbox show D-3"),
    ],
)
def test_F05_a_response_that_is_begun_leads_to_its_draft(
    state: OutboxState | None, progress: Progress, command: str
) -> None:
    facts = Facts([_clock("LINDEN", NEW_YORK, _owed(NOW))], drafts={"LINDEN": "D-3"})
    found = today(replace(facts, entries=[_entry(state)] if state else []), NOW)
    assert found[0].progress is progress
    assert next_command(found[0]) == f"`therapymail {command}`"
    if progress is Progress.TO_READ_AGAIN:  # told once, where it is owed
        assert len(found) == 1


def test_F54_a_due_moment_is_said_on_both_clocks() -> None:
    late = today(Facts([_clock("LINDEN", NEW_YORK, _owed(datetime(2025, 3, 29, 1, 12, tzinfo=UTC)))]), NOW)[0]
    assert says(late, NOW, LONDON) == (
        "LINDEN: the response of exchange 13 was due Saturday 29 March, 01:12 (Friday 28 March, 21:12 in New York),"
        " 2 days ago. LINDEN-44 came 30 hours ago; no receipt was sent."
    )
    same = today(Facts([_clock("HERON", LONDON, _owed(NOW + 5 * HOUR, receipted=True))]), NOW)[0]
    assert says(same, NOW, LONDON) == (
        "HERON: the response of exchange 13 is due in 5 hours: Monday 31 March, 15:00. LINDEN-44 came 30 hours ago;"
        " a receipt was sent."
    )
    assert next_command(same) == "`therapymail reply LINDEN-44`"


def test_F54_the_end_of_a_clients_letter_day_is_called_so() -> None:
    due = datetime(2025, 3, 26, 4, tzinfo=UTC)  # midnight in New York, after their change and before ours
    [item] = today(Facts([replace(_clock(), letter_due=due)]), NOW)
    assert says(item, NOW, LONDON) == (
        "LINDEN: a letter was expected by Wednesday 26 March, 04:00 (the end of Tuesday 25 March in New York),"
        " 5 days ago."
    )
    assert says(replace(item, number=2), NOW, LONDON).endswith("; 2 letter days have passed.")


def test_F05_an_exchange_beyond_those_agreed_is_not_told_as_a_block_that_has_ended() -> None:
    def told(balance: Balance) -> str:
        [item] = today(Facts([replace(_clock(), balance=balance)]), NOW)
        return says(item, NOW, LONDON)

    assert told(Balance(2, 6, 6, 0)) == "LINDEN: 6 of 6 in the block; it has ended."
    assert told(Balance(3, 1, 6, 0)) == "LINDEN: all agreed exchanges are used, and 1 exchange more has begun."
    assert told(Balance(3, 2, 6, 0)).endswith("and 2 exchanges more have begun.")


def test_F05_every_item_has_its_words_and_at_most_one_command() -> None:
    for item in today(_everything(), NOW, days=7):
        said = says(item, NOW, LONDON)
        assert said.endswith(".")
        assert item.code in said
        assert heading(item.section)
        assert next_command(item).count("`therapymail") <= 2
    assert "2 sealed mails from unknown senders" in says(today(_everything(), NOW)[-1], NOW, LONDON)


def test_F05_many_mails_are_counted_and_named_where_few() -> None:
    names = tuple(f"SLATE-{number}" for number in range(1, 8))
    several = Facts(unopened=[Mails("SLATE", LONDON, names, NOW - 80 * HOUR, "a key is missing")])
    [item] = today(several, NOW)
    assert says(item, NOW, LONDON) == "SLATE: 7 mails could not be opened: a key is missing. The first came 3 days ago."
    assert item.letters == names


def test_PRODUCT_5_nothing_of_today_grades_anybody() -> None:
    words = " ".join([*(says(item, NOW, LONDON) for item in today(_everything(), NOW, 7)), *map(heading, Section)])
    for graded in ("risk", "score", "urgent", "warning", "alert", "!", "compliance"):
        assert graded not in words.lower()
    assert not {field for field in Item.__dataclass_fields__ if field in {"score", "level", "risk", "priority"}}


@pytest.mark.parametrize(
    ("days", "silence", "step"),
    [
        (0, Silence.SHORT, "`therapymail client show LINDEN`"),
        (2, Silence.SHORT, "`therapymail client show LINDEN`"),
        (3, Silence.CHECK_IN, "`therapymail write LINDEN --kind check-in`"),
        (10, Silence.CHECK_IN, "`therapymail write LINDEN --kind check-in`"),
        (11, Silence.PAUSE, "`therapymail client pause LINDEN`, if the work is to rest."),
    ],
)
def test_F05_what_follows_silence_goes_by_the_agreement(days: int, silence: Silence, step: str) -> None:
    terms = replace(
        default_terms(NEW_YORK, LONDON), check_in_days=3, pause_days=11, fallback="telephone", fallback_after_days=5
    )
    clock = replace(_clock(), letter_due=NOW, terms=terms)
    [item] = today(Facts([clock]), NOW + timedelta(days=days, seconds=1))
    assert (item.silence, next_command(item)) == (silence, step)
    assert ("Agreed for such a case: telephone." in says(item, NOW, LONDON)) == (days >= 5)


def test_F23_a_bounce_names_the_response_that_failed_and_the_other_channel() -> None:
    bounced = Mails("HERON", LONDON, ("HERON-16",), NOW - HOUR, why="telephone", failed="HERON-15")
    [item] = today(Facts(bounces=[bounced]), NOW)
    assert says(item, NOW, LONDON) == (
        "HERON: HERON-15 did not arrive; the report, HERON-16, came 1 hour ago. Agreed for such a case: telephone."
    )
    assert next_command(item) == (
        "`therapymail read HERON-16`; `therapymail write HERON --again HERON-15` begins it anew."
    )
