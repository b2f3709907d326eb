"""F58: what a look over finds is said in one calm sentence each, and never repeats another client's name."""

import pytest

from therapymail.domain.foreign_names import Foreign, Mark, Spot
from therapymail.domain.looking_over import Remark, Remarked
from therapymail.domain.looking_over_text import foreign_sentences, remark_sentence


@pytest.mark.parametrize("spot", Spot)
@pytest.mark.parametrize("mark", Mark)
def test_F58_a_place_is_named_by_code_and_line_and_not_by_the_name(spot: Spot, mark: Mark) -> None:
    found = Foreign("LINDEN", mark, spot, 7, "Tomas")
    (sentence,) = foreign_sentences([found, found])
    assert "LINDEN" in sentence
    assert "Tomas" not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("remark", Remark)
def test_F58_every_remark_has_its_sentence(remark: Remark) -> None:
    assert len(remark_sentence(Remarked(remark, 7, ("800", "more")))) > 20
