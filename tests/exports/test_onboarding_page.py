"""M07: the onboarding page as text: whole in itself, inert, and not to be broken by a name."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.clinical import CLINICAL
from tests.support.html_page import Read, body_of
from therapymail.domain.kit import make_kit
from therapymail.domain.mail_program import MailProgram
from therapymail.domain.sanitise import sanitise_line
from therapymail.exports.onboarding_page import onboarding_page

FINGERPRINT = "3A5F0E77C1D2984B6E01FA23B5C8D9907714E2AB"
INERT = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "p",
        "b",
        "ol",
        "li",
        "section",
        "div",
        "br",
        "bdi",
    ),
    *("table", "tr", "td", "figure", "figcaption", "svg", "path"),
}


def page(program: MailProgram = MailProgram.THUNDERBIRD, name: str = "Dr Orla", address: str = "o@f.example") -> str:
    return onboarding_page(make_kit(program, "en", name=name, address=address, fingerprint=FINGERPRINT))


@pytest.mark.parametrize("program", MailProgram)
def test_M07_the_page_says_what_the_mail_says_and_nothing_of_what_it_is_about(program: MailProgram) -> None:
    read = Read(body_of(page(program)))
    kit = make_kit(program, "en", name="Dr Orla", address="o@f.example", fingerprint=FINGERPRINT)
    text = " ".join(read.text.split())
    for section in (kit.steps, kit.key.section, *kit.sections):
        for said in (section.heading, *section.paragraphs):
            assert re.sub(r"[\[\]]", "", said) in text
    for digits, words in kit.key.rows:
        assert digits in text
        assert words in text
    assert "Dr Orla" in text
    assert not CLINICAL.search(page(program).replace("Dr Orla", ""))


def test_M07_the_page_is_complete_in_itself_and_nothing_in_it_runs() -> None:
    for program in MailProgram:
        html = page(program)
        read = Read(html)
        assert {tag for tag, _ in read.elements} <= INERT
        names = {name for _, given in read.elements for name in given}
        assert not {name for name in names if name.startswith("on") or name in {"src", "href", "action", "srcset"}}
        assert "://" not in html
        assert "url(" not in html
        assert "@import" not in html
        assert "default-src 'none'" in html


HOSTILE = (
    "</p><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% raw %}",
    "\u202eevil\u2066\x1b[31m",
    "&amp;&#x3c;b&#x3e;",
    "]]> --> </style>",
    "W" * 500,
    "\ud800",
)
NAMES = st.one_of(st.text(max_size=500), st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE)).map("".join))


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES)
def test_S12_a_name_is_text_and_can_add_nothing_to_the_page(name: str, address: str) -> None:
    found = Read(page(MailProgram.DELTACHAT, name, address))
    expected = Read(page(MailProgram.DELTACHAT, "x", "y"))
    labels = address.count("[")  # what stands in square brackets in a text is set apart
    assert abs(len(found.elements) - len(expected.elements)) <= labels
    assert {element for element, _ in found.elements} == {element for element, _ in expected.elements}
    assert sanitise_line(name) in found.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page(name=name))


def test_S12_markup_in_a_name_is_shown_as_it_is() -> None:
    html = page(name='<img src="x"> & {{ 7*7 }}')
    assert "&lt;img src=&#34;x&#34;&gt; &amp; {{ 7*7 }}" in html
    assert "49" not in Read(body_of(html)).text.replace(FINGERPRINT, "")
