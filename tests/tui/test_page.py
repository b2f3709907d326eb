"""A letter laid out for the reader: own and quoted words in their order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.arrangement import arrangement_of
from therapymail.domain.letter import Reading
from therapymail.tui.page import Line, Part, lay_out

_WIDTH = 60


def _told(lines: tuple[Line, ...]) -> list[tuple[Part, str]]:
    return [(each.part, each.content.plain) for each in lines if each.content.plain]


def test_F17_an_answer_stands_below_what_it_answers() -> None:
    reading = Reading("", "Dear Jo,\nWell.\nAnn", "> How?\n> Old.", arrangement=(9, 7, 9, 6))

    text, quoted, note = Part.TEXT, Part.QUOTED, Part.NOTE
    assert _told(lay_out(reading, _WIDTH, unfolded=True)) == [
        *((text, "Dear Jo,"), (quoted, "> How?"), (text, "Well."), (text, "Ann")),
        (note, "Quoted from earlier letters (1 line); z folds it away:"),
        (quoted, "> Old."),
    ]
    assert _told(lay_out(reading, _WIDTH, unfolded=False))[:4] == [
        *((text, "Dear Jo,"), (quoted, "> How?"), (text, "Well."), (text, "Ann")),
    ]


def test_F17_of_a_long_quotation_amid_the_letter_its_beginning_shows_what_is_answered() -> None:
    quotation = "\n".join(f"> line {number}" for number in range(1, 10))
    reading = Reading("", "Well.", quotation, arrangement=(0, len(quotation), 5))

    folded = _told(lay_out(reading, _WIDTH, unfolded=False))
    whole = _told(lay_out(reading, _WIDTH, unfolded=True))

    assert [part for part, _ in folded] == [*[Part.QUOTED] * 4, Part.NOTE, Part.TEXT]
    assert folded[4][1].strip() == "5 more quoted lines, folded away; z shows them."
    assert [part for part, _ in whole] == [*[Part.QUOTED] * 9, Part.TEXT]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.text("a >\n", min_size=1, max_size=8)), max_size=6))
def test_F17_unfolded_nothing_is_left_out(stretches: list[tuple[bool, str]]) -> None:
    own = "".join(text for is_quoted, text in stretches if not is_quoted)
    quoted = "".join(text for is_quoted, text in stretches if is_quoted)
    reading = Reading("", own, quoted, arrangement=arrangement_of(stretches))

    lines = lay_out(reading, _WIDTH, unfolded=True)

    for part, whole in ((Part.TEXT, own), (Part.QUOTED, quoted)):
        laid = "".join("".join(each.content.plain.split()) for each in lines if each.part is part)
        assert laid in ("".join(whole.split()), "(notext)")
