"""Templates of letters are filled in with what is agreed, and what is not known is a blank that is noticed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.draft import DraftContent
from therapymail.domain.kinds import Kind
from therapymail.domain.letter_template import BLANK, LETTER_TEMPLATES, Fact, read_letter_template
from therapymail.domain.looking_over import Remark, blanks_left, looked_over
from therapymail.errors import UnusableInput

FACTS = {fact: f"<{fact.value}>" for fact in Fact}


@pytest.mark.parametrize("template", LETTER_TEMPLATES, ids=lambda template: template.name)
def test_ours_are_filled_in_and_fit_a_letters_width(template: object) -> None:
    assert isinstance(template, type(LETTER_TEMPLATES[0]))
    filled = template.filled({**FACTS, Fact.DUE: "Thursday 9 January, 18:00", Fact.FALLBACK: "the telephone " * 12})
    assert "$" not in filled.text
    assert "Dear <client>," in filled.text
    assert max(len(line) for line in filled.text.split("\n")) <= 76
    assert filled.subject


def test_a_fact_that_is_not_known_is_a_blank_and_is_remarked_upon() -> None:
    template = read_letter_template("x", "Kind: admin\nSubject: s\n\nDear $client,\nby $due.")
    filled = template.filled({Fact.CLIENT: "Maren"})
    assert filled == DraftContent("s", f"Dear Maren,\nby {BLANK}.\n")
    assert template.kind is Kind.ADMIN
    assert [one.remark for one in blanks_left(filled)] == [Remark.UNFILLED]
    assert Remark.UNFILLED in {one.remark for one in looked_over(filled)}
    assert blanks_left(DraftContent("", f"> {BLANK}")) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Bad Name", "x"),
        ("x", ""),
        ("x", "Subject: y\n\n"),
        ("x", "$nothing"),
        ("x", "Subject: $Due\n\nx"),
        ("x", "Kind: bogus\n\nx"),
        ("x", "x" * 20_001),
    ],
)
def test_what_is_no_template_is_refused(name: str, text: str) -> None:
    with pytest.raises(UnusableInput):
        read_letter_template(name, text)


@settings(max_examples=60)
@given(st.text(max_size=200), st.dictionaries(st.sampled_from(Fact), st.text(max_size=30)))
def test_any_text_is_a_template_or_refused(text: str, facts: dict[Fact, str]) -> None:
    try:
        template = read_letter_template("x", text)
    except UnusableInput:
        return
    assert template.filled(facts).text.endswith("\n")
