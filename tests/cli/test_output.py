import contextlib
import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from therapymail.cli import output

BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\x9b31m",
    "\x1b]0;title\x07",
    "\x1b]8;;file:///etc/passwd\x07link\x1b]8;;\x07",
    "invoice\u202egpj.exe",
    "\u2066isolated\u2069",
    "[@click=app.boom]pay now[/]",
    "unbalanced [/b]",
    "[link=file:///etc/passwd]x[/link]",
    "line one\rline two",
    "\x85next\u2028line\u2029paragraph",
    "null\x00byte",
    "\ud800lone",
)


def steers(text: str) -> bool:
    """Whether a terminal would obey something in `text` (H10, S9)."""
    return any(
        (unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t") or ord(character) in BIDI
        for character in text
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_H10_a_line_carries_nothing_that_steers_a_terminal(hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    output.print_line(f"Subject   {hostile}")
    output.narrate(hostile)
    shown = capsys.readouterr()
    assert not steers(shown.out)
    assert not steers(shown.err)
    assert shown.out.count("\n") == 1


@pytest.mark.parametrize("hostile", ["[@click=app.boom]pay now[/]", "unbalanced [/b]", "[link=file:///x]y[/link]"])
def test_H8_H9_markup_in_a_subject_is_only_text(hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("ID", "SUBJECT"), [("HERON-1", hostile)])
    assert hostile in capsys.readouterr().out


@settings(max_examples=100)
@given(text=st.text())
def test_S9_any_text_prints_harmless_and_behind_its_gutter(text: str) -> None:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        output.print_text(text, "│ ")
        output.print_table(("A", "B"), [(text, text)])
        output.print_line("x" + text)
    assert not steers(shown.getvalue())


@settings(max_examples=100)
@given(text=st.text())
def test_S8_no_line_of_a_text_starts_at_column_0(text: str) -> None:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        output.print_text(text, "| ")
    assert all(line.startswith("|") for line in shown.getvalue().splitlines())


@settings(max_examples=100)
@given(value=st.text())
def test_S9_json_is_printable_ascii_and_gives_the_text_back(value: str) -> None:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        output.print_json({"text": value})
    printed = shown.getvalue()
    assert all(" " <= character <= "~" or character == "\n" for character in printed)
    assert json.loads(printed) == {"version": 1, "text": value}


def test_moments_are_utc_with_z_in_whole_seconds() -> None:
    moment = datetime(2025, 3, 31, 9, 12, 5, 999, tzinfo=timezone(timedelta(hours=2)))
    assert output.utc_text(moment) == "2025-03-31T07:12:05Z"
    assert output.utc_text(None) is None


def test_columns_are_aligned_by_display_width(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("A", "B"), [("日本", "x"), ("ab", "y")])
    assert capsys.readouterr().out.splitlines() == ["A     B", "日本  x", "ab    y"]


def test_nothing_is_cut_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("A",), [("long " * 60,)])
    assert len(capsys.readouterr().out.splitlines()[1]) == 299


class Screen(io.StringIO):
    """A terminal as wide as COLUMNS says."""

    def isatty(self) -> bool:
        return True


@contextlib.contextmanager
def at_screen(columns: int = 40) -> Iterator[Screen]:
    """What is printed, as on a terminal of so many columns."""
    shown = Screen()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        patch.setenv("COLUMNS", str(columns))
        yield shown


def test_S8_a_long_paragraph_goes_on_behind_its_gutter() -> None:
    with at_screen() as screen:
        output.print_text("The nearest I can come is a picture: an unlit room I keep the door of shut.", "│ ")
    assert screen.getvalue().splitlines() == [
        "│ The nearest I can come is a picture:",
        "│ an unlit room I keep the door of shut.",
    ]


@settings(max_examples=100)
@given(text=st.text(), room=st.integers(10, 50), hang=st.integers(0, 5))
def test_wrapping_loses_no_character_and_keeps_to_its_room(text: str, room: int, hang: int) -> None:
    line = output.one_line(text)
    pieces = output.wrapped(line, room, hang)
    assert "".join("".join(pieces).split()) == "".join(line.split())
    assert all(cell_len(piece) <= max(room, hang + 10) for piece in pieces)


def test_narration_breaks_between_words_and_never_inside_a_command() -> None:
    with at_screen() as screen:
        output.narrate("Nothing of the letters is lost; see `therapymail letters --proposed`.")
    assert screen.getvalue().splitlines() == [
        "Nothing of the letters is lost; see",
        "`therapymail letters --proposed`.",
    ]


def test_a_field_goes_on_below_its_value() -> None:
    with at_screen() as screen:
        output.print_line("Key         01FC 1CB5 B8C9 135C E4E5 175E 6937 07DB C649 0290", hang=12)
    assert screen.getvalue().splitlines() == [
        "Key         01FC 1CB5 B8C9 135C E4E5",
        "            175E 6937 07DB C649 0290",
    ]


def test_a_long_subject_makes_room_for_tags_on_a_narrow_terminal() -> None:
    with at_screen() as screen:
        output.print_table(
            ("ID", "SUBJECT", "TAGS"), [("HERON-12", "What properly would look like", "grief sister")], flexible=1
        )
    assert screen.getvalue().splitlines() == [
        "ID        SUBJECT               TAGS",
        "HERON-12  What properly wou...  grief...",
    ]


def test_a_terminal_of_unknown_size_is_80_columns_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("os.get_terminal_size", lambda _descriptor: os.terminal_size((0, 0)))
    monkeypatch.setattr("sys.stdout", sys.__stdout__)
    assert output.terminal_width() == 80


def test_plain_output_is_ascii_where_the_wording_is_ours(capsys: pytest.CaptureFixture[str]) -> None:
    said = "n of m: “1 of 6” · it\u2019s so \u2013 or …"
    try:
        output.speak_plainly(plainly=True)
        output.narrate(said)
        output.print_line(said)
        output.print_table(("A", "B"), [("\u2018a\u2019", "b")])
        output.print_text("a letter\u2019s own “words”")
    finally:
        output.speak_plainly(plainly=False)
    told, line = capsys.readouterr(), 'n of m: "1 of 6" - it\'s so - or ...\n'
    assert told.err == line
    assert told.out == line + "A    B\n'a'  b\na letter\u2019s own “words”\n"
    output.narrate(said)
    assert capsys.readouterr().err == said + "\n"
