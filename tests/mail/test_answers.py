"""Taking server answers apart: exact on what is right, calm on everything else."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.mail.answers import (
    MAX_UID,
    FetchAnswer,
    Piece,
    esearch_answer,
    fetch_answers,
    internaldate_in_utc,
    search_answer,
    uid_set,
    uid_sets,
    uids_in_set,
    wire_date,
)

few = settings(max_examples=100, deadline=None)
pieces = st.lists(st.one_of(st.binary(max_size=60), st.tuples(st.binary(max_size=60), st.binary(max_size=20))))
uids = st.lists(st.integers(1, MAX_UID), max_size=300)


@pytest.mark.parametrize(
    "record",
    [
        [(b'12 (UID 5 RFC822.SIZE 3 INTERNALDATE "17-Jul-2026 02:44:25 -0700" BODY[] {3}', b"abc"), b")"],
        [
            (b"12 (BODY[] {3}", b"abc"),
            b' INTERNALDATE "17-Jul-2026 02:44:25 -0700" UID 5 FLAGS (\\Seen "odd") RFC822.SIZE 3)',
        ],
        [b'12 (UID 5 MODSEQ (77) RFC822.SIZE 3 INTERNALDATE "17-Jul-2026 02:44:25 -0700" BODY[] "abc")'],
        [
            (b'12 (UID 5 RFC822.SIZE 3 INTERNALDATE "17-Jul-2026 02:44:25 -0700" BODY[] {3}', b"abc"),
            b" X-OURS (a (b)))",
        ],
        [b'12 (uid 5 rfc822.size 3 internaldate "17-jul-2026 02:44:25 -0700" body[] "a\\bc")'],
    ],
)
def test_a_FETCH_answer_is_read_in_any_order(record: list[Piece]) -> None:
    wanted = FetchAnswer(5, 3, datetime(2026, 7, 17, 9, 44, 25, tzinfo=UTC), b"abc")
    assert list(fetch_answers(record)) == [wanted]


def test_a_section_of_headers_is_the_section() -> None:
    record: list[Piece] = [(b'1 (UID 9 BODY[HEADER.FIELDS ("FROM" TO)]<0> {4}', b"abcd"), b")"]
    assert next(fetch_answers(record)).section == b"abcd"


@pytest.mark.parametrize(
    ("text", "section"), [(b"1 (UID 9 BODY[] NIL)", b""), (b'1 (UID 9 BODY[] "")', b""), (b"1 (UID 9 FLAGS ())", None)]
)
def test_nothing_is_not_the_same_as_empty(text: bytes, section: bytes | None) -> None:
    assert next(fetch_answers([text])).section == section


@few
@given(st.text("ab)( {}\r\n*", max_size=60), st.integers(0, 60), st.integers(-60, 60))
def test_C40_a_mail_of_which_bytes_were_lost_or_came_twice_is_not_taken(text: str, at: int, more: int) -> None:
    body = f"{text}\r\n".encode()  # as every mail ends
    before = b"* 1 FETCH (UID 1 BODY[] {%d}\r\n" % len(body)
    place = at % (len(body) + 1)
    doubled, lost = body[max(0, place - max(0, more)) : place], min(max(0, -more), len(body) - place)
    spoilt = body[:place] + doubled + body[place + lost :]
    for answer in fetch_answers(as_read(before + spoilt + b")\r\nA1 OK done\r\n")):
        assert answer.section in {None, body}


def as_read(said: bytes) -> list[Piece]:
    """The FETCH answers in `said` as imaplib gives them; none where it does not come to the tagged answer."""
    found: list[Piece] = []
    while said:
        line, _, said = said.partition(b"\r\n")
        if line == b"A1 OK done":
            return found
        if not line.startswith(b"* "):
            return []  # an unexpected response: nothing of what was asked for is taken
        text = re.sub(rb"^\* \d+ FETCH ", lambda start: start[0].split()[1] + b" ", line)
        while (size := re.search(rb"\{(\d+)\}$", text)) is not None:
            if len(said) < int(size[1]):
                return []
            found.append((text, said[: int(size[1])]))
            text, _, said = said[int(size[1]) :].partition(b"\r\n")
        found.append(text)
    return []


@pytest.mark.parametrize(
    "record",
    [
        [(b"1 (UID 5 BODY[] {3}", b"ab)"), b""],
        [(b"1 (UID 5 BODY[] {3}", b"a)\r"), b"\n"],
        [(b"1 (UID 5 BODY[] {3}", b")\r\n"), (b"* 2 FETCH (UID 6 BODY[] {3}", b"abc"), b")"],
        [(b"1 (UID 5 BODY[] {3}", b"* 2"), (b" BODY[] {3}", b"abc"), b")"],
        [(b"1 (UID 5 BODY[] {3}", b"aab"), b"c"],
        [(b"1 (UID 5 BODY[] {3}", b"aab"), b"c)"],
    ],
)
def test_C40_a_literal_that_swallowed_what_follows_or_left_some_of_itself_is_no_mail(record: list[Piece]) -> None:
    assert [answer.section for answer in fetch_answers(record)] == [None]


def test_a_keyword_called_UID_is_no_UID() -> None:
    assert next(fetch_answers([b"1 (FLAGS (UID 7) UID 9)"])).uid == 9
    assert list(fetch_answers([b"1 (FLAGS (UID 7))"])) == []


@few
@given(pieces)
def test_no_answer_breaks_the_reading(noise: list[Piece]) -> None:
    good: list[Piece] = [(b"1 (UID 9 BODY[] {4}", b"abcd"), b")"]
    assert all(0 < answer.uid <= MAX_UID for answer in fetch_answers(noise))
    assert list(fetch_answers([*noise, b"* noise", *good]))[-1:] == [FetchAnswer(9, None, None, b"abcd")]
    search_answer(noise)
    esearch_answer(noise)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b" 1-Jan-1970 00:00:00 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        (b"01-Jan-0001 00:00:00 +1400", None),
        (b"31-Dec-9999 23:59:59 -1200", None),
        (b"30-Feb-2026 00:00:00 +0000", None),
        (b"01-Foo-2026 00:00:00 +0000", None),
        (b"01-Jan-2026 25:00:00 +0000", None),
        (b"01-Jan-2026 00:00:00 +9999", datetime(2025, 12, 27, 19, 21, tzinfo=UTC)),
        (b"", None),
        (b"NIL", None),
    ],
)
def test_absurd_dates_are_no_dates(text: bytes, wanted: datetime | None) -> None:
    assert internaldate_in_utc(text) == wanted


@few
@given(st.binary(max_size=40))
def test_no_date_breaks_the_reading(text: bytes) -> None:
    found = internaldate_in_utc(text)
    assert found is None or (found.tzinfo is UTC and found.microsecond == 0)


@few
@given(uids)
def test_a_set_names_exactly_its_UIDs(wanted: list[int]) -> None:
    ascending = sorted(set(wanted))
    named = [uid for first, last in uids_in_set(uid_set(ascending)) for uid in range(first, last + 1)]
    assert named == ascending


@few
@given(uids, st.integers(1, 50), st.integers(11, 200))
def test_batches_hold_every_UID_once_and_keep_lines_short(wanted: list[int], most: int, longest: int) -> None:
    batches = list(uid_sets(wanted, most=most, longest=longest))
    assert [uid for _, batch in batches for uid in batch] == sorted(set(wanted))
    for numbers, batch in batches:
        assert len(numbers) <= longest
        assert len(batch) <= most
        assert numbers == uid_set(batch)


def test_a_whole_folder_is_one_short_set() -> None:
    assert [numbers for numbers, _ in uid_sets(range(1, 10_001), most=10_000)] == [b"1:10000"]
    scattered = range(1, 40_000, 2)
    assert all(len(numbers) <= 7_000 for numbers, _ in uid_sets(scattered, most=100_000))


def test_an_endless_range_does_not_fill_the_memory() -> None:
    assert len(esearch_answer([b'(TAG "A") UID ALL 1:4294967295'])) == 0
    assert esearch_answer([b'(TAG "A") UID ALL 5,1:3']) == [1, 2, 3, 5]
    assert search_answer([b"5 1 3 (MODSEQ 9)", b""]) == [1, 3, 5]


@given(st.integers(0, 7_000_000_000), st.timezones())
@settings(max_examples=60)
def test_a_date_for_APPEND_is_read_back_the_same(seconds: int, zone: ZoneInfo) -> None:
    moment = datetime.fromtimestamp(seconds + 0.5, zone)
    assert internaldate_in_utc(wire_date(moment)) == moment.astimezone(UTC).replace(microsecond=0)
