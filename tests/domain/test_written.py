"""What a draft keeps of what was written, and a reply's subject."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.draft import DraftContent
from therapymail.domain.written import MAX_SUBJECT_CHARACTERS, as_written, reply_subject


@given(st.text(max_size=600), st.text(max_size=400))
@settings(max_examples=60)
def test_S12_C11_a_subject_is_one_line_and_keeping_again_changes_nothing(subject: str, text: str) -> None:
    kept = as_written(DraftContent(subject, text))
    assert "\n" not in kept.subject
    assert not {"\r", "\x1b"} & set(kept.subject + kept.text)
    assert len(kept.subject) <= MAX_SUBJECT_CHARACTERS
    (kept.subject + kept.text).encode()
    assert as_written(kept) == kept


def test_S12_a_subject_of_controls_halves_and_any_length_is_one_line_that_can_be_encoded() -> None:
    assert as_written(DraftContent("a\x1b[31m\x00b\x7f\ud83dc", "")).subject == "a [31m b \ufffdc"
    long = as_written(DraftContent("x" * (MAX_SUBJECT_CHARACTERS - 1) + " y", "")).subject
    assert long == "x" * (MAX_SUBJECT_CHARACTERS - 1)


def test_text_has_plain_line_ends_and_no_controls_or_halves() -> None:
    assert as_written(DraftContent("", "one\r\ntwo\rthree\n")).text == "one\ntwo\nthree\n"
    assert as_written(DraftContent("", "a\x1b[31m\x00\x7f\tb\udca9")).text == "a[31m\tb\ufffd"


def test_blanks_tabs_and_every_script_stay() -> None:
    text = "  Liebe Frau\tGrün,\n\n> zitiert\n\n日本語 \u200fעברית\u200f 🌱  \n\n"  # noqa: RUF001 - Hebrew is meant
    assert as_written(DraftContent("x", text)).text == text


@pytest.mark.parametrize(
    ("subject", "reply"),
    [
        ("sleep", "Re: sleep"),
        ("Re: sleep", "Re: sleep"),
        ("RE: re:Re[2]: AW: sleep", "Re: sleep"),
        ("Rest: sleep", "Re: Rest: sleep"),
        ("Re\uff1a睡眠", "Re: 睡眠"),
        ("", ""),
        ("Re: ", ""),
        ("Really: no", "Re: Really: no"),
        ("sleep\r\nBcc: x", "Re: sleep Bcc: x"),
    ],
)
def test_a_reply_says_re_once(subject: str, reply: str) -> None:
    assert reply_subject(subject) == reply


@given(st.text(max_size=500))
@settings(max_examples=60)
def test_replying_to_a_reply_changes_nothing(subject: str) -> None:
    assert reply_subject(reply_subject(subject)) == reply_subject(subject)
