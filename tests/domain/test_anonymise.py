"""Anonymising: nothing of what was chosen is left, however it is written, and everything stands for the same."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from therapymail.domain.anonymise import (
    ADDRESS,
    LINK,
    NUMBER,
    Anonymiser,
    Named,
    Replacement,
    anonymiser,
    read_replacement,
    read_replacements,
)
from therapymail.domain.folded_text import fold
from therapymail.errors import UnusableInput

MAREN = Named("[client]", ("Maren Quist",), ("maren@heron.example",), ("HERON",), "CLIENT")
ORLA = Named("[therapist]", ("Dr Orla Fenwick",), ("orla@practice.example",))
ROSE = Named("[client 2]", ("Rose Will", "J\u00fcrgen \u00d8deg\u00e5rd"), (), ("LINDEN",), "CLIENT2")
OLEG = Named(
    "[client 3]", ("\u041e\u043b\u0435\u0433 \u0418\u0432\u0430\u043d\u043e\u0432", "\u7530\u4e2d\u592a\u90ce")
)

ODA = Named("[client 4]", ("Oda O'Brien-Holt",))


@pytest.fixture(scope="module")
def made() -> Anonymiser:
    return anonymiser(
        (MAREN, ORLA, ROSE, OLEG, ODA),
        [
            Replacement("Leeds", "a northern city"),
            Replacement("the blue house", "the house"),
            Replacement("St James's", "H."),
        ],
    )


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Dear Maren,", "Dear [client],"),
        ("MAREN QUIST and maren quist", "[client] and [client]"),
        ("Maren J. Quist", "[client]"),
        ("Maren's book, Maren\u2019s, Marens Brief", "[client]'s book, [client]\u2019s, [client] Brief"),
        ("M\u0430r\u0435n", "[client]"),  # Cyrillic letters among them
        ("Ma\u200bren, Ma\u00adren, Mare\u0301n, Ma\x00ren", "[client], [client], [client], [client]"),
        ("x \u202eMaren\u202c y", "x \u202e[client] y"),
        ("Ma-\nren, Ma-\n> ren, Ma\nren", "[client], [client], [client]"),
        ("marenquist, LetterMaren.doc, maren_quist.jpg", "[client], Letter[client].doc, [client]_[client].jpg"),
        ("Dr Orla Fenwick", "Dr [therapist]"),
        ("J\u00fcrgen, Jurgen, Juergen, \u00d8deg\u00e5rd", "[client 2], [client 2], [client 2], [client 2]"),
        ("\u041e\u043b\u0435\u0433", "[client 3]"),
        ("\u79c1\u306f\u7530\u4e2d\u592a\u90ce\u3055\u3093", "\u79c1\u306f[client 3]\u3055\u3093"),
        ("HERON-12, heron-12, HERONs", "CLIENT-12, CLIENT-12, CLIENTs"),
        ("a heron by a linden", "a heron by a linden"),
        ("Will you come? A rose. Rose came.", "Will you come? A rose. [client 2] came."),
        ("LEEDS, leeds's, Leedsreise", "a northern city, a northern city's, a northern city"),
        ("The Blue\nHouse; > the blue\n> house", "the house; > the house"),
        ("maren@heron.example, MAREN@heron.example, bob@x.org", f"[client], [client], {ADDRESS}"),
        ("see https://maren.example/quist and www.x.org/a", f"see {LINK} and {LINK}"),
        ("0123 4567 89AB CDEF 0123 4567", NUMBER),
        ("ex-\n> Ma-\n> ren-\n> like", "ex-\n> [client]-\n> like"),
        ("unmarened, fallen", "unmarened, fallen"),
        ("M A R E N, m.a.r.e.n, M-a-r-e-n; a b c", "[client], [client], [client]; a b c"),
        ("\u1d0d\u1d00\u0280\u1d07\u0274, M\u0251ren", "[client], [client]"),  # small capitals, an alpha
        ("the blue\u2011house, St James\u2019s, St. James's, st-james's", "the house, H., H., H."),
        ("O\u2019Brien, OBrien", "O\u2019[client 4], [client 4]"),
        ("write to @marenq or marenq@x", f"write to {ADDRESS} or {ADDRESS}"),
    ],
)
def test_F31_names_addresses_codes_and_chosen_words_in_every_form(made: Anonymiser, written: str, wanted: str) -> None:
    assert made.text(written) == wanted


def test_F31_the_name_of_a_file_is_read_more_strictly(made: Anonymiser) -> None:
    assert made.text("heron-notes.pdf", is_file_name=True) == "CLIENT-notes.pdf"
    assert made.text("rose.jpg", is_file_name=True) == "[client 2].jpg"


CHOSEN = some.text(some.sampled_from("abcdexyz\u00e9\u00f8\u0431\u0436"), min_size=3, max_size=7)
AROUND = some.sampled_from(
    [". ", "\n> ", "\t", '" (', ") ", "'", "\u2019 ", "\u202e ", " \u200b", " \x00", " \x1b[", "<&>"]
)
WRITTEN = (str.lower, str.upper, str.capitalize, lambda word: unicodedata.normalize("NFD", word))


def words_left(text: str) -> set[str]:
    """The words of `text` without accents, case and what is invisible."""
    bare = "".join(each for each in unicodedata.normalize("NFD", text).lower() if each.isprintable() or each.isspace())
    letters = "".join(" " if not each.isalpha() else each for each in bare if not unicodedata.combining(each))
    return set(letters.split())


@given(some.lists(CHOSEN, min_size=1, max_size=3, unique_by=fold), some.lists(AROUND, min_size=6, max_size=6))
@settings(max_examples=60, deadline=None)
def test_F31_no_chosen_word_remains_and_each_has_one_replacement(chosen: list[str], around: list[str]) -> None:
    anonymous = anonymiser((), [Replacement(word, f"[{number}]") for number, word in enumerate(chosen)])
    for write in WRITTEN:
        forms = [write(word) for word in chosen]
        text = "".join(
            f" {before}{form}{after}" for form, before, after in zip(forms, around, around[3:], strict=False)
        )
        changed = anonymous.text(text)
        assert not words_left(changed) & {each for word in chosen for each in words_left(word)}
        assert all(changed.count(f"[{number}]") == 1 for number in range(len(chosen)))


@given(some.text(), some.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_nothing_makes_it_fail_and_places_move_along(text: str, place: int) -> None:
    anonymous = anonymiser(
        (MAREN,), [Replacement("ab", "x"), Replacement("0", "y") if "0" in text else Replacement("cd", "y")]
    )
    changed = anonymous.replaced(text)
    assert 0 <= changed.moved(min(place, len(text))) <= len(changed.text)
    assert anonymous.text(text) == changed.text
    assert anonymous.text(changed.text) == changed.text


@pytest.mark.parametrize(
    "hostile",
    [
        *("a" * 100_000, "@" * 50_000, "a@" * 20_000, "Maren" * 20_000, "a-\n" * 30_000, "www." * 30_000),
        *("Ma-\nren " * 30_000, "M a r e n, " * 20_000),
    ],
    ids=lambda it: it[:5],
)
@pytest.mark.timeout(20)
def test_a_line_of_a_megabyte_takes_seconds_at_most(made: Anonymiser, hostile: str) -> None:
    assert made.text(hostile) is not None


def test_F31_what_stands_in_a_words_place_may_not_name_another() -> None:
    with pytest.raises(UnusableInput):
        anonymiser((MAREN,), [Replacement("Leeds", "the town of Maren")])
    with pytest.raises(UnusableInput):
        anonymiser((), [Replacement("Leeds", "Hull"), Replacement("hull", "a port")])


@pytest.mark.parametrize("unusable", ["Leeds", "=x", "Leeds=", "L=x", "Leeds=a\x1bb", "Leeds=" + "x" * 300])
def test_a_replacement_that_cannot_be_read_is_said(unusable: str) -> None:
    with pytest.raises(UnusableInput):
        read_replacement(unusable)


def test_a_file_of_replacements_has_one_on_each_line() -> None:
    read = read_replacements("# places\n\nLeeds = a northern city\nHull=a port\n")
    assert read == (Replacement("Leeds", "a northern city"), Replacement("Hull", "a port"))
