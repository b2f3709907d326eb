"""The file an editor shows, and what is read back from it."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from therapymail.domain.draft import DraftContent
from therapymail.domain.draft_form import FIRST_LINE_OF_TEXT, read_back, rendered
from therapymail.domain.written import as_written

ANYTHING = st.builds(DraftContent, st.text(max_size=60), st.text(max_size=400))


@given(ANYTHING)
@example(DraftContent("a", "its last line is ended\n"))
@example(DraftContent("", "\n"))
@settings(max_examples=60)
def test_C11_what_is_not_touched_comes_back_as_it_was(given_content: DraftContent) -> None:
    content = as_written(given_content)
    assert read_back(rendered(content), content) == content


@given(ANYTHING, st.sampled_from(["", "\n", "\n\n", "Subject: x\n", "> quoted\n", "\ufeff"]))
@settings(max_examples=60)
def test_C11_a_draft_that_was_edited_comes_back_as_it_was_edited(former: DraftContent, more: str) -> None:
    former = as_written(former)
    edited = as_written(DraftContent("another subject", more + former.text + "x"))
    shown = rendered(edited)
    assert read_back(shown, former) == (edited if not former.text.endswith("\n") else read_back(shown, former))
    assert read_back(shown, former).subject == "another subject"


@given(st.text(max_size=300), ANYTHING)
@settings(max_examples=60)
def test_any_file_is_read_as_something_that_can_be_kept(file: str, former: DraftContent) -> None:
    found = read_back(file, as_written(former))
    assert as_written(found) == found
    found.text.encode()


def test_the_text_begins_where_the_cursor_is_put() -> None:
    assert rendered(DraftContent("a", "b")).split("\n")[FIRST_LINE_OF_TEXT - 1] == "b"


def test_a_header_is_read_however_it_is_written() -> None:
    former = DraftContent("old", "old")
    for file in (
        "Subject: new\n\ntext\n",
        "subject:new\r\n\r\ntext\r\n",
        "\ufeffSUBJECT :  new \n\ntext",
        "Subject:new\ntext",
    ):
        assert read_back(file, former) == DraftContent("new", "text"), file


def test_a_deleted_header_keeps_the_subject_and_an_emptied_one_empties_it() -> None:
    former = DraftContent("old", "old")
    assert read_back("text\n", former) == DraftContent("old", "text")
    assert read_back("Subject:\n\ntext\n", former) == DraftContent("", "text")
    assert read_back("", former) == DraftContent("old", "")


def test_only_one_blank_line_parts_header_and_text() -> None:
    assert read_back("Subject: a\n\n\n\nb\n", DraftContent()).text == "\n\nb"


def test_a_second_subject_line_is_text() -> None:
    assert read_back("Subject: a\n\nSubject: b\n", DraftContent()) == DraftContent("a", "Subject: b")
