"""F58: a draft that names another client, by whatever, is found out; what is nobody's name is left alone."""

from time import process_time

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
        ("\u0422om\u0430s", Mark.NAME),  # Cyrillic letters that look Latin
        ("T\u0336o\u0336m\u0336a\u0336s\u0336", Mark.NAME),
        ("To\ufe0fm\u3164as", Mark.NAME),
        ("Tomas2, or Tomasさん", Mark.NAME),
        ("Tomas's, Tomass", Mark.NAME),
        ("AdeyemiRoux", Mark.NAME),
        ("see linden-12", Mark.CODE),
        ("LINDEN12", Mark.CODE),
        ("mailto:tomas%40client.example", Mark.ADDRESS),
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


@pytest.mark.parametrize("text", ["To-\nmas said", "> as To\u00ad\n> mas said", "> as To\n> mas said"])
def test_F58_a_name_that_a_line_breaks_is_found(text: str) -> None:
    assert [(one.mark, one.line, one.word) for one in found(text)] == [(Mark.NAME, 1, "Tomas")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Jo Li", "as Jo said"),
        ("Ng", "Mr Ng"),
        ("An Do", "I saw An Do"),
        ("李 娜", "今天李娜来了"),
        ("Tomas田中", "田中"),
        ("Søren Müller", "Soren"),
        ("Søren Müller", "Mr Mueller"),
        ("Maren", "Marens Brief"),
        ("Anna and Tom van der Berg", "Tom"),
        ("tom berg", "Tom"),
        ("يوسف", "يُوسُف"),
    ],
)
def test_F58_a_name_is_found_however_short_and_however_it_is_written(name: str, text: str) -> None:
    assert foreign_names(Draftlike("", text), [Person("QQ", name)]) != ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "Will May",
            'On 3 May 2026, you wrote:\n> Will you write in May? May I ask you? "Will that do?" It will, it may.',
        ),
        ("Will May", "May 3rd is fine. Will it be?"),
        ("Don Can", "I don't know. Don't ask; can you? Can we? I can't."),
        ("April June", "By Tuesday 7 April, or the end of Monday 1 June"),
        ("Mrs Anna and Mister Tom van der Berg", "miss, mister, mrs, and der van"),
        ("Jo Li", "jo, JO and LI"),
        ("Ed Ng", "an ED ward"),
        ("An Do", "An hour. Do you?"),
        ("X", "X"),
    ],
)
def test_F58_a_name_that_is_a_word_of_every_letter_does_not_stop_every_letter(name: str, text: str) -> None:
    assert foreign_names(Draftlike("", text), [Person("QQ", name)]) == ()


@pytest.mark.parametrize("text", ["I told Will", "Will, you know, rang", "and May rang", "Can rang", "Will's letter"])
def test_F58_such_a_name_is_found_where_it_is_no_word(text: str) -> None:
    assert foreign_names(Draftlike("", text), [Person("QQ", "Will May Can")]) != ()


def test_F58_a_surname_that_only_ends_in_s_is_nobody_elses_first_name() -> None:
    other = Person("QQ", "Robert Blum")
    assert foreign_names(Draftlike("", "Dear Ms Roberts"), [other], own_names=("Eva Roberts",)) == ()


def test_F58_humps_of_a_files_name_are_words_of_their_own() -> None:
    assert [one.word for one in found(enclosures=("LetterForTomas2026.pdf",))] == ["Tomas"]


def test_F58_a_long_letter_is_looked_through_for_two_hundred_clients_at_its_departure() -> None:
    people = [Person(f"C{n}", f"Xa{n:03}b Qu{n:03}x", (f"x{n}@mail.example",), (f"{n:040X}",)) for n in range(200)]
    text = "\n".join("> " * (n % 2) + "ten words that are nobody stand in each line here" for n in range(1000))
    began = process_time()
    assert foreign_names(Draftlike("", text), people) == ()
    assert process_time() - began < 1  # 0.07 s here; for each client anew it was ten seconds


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
