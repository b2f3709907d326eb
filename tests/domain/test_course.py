"""Exchanges: paired from any order of arrival, counted into blocks, with clocks that pauses stop (F03, F38, F50)."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.agreement import Agreement, OverLength, Terms, Window
from therapymail.domain.client import ClientStatus
from therapymail.domain.course import Course, course, standing_of
from therapymail.domain.exchange import Correction, CountedMail
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.statuses import Ending, StatusChange

LONDON = "Europe/London"
START = datetime(2025, 1, 7, 12, tzinfo=UTC)  # a Tuesday
TERMS = Terms(LONDON, LONDON, letter_day=1, word_limit=100, review_at=(3, 6))
FIRST = Agreement("1", "c", 1, datetime(2025, 1, 7, tzinfo=UTC), START, TERMS)
_numbers = count(1)


def mail(day: float, direction: str = "in", kind: Kind | None = None, words: int = 50, **more: object) -> CountedMail:
    way = Direction(direction)
    said = kind or (Kind.LETTER if way is Direction.IN else Kind.RESPONSE)
    digest = next(_numbers).to_bytes(32, "big")
    made = CountedMail(digest, way, said, Standing.ACCEPTED, START + timedelta(days=day), words)
    return made._replace(**more)  # type: ignore[arg-type]


def weekly(weeks: int, answered_after: float = 1) -> list[CountedMail]:
    return [each for week in range(weeks) for each in (mail(7 * week), mail(7 * week + answered_after, "out"))]


def found(
    mails: Sequence[CountedMail],
    agreements: Sequence[Agreement] = (FIRST,),
    corrections: Mapping[bytes, Correction] | None = None,
    statuses: Sequence[StatusChange] = (),
) -> Course:
    return course(mails, agreements, corrections or {}, statuses)


# --- pairing -------------------------------------------------------------------------------------------


def test_F03_several_letters_before_a_response_are_one_exchange() -> None:
    first, second, answer = mail(0, words=60), mail(0.5, words=60), mail(1, "out")
    (only,) = found([answer, second, first]).exchanges
    assert (only.letters, only.responses) == ((first.digest, second.digest), (answer.digest,))
    assert (only.words, only.over_length) == (120, True)
    assert only.due == second.received + timedelta(hours=48), "the window runs from the last letter"


def test_F03_a_resend_adds_no_exchange_even_when_the_client_wrote_meanwhile() -> None:
    letter, answer, further = mail(0), mail(1, "out"), mail(2)
    again = mail(3, "out", resends=answer.digest)
    one, two = found([letter, answer, further, again]).exchanges
    assert one.responses == (answer.digest, again.digest)
    assert one.answered == answer.received
    assert two.is_open


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.LETTER, Kind.RESPONSE}])
def test_F02_every_other_kind_starts_no_clock_and_is_never_counted(kind: Kind) -> None:
    assert found([mail(0, kind=kind), mail(1, "out", kind=kind)]) == replace(found([]))
    letter = mail(0)
    (only,) = found([letter, mail(0.2, kind=kind), mail(0.4, "out", kind=kind)]).exchanges
    assert (only.letters, only.is_open) == ((letter.digest,), True)


def test_F10_a_proposed_letter_is_no_exchange_until_it_is_accepted() -> None:
    letter = mail(0, standing=Standing.PROPOSED)
    assert found([letter, mail(1, "out")]).exchanges == ()
    assert len(found([letter._replace(standing=Standing.ACCEPTED), mail(1, "out")]).exchanges) == 1


def test_F03_a_split_letter_waits_for_a_response_of_its_own() -> None:
    first, crossed, answer = mail(0), mail(0.9), mail(1, "out")
    answer = answer._replace(answers=frozenset({first.digest}))
    one, two = found([first, crossed, answer], corrections={crossed.digest: Correction.SPLIT}).exchanges
    assert (one.responses, two.letters, two.is_open) == ((answer.digest,), (crossed.digest,), True)
    late = answer._replace(answers=frozenset({crossed.digest}))
    one, two = found([first, crossed, late], corrections={crossed.digest: Correction.SPLIT}).exchanges
    assert (one.is_open, two.responses) == (True, (late.digest,))


def test_F03_a_joined_letter_belongs_to_the_exchange_before() -> None:
    first, answer, postscript = mail(0), mail(1, "out"), mail(1.2)
    (only,) = found([first, answer, postscript], corrections={postscript.digest: Correction.JOIN}).exchanges
    assert only.letters == (first.digest, postscript.digest)
    assert (only.answered, only.completed) == (answer.received, first.received)


mails_any = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(["in", "out"]),
        st.sampled_from([None, None, None, Kind.ADMIN, Kind.UPDATE]),
        st.integers(0, 300),
        st.sampled_from([Standing.ACCEPTED, Standing.ACCEPTED, Standing.PROPOSED]),
    ),
    max_size=14,
)
statuses_any = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(ClientStatus)), max_size=3, unique_by=lambda each: each[0]
)


@given(made=mails_any, said=statuses_any, seed=st.integers(), pick=st.integers(0, 13), how=st.sampled_from(Correction))
@settings(max_examples=60, deadline=None)
def test_F03_any_order_of_arrival_gives_the_same_exchanges(
    made: list[tuple[int, str, Kind | None, int, Standing]],
    said: list[tuple[int, ClientStatus]],
    seed: int,
    pick: int,
    how: Correction,
) -> None:
    mails = [mail(day / 2, way, kind, words, standing=standing) for day, way, kind, words, standing in made]
    statuses = [StatusChange(START + timedelta(days=day / 2 + 0.1), status) for day, status in said]
    second = replace(
        FIRST,
        identity="2",
        version=2,
        starts=START + timedelta(days=10),
        terms=replace(TERMS, block_size=4, review_at=()),
    )
    corrections = {mails[pick % len(mails)].digest: how} if mails else {}
    before = found(mails, (FIRST, second), corrections, statuses)
    shuffled = random.Random(seed).sample(mails, len(mails))
    assert found(shuffled, (second, FIRST), corrections, statuses[::-1]) == before
    assert_whole(before, mails)
    now = START + timedelta(days=40)
    assert standing_of(before, (FIRST, second), statuses, now) == standing_of(
        replace(
            before, exchanges=tuple(each for each in before.exchanges if each.is_open or each in before.exchanges[-2:])
        ),
        (FIRST, second),
        statuses,
        now,
    ), "what is kept of a course is enough to say how it stands"


def assert_whole(course: Course, mails: Sequence[CountedMail]) -> None:
    """Numbers without a gap; every counted letter in one place; places within their blocks."""
    assert [each.number for each in course.exchanges] == list(range(1, len(course.exchanges) + 1))
    placed = [digest for each in course.exchanges for digest in each.letters] + list(course.after_closing)
    counted = {
        each.digest
        for each in mails
        if each.standing is Standing.ACCEPTED and each.direction is Direction.IN and each.kind is Kind.LETTER
    }
    assert len(placed) == len(set(placed))
    assert counted <= set(placed)
    for each in course.exchanges:
        assert each.letters
        if each.agreement is not None:
            assert each.place is not None
            assert each.block_of is not None
            assert 1 <= each.place <= each.block_of


# --- agreements and blocks -----------------------------------------------------------------------------


def test_F04_an_exchange_keeps_the_terms_it_was_written_under() -> None:
    second = replace(
        FIRST,
        identity="2",
        version=2,
        starts=START + timedelta(days=10),
        terms=replace(TERMS, window=Window(hours=24), word_limit=20),
    )
    mails = weekly(3)
    alone, both = found(mails), found(mails, (FIRST, second))
    assert both.exchanges[:2] == alone.exchanges[:2]
    assert [(each.agreement, each.over_length) for each in both.exchanges] == [(1, False), (1, False), (2, True)]
    assert both.exchanges[2].due == mails[4].received + timedelta(hours=24)


def test_F04_without_an_agreement_nothing_is_judged() -> None:
    for each in found(weekly(3), ()).exchanges:
        assert (each.due, each.block, each.place, each.agreement, each.over_length, each.expected) == (
            None,
            None,
            None,
            None,
            False,
            None,
        )


def test_F50_exchanges_are_counted_into_blocks() -> None:
    agreement = replace(FIRST, terms=replace(TERMS, block_size=2, block_carried=1, blocks=2, review_at=(2,)))
    held = found(weekly(6), (agreement,))
    assert [(each.block, each.place, each.block_of) for each in held.exchanges] == [
        (1, 1, 3),
        (1, 2, 3),
        (1, 3, 3),
        (2, 1, 2),
        (2, 2, 2),
        (3, 1, 2),
    ]
    assert [each.number for each in held.exchanges if each.is_review] == [2, 5]
    assert standing_of(held, (agreement,), (), START + timedelta(days=60)).balance == (3, 1, 2, 0)


def test_F50_a_letter_over_length_counts_double_only_where_that_is_agreed() -> None:
    mails = [mail(0, words=150), mail(1, "out"), mail(7), mail(8, "out")]
    double = replace(FIRST, terms=replace(TERMS, over_length=OverLength.DOUBLE))
    assert [(each.place, each.counts) for each in found(mails).exchanges] == [(1, 1), (2, 1)]
    assert [(each.place, each.counts) for each in found(mails, (double,)).exchanges] == [(1, 2), (3, 1)]


def test_F50_a_version_of_another_block_begins_one_and_one_of_the_same_goes_on() -> None:
    mails = weekly(4)
    same = replace(
        FIRST, identity="2", version=2, starts=START + timedelta(days=10), terms=replace(TERMS, word_limit=500)
    )
    other = replace(same, terms=replace(TERMS, block_size=4, review_at=(4,)))
    assert [(each.block, each.place) for each in found(mails, (FIRST, same)).exchanges] == [
        (1, 1),
        (1, 2),
        (1, 3),
        (1, 4),
    ]
    assert [(each.block, each.place) for each in found(mails, (FIRST, other)).exchanges] == [
        (1, 1),
        (1, 2),
        (2, 1),
        (2, 2),
    ]


# --- clocks --------------------------------------------------------------------------------------------


def test_F38_a_pause_stops_the_clock_and_its_end_starts_it_anew() -> None:
    paused = StatusChange(START + timedelta(days=1), ClientStatus.PAUSED)
    resumed = StatusChange(START + timedelta(days=20), ClientStatus.ACTIVE)
    (only,) = found([mail(0)], statuses=(paused,)).exchanges
    assert (only.due, only.late_by(START + timedelta(days=30))) == (None, None)
    (only,) = found([mail(0)], statuses=(paused, resumed)).exchanges
    assert only.due == resumed.since + timedelta(hours=48)
    (only,) = found([mail(0), mail(0.9, "out")], statuses=(paused,)).exchanges
    assert only.due == START + timedelta(hours=48), "it was answered before"


def test_F38_mail_after_closing_is_in_no_exchange_and_owes_nothing() -> None:
    closed = StatusChange(START + timedelta(days=2), ClientStatus.CLOSED, Ending.PLANNED)
    letters = [mail(0), mail(1, "out"), mail(3), mail(4, kind=Kind.UPDATE)]
    held = found(letters, statuses=(closed,))
    assert len(held.exchanges) == 1
    assert held.after_closing == (letters[2].digest, letters[3].digest)
    stands = standing_of(held, (FIRST,), (closed,), START + timedelta(days=30))
    assert (stands.waiting, stands.due, stands.missed, stands.status) == ((), None, (), closed)


def test_F05_late_is_only_what_came_after_its_due_moment() -> None:
    mails = [mail(0), mail(2, "out")]
    (in_time,) = found(mails).exchanges
    (late,) = found([mails[0], mails[1]._replace(received=mails[1].received + timedelta(seconds=1))]).exchanges
    assert in_time.late_by(START + timedelta(days=9)) is None
    assert late.late_by(START + timedelta(days=9)) == timedelta(seconds=1)
    (waiting,) = found(mails[:1]).exchanges
    assert waiting.late_by(START + timedelta(days=1)) is None
    assert waiting.late_by(START + timedelta(days=3)) == timedelta(days=1)


# --- the client's letter days --------------------------------------------------------------------------


def days_of(held: Course) -> list[tuple[date | None, int]]:
    return [(each.expected, each.client_days_late) for each in held.exchanges]


def test_F05_a_letter_is_for_the_day_that_passed_or_early_for_the_next() -> None:
    mails = [mail(0), mail(1, "out"), mail(9), mail(10, "out"), mail(13), mail(13.5, "out")]
    assert days_of(found(mails)) == [(date(2025, 1, 7), 0), (date(2025, 1, 14), 2), (date(2025, 1, 21), 0)]


def test_F05_a_letter_in_between_is_for_no_day() -> None:
    mails = [mail(0), mail(1, "out"), mail(2), mail(3, "out"), mail(7), mail(8, "out")]
    assert days_of(found(mails)) == [(date(2025, 1, 7), 0), (None, 0), (date(2025, 1, 14), 0)]


def test_F05_a_week_without_a_letter_is_missed_and_one_that_is_not_over_is_due() -> None:
    mails = [*weekly(1), mail(14), mail(15, "out")]
    held = found(mails)
    assert held.missed == (date(2025, 1, 14),)
    stands = standing_of(held, (FIRST,), (), START + timedelta(days=22))
    assert (stands.due, stands.missed) == (datetime(2025, 1, 29, tzinfo=UTC), ())
    later = standing_of(held, (FIRST,), (), START + timedelta(days=29))
    assert (later.due, later.missed) == (datetime(2025, 2, 5, tzinfo=UTC), (date(2025, 1, 28),))


def test_F05_nothing_is_asked_of_a_client_who_waits_or_is_paused_or_is_through() -> None:
    waiting = found([mail(0)])
    assert standing_of(waiting, (FIRST,), (), START + timedelta(days=20)).due is None
    answered = found([mail(0), mail(16, "out"), mail(21)])
    assert answered.missed == (), "two letter days began with a letter unanswered"
    paused = (
        StatusChange(START + timedelta(days=3), ClientStatus.PAUSED),
        StatusChange(START + timedelta(days=20), ClientStatus.ACTIVE),
    )
    assert found([*weekly(1), mail(21)], statuses=paused).missed == ()
    through = found(weekly(6))
    assert standing_of(through, (FIRST,), (), START + timedelta(days=60)).due is None


def test_F05_without_a_letter_day_a_letter_is_expected_one_rhythm_after_the_last() -> None:
    loose = replace(FIRST, terms=replace(TERMS, letter_day=None, rhythm_days=10))
    held = found([mail(0), mail(1, "out"), mail(12), mail(13, "out")], (loose,))
    assert days_of(held) == [(date(2025, 1, 17), 0), (date(2025, 1, 17), 2)]
    assert held.next_day == date(2025, 1, 29)


def test_F05_letter_days_go_on_when_a_version_changes_something_else() -> None:
    fortnight = replace(FIRST, terms=replace(TERMS, rhythm_days=14))
    words = replace(
        fortnight,
        identity="2",
        version=2,
        starts=START + timedelta(days=8),
        terms=replace(fortnight.terms, word_limit=300),
    )
    mails = [mail(0), mail(1, "out"), mail(14), mail(15, "out")]
    assert days_of(found(mails, (fortnight, words))) == days_of(found(mails, (fortnight,)))
    assert found(mails, (fortnight, words)).missed == ()


def test_a_mail_hosts_mistaken_date_is_found_in_a_moment() -> None:
    far = mail(0, received=datetime(9999, 12, 31, 23, tzinfo=UTC))
    held = found([*weekly(1), far])
    assert len(held.exchanges) == 2
    assert len(held.missed) < 300
    standing_of(held, (FIRST,), (), START + timedelta(days=10))
