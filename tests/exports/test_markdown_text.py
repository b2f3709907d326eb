"""S9 for Markdown: whatever somebody wrote is shown as words, read by a parser of CommonMark and of its dialects."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.support.hostile_letters import TEXT
from therapymail.domain.sanitise import sanitise
from therapymail.exports.markdown_text import markdown_line, markdown_paragraphs, marked_paragraph, quoted_markdown

PARSERS = (MarkdownIt("commonmark"), MarkdownIt("gfm-like"))
PIECES = (
    *(
        "http://evil.example/x",
        "www.evil.com",
        "a@b.com",
        "<script>",
        "&amp;",
        "```",
        "~~~",
        "---",
        "***",
        "===",
        "1. ",
    ),
    *(
        "2) ",
        "- ",
        "+ ",
        "# ",
        "> ",
        "| a | b |",
        "|---|---|",
        "[a](b)",
        "![x](y)",
        "[^1]:",
        "[x]: http://y.com",
        "<!--",
    ),
    *(
        "\n",
        "\n\n",
        "    ",
        "\t",
        "$$",
        ":smile:",
        ": x",
        "//x.com",
        "\\",
        "\u202e",
        "\x00",
        "\r",
        "  \n",
        "word",
        "*a*",
    ),
)
ANY = st.one_of(
    st.text(alphabet=st.sampled_from("ab1 \t\n\\`*_{}[]<>#&|~$^@=%:-+.!?)(/\"'\u00a0\u00e9"), max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.text(max_size=40),
)


def shown(markdown: str, parser: MarkdownIt) -> str:
    """What a reader sees of `markdown`; fails where it is anything but paragraphs of words."""
    said = []
    for token in parser.parse(markdown):
        assert token.type in {"paragraph_open", "paragraph_close", "inline"}, token.type
        for child in token.children or ():
            assert child.type in {"text", "softbreak", "hardbreak"}, child.type
            said.append(child.content if child.type == "text" else "\n")
    return "".join(said)


@settings(max_examples=200)
@example(TEXT)
@example("1\n ")
@given(ANY)
def test_S9_what_was_written_is_shown_and_is_nothing_else(text: str) -> None:
    for parser in PARSERS:
        for markdown in (markdown_paragraphs(text), markdown_line(text)):
            assert "".join(shown(markdown, parser).split()) == "".join(sanitise(text).split())


@settings(max_examples=60)
@given(ANY)
def test_a_quote_stays_a_quote_whatever_stands_in_it(text: str) -> None:
    markdown = quoted_markdown(markdown_paragraphs(text), 2)
    kinds = [token.type for token in PARSERS[0].parse(f"{markdown}\n\nEnd")]
    inside = kinds[: kinds.index("blockquote_close")] if "blockquote_close" in kinds else []
    assert set(inside) <= {"blockquote_open", "paragraph_open", "inline", "paragraph_close"}
    assert kinds[-3:] == ["paragraph_open", "inline", "paragraph_close"]


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Yours,\nMaren", "Yours,\\\nMaren"),
        ("at 3:10, it's late. (e.g. here)", "at 3:10, it's late. (e\\.g. here)"),
        ("1. One", "1\\. One"),
        ("    deep", "\u00a0\u00a0\u00a0\u00a0deep"),
        ("- a\n+ b", "\\- a\\\n\\+ b"),
        ("[sad] *and* <b>", "\\[sad\\] \\*and\\* \\<b\\>"),
    ],
)
def test_ordinary_text_stays_readable_as_it_stands(text: str, markdown: str) -> None:
    assert markdown_paragraphs(text) == markdown


def test_marks_stand_where_they_belong_even_where_a_letter_holds_their_sign() -> None:
    assert (
        marked_paragraph(["an \x00unlit* room", ", shut"], ["<sup>a</sup>"])
        == "an \u2426unlit\\* room<sup>a</sup>, shut"
    )
