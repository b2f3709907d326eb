"""F14, F15, F49: the pages in a real browser, as people see, print and hear them; nothing is asked of the network."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.support.hostile_letters import WORD_LENGTH, hostile_book
from tests.support.looking import DESKTOP, PHONE, Looking, looking
from tests.support.looking_back import story_letterbook, story_notes, story_timeline
from therapymail.domain.letterbook import Letterbook
from therapymail.exports.letterbook_page import letterbook_page, own_letterbook_page
from therapymail.exports.timeline_page import timeline_page

# How many characters a line of a letter has room for, and how wide it is in the size of its type.
_MEASURE = """() => {
  const paragraph = [...document.querySelectorAll('.text p.flows')].find(each => each.textContent.length > 300);
  const range = document.createRange(); range.selectNodeContents(paragraph);
  const long = [...range.getClientRects()].reduce((sum, each) => sum + each.width, 0);
  const wide = paragraph.clientWidth;
  return [wide / (long / paragraph.textContent.length), wide / parseFloat(getComputedStyle(paragraph).fontSize)];
}"""


@pytest.fixture(scope="module")
def look() -> Iterator[Looking]:
    with looking() as found:
        yield found


def whole_timeline() -> str:
    return timeline_page(story_timeline("LINDEN"), story_letterbook("LINDEN"), notes=story_notes("LINDEN"))


def some_letters() -> Letterbook:
    """The letters of HERON with marks, quotes and an enclosure: what takes long is to look at each."""
    book = story_letterbook("HERON")
    return replace(book, entries=(*book.entries[5:8], *book.entries[13:16], book.entries[-1]))


PAGES: dict[str, Callable[[], str]] = {
    "LINDEN: timeline": lambda: timeline_page(story_timeline("LINDEN", off=frozenset())),
    "HERON: letterbook": lambda: letterbook_page(some_letters(), notes=story_notes("HERON")),
    "Our letters": lambda: own_letterbook_page(some_letters(), therapist="Dr Orla Fenwick", client="Maren"),
}


@pytest.mark.parametrize("title", PAGES)
def test_F56_a_page_fits_phone_and_desktop_and_keeps_nobody_from_reading_it(look: Looking, title: str) -> None:
    html = PAGES[title]()
    with look.page(html, width=DESKTOP) as page:
        assert page.title() == title
        assert look.beyond(page) == []
        assert look.violations(page) == []
    with look.page(html, width=PHONE, dark=True) as page:
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(23, 25, 28)"
        assert look.beyond(page) == []
        assert look.violations(page, "color-contrast") == []
    assert look.asked == []


def test_a_letter_is_set_in_lines_of_about_72_characters(look: Looking) -> None:
    with look.page(PAGES["HERON: letterbook"]()) as page:
        characters, ems = page.evaluate(_MEASURE)
    assert 55 < characters < 80  # by the type of the machine
    assert 33 < ems < 36


def test_F14_a_mark_leads_to_its_letter_and_who_cannot_see_is_led_past_the_picture(look: Looking) -> None:
    with look.page(whole_timeline()) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "To the timeline in words"
        page.locator(".wide rect.client").nth(1).click()
        assert page.evaluate("location.hash") == "#LINDEN-5"
        assert page.evaluate("Math.abs(document.getElementById('LINDEN-5').getBoundingClientRect().top) < 200")
        assert page.locator(".narrow svg").first.is_hidden()


def test_what_is_printed_is_dark_on_white_and_whole(look: Looking) -> None:
    with look.page(whole_timeline(), dark=True) as page:
        sheets = look.printed(page)
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('.text p')).color") == "rgb(36, 39, 44)"
    text = " ".join(" ".join(sheets).split())
    assert "LINDEN" in sheets[0]
    assert f"1 / {len(sheets)}" in sheets[0]
    for said in ("meeting people", "Milestones", "Week 12", "Exchange 12", "fifteen in January"):
        assert said in text, said


def test_S9_hostile_letters_change_nothing_ask_for_nothing_and_fit_a_phone(look: Looking) -> None:
    with look.page(letterbook_page(hostile_book()), width=PHONE) as page:
        assert look.beyond(page) == []
        assert page.title() == "HERON: letterbook"
        assert page.locator("script, img, iframe, a[href*=elsewhere], style ~ style, base").count() == 0
        assert page.evaluate("length => document.body.textContent.includes('W'.repeat(length))", WORD_LENGTH)
    assert look.asked == []


def test_what_a_page_asks_for_and_who_it_keeps_out_would_be_seen(look: Looking) -> None:
    html = PAGES["Our letters"]().replace(
        "<body>", '<body><img src="http://127.0.0.1:9999/x.png"><p style="width:500px">wide</p>'
    )
    with look.page(html, width=PHONE) as page:
        assert look.asked == []  # the page's own policy holds it back
        assert look.beyond(page) == ["P.", "the page"]
        assert [found.split(":")[0] for found in look.violations(page, "image-alt")] == ["image-alt"]
    with look.page(html.replace("default-src 'none'", "default-src *")) as page:
        page.wait_for_load_state("networkidle")
        assert look.asked == ["http://127.0.0.1:9999/x.png"]
    look.asked.clear()
