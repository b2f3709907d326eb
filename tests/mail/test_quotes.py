"""The author's own words and the quoted ones, in the shapes that mail programs give them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from therapymail.domain.arrangement import fits, pieces_of
from therapymail.mail.quotes import MAX_LINES, split_quotes

ATTRIBUTIONS = [
    "On Tue, 3 Mar 2026 at 10:12, Ann Reed <ann@example.org> wrote:",
    "On 3 Mar 2026, at 10:12, Ann Reed wrote:",
    "On 2026-03-03 10:12, Ann Reed wrote:",
    "On 3/3/26 10:12 AM, Ann Reed wrote:",
    "On Tue, Mar 3, 2026 at 10:12 AM Ann Reed via A Very Long Name Indeed\n<ann.reed@example.org> wrote:",
    "On Tue, Mar 3, 2026 at 10:12 AM Ann Reed <ann@example.org>\nwrote:",
    "Ann Reed <ann@example.org> writes:",
    "Am 03.03.26 um 10:12 schrieb Ann Reed:",
    "Am Di., 3. März 2026 um 10:12 Uhr schrieb Ann Reed <ann@example.org>:",
    "Ann Reed schrieb am 03.03.2026 um 10:12 (GMT +01:00):",
    "Le mar. 3 mars 2026 à 10:12, Ann Reed <ann@example.org> a écrit :",
    "Le 03/03/2026 à 10:12, Ann Reed a écrit\u00a0:",
    "El mar, 3 mar 2026 a las 10:12, Ann Reed (<ann@example.org>) escribió:",
    "Il giorno mar 3 mar 2026 alle ore 10:12 Ann Reed <ann@example.org> ha scritto:",
    "Op di 3 mrt 2026 om 10:12 schreef Ann Reed <ann@example.org>:",
    "Em ter., 3 de mar. de 2026 às 10:12, Ann Reed <ann@example.org> escreveu:",
    "Den tis 3 mars 2026 kl 10:12 skrev Ann Reed <ann@example.org>:",
    "Dnia 3 marca 2026 10:12 Ann Reed <ann@example.org> napisał(a):",
    "Dne 3. 3. 2026 v 10:12 Ann Reed napsal(a):",
    "вт, 3 мар. 2026 г. в 10:12, Ann Reed <ann@example.org>:",  # noqa: RUF001 - Russian
    "3.3.2026 klo 10.12 Ann Reed kirjoitti:",
    "Quoting Ann Reed (2026-03-03 10:12:07)",  # alot
    "Quoting Ann Reed <ann@example.org>:",  # Horde
    "Zitat von Ann Reed <ann@example.org>:",
    "Ann Reed <ann@example.org> 于2026年3月3日周二 10:12写道\uff1a",
]

BLOCKS = [
    "From: Ann Reed <ann@example.org>\nSent: Tuesday, March 3, 2026 10:12 AM\nTo: Jo\nSubject: Your week",
    "________________________________\nFrom: Ann Reed\nSent: 03 March 2026 10:12\nTo: Jo <jo@example.net>\nSubject: x",
    "-----Original Message-----\nFrom: Ann Reed\nSent: 03 March 2026 10:12\nTo: Jo\nSubject: x",
    "*From:* Ann Reed <ann@example.org>\n*Date:* Tuesday, 3 March 2026 at 10:12\n*To:* Jo\n*Subject:* Re: x",
    "Von: Ann Reed <ann@example.org>\nGesendet: Dienstag, 3. März 2026 10:12\nAn: Jo\nBetreff: x",
    "-----Ursprüngliche Nachricht-----\nVon: Ann Reed\nGesendet: 3.3.2026\nAn: Jo\nBetreff: x",
    "De : Ann Reed <ann@example.org>\nEnvoyé : mardi 3 mars 2026 10:12\nÀ : Jo\nObjet : x",
    "De: Ann Reed\nEnviado: martes, 3 de marzo de 2026\nPara: Jo\nAsunto: x",
    "Da: Ann Reed\nInviato: martedì 3 marzo 2026\nA: Jo\nOggetto: x",
    "Van: Ann Reed\nVerzonden: dinsdag 3 maart 2026\nAan: Jo\nOnderwerp: x",
    "Från: Ann Reed\nSkickat: den 3 mars 2026\nTill: Jo\nÄmne: x",
    "---------- Forwarded message ---------\nFrom: Ann Reed <ann@example.org>\nDate: 3 Mar 2026\nSubject: x\nTo: Jo",
    "Begin forwarded message:\n\nFrom: Ann Reed <ann@example.org>\nSubject: x\nDate: 3 March 2026\nTo: Jo",
    "From: Ann Reed <ann@example.org>\n\nSent: 3 May 2026\n\nTo: Jo <jo@a.example>,\nKim <kim@a.example>\n\nSubject: x",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_the_line_above_a_quote_goes_with_it(attribution: str) -> None:
    split = split_quotes(f"Dear Ann,\n\nit went well.\n\nJo\n\n{attribution}\n\n> How did it go?\n>\n> Ann\n")
    assert split.own == "Dear Ann,\n\nit went well.\n\nJo"
    assert split.quoted == f"{attribution}\n\n> How did it go?\n>\n> Ann"


@pytest.mark.parametrize("block", BLOCKS)
def test_all_below_a_block_of_header_fields_is_quoted(block: str) -> None:
    split = split_quotes(f"Dear Ann,\n\nit went well.\n\nJo\n\n{block}\n\nHow did it go?\n\n> older\n\nAnn\n")
    assert split.own == "Dear Ann,\n\nit went well.\n\nJo"
    assert split.quoted == f"{block}\n\nHow did it go?\n\n> older\n\nAnn"


@pytest.mark.parametrize(
    "line", ["Quoting my mother (as ever):", "Quoting Ann Reed (2026-03-03 10:12)", "Zitat von Rilke:"]
)
def test_a_line_that_quotes_somebody_is_the_authors_where_no_letter_stands_below_it(line: str) -> None:
    own = f"Dear Ann,\n\n{line}\nIt will pass.\n\nJo"
    assert split_quotes(f"{own}\n\n> How did it go?").own == own


def test_all_below_a_line_with_date_and_address_is_quoted_where_no_prefix_is_used() -> None:
    split = split_quotes("Fine.\n\nOn Tue, 3 Mar 2026 at 10:12, Ann <ann@example.org> wrote:\n\nHow did it go?\n")
    assert split == split_quotes("Fine.\n\nOn Tue, 3 Mar 2026 at 10:12, Ann <ann@example.org> wrote:\n\nHow did it go?")
    assert split.own == "Fine."


def test_F17_answers_between_quotes_stay_in_order() -> None:
    split = split_quotes(
        "Hello,\n\nOn 3 Mar 2026, Ann wrote:\n> How did it go?\n\nIt went well,\nmostly.\n\n> And the nights?\n"
        "They are long.\n\n> And you?\n>> I asked before.\n\nJo\n"
    )
    assert split.own == "Hello,\n\nIt went well,\nmostly.\n\nThey are long.\n\nJo"
    assert split.quoted == (
        "On 3 Mar 2026, Ann wrote:\n> How did it go?\n\n> And the nights?\n\n> And you?\n>> I asked before."
    )


@pytest.mark.parametrize(
    "own",
    [
        "On Monday my mother wrote:\n\nI never want to see you again.\n\nIt hurt.",
        "My mother wrote on 3 March 2026:\n\nI never want to see you again.\n\nIt hurt.",
        "From: that day on I slept badly.\n\nTo: nobody.\n\nSubject: none.",
        "From: hope\nTo: despair\n\nThat is how the week went.",
        "Best regards is how he ended it.\n\nKind regards,\nthat hurt.",
        "Thanks,\nand then I went on for a while.",
        ">:-( is how I felt",
        ">_< and so on",
        ">From that day on I slept badly.",
        "I counted:\n1. one\n2. two",
        "-- \nJo\nSent from my phone",
        "A line\n---\nanother",
        "a > b and b < c",
        "In your letter of 3 March you asked:\n\nHow are the nights? They are long.",
    ],
)
def test_in_doubt_a_line_is_the_authors_own(own: str) -> None:
    assert split_quotes(own).own == own
    assert split_quotes(own).quoted == ""


def test_the_authors_own_lead_in_to_a_quote_stays() -> None:
    split = split_quotes("You asked me something.\nAnd you wrote:\n> How are the nights?\n\nLong.")
    assert split.own == "You asked me something.\nAnd you wrote:\n\nLong."


def test_a_sentence_before_the_attribution_stays() -> None:
    split = split_quotes("On Monday I was ill.\nOn 3 Mar 2026, Ann wrote:\n> x\n\nFine.")
    assert split.own == "On Monday I was ill.\n\nFine."


def test_the_tail_of_a_quoted_line_wrapped_on_the_way_is_quoted() -> None:
    quoted = "> This is a quoted line of the earlier letter that was a little too long for\nthe width\n> and went on"
    assert split_quotes(f"Yes.\n\n{quoted}").own == "Yes."
    assert split_quotes("> Is it so?\nyes\n> And now?").own == "yes"


def test_a_mail_that_is_nothing_but_a_quote_has_no_words_of_its_own() -> None:
    assert split_quotes("> all\n> quoted\n") == split_quotes("> all\n> quoted")
    assert split_quotes("> all").own == ""


def test_S24_very_long_and_very_many_lines_take_bounded_time() -> None:
    for text in ("From:\n" * 1_000_000, "a:" * 1_000_000, "-" * 2_000_000, "On 1:\n" * 500_000, "> " * 500_000):
        started = time.process_time()
        split_quotes(text)
        assert time.process_time() - started < 5
    assert split_quotes("x\n" * (MAX_LINES + 10) + "> y").own.endswith("> y")


line = st.one_of(
    st.sampled_from(
        ["", "> q", ">> qq", "own words", "From: Ann <ann@example.org>", "Sent: 3 March 2026", "To: Jo", "x:"]
    ),
    st.sampled_from(ATTRIBUTIONS),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n"), max_size=20),
)


@settings(max_examples=100)
@given(st.lists(line, max_size=25))
def test_C42_no_line_is_lost_and_the_order_stays(lines: list[str]) -> None:
    split = split_quotes("\n".join(lines))
    wanted = [piece.rstrip() for piece in "\n".join(lines).split("\n") if piece.strip()]
    own = [piece.rstrip() for piece in split.own.split("\n") if piece.strip()]
    quoted = [piece.rstrip() for piece in split.quoted.split("\n") if piece.strip()]
    assert sorted(own + quoted) == sorted(wanted)
    for found in (own, quoted):
        rest = iter(wanted)
        assert all(piece in rest for piece in found)


@settings(max_examples=60)
@given(st.lists(line, max_size=25))
def test_F17_the_stretches_of_a_letter_in_their_order_are_its_lines_in_theirs(lines: list[str]) -> None:
    text = "\n".join(lines)
    split = split_quotes(text)

    pieces = pieces_of(split.own, split.quoted, split.arrangement)

    assert fits(split.own, split.quoted, split.arrangement)
    shown = [piece.rstrip() for each in pieces for piece in each.text.split("\n") if piece.strip()]
    assert shown == [piece.rstrip() for piece in text.split("\n") if piece.strip()]


def test_F17_answers_stand_below_what_they_answer() -> None:
    split = split_quotes("Dear Jo,\n\n> How did it go?\n> Well?\n\nIt went.\n> And then?\n\n\nI slept.\n\nAnn\n")

    assert [
        (piece.quoted, piece.text.strip("\n")) for piece in pieces_of(split.own, split.quoted, split.arrangement)
    ] == [
        (False, "Dear Jo,"),
        (True, "> How did it go?\n> Well?"),
        (False, "It went."),
        (True, "> And then?"),
        (False, "I slept.\n\nAnn"),
    ]
    beyond = split_quotes("> q\n" + "x\n" * MAX_LINES + "\n\n\ny")
    assert [piece.quoted for piece in pieces_of(beyond.own, beyond.quoted, beyond.arrangement)] == [True, False]
