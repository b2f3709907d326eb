"""M07: the onboarding kit, for each mail program: nothing of the client, and nothing of what the writing is for."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.clinical import CLINICAL
from therapymail.domain.kit import LANGUAGES, Kit, Section, certificate_name, make_kit, pieces, plain
from therapymail.domain.mail_program import MailProgram
from therapymail.domain.spoken_fingerprint import spoken_words
from therapymail.errors import UnusableInput

FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
PROGRAMS = tuple(MailProgram)


def kit(program: MailProgram = MailProgram.THUNDERBIRD, fingerprint: str = FINGERPRINT, name: str = "Orla F.") -> Kit:
    return make_kit(program, "en", name=name, address="orla@fenwick.example", fingerprint=fingerprint)


def sections_of(made: Kit) -> list[Section]:
    return [made.steps, made.key.section, *made.sections]


def texts_of(made: Kit) -> list[str]:
    """Everything it says, but for the name and the address."""
    said = itertools.chain.from_iterable((section.heading, *section.paragraphs) for section in sections_of(made))
    return [made.subject, made.greeting, made.opening, made.page_opening, made.needs, made.key.code, *said]


def test_M07_there_are_steps_for_every_program_in_every_language() -> None:
    for program, language in itertools.product(PROGRAMS, LANGUAGES):
        made = make_kit(program, language, name="Orla", address="o@x.example", fingerprint=FINGERPRINT)
        assert 4 <= len(made.steps.paragraphs) <= 5
        assert len({section.heading for section in sections_of(made)}) == 7
        assert all(text.strip() == text and "\n" not in text and text for text in texts_of(made))


@pytest.mark.parametrize("program", PROGRAMS)
def test_M07_nothing_says_what_the_writing_is_for(program: MailProgram) -> None:
    made = kit(program)
    for text in (*texts_of(made), *(words for _, words in made.key.rows)):
        assert not CLINICAL.search(text), text


@pytest.mark.parametrize("program", PROGRAMS)
def test_M07_it_says_how_to_compare_the_key_how_to_reply_and_what_email_is_not_for(program: MailProgram) -> None:
    made = kit(program)
    steps = " ".join(made.steps.paragraphs)
    assert "fingerprint" in steps.lower()
    assert "[My key]" in steps
    assert made.key.section.heading == "My key"
    headings = [section.heading for section in made.sections]
    assert headings[:3] == ["How to reply", "What the subject line shows", "What email is not for"]
    assert "emergency" in made.sections[2].paragraphs[0]
    assert "key" in steps.partition("first short message")[0]


def test_M07_the_file_of_the_key_is_named_where_it_has_to_be_opened() -> None:
    for program in PROGRAMS:
        said = " ".join(texts_of(kit(program)))
        assert certificate_name(FINGERPRINT) == "OpenPGP_0x89ABCDEF01234567.asc"
        assert said.count(certificate_name(FINGERPRINT)) >= 2


def test_only_where_a_program_hides_the_subject_is_that_said() -> None:
    shown = {program: kit(program).sections[1].paragraphs[0] for program in PROGRAMS}
    hides = {program for program, text in shown.items() if "says nothing" not in text}
    assert hides == {MailProgram.THUNDERBIRD, MailProgram.K9, MailProgram.DELTACHAT}


def test_nothing_is_left_to_be_filled_in_and_every_label_is_whole() -> None:
    for program in PROGRAMS:
        for text in texts_of(kit(program)):
            assert not re.search(r"[{}]", text), text
            assert not re.search(r"[\[\]]", plain(text)), text
            assert "".join(piece for piece, _ in pieces(text)) == re.sub(r"[\[\]]", "", text)


def test_labels_are_set_apart() -> None:
    assert pieces("press [Add Key], then go") == (("press ", False), ("Add Key", True), (", then go", False))
    assert plain("press [Add Key], then go") == 'press "Add Key", then go'
    assert pieces("[Encrypt]") == (("Encrypt", True),)


def test_M07_the_fingerprint_is_given_in_digits_and_in_words() -> None:
    made = kit().key
    assert " ".join(digits for digits, _ in made.rows).replace(" ", "") == made.fingerprint == FINGERPRINT
    assert " ".join(words for _, words in made.rows).split() == list(spoken_words(FINGERPRINT))
    assert kit(fingerprint=FINGERPRINT.lower()).key.fingerprint == FINGERPRINT


def test_M07_where_a_word_of_the_fingerprint_would_say_too_much_there_are_digits_alone() -> None:
    telling = next(
        f"00{byte:02X}" + FINGERPRINT[4:]
        for byte in range(256)
        if "therapist" in spoken_words(f"00{byte:02X}" + FINGERPRINT[4:])
    )
    made = kit(fingerprint=telling).key
    assert [words for _, words in made.rows] == [""] * 5
    assert " ".join(digits for digits, _ in made.rows).replace(" ", "") == telling
    assert len(made.section.paragraphs) == 1  # nothing of words
    assert not any(CLINICAL.search(word) for byte in range(256) for word in words_shown(byte))


def words_shown(byte: int) -> list[str]:
    """The words of a kit whose key has this byte at an even and at an odd place."""
    return " ".join(words for _, words in kit(fingerprint=f"{byte:02X}{byte:02X}" + "00" * 18).key.rows).split()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=500), st.sampled_from(PROGRAMS))
def test_a_name_changes_nothing_but_the_name(name: str, program: MailProgram) -> None:
    made = kit(program, name=name)
    assert texts_of(made) == texts_of(kit(program))
    assert "\n" not in made.name
    assert not re.search("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", made.name)


def test_a_language_that_there_are_no_texts_in_is_refused() -> None:
    for language in ("xx", "../en", ""):
        with pytest.raises(UnusableInput):
            make_kit(MailProgram.K9, language, name="Orla", address="o@x.example", fingerprint=FINGERPRINT)
