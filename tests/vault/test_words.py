"""How text is cut into tokens and folded: as FTS5's unicode61 does, and pairs where there are no spaces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2 as sqlcipher

from therapymail.vault.words import MAX_TOKEN_CHARACTERS, composed, fold, is_dense, sought, spans, tokens


def unicode61(text: str) -> list[str]:
    """The tokens that FTS5's own tokenizer makes, in their order."""
    connection = sqlcipher.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize = 'unicode61 remove_diacritics 2')")
    connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'instance')")
    connection.execute("INSERT INTO t VALUES (?)", (text,))
    return [row[0] for row in connection.execute('SELECT term FROM v ORDER BY "offset"')]


@pytest.mark.parametrize(
    "text",
    [
        "Don't stop: e-mail me at 10:30, or on 2025-03-31!",
        "Ça va? L'été à la plage, déjà vu, naïve café",
        "Übermäßige Größe, Öl und Ähre",
        "“Curly quotes” \u2013 and a dash… snake_case too",
        "Привет, как дела? Ещё не знаю",
        "ΚΑΛΗΜΕΡΑ κόσμε",
        "عندي سؤال",
        "",
    ],
)
def test_words_are_cut_where_unicode61_cuts_them(text: str) -> None:
    assert tokens(text) == [fold(word) for word in unicode61(text)]


def test_plain_english_gives_the_same_tokens_as_unicode61() -> None:
    text = "The door's ajar; I sat by the unlit room (again) for 20 minutes, didn't I?"
    assert tokens(text) == unicode61(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("naïve", "NAIVE"),
        ("cafe\u0301", "Café"),
        ("Straße", "STRASSE"),
        ("Sørensen", "sorensen"),
        ("ﬁne", "fine"),
        ("\uff57\uff49\uff44\uff45", "wide"),
        ("thera\u00adpy", "therapy"),
        ("İstanbul", "istanbul"),
        ("ещё", "еще"),
        ("مَرْحَبًا", "مرحبا"),
        ("שָׁלוֹם", "שלום"),
        ("ﾃﾞｰﾀ", "データ"),
    ],
)
def test_case_accents_width_and_joining_make_no_difference(one: str, other: str) -> None:
    assert tokens(one) == tokens(other) != []


@pytest.mark.parametrize(("one", "other"), [("мой", "мои"), ("か", "が"), ("কি", "ক")])
def test_marks_that_make_another_letter_are_kept(one: str, other: str) -> None:
    assert tokens(one) != tokens(other)


def test_text_without_spaces_gives_pairs_and_its_last_character() -> None:
    assert tokens("睡眠不足 ok 愛") == ["睡眠", "眠不", "不足", "足", "ok", "愛"]
    assert tokens("PHQ得分") == ["phq", "得分", "分"]
    assert is_dense("睡眠")
    assert not is_dense("ok")


def test_what_is_sought_leaves_out_the_lone_end_of_a_run() -> None:
    assert sought("睡眠") == (("睡眠",), False)
    assert sought("愛") == (("愛",), True)
    assert sought("得分 ok") == (("得分", "分", "ok"), False)
    assert sought("don't") == (("don", "t"), False)
    assert sought("…") == ((), False)


def test_a_word_of_any_length_is_one_bounded_token() -> None:
    assert tokens("a" * 100_000) == ["a" * MAX_TOKEN_CHARACTERS] == tokens("á" * 100_000)


@given(st.text())
def test_every_text_gives_tokens_that_hold_no_blank_quote_or_private_character(text: str) -> None:
    for token in tokens(text):
        assert token
        assert len(token) <= MAX_TOKEN_CHARACTERS
        assert not any(
            character.isspace() or character in "\"'*()" or "\ue000" <= character <= "\uf8ff" for character in token
        )
        assert all(ord(character) > 127 or character.isalnum() for character in token)


@given(st.text())
def test_places_and_tokens_of_a_text_agree(text: str) -> None:
    whole = composed(text)
    found = list(spans(whole))
    assert [token for span in found for token in span.tokens] == tokens(text)
    assert all(0 <= span.start < span.end <= len(whole) for span in found)
    assert [span.start for span in found] == sorted({span.start for span in found})


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
