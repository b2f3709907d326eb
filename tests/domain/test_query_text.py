"""Every text a person types gives a query, or a sentence with the place of its fault; nothing else is ever raised."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapymail.domain.kinds import Kind
from therapymail.domain.query import (
    All,
    Any,
    Field,
    Filter,
    Last,
    Length,
    Not,
    Phrase,
    Prefix,
    Query,
    Relation,
    Unit,
    When,
    Word,
    asks_standing,
)
from therapymail.domain.query_text import MAX_DEPTH, MAX_QUERY_CHARACTERS, MAX_TERMS, as_typed, read_query
from therapymail.errors import QueryUnreadable, explain

HERON = Filter(Field.CLIENT, "HERON")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("grief", Word("grief")),
        ("  grief   sister ", All((Word("grief"), Word("sister")))),
        ('"unlit room"', Phrase("unlit room")),
        ("“unlit room”", Phrase("unlit room")),
        ("anx*", Prefix("anx")),
        ('"panic att"*', Prefix("panic att")),
        ("don't", Word("don't")),
        ("-work grief", All((Not(Word("work")), Word("grief")))),
        ('-"a b"', Not(Phrase("a b"))),
        ("NOT work", Not(Word("work"))),
        ("e-mail", Word("e-mail")),
        ("a OR b c", Any((Word("a"), All((Word("b"), Word("c")))))),
        ("a AND b", All((Word("a"), Word("b")))),
        ("(a OR b) c", All((Any((Word("a"), Word("b"))), Word("c")))),
        ("-(a b)", Not(All((Word("a"), Word("b"))))),
        ("or and not", All((Word("or"), Word("and"), Word("not")))),
        ('"OR"', Phrase("OR")),
        ("client:heron", HERON),
        ('CLIENT:"Heron"', HERON),
        ("-client:heron", Not(HERON)),
        ("from:me", Filter(Field.FROM, "me")),
        ("kind:Check-In", Filter(Field.KIND, "check-in")),
        ("tag:Grief/Mother", Filter(Field.TAG, "grief/mother")),
        ("is:proposed", Filter(Field.IS, "proposed")),
        ("before:2025", When(Relation.BEFORE, date(2025, 1, 1), date(2026, 1, 1))),
        ("on:2025-12", When(Relation.ON, date(2025, 12, 1), date(2026, 1, 1))),
        ("after:2025-3-31", When(Relation.AFTER, date(2025, 3, 31), date(2025, 4, 1))),
        ("feeling:Sadness", Filter(Field.FEELING, "sadness")),
        ('feeling:"Worn  out"', Filter(Field.FEELING, "worn out")),
        ('cue:"deep breath"', Filter(Field.CUE, "deep breath")),
        ("exchange:012", Filter(Field.EXCHANGE, "12")),
        ("has:Note", Filter(Field.HAS, "note")),
        ("has:enclosure", Filter(Field.HAS, "enclosure")),
        ("is:overlength", Filter(Field.IS, "overlength")),
        ("-is:unanswered", Not(Filter(Field.IS, "unanswered"))),
        ("last:3M", Last(3, Unit.MONTHS)),
        ("words:>800", Length(801)),
        ("words:>=800", Length(800)),
        ("words:<300", Length(0, 299)),
        ("words:<=300", Length(0, 300)),
        ("words:300..800", Length(300, 800)),
        ("words:7", Length(7, 7)),
        ("10:30", Word("10:30")),
        ("愛", Word("愛")),
    ],
)
def test_what_a_query_means(text: str, query: Query) -> None:
    assert read_query(text) == query


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("", 0, "nothing to search for"),
        ("   ", 0, "nothing to search for"),
        ("grief (sister", 6, "never closed"),
        ("grief)", 5, "never opened"),
        ("()", 1, "before this parenthesis"),
        ('grief "sister', 6, "quotation mark"),
        ("OR grief", 0, "stands between two words"),
        ("grief OR", 8, "something must follow"),
        ("grief OR OR sister", 9, "stands between two words"),
        ("clinet:heron", 0, "there is no filter clinet:"),
        ("client:", 7, "a value must follow"),
        ("a client:!", 9, "2 to 16 letters"),
        ("from:you", 5, "one of me, client"),
        ("kind:novel", 5, Kind.LETTER),
        ("before:lately", 7, "2025-03-31"),
        ("on:2025-02-30", 3, "2025-03-31"),
        ("after:9999", 6, "2025-03-31"),
        ("exchange:0", 9, "number of an exchange"),
        ("exchange:²", 9, "number of an exchange"),
        ("a feeling:123", 10, "one to three words"),
        ("cue:!", 4, "no letter or digit"),
        ("has:wings", 4, "one of enclosure, note"),
        ("last:3", 5, "weeks, months or years"),
        ("last:0d", 5, "weeks, months or years"),
        ("words:many", 6, "write >800"),
        ("words:800..300", 6, "the smaller number comes first"),
        ("words:<0", 6, "no number of words is so small"),
        ("words:>1000001", 6, "at most 1000000"),
        ("a - b", 2, "no letter or digit"),
        ("*", 0, "no letter or digit"),
        ('""', 1, "no letter or digit"),
        ('"the a"*', 5, "at least 3 letters before the star"),
        ("e-m*", 2, "at least 3 letters before the star"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_with_its_place(text: str, position: int, part: str) -> None:
    with pytest.raises(QueryUnreadable) as caught:
        read_query(text)
    assert caught.value.position == position
    assert part in explain(caught.value).sentence


@pytest.mark.parametrize(
    "text",
    [
        "a" * (MAX_QUERY_CHARACTERS + 1),
        " ".join(["a"] * (MAX_TERMS + 1)),
        "(" * (MAX_DEPTH + 2) + "a" + ")" * (MAX_DEPTH + 2),
        "-" * (MAX_DEPTH + 2) + "a",
    ],
)
def test_a_query_without_bounds_is_refused(text: str) -> None:
    with pytest.raises(QueryUnreadable):
        read_query(text)


pieces = st.sampled_from(
    [
        *('"', "“", "”", "(", ")", "-", "*", ":", "OR", "AND", "NOT", "client:", "kind:", "from:", "tag:", "is:"),
        *("feeling:", "cue:", "exchange:", "has:", "last:", "words:", "in:", "3m", ">800", "<=7", "3..9", "overlength"),
        *("before:", "on:", "after:", "heron", "me", "2025", "2025-13", "0000-00-00", "²025", "a", "é", "愛", "\0"),
    ]
)


@given(st.text() | st.lists(pieces | st.text(max_size=3), max_size=30).map("".join) | st.lists(pieces).map(" ".join))
def test_every_text_gives_a_query_or_a_place_within_it(text: str) -> None:
    try:
        asks_standing(read_query(text))
        fault = None
    except QueryUnreadable as raised:
        fault = raised
    assert fault is None or (0 <= fault.position <= len(text) and fault.why)


@given(
    st.dates(date(1900, 1, 1), date(2999, 12, 31)), st.sampled_from(("%Y", "%Y-%m", "%Y-%m-%d")), st.integers(-800, 800)
)
def test_every_day_is_before_on_or_after_a_period_and_only_one_of_them(day: date, form: str, away: int) -> None:
    typed = day.strftime(form).rjust(len(day.strftime(form)), "0")
    when = read_query(f"on:{typed}")
    assert isinstance(when, When)
    assert when.first <= day < when.end
    other = day + timedelta(days=away)
    assert [other < when.first, when.first <= other < when.end, other >= when.end].count(True) == 1


def test_standing_is_asked_for_wherever_the_filter_stands() -> None:
    assert asks_standing(read_query("a OR (b -is:proposed)"))
    assert not asks_standing(read_query('a -b "is proposed" tag:is'))


@pytest.mark.parametrize(
    ("typed", "looked_for"),
    [
        ("unlit ro", "unlit ro*"),
        ("gri", "gri*"),
        ("(sleep OR dre", "(sleep OR dre*"),
        ("m\u00fct", "m\u00fct*"),
        ("unlit ", "unlit "),
        ("a", "a"),
        ("gri*", "gri*"),
        ('"unlit ro', '"unlit ro'),
        ('"unlit room" no', '"unlit room" no*'),
        ("tag:gri", "tag:gri"),
        ("after:2025", "after:2025"),
        ("room -ban", "room -ban"),
        ("sleep OR", "sleep OR"),
        ("", ""),
    ],
)
def test_the_word_being_typed_may_go_on(typed: str, looked_for: str) -> None:
    assert as_typed(typed) == looked_for


@given(st.text(max_size=40))
def test_typing_on_is_read_wherever_the_text_itself_is(text: str) -> None:
    try:
        read_query(text)
    except QueryUnreadable:
        return
    read_query(as_typed(text))
