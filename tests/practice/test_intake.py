"""The way in, threads and all: nothing lost, nothing doubled, memory bounded, errors surfaced."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.kinds import Direction, Kind, LetterState, Standing
from therapymail.domain.letter import Filing, Place
from therapymail.domain.seal import Protection, SealFacts
from therapymail.errors import ServerUnreachable
from therapymail.practice import intake as intake_module
from therapymail.practice.arrival import Arrival, Begun, Incoming, PassedOver
from therapymail.practice.intake import IncomingReader, Intake

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)


def arrival(uid: int, size: int = 10) -> Arrival:
    return Arrival(Place("imap", "INBOX", 1, uid), NOON, bytes(size))


def filing(item: Incoming) -> Filing | PassedOver:
    assert isinstance(item, Arrival)
    return Filing(
        digest=item.place.uid.to_bytes(32, "big"),
        client=None,
        direction=Direction.IN,
        kind=Kind.LETTER,
        standing=Standing.ACCEPTED,
        state=LetterState.OPENED,
        received=NOON,
        written=NOON,
        message_id="",
        in_reply_to=(),
        author_address="",
        facts=SealFacts(Protection.NO),
        reading=None,
        original=item.raw,
        size=len(item.raw),
        places=(item.place,),
    )


class PlainReader:
    def begin(self, incoming: Incoming) -> Begun:
        return Begun(incoming)

    def finish(self, begun: Begun) -> Filing | PassedOver:
        return filing(begun.incoming)


@contextmanager
def plain_opener() -> Iterator[IncomingReader]:
    yield PlainReader()


def uids(intake: Intake) -> list[int]:
    return [item.places[0].uid for batch in intake.batches() for item in batch if isinstance(item, Filing)]


@given(sizes=st.lists(st.integers(0, 400), max_size=60), openers=st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_every_arrival_is_filed_exactly_once(sizes: list[int], openers: int) -> None:
    arrivals = [arrival(uid, size) for uid, size in enumerate(sizes, 1)]
    assert sorted(uids(Intake(arrivals, [plain_opener] * openers))) == list(range(1, len(sizes) + 1))


def test_bytes_in_flight_stay_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "BYTES_IN_FLIGHT", 1000)
    monkeypatch.setattr(intake_module, "SECONDS_A_BATCH", 0.02)
    monkeypatch.setattr(intake_module, "SECONDS_A_LATER_BATCH", 0.02)
    fetched: list[int] = []
    filed: list[int] = []

    def arrivals() -> Iterator[Arrival]:
        for uid in range(1, 40):
            assert sum(fetched) - sum(filed) <= 1000 + 100
            fetched.append(100)
            yield arrival(uid, 100)

    for batch in Intake(arrivals(), [plain_opener]).batches():
        filed += [item.size for item in batch if isinstance(item, Filing)]
    assert sum(filed) == 3900


def test_a_letter_larger_than_the_whole_budget_passes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "BYTES_IN_FLIGHT", 50)
    monkeypatch.setattr(intake_module, "SECONDS_A_BATCH", 0.02)
    monkeypatch.setattr(intake_module, "SECONDS_A_LATER_BATCH", 0.02)
    assert sorted(uids(Intake([arrival(1, 500), arrival(2, 10), arrival(3, 70)], [plain_opener]))) == [1, 2, 3]


def test_what_came_before_a_dropped_connection_is_filed_and_the_error_raised() -> None:
    def arrivals() -> Iterator[Arrival]:
        yield arrival(1)
        yield arrival(2)
        raise ServerUnreachable("mail.example", 993, "the connection dropped")

    filed: list[int] = []

    def file_all() -> None:
        for batch in Intake(arrivals(), [plain_opener] * 2).batches():
            filed.extend(item.places[0].uid for item in batch if isinstance(item, Filing))

    with pytest.raises(ServerUnreachable):
        file_all()
    assert sorted(filed) == [1, 2]


def test_an_opener_that_fails_ends_the_run_with_its_error() -> None:
    @contextmanager
    def broken() -> Iterator[IncomingReader]:
        if threading.active_count():
            raise ServerUnreachable("gpg", 0, "gone")
        yield PlainReader()

    with pytest.raises(ServerUnreachable):
        uids(Intake((arrival(uid) for uid in range(1, 50)), [broken]))


def test_leaving_early_ends_every_thread() -> None:
    before = threading.active_count()
    batches = Intake((arrival(uid) for uid in range(1, 5000)), [plain_opener] * 2).batches()
    next(batches)
    batches.close()  # type: ignore[attr-defined]  # a generator, closed as a for loop's break does
    assert threading.active_count() == before


def test_leaving_early_ends_a_fetch_that_waits_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_module, "BYTES_IN_FLIGHT", 100)
    monkeypatch.setattr(intake_module, "SECONDS_A_BATCH", 0.02)
    before, began = threading.active_count(), time.monotonic()
    batches = Intake((arrival(uid, 60) for uid in range(1, 50)), [plain_opener]).batches()
    next(batches)
    time.sleep(0.2)  # the one that fetches waits for what we hold
    batches.close()  # type: ignore[attr-defined]  # a generator, closed as a for loop's break does
    assert time.monotonic() - began < 3
    assert threading.active_count() == before


def test_an_opener_that_fails_ends_the_others_too() -> None:
    @contextmanager
    def broken() -> Iterator[IncomingReader]:
        time.sleep(0.1)
        if threading.active_count():
            raise ServerUnreachable("gpg", 0, "gone")
        yield PlainReader()

    filed: list[int] = []

    def slowly() -> Iterator[Arrival]:
        for uid in range(1, 2000):
            time.sleep(0.002)
            yield arrival(uid)

    def file_all() -> None:
        for batch in Intake(slowly(), [plain_opener, broken]).batches():
            filed.extend(item.places[0].uid for item in batch if isinstance(item, Filing))

    with pytest.raises(ServerUnreachable):
        file_all()
    assert len(filed) < 1000


def test_what_fits_into_one_batch_is_filed_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """So letters are named in the order of time, however slow the machine."""
    monkeypatch.setattr(intake_module, "SECONDS_A_BATCH", 0.0)

    def slow() -> Iterator[Arrival]:
        for uid in range(1, 9):
            time.sleep(0.02)
            yield arrival(uid)

    assert len(list(Intake(slow(), [plain_opener], expected=8).batches())) == 1
    assert len(list(Intake(slow(), [plain_opener], expected=5000).batches())) > 1
