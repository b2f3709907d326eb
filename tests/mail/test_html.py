"""HTML letters as text: nothing fetched, nothing hidden shown, bounded work."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.network import forbid_network
from therapymail.mail.html import MAX_HTML_CHARACTERS, text_of_html


def text(source: str) -> str:
    return text_of_html(source).text


def test_paragraphs_lists_and_tables_keep_their_lines() -> None:
    assert text("<p>Dear <b>Ann</b>,</p><p>two<br>lines</p>") == "Dear Ann,\n\ntwo\nlines"
    assert text("<ul><li>one<li>two</ul>").split("\n") == ["  * one", "  * two"]
    assert text("<table><tr><td>Mon</td><td>5</td></tr><tr><td>Tue</td><td>6</td></tr></table>") == "Mon 5\nTue 6"


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">secret</div>',
        '<div style="DISPLAY : NONE !important">secret</div>',
        '<span style="visibility:hidden">secret</span>',
        '<span style="font-size:0px">secret</span>',
        '<span style="font-size: 0">secret</span>',
        '<span style="opacity:0.0; color:red">secret</span>',
        '<p style="mso-hide:all">secret</p>',
        "<p hidden>secret</p>",
        '<div style="display:none">a<div>secret</div>b</div>',
    ],
)
def test_S6_what_is_hidden_by_its_style_stays_out_and_is_noted(hidden: str) -> None:
    read = text_of_html(f"<p>before{hidden}after</p>")
    assert "secret" not in read.text
    assert read.text.split() in (["beforeafter"], ["before", "after"])
    assert read.defects == ("hidden-text",)


@pytest.mark.parametrize("shown", ["font-size:0.8em", "opacity:0.05", "font-size:10px", "max-height:0.5em"])
def test_small_is_not_hidden(shown: str) -> None:
    assert text(f'<span style="{shown}">seen</span>') == "seen"


@pytest.mark.parametrize(
    "dropped", ["<script>x</script>", "<style>p{x}</style>", "<svg><text>x</text></svg>", "<!-- x -->"]
)
def test_S2_scripts_styles_and_comments_are_no_text(dropped: str) -> None:
    assert text(f"{dropped}<p>seen{dropped} too") == "seen too"


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ('<a href="https://bank.example/x">https://bank.example/x</a>', "https://bank.example/x"),
        ('<a href="https://bank.example/x">Bank.Example</a>', "Bank.Example"),
        ('<a href="https://evil.example/x">https://bank.example</a>', "https://bank.example [evil.example]"),
        ('<a href="https://evil.example/x">not-evil.example</a>', "not-evil.example [evil.example]"),
        ('<a href="https://evil.example/x">evil.example.org</a>', "evil.example.org [evil.example]"),
        ('<a href="https://bank.example@evil.example/">bank.example</a>', "bank.example [evil.example]"),
        ('<a href="https://b\u0430nk.example/">b\u0430nk.example</a>', "b\u0430nk.example [xn--bnk-6cd.example]"),
        ('<a href="mailto:ann@example.org?subject=x">write</a>', "write [ann@example.org]"),
        ('<a href="javascript:alert(1)">click</a>', "click [javascript:]"),
        ('<a href="java\nscript:alert(1)">click</a>', "click [javascript:]"),
        ('<a href="http://[::1">click</a>', "click [unreadable link]"),
        ('<a href="#below">below</a>', "below"),
        ("<a name=x>here</a>", "here"),
    ],
)
def test_a_link_names_the_host_it_leads_to(link: str, shown: str) -> None:
    assert text(link) == shown


def test_S2_S22_images_are_their_description_and_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_network(monkeypatch)
    assert text('<img src="http://tracker.example/p.gif">seen') == "seen"
    assert text('<img alt="\U0001f622" src="http://x.example/cry.png">') == "\U0001f622"
    assert text('<img alt="Our garden" src="cid:1">') == "(image: Our garden)"
    document = '<!DOCTYPE html SYSTEM "http://dtd.example/x.dtd"><base href="http://b.example/"><p>seen'
    assert text(document + '<link rel=stylesheet href="http://c.example/s.css">') == "seen"


def test_quoted_passages_are_prefixed_and_indented_ones_are_not() -> None:
    quoted = '<p>mine<blockquote type="cite">theirs<blockquote class="q">older</blockquote></blockquote><p>mine too'
    assert [line for line in text(quoted).split("\n") if line] == ["mine", "> theirs", ">> older", "mine too"]
    indented = '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">my poem</blockquote>'
    assert text(indented) == "my poem"


def test_what_no_text_may_hold_is_taken_out() -> None:
    assert text("<p>one\ufdd0&#xfdd0;&#27;&#xd800;\0\x1b</p>").replace("\ufffd", "") == "one"


@pytest.mark.parametrize("sign", ["\x0c", "&#12;", "&#1;", "&#x1b;", "&#xfffe;", "&#xffff;", "&#xd800;", "&#xfdd0;"])
@pytest.mark.parametrize(
    ("source", "letters"),
    [
        ("<blockquote>one{}two</blockquote>", "onetwo"),
        ("<a href='http://elsewhere.example'>one</a>{}two", "oneelsewhereexampletwo"),
        ("<table><tr><td>one</td>{}two</table>", "twoone"),
        ("<td>one</td>{}two", "onetwo"),
        ("<img alt='one{}two'>three", "imageonetwothree"),
        ("<a href='mailto:a%1b%00%0c@b.example'>one</a>", "oneabexample"),
    ],
)
def test_C42_what_no_text_may_hold_stands_where_something_is_put_in(source: str, letters: str, sign: str) -> None:
    read = text(source.format(sign))
    assert sorted(re.sub("[^a-z]", "", read)) == sorted(letters)
    assert not re.search("[\x00-\x08\x0b-\x1f]", read)


def test_a_form_feed_parts_words_as_any_blank_does() -> None:
    assert text("<p>one\x0ctwo") == "one two"


def test_S24_text_below_very_deep_nesting_is_still_read() -> None:
    read = text_of_html("<p>top</p>" + "<div>" * 300 + "deep" + "</div>" * 300 + "<p>after")
    assert read.text.split() == ["top", "deep", "after"]
    assert read.defects == ("html-too-deep",)


BOMBS = {
    "nested": "<div>" * 100_000 + "x",
    "nested quotes": "<blockquote>" * 20_000 + "x",
    "nested lists": "<ul><li>" * 10_000 + "x",
    "less-than": "<" * 500_000,
    "comments": "<!--" * 100_000,
    "cells": "<table><tr>" + "<td>a" * 50_000,
    "quotes": "<blockquote>a</blockquote>" * 40_000,
    "links": '<a href="http://h.example/">h</a>' * 30_000,
    "hidden": '<p style="display:none">' * 250 + "x" * 900_000,
    "style": '<p style="' + "font-size:" * 90_000 + '0">x',
    "entities": "&#x41;" * 160_000,
    "lines": "<pre>" + "\n" * 900_000,
    "long": "<p>" + "word " * 1_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_S24_html_bombs_take_bounded_time(name: str) -> None:
    started = time.process_time()
    read = text_of_html(BOMBS[name])
    assert time.process_time() - started < 10
    assert len(read.text) <= MAX_HTML_CHARACTERS


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_C42_any_text_is_read_as_html(source: str) -> None:
    text_of_html(source).text.encode()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<blockquote>",
                "</blockquote>",
                "<a href='http://h.example'>",
                "</a>",
                "<table>",
                "<td>",
                "<tr>",
                "</table>",
                "<p hidden>",
                "<!--",
                "-->",
                "<script>",
                "</script>",
                "<img alt=x>",
                "word ",
                "<li>",
                "&lt;",
            ]
        ),
        max_size=40,
    )
)
def test_C42_any_order_of_tags_is_read(tokens: list[str]) -> None:
    text_of_html("".join(tokens)).text.encode()


def test_S11_a_link_to_write_a_mail_is_its_address_and_nothing_else() -> None:
    link = "mailto:eve@evil.example?attach=/etc/passwd&attachment=x&bcc=bob@evil.example&body=hello&x-run=1"
    read = text_of_html(f'<a href="{link}">write to me</a>').text
    assert read == "write to me [eve@evil.example]"
