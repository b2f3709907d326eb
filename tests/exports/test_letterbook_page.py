"""F15, F49: the letterbook as a page: what it says, nothing that runs, and in the client's own letters alone."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from time import process_time

import pytest

from tests.support.hostile_letters import WORDS, hostile_book
from tests.support.html_page import STEERING, Read, body_of, is_inert
from tests.support.looking_back import book_of, letter_with, story_letterbook, story_notes
from therapymail.domain.kinds import LetterState
from therapymail.domain.letterbook import Letterbook, MilestoneMark, Spot
from therapymail.domain.names import LetterName
from therapymail.domain.seal import Protection, Signature, Verdict
from therapymail.exports.letterbook_page import letterbook_page, own_letterbook_page


def text_of(html: str) -> str:
    return " ".join(Read(body_of(html)).text.split())


def openings(book: Letterbook) -> list[str]:
    """How each stretch of the authors' own words begins."""
    return [" ".join(each.text.split())[:60] for entry in book.entries for each in entry.pieces if not each.quoted]


def test_F15_letters_stand_in_order_under_their_exchanges() -> None:
    book = story_letterbook("HERON")
    read = Read(letterbook_page(book))
    anchors = [found for found in read.all("id") if re.fullmatch(r"HERON-\d+", found)]
    assert anchors == [str(entry.letter.name) for entry in book.entries]
    text = " ".join(read.text.split())
    headings = re.findall(r"(Exchange \d+|Before the first exchange|After closing) \d", text)
    numbered = [f"Exchange {exchange.number}" for exchange in book.exchanges]
    assert headings == ["Before the first exchange", *numbered, "After closing"]
    assert all(said in text for said in openings(book))


def test_F15_the_page_says_what_the_record_holds_beside_a_letter() -> None:
    html = letterbook_page(story_letterbook("HERON"))
    text = text_of(html)
    for said in (
        "HERON-7 · 123 words",
        "tags grief",
        "read again 25 February 2025, 20 March 2025",
        "insight her own picture (14 January 2025)",
        "sleep (the passage is no longer in the letter)",
        "3 of 12",
        "response 20 hours late",
        "review",
        "consent, 7 January 2025",
        "image/jpeg, 34 kB",
    ):
        assert said in text, said
    assert '<mark>Grief is an unlit room I keep the\ndoor of shut</mark><sup><a href="#HERON-7-a"' in html
    assert "<i>[crying a little as I type]</i>" in html


def test_F17_quotes_stand_where_they_were_answered() -> None:
    html = letterbook_page(story_letterbook("HERON"))
    assert re.search(r'<blockquote>\s*<p dir="auto">If my silence stung, I would like to hear about it.</p>', html)
    assert "&gt; If my silence" not in html


def test_notes_stand_beside_the_letters_they_are_about_and_only_where_asked() -> None:
    book, notes = story_letterbook("HERON"), story_notes("HERON")
    assert "pencil by the bed" not in letterbook_page(book)
    html = letterbook_page(book, notes=notes)
    read = Read(html)
    anchors = [found for found in read.all("id") if re.fullmatch(r"(HERON|N|P)-\d+", found)]
    at = anchors.index("HERON-7")
    assert set(anchors[at + 1 : at + 3]) == {"N-3", "P-2"}
    assert "Added Monday 20 January 2025, 09:00" in text_of(html)
    assert "Process note P-2" in text_of(html)


def test_a_note_of_no_letter_and_one_from_before_the_first_are_not_lost() -> None:
    note = story_notes("HERON")[1]
    early = replace(note, note=replace(note.note, written=datetime(2020, 1, 1, tzinfo=UTC)))
    html = letterbook_page(story_letterbook("HERON"), notes=[early])
    assert "Beside the letters" in text_of(html)
    assert "whose house is it?" in text_of(html)
    empty = Letterbook("HERON", "Europe/London", "Europe/London", datetime(2025, 3, 1, tzinfo=UTC))
    late = replace(empty, milestones=(MilestoneMark("consent", "by telephone", date(2025, 1, 2)),))
    assert "consent, 2 January 2025: by telephone" in text_of(letterbook_page(late))
    assert "no letters yet" in text_of(letterbook_page(empty))


PROCESS = re.compile(
    r"HERON|exchange|bookmark|insight|milestone|read again|tags?\b|begin here|words\b|Process|Progress|N-3|late|review"
)


def test_F49_the_clients_own_holds_their_letters_and_nothing_of_the_record() -> None:
    book = story_letterbook("HERON")
    wordless = [replace(each, pieces=(), letter=each.letter._replace(subject="")) for each in book.entries]
    html = own_letterbook_page(replace(book, entries=tuple(wordless)))
    assert not PROCESS.search(text_of(html))
    assert "HERON" not in html
    whole = own_letterbook_page(book)
    assert all(said in text_of(whole) for said in openings(book))
    assert "<mark>" not in whole
    assert "<i>" not in whole
    assert "<title>Our letters</title>" in whole
    assert "From you" in text_of(whole)


def test_F49_names_stand_where_they_are_given() -> None:
    html = own_letterbook_page(story_letterbook("HERON"), therapist="Dr Orla Fenwick", client="Maren")
    assert "between Maren and Dr Orla Fenwick" in text_of(html)
    assert "From you" not in text_of(html)
    assert "<title>Our letters</title>" in html


def test_titles_carry_the_code_alone() -> None:
    assert "<title>HERON: letterbook</title>" in letterbook_page(story_letterbook("HERON"))


def test_S8_a_seal_that_is_not_what_it_should_be_is_told_beside_the_letter() -> None:
    entry = letter_with("An unlit room.")
    for protection, signature, is_told in (
        (Protection.SEALED, Signature.VERIFIED, False),
        (Protection.NO, Signature.NONE, True),
        (Protection.SEALED, Signature.OTHER, True),
    ):
        verdict = Verdict(protection, signature, None, None, repaired=False, notes=())
        html = letterbook_page(book_of([replace(entry, verdict=verdict)]))
        assert ("<b>seal</b>" in html) is is_told
        assert "<b>seal</b>" not in own_letterbook_page(book_of([replace(entry, verdict=verdict)]))


@pytest.mark.parametrize("state", [LetterState.SEALED, LetterState.FAILED, LetterState.TOO_LARGE])
def test_C23_a_letter_that_was_not_opened_is_there_and_says_so(state: LetterState) -> None:
    entry = letter_with("")
    entry = replace(entry, letter=entry.letter._replace(state=state), pieces=())
    for html in (letterbook_page(book_of([entry])), own_letterbook_page(book_of([entry]))):
        assert re.search(r"class=\"remark\">It (is sealed to|could not be opened|was too large)", html)


def test_S9_no_letter_adds_anything_to_the_page_but_words() -> None:
    plain = replace(letter_with("a\n\nb", quoted="> a", unsealed_text="x", bookmarks=(Spot("a"),)), enclosures=())
    known = Read(letterbook_page(book_of([plain, *story_letterbook("HERON").entries]))).tags
    for html in (letterbook_page(hostile_book()), own_letterbook_page(hostile_book())):
        read = Read(html)
        assert is_inert(html)
        assert read.tags <= known
        assert not STEERING.search(html)
        for word in WORDS[:-1]:
            assert " ".join(word.split()) in " ".join(read.text.split())
        assert "\u2426gnp.exe\u2426" in read.text
        assert len(read.all("id")) == len(set(read.all("id")))
        assert html.count("<style>") == html.count("</style>") == 1


def test_no_address_in_a_letter_can_be_followed() -> None:
    html = letterbook_page(hostile_book())
    assert "http://elsewhere.example/click" in Read(html).text
    assert all(lead.startswith("#") for lead in Read(html).all("href"))


def test_a_thousand_letters_are_a_page_within_two_seconds() -> None:
    """Of processor time, on any machine that is not many times slower than ours; bench has the figures."""
    text = "\n\n".join(["It is lonely in the passage, it\u2019s said; nobody asks me to come away from it. " * 5] * 7)
    entries = [letter_with(text, quoted="> You wrote.") for _ in range(1000)]
    named = [
        replace(each, letter=each.letter._replace(name=LetterName("HERON", at + 1))) for at, each in enumerate(entries)
    ]
    since = process_time()
    page = letterbook_page(book_of(named))
    assert process_time() - since < 2
    assert page.count("<article") == 1000
