"""F58: a draft that names another client, by whatever, is found out; what is nobody's name is left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.foreign_names import Draftlike, Foreign, Mark, Person, Spot, foreign_names

TOMAS = Person("LINDEN", "Tomas Adeyemi-Roux", ("tomas@client.example",), ("0123456789ABCDEF0123456789ABCDEF89ABCDEF",))
ROSE = Person("SLATE", "Rose de Winter", ("rose@client.example",))
LI = Person("WREN", "李小龙 田中", ("li@client.example",))


def found(
    text: str = "", *, subject: str = "", enclosures: tuple[str, ...] = (), **more: object
) -> tuple[Foreign, ...]:
    own = ("Maren Quist", "Dr Orla Fenwick")
    return foreign_names(Draftlike(subject, text, enclosures), [TOMAS, ROSE, LI], own_names=own, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("as Tomas said", Mark.NAME),
        ("as TOMAS said", Mark.NAME),
        ("as tomas said", Mark.NAME),
        ("Tomás's letter", Mark.NAME),
        ("Mr Roux", Mark.NAME),
        ("To\u00adm\u200bas", Mark.NAME),
        ("\uff34omas", Mark.NAME),
        ("see LINDEN-12", Mark.CODE),
        ("write to TOMAS@client.example.", Mark.ADDRESS),
        ("0123 4567 89AB CDEF 0123  4567 89AB CDEF 89AB CDEF", Mark.KEY),
        ("the key 89abcdef89ABCDEF", Mark.KEY),
        ("今天李小龙来了", Mark.NAME),
    ],
)
def test_F58_a_name_code_address_or_key_of_another_client_is_found(text: str, mark: Mark) -> None:
    assert mark in {one.mark for one in found(text)}
    assert mark in {one.mark for one in found(subject=text)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a linden tree, and a rose in winter",
        "de la Mare",
        "Maren, Orla and the others",
        "automatic stomasch",
        "nottomas.client.example@elsewhere.example",
        "0123456789abcdef0123456789abcdee",
    ],
)
def test_F58_words_that_only_look_alike_are_left_alone(text: str) -> None:
    assert found(text) == ()


def test_F58_a_name_that_is_a_word_counts_with_its_capital() -> None:
    assert [one.word for one in found("Rose wrote of a rose in Winter")] == ["Rose", "Winter"]


def test_F58_quoted_lines_and_enclosures_names_are_looked_through() -> None:
    spots = found("Dear Maren,\n> as Tomas said", enclosures=("photo.jpg", "linden_notes.pdf", "for-tomas.txt"))
    assert [(one.spot, one.line, one.mark) for one in spots] == [
        (Spot.QUOTATION, 2, Mark.NAME),
        (Spot.ENCLOSURE, 2, Mark.CODE),
        (Spot.ENCLOSURE, 3, Mark.NAME),
    ]


def test_F58_a_name_that_the_client_bears_as_well_tells_nothing() -> None:
    own = ("Tomas Brown",)
    assert foreign_names(Draftlike("", "Dear Tomas,"), [TOMAS], own_names=own) == ()
    assert foreign_names(Draftlike("", "Dear Tomas, Mr Roux"), [TOMAS], own_names=own) != ()


def test_F58_a_word_the_therapist_looked_at_is_let_pass_and_no_other() -> None:
    assert {one.word for one in found("Rose and Tomas", allowed=["rose"])} == {"Tomas"}


def test_F58_an_address_or_a_key_means_nobody_else_and_is_never_let_pass() -> None:
    text = "LINDEN tomas@client.example"
    assert {one.mark for one in found(text, allowed=["linden", "tomas@client.example", "tomas"])} == {Mark.ADDRESS}


@settings(max_examples=60)
@given(st.text(max_size=120), st.text(max_size=40))
def test_F58_any_text_is_looked_through_and_a_planted_name_always_found(before: str, name: str) -> None:
    foreign_names(Draftlike(before, name, (before,)), [Person("X", name, (before,), (name,))])
    assert any(one.word == "Tomas" for one in found(f"{before}\nTomas\n{name}"))
