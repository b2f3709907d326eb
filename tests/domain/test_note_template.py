"""Templates of notes: headings appear, what is not filled in goes again, what is written stays (F20)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.note_headings import headings_of_the_record
from therapymail.domain.note_template import FREE, PROCESS, PROGRESS, Template, cleaned, read_template, sections_of
from therapymail.errors import UnusableInput

EVERY = [*PROGRESS, *PROCESS]
OWN = "A sheet of mine.\n\n## What I saw\none thing\n\n## What I left out\n"
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map(str.strip)


@pytest.mark.parametrize("template", EVERY, ids=lambda template: template.name)
def test_F20_every_template_makes_a_headed_note_and_an_untouched_one_is_empty(template: Template) -> None:
    text = template.rendered()
    assert [heading for heading, _ in sections_of(text) if heading] == [each.heading for each in template.sections]
    assert cleaned(text, text) == ""


@pytest.mark.parametrize("template", [each for each in EVERY if each is not FREE], ids=lambda template: template.name)
def test_F20_empty_headings_are_dropped(template: Template) -> None:
    begun, second = template.rendered(), template.sections[1]
    text = begun.replace(f"## {second.heading}\n{second.hint}", f"## {second.heading}\n{second.hint}\nthis alone")
    assert cleaned(text, begun) == f"## {second.heading}\nthis alone"


def test_F20_a_template_file_of_ones_own_works() -> None:
    template = read_template("my-own", OWN)
    assert [each.heading for each in template.sections] == ["What I saw", "What I left out"]
    begun = template.rendered()
    assert cleaned(begun.replace("## What I left out", "## What I left out\nthe end"), begun) == (
        "## What I left out\nthe end"
    )


def test_what_was_filled_in_from_the_record_stays_unless_it_is_taken_away() -> None:
    soap = PROGRESS[0]
    text = soap.rendered({"Objective": "640 words."})
    assert cleaned(text, soap.rendered()) == "## Objective\n640 words."


@pytest.mark.parametrize(
    ("name", "text"),
    [("x", "no heading"), ("Upper", OWN), ("../x", OWN), ("x", "## a\n" * 41), ("x", "## a\n" + "b" * 20_000)],
)
def test_a_template_that_cannot_be_used_is_refused(name: str, text: str) -> None:
    with pytest.raises(UnusableInput):
        read_template(name, text)


@given(st.sampled_from(EVERY), st.dictionaries(st.integers(0, 5), LINES, max_size=6), LINES)
@settings(max_examples=60, deadline=None)
def test_F20_nothing_that_was_written_is_lost(template: Template, written: dict[int, str], above: str) -> None:
    begun = template.rendered()
    hints = {each.hint for each in template.sections} | {f"## {each.heading}" for each in template.sections}
    own = {at: line for at, line in written.items() if line and line not in hints and not line.startswith("##")}
    text = "" if above.startswith("##") else f"{above}\n"
    for at, (heading, hint) in enumerate(template.sections):
        text += f"## {heading}\n{hint}\n{own.get(at, '')}\n\n"
    kept = cleaned(text, begun)
    assert all(line in kept for at, line in own.items() if at < len(template.sections))
    assert above.startswith("##") or above in kept
    assert cleaned(kept, begun) == kept
    assert all(hint not in kept.split("\n") for _, hint in template.sections)


@given(st.text(max_size=200), st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_any_text_is_cleaned_once_and_for_all(text: str, begun: str) -> None:
    kept = cleaned(text, begun)
    assert cleaned(kept, begun) == kept
    headings_of_the_record(text)


# --- headings that belong in the record ----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["## Treatment plan\nx", "Diagnosis: x", "**Prognosis:** x", "# Symptoms", "## Session times", "- Medication: x",
     "PHQ-9: 14", "## Progress to date", "Frequency: weekly"],
)  # fmt: skip
def test_F19_a_heading_that_belongs_in_the_record_is_named(text: str) -> None:
    assert len(headings_of_the_record(text)) == 1


@pytest.mark.parametrize("template", PROCESS, ids=lambda template: template.name)
def test_no_template_for_process_notes_names_what_belongs_in_the_record(template: Template) -> None:
    assert headings_of_the_record(template.rendered()) == ()


def test_running_text_may_say_what_it_likes() -> None:
    assert headings_of_the_record("I kept thinking of her diagnosis.\nWhat progress is, I do not know.") == ()
