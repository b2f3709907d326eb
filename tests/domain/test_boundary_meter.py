"""F28: the boundary meter counts, explains every count by its letters, and grades nobody."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.agreement import Agreement, default_terms
from therapymail.domain.boundary_meter import BoundaryMeter, ExchangeFacts, boundary_meter, meter_as_json
from therapymail.domain.boundary_meter_text import short_meter, whole_meter
from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Letter
from therapymail.domain.names import LetterName
from therapymail.domain.seal import Protection, SealFacts

LONDON, NEW_YORK = "Europe/London", "America/New_York"
START = datetime(2025, 3, 3, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _mail(
    number: int,
    received: datetime,
    kind: Kind = Kind.LETTER,
    direction: Direction | None = None,
    written: datetime | None = None,
    standing: Standing = Standing.ACCEPTED,
) -> Letter:
    way = direction or (Direction.OUT if kind is Kind.RESPONSE else Direction.IN)
    facts = SealFacts(Protection.SEALED)
    name, state = LetterName("LINDEN", number), LetterState.OPENED
    return Letter(name, b"%d" % number, "c", "LINDEN", way, kind, standing, state, received, written, "", 100, 0, facts)


def _meter(
    letters: list[Letter],
    exchanges: tuple[ExchangeFacts, ...] = (),
    agreements: tuple[Agreement, ...] = (),
    since: datetime = START - timedelta(days=7),
) -> BoundaryMeter:
    return boundary_meter(letters, exchanges, agreements, client_zone=NEW_YORK, own_zone=LONDON, since=since)


def test_F28_words_stand_beside_the_agreed_length_of_their_own_exchange() -> None:
    exchanges = (
        ExchangeFacts(1, START, 980, ("LINDEN-1",), 1000, over_length=False),
        ExchangeFacts(2, START + 7 * 24 * HOUR, 1640, ("LINDEN-3", "LINDEN-4"), 1000, over_length=True),
    )
    meter = _meter([], exchanges)
    assert [(each.exchange, each.words, each.limit, each.over_length) for each in meter.words] == [
        (1, (980, ("LINDEN-1",)), 1000, False),
        (2, (1640, ("LINDEN-3", "LINDEN-4")), 1000, True),
    ]
    assert ("Words", "980, 1640 (over) in exchanges 1 to 2; 1000 agreed") in short_meter(meter)
    assert ("Words", "exchange 2: 1640 words of 1000 agreed, over length (LINDEN-3, LINDEN-4)") in whole_meter(meter)


def test_F28_updates_are_counted_by_the_clients_week_beside_what_was_agreed_then() -> None:
    monday_there = datetime(2025, 3, 10, 4, tzinfo=UTC)  # midnight in New York, an hour earlier than a week before
    terms = default_terms(NEW_YORK, LONDON)
    agreements = (
        Agreement("1", "c", 1, START - 30 * 24 * HOUR, START, terms),
        Agreement("2", "c", 2, monday_there, START, replace(terms, updates_a_week=2)),
    )
    meter = _meter(
        [
            _mail(1, monday_there - HOUR, Kind.UPDATE),
            _mail(2, monday_there, Kind.UPDATE),
            _mail(3, monday_there + 30 * HOUR, Kind.UPDATE),
            _mail(4, monday_there + 31 * HOUR, Kind.UPDATE, standing=Standing.PROPOSED),
        ],
        agreements=agreements,
    )
    assert [(week.monday, week.updates, week.agreed) for week in meter.updates] == [
        (date(2025, 3, 3), (1, ("LINDEN-1",)), None),
        (date(2025, 3, 10), (2, ("LINDEN-2", "LINDEN-3")), 2),
    ]
    assert ("Updates", "1 in the week of Monday 3 March; 2 in the week of Monday 10 March (2 agreed)") in short_meter(
        meter
    )


def test_F28_hours_are_those_of_each_ones_own_clock() -> None:
    late_evening = datetime(2025, 3, 19, 3, 30, tzinfo=UTC)  # 23:30 in New York, after their change
    meter = _meter([_mail(1, late_evening), _mail(2, late_evening + 12 * HOUR, Kind.RESPONSE)])
    assert meter.client_hours[23] == (1, ("LINDEN-1",))
    assert meter.own_hours[15] == (1, ("LINDEN-2",))
    assert sum(count.number for count in (*meter.client_hours, *meter.own_hours)) == 2


def test_S30_an_hour_of_writing_is_believed_only_near_the_receipt() -> None:
    received = datetime(2025, 3, 19, 12, tzinfo=UTC)  # 08:00 in New York
    for written, hour in ((received - 3 * HOUR, 5), (received - 90 * HOUR, 8), (received + HOUR, 8), (None, 8)):
        meter = _meter([_mail(1, received, written=written)])
        assert meter.client_hours[hour].number == 1, written


def test_F28_to_and_fro_are_turns_within_a_day_of_each_other() -> None:
    def turns(*mails: tuple[int, Direction]) -> list[tuple[str, ...]]:
        letters = [_mail(at, START + at * HOUR, Kind.ADMIN, way) for at, way in mails]
        return [run.mails.letters for run in _meter(letters).to_and_fro]

    came, went = Direction.IN, Direction.OUT
    assert turns((1, came), (2, went), (3, came)) == []
    assert turns((1, came), (2, went), (3, came), (4, went)) == [("LINDEN-1", "LINDEN-2", "LINDEN-3", "LINDEN-4")]
    assert turns((1, came), (2, came), (3, came), (4, went)) == []
    assert turns((1, came), (2, went), (30, came), (31, went)) == []
    assert turns((1, came), (2, went), (26, came), (27, went)) != []


def test_F28_mail_that_is_not_accepted_and_delivery_reports_are_not_counted() -> None:
    uncounted = [_mail(1, START, standing=Standing.PROPOSED), _mail(2, START, Kind.BOUNCE)]
    meter = _meter(uncounted)
    assert short_meter(meter) == whole_meter(meter) == ()


mails = st.builds(
    _mail,
    st.integers(1, 9999),
    st.integers(-300, 3000).map(lambda hours: START + hours * HOUR),
    st.sampled_from(Kind),
    st.sampled_from(Direction),
)


@given(st.lists(mails, max_size=30, unique_by=lambda letter: letter.digest), st.randoms())
@settings(max_examples=40, deadline=None)
def test_F28_every_count_is_the_number_of_letters_it_names_whatever_their_order(
    letters: list[Letter], random: Random
) -> None:
    meter = _meter(letters)
    mixed = list(letters)
    random.shuffle(mixed)
    assert _meter(mixed) == meter
    counts = [*meter.client_hours, *meter.own_hours, *(week.updates for week in meter.updates)]
    counts += [run.mails for run in meter.to_and_fro]
    assert all(count.number == len(count.letters) == len(set(count.letters)) for count in counts)
    assert json.loads(json.dumps(meter_as_json(meter))) == meter_as_json(meter)


def test_PRODUCT_5_the_meter_has_no_score_and_no_grade() -> None:
    names = {field for kind in (BoundaryMeter, ExchangeFacts) for field in kind.__annotations__}
    assert not {name for name in names if any(word in name for word in ("score", "grade", "level", "risk"))}
