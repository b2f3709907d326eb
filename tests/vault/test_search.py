"""Search finds exactly what a plain reading of every letter would find, newest first, whatever is asked."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vault.searchable import CODES, Sample, digest_of, vault_of
from therapymail.domain.found import Coverage, Order
from therapymail.domain.kinds import Direction, Kind, Standing
from therapymail.domain.query import (
    All,
    Any,
    Author,
    Field,
    Filter,
    Not,
    Phrase,
    Prefix,
    Query,
    Relation,
    When,
    Word,
    asks_standing,
)
from therapymail.domain.query_text import read_query
from therapymail.domain.sanitise import sanitise
from therapymail.errors import ClientUnknown
from therapymail.vault.search import COUNTED_AT_MOST, find_ids, search
from therapymail.vault.stems import stem

DENSE = re.compile(r"([\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff]+)")

# --- what a plain reading finds ------------------------------------------------------------------------


def plain_words(text: str) -> list[str]:
    bare = "".join(
        character for character in unicodedata.normalize("NFD", text.casefold()) if not 0x300 <= ord(character) < 0x370
    )
    words = re.findall(r"(?:[^\W_]|[\u0e00-\u0eff])+", bare)
    return [part for word in words for part in DENSE.split(word) if part]


def is_run(word: str) -> bool:
    return DENSE.fullmatch(word) is not None


def stands_in(wanted: list[str], words: list[str], *, goes_on: bool) -> bool:
    """Whether `wanted` stands side by side in `words`; text without spaces is met inside its run, too."""

    def meets(at: int) -> bool:
        for offset, want in enumerate(wanted):
            word, first, last = words[at + offset], offset == 0, offset == len(wanted) - 1
            if is_run(want):
                good = is_run(word) and (
                    want in word
                    if first and last
                    else word.endswith(want)
                    if first
                    else word.startswith(want)
                    if last
                    else word == want
                )
            else:
                good = word.startswith(want) if last and goes_on else word == want
            if not good:
                return False
        return True

    return any(meets(at) for at in range(len(words) - len(wanted) + 1))


def plainly_matches(query: Query, sample: Sample, zone: tzinfo) -> bool:  # noqa: C901 - one case for each sort
    sources = [plain_words(sample.subject), plain_words(sample.text or "")]
    match query:
        case Word(text):
            wanted = plain_words(text)
            if len(wanted) == 1 and not is_run(wanted[0]):
                root = stem(wanted[0], sample.language)
                return any(
                    stem(word, sample.language) == root for words in sources for word in words if not is_run(word)
                )
            return any(stands_in(wanted, words, goes_on=False) for words in sources)
        case Phrase(text) | Prefix(text):
            goes_on = isinstance(query, Prefix)
            return any(stands_in(plain_words(text), words, goes_on=goes_on) for words in sources)
        case Filter(Field.CLIENT, value):
            return sample.client == value
        case Filter(Field.KIND, value):
            return sample.kind == value
        case Filter(Field.FROM, value):
            return (sample.direction is Direction.OUT) == (value == Author.ME)
        case Filter(Field.TAG, value):
            return any(tag == value or tag.startswith(value + "/") for tag in sample.tags)
        case Filter(Field.IS, value):
            return sample.standing == value
        case When(relation, first, end):
            day = sample.received.astimezone(zone).date()
            return {Relation.BEFORE: day < first, Relation.ON: first <= day < end, Relation.AFTER: day >= end}[relation]
        case Not(part):
            return not plainly_matches(part, sample, zone)
        case All(parts):
            return all(plainly_matches(part, sample, zone) for part in parts)
        case Any(parts):
            return any(plainly_matches(part, sample, zone) for part in parts)
    return False


# --- random letters and queries ------------------------------------------------------------------------

VOCABULARY = (
    *("grief", "grieving", "grieved", "door", "doors", "Türen", "Tür", "anxious", "anxiety", "naïve", "café", "CAFÉ"),
    *(
        "cafe\u0301",
        "don't",
        "e-mail",
        "2025",
        "\ufb01ne",
        "fine",
        "a",
        "an",
        "Straße",
        "STRASSE",
        "übermut",
        "sister's",
    ),
    *(
        "睡眠不足",
        "睡眠",
        "天気がいい",
        "不足",
        "眠",
        "ความรักของแม่",
        "ความรัก",
        "แม่",
        "phq得分",
        "得分",
        "co_operate",
        "Ångström",
    ),
)
texts = st.lists(st.sampled_from(VOCABULARY), max_size=8).map(" ".join)
tags = st.sampled_from(("grief", "grief/mother", "grief/mother/funeral", "work", "griefs"))
samples = st.builds(
    Sample,
    text=st.one_of(st.none(), texts, texts, texts, texts),
    subject=texts,
    quoted=texts,
    client=st.sampled_from(CODES),
    direction=st.sampled_from(Direction),
    kind=st.sampled_from((Kind.LETTER, Kind.RESPONSE, Kind.CHECK_IN)),
    standing=st.sampled_from((Standing.ACCEPTED, Standing.ACCEPTED, Standing.PROPOSED)),
    tags=st.lists(tags, max_size=2, unique=True).map(tuple),
    language=st.sampled_from(("en", "de", "xx")),
    day=st.floats(0, 100, allow_nan=False),
) | st.builds(Sample, text=texts, client=st.none(), standing=st.just(Standing.SET_ASIDE), language=st.just("en"))

words = st.sampled_from([*VOCABULARY, "griefs", "DOORS", "tur", "天", "天気", "足", "รัก", "missing"])
beginnings = words.flatmap(lambda word: st.integers(1, len(word)).map(lambda length: word[:length]))
days = st.integers(-5, 105).map(lambda offset: date(2025, 1, 1) + timedelta(days=offset))
filters = st.one_of(
    st.builds(Filter, st.just(Field.CLIENT), st.sampled_from(CODES)),
    st.builds(Filter, st.just(Field.KIND), st.sampled_from(("letter", "response", "check-in", "safety"))),
    st.builds(Filter, st.just(Field.FROM), st.sampled_from(("me", "client"))),
    st.builds(Filter, st.just(Field.TAG), tags),
    st.builds(Filter, st.just(Field.IS), st.sampled_from(("accepted", "proposed", "set-aside"))),
    st.builds(
        lambda relation, first, length: When(relation, first, first + timedelta(days=length)),
        st.sampled_from(Relation),
        days,
        st.integers(1, 40),
    ),
)
leaves = st.one_of(
    words.map(Word),
    st.lists(words, min_size=1, max_size=3).map(" ".join).map(Phrase),
    beginnings.filter(lambda text: bool(plain_words(text))).map(Prefix),
    filters,
)
queries: st.SearchStrategy[Query] = st.recursive(
    leaves,
    lambda parts: st.one_of(
        parts.map(Not),
        st.lists(parts, min_size=1, max_size=3).map(lambda several: All(tuple(several))),
        st.lists(parts, min_size=1, max_size=3).map(lambda several: Any(tuple(several))),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(samples, min_size=1, max_size=15),
    st.lists(queries, min_size=1, max_size=25),
    st.sampled_from(("UTC", "America/New_York", "Pacific/Kiritimati")),
)
def test_search_finds_what_a_plain_reading_finds(letters: list[Sample], asked: list[Query], zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    with vault_of(letters) as vault, vault.reading() as reader:
        for query in asked:
            expected = {
                digest_of(at)
                for at, sample in enumerate(letters)
                if sample.text is not None
                and plainly_matches(query, sample, zone)
                and (asks_standing(query) or sample.standing is not Standing.SET_ASIDE)
            }
            result = search(reader, query, zone=zone)
            assert {hit.letter.digest for hit in result.hits} == expected, query
            assert (result.total, result.is_exact) == (len(expected), True)
            places = [hit.letter.order for hit in result.hits]
            assert places == sorted(places, reverse=True)
            assert places == find_ids(reader, query, 50, zone)
            best = search(reader, query, order=Order.RELEVANCE, zone=zone)
            assert {hit.letter.digest for hit in best.hits} == expected
            for hit in result.hits:
                assert hit.snippet.marks or not isinstance(query, Word | Phrase | Prefix), query
                for start, end in hit.snippet.marks:
                    assert 0 <= start < end <= len(hit.snippet.text)
                    assert plain_words(hit.snippet.text[start:end])
                assert len(sanitise(hit.snippet.text)) == len(hit.snippet.text)


# --- single rules ----------------------------------------------------------------------------------------


def found(letters: list[Sample], query: str, **how: object) -> list[int]:
    """The indexes of the samples that `query` finds, in the order they come."""
    with vault_of(letters) as vault, vault.reading() as reader:
        at_of = {digest_of(at): at for at in range(len(letters))}
        return [at_of[hit.letter.digest] for hit in search(reader, read_query(query), **how).hits]  # type: ignore[arg-type]


def test_C36_words_phrases_and_beginnings_are_found_newest_first() -> None:
    letters = [Sample("The unlit room again.", day=day) for day in range(3)]
    assert found(letters, '"unlit room" unl* rooms') == [2, 1, 0]


def test_quoted_text_is_found_once_in_the_letter_it_was_written_in() -> None:
    letters = [Sample("There is an unlit room."), Sample("Thank you.", quoted="There is an unlit room.", day=1)]
    assert found(letters, "unlit") == [0]


def test_a_phrase_does_not_reach_from_the_subject_into_the_text() -> None:
    assert found([Sample("room", subject="the unlit")], '"unlit room"') == []


@pytest.mark.parametrize("text", ["我昨天晚上睡眠不足", "昨夜は睡眠不足でした。", "เมื่อคืนฉันนอนไม่หลับ"])
def test_text_without_spaces_is_found_by_every_substring_of_two_characters_or_more(text: str) -> None:
    run = max(DENSE.findall(text), key=len)
    letters = [Sample(text), Sample("nothing of the kind")]
    with vault_of(letters) as vault, vault.reading() as reader:
        for start in range(len(run)):
            for end in range(start + 1, len(run) + 1):
                piece = run[start:end]
                if any(character.isalnum() for character in piece):
                    assert [hit.letter.digest for hit in search(reader, Word(piece)).hits] == [digest_of(0)], piece


def test_proposed_letters_are_found_and_marked_and_set_aside_ones_only_when_asked() -> None:
    letters = [
        Sample("a word", standing=Standing.PROPOSED),
        Sample("a word", client=None, standing=Standing.SET_ASIDE, day=1),
    ]
    assert found(letters, "word") == [0]
    assert found(letters, "word is:set-aside") == [1]
    with vault_of(letters) as vault, vault.reading() as reader:
        assert search(reader, read_query("word")).hits[0].letter.standing is Standing.PROPOSED


def test_C35_coverage_says_how_many_letters_could_not_be_searched() -> None:
    with vault_of([Sample("a"), Sample("b"), Sample(None)]) as vault, vault.reading() as reader:
        assert search(reader, read_query("a")).coverage == Coverage(searchable=2, total=3, sealed=1)


def test_relevance_puts_the_letter_that_says_it_often_first() -> None:
    often = "I was in the garden. " * 9
    letters = [Sample("my garden and much else"), Sample(often, day=1), Sample("this is a garden", day=2)]
    assert found(letters, "garden", order=Order.RELEVANCE)[0] == 1
    assert found(letters, "garden") == [2, 1, 0]


def test_relevance_puts_the_newest_of_equals_first_also_where_not_all_are_shown() -> None:
    letters = [Sample("a garden", day=day) for day in range(8)]
    with vault_of(letters) as vault, vault.reading() as reader:
        hits = search(reader, read_query("garden"), 3, Order.RELEVANCE).hits
        assert [hit.letter.digest for hit in hits] == [digest_of(at) for at in (7, 6, 5)]


def test_many_hits_are_counted_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("therapymail.vault.search.COUNTED_AT_MOST", 5)
    with vault_of([Sample("same", day=day) for day in range(9)]) as vault, vault.reading() as reader:
        result = search(reader, read_query("same"), limit=3)
        assert (len(result.hits), result.total, result.is_exact) == (3, 5, False)
        assert (search(reader, read_query("same"), limit=9).total, COUNTED_AT_MOST) == (9, 100)


def test_a_client_nobody_knows_is_said() -> None:
    with pytest.raises(ClientUnknown):
        found([Sample("a")], "client:NOBODY")


def test_days_are_those_of_the_therapists_zone_over_a_change_of_clocks() -> None:
    # 2025-03-30 begins at 00:00 UTC in London and ends at 23:00 UTC: clocks go forward that night.
    evening = (datetime(2025, 3, 30, 23, 30, tzinfo=UTC) - datetime(2025, 1, 1, 12, tzinfo=UTC)) / timedelta(days=1)
    letters = [Sample("late", day=evening)]
    assert found(letters, "on:2025-03-30", zone=ZoneInfo("Europe/London")) == []
    assert found(letters, "on:2025-03-31", zone=ZoneInfo("Europe/London")) == [0]
    assert found(letters, "on:2025-03-30") == [0]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.lists(st.text(min_size=1, max_size=12), max_size=12))
def test_no_text_and_no_searched_word_makes_search_raise(bodies: list[str], sought: list[str]) -> None:
    letters = [Sample(body, subject=body[:9], day=day) for day, body in enumerate(bodies)]
    with vault_of(letters) as vault, vault.reading() as reader:
        for text in sought:
            search(reader, Any((Word(text), Phrase(text), Prefix(text), Not(Word(text)))))


@pytest.mark.parametrize("text", ["I could not sleep. " * 40 + "The d\u00f6or was ajar. " + "Then I slept. " * 40])
def test_the_passage_is_the_one_around_the_hit(text: str) -> None:
    with vault_of([Sample(text, subject="door", language="en")]) as vault, vault.reading() as reader:
        snippet = search(reader, read_query("doors ajar")).hits[0].snippet
        assert [snippet.text[start:end] for start, end in snippet.marks] == ["d\u00f6or", "ajar"]
        assert snippet.cut_before
        assert snippet.cut_after
        assert len(snippet.text) < 250


@pytest.mark.parametrize("many", [1, 3, 99])
def test_as_many_words_as_a_query_may_have_can_be_left_out(many: int) -> None:
    letters = [Sample("a word here"), Sample("another thing", day=1)]
    left_out = " ".join(f"-w{number}" for number in range(many))
    assert found(letters, left_out) == [1, 0]
    assert found(letters, f"word {left_out}") == [0]
    assert found(letters, f"-thing {left_out}") == [0]
