"""F15, F49: the letterbook as Markdown, parsed: its headings and quotes are the page's, and no letter makes any."""

from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.support.hostile_letters import WORDS, hostile_book
from tests.support.html_page import STEERING
from tests.support.looking_back import story_letterbook, story_notes, story_timeline
from therapymail.exports.letterbook_markdown import letterbook_markdown, own_letterbook_markdown
from therapymail.exports.timeline_markdown import timeline_markdown

PARSER = MarkdownIt("gfm-like")


def headings(tokens: list[Token], level: str) -> list[str]:
    """The headings of one level; what stands behind a heading's end has no content of its own."""
    return [after.content for token, after in pairwise(tokens) if token.tag == level and after.content]


def test_F15_exchanges_and_letters_are_headings_and_quotes_are_quotes() -> None:
    tokens = PARSER.parse(letterbook_markdown(story_letterbook("HERON"), notes=story_notes("HERON")))
    assert headings(tokens, "h1") == ["HERON: letterbook"]
    assert headings(tokens, "h2")[:2] == ["Before the first exchange", "Exchange 1"]
    assert len(headings(tokens, "h3")) == len(story_letterbook("HERON").entries)
    assert headings(tokens, "h4") == ["Process note P-2", "Progress note N-3"]
    quotes = [tokens[at + 2].content for at, token in enumerate(tokens) if token.type == "blockquote_open"]
    assert "If my silence stung, I would like to hear about it." in quotes


def test_F49_the_clients_own_has_no_code_and_no_marks() -> None:
    markdown = own_letterbook_markdown(story_letterbook("HERON"), therapist="Dr Orla Fenwick")
    assert "HERON" not in markdown
    assert "<sup>" not in markdown
    assert headings(PARSER.parse(markdown), "h2") == ["January 2025", "February 2025", "March 2025"]


def test_S9_hostile_letters_make_no_heading_link_picture_or_markup() -> None:
    book = hostile_book(endless=False)
    for markdown in (letterbook_markdown(book), own_letterbook_markdown(book)):
        tokens = PARSER.parse(markdown)
        assert len(headings(tokens, "h3")) == len(book.entries)
        inside = [child for token in tokens for child in token.children or ()]
        assert not {child.type for child in inside} & {"link_open", "image", "code_inline", "em_open", "s_open"}
        markup = {child.content for child in inside if child.type == "html_inline"}
        assert markup <= {"<sup>", "</sup>"}
        assert not {token.type for token in tokens} & {"html_block", "fence", "code_block", "hr", "table_open"}
        assert not STEERING.search(markdown)
        said = "".join(child.content for child in inside if child.type in {"text", "html_inline"})
        for word in WORDS[:-1]:
            assert "".join(word.split()) in "".join(said.split())


def test_F14_the_timeline_says_every_period_in_words() -> None:
    timeline = story_timeline("LINDEN")
    tokens = PARSER.parse(timeline_markdown(timeline))
    assert headings(tokens, "h1") == ["LINDEN: timeline"]
    weeks = headings(tokens, "h2")
    assert weeks[0] == "Milestones"
    assert weeks[1] == "Week 1 (6 to 12 January 2025)"
    text = timeline_markdown(timeline)
    for said in ("letter 2 days late (LINDEN-8)", "over the agreed length: 331 words, 200 agreed (LINDEN-5)"):
        assert said in text
