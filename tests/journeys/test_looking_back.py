"""F14: looking back on the fictional practice, through the record, shows what its gold table says."""

import re

import pytest

from therapymail.domain.lanes import HIDDEN, Lane, Side
from therapymail.domain.timeline import Timeline
from therapymail.domain.timeline_text import timeline_text
from therapymail.errors import ExchangeUnknown, LetterUnknown, ThemeUnseen, UnusableInput, explain
from therapymail.practice.compare import compare_letters
from therapymail.practice.demo.stage import Stage, story_tag
from therapymail.practice.feelings import own_feelings
from therapymail.practice.look_back import client_timeline
from therapymail.practice.review import review_of
from therapymail.practice.thread import theme_thread

CODES = ("HERON", "LINDEN", "SLATE")


@pytest.fixture(scope="module")
def timelines(stage: Stage) -> dict[str, Timeline]:
    return {code: client_timeline(stage.practice, code) for code in CODES}


@pytest.mark.parametrize("code", CODES)
def test_F14_rows_of_themes_are_those_of_the_gold_table(
    stage: Stage, timelines: dict[str, Timeline], code: str
) -> None:
    told = {
        tag: [period.number for period in timelines[code].periods if tag in period.tags]
        for tag in timelines[code].tags
        if not tag.startswith("feeling/")
    }
    gold = stage.story.gold["clients"][code]["tag_weeks"]
    assert {tag: told[tag] for tag in map(story_tag, gold)} == {story_tag(tag): weeks for tag, weeks in gold.items()}


@pytest.mark.parametrize("code", CODES)
def test_F14_lateness_length_and_missed_weeks_are_those_of_the_gold_table(
    stage: Stage, timelines: dict[str, Timeline], code: str
) -> None:
    gold, gaps = stage.story.gold["clients"][code], timelines[code].of(Lane.GAPS)
    late = [(mark.period, mark.side, mark.amount) for mark in gaps if mark.kind == "late"]
    wanted = {"HERON": [(3, Side.THERAPIST, 20)], "LINDEN": [(3, Side.CLIENT, 2), (8, Side.CLIENT, 4)], "SLATE": []}
    assert late == wanted[code]
    assert [mark.period for mark in gaps if mark.kind == "missed"] == gold["missed_weeks"]
    over = [mark.exchange for mark in timelines[code].of(Lane.LETTERS) if mark.kind == "over-length"]
    assert over == gold["over_length"]
    assert sum(mark.kind == "missed" for each in timelines.values() for mark in each.of(Lane.GAPS)) == 1


@pytest.mark.parametrize("code", CODES)
def test_feelings_in_brackets_are_marked_with_the_letter_that_names_them(
    stage: Stage, timelines: dict[str, Timeline], code: str
) -> None:
    named = {(mark.ids[0], word) for mark in timelines[code].of(Lane.FEELINGS) for word in mark.words}
    wanted = {
        (stage.names[mail.id], feeling)
        for mail in stage.story.mails_of(code)
        for feeling in own_feelings().family_of.keys() & set(mail.feelings)
        if any(re.search(rf"\b{feeling}\b", cue) for cue in re.findall(r"\[[^\]]+\]", mail.own_text))
    }
    assert wanted
    assert named >= wanted


def test_incidents_are_marked_and_lead_to_their_mails(stage: Stage, timelines: dict[str, Timeline]) -> None:
    told = {code: [(m.kind, m.ids) for m in each.of(Lane.TECHNOLOGY)] for code, each in timelines.items()}
    failed, bounce = stage.names["heron-w07-response"], stage.names["noise-bounce"]
    assert sorted(told["HERON"]) == [("bounce", (bounce, failed)), ("sent-again", (failed,))]
    assert ("unsealed", (stage.names["slate-w10-letter"],)) in told["SLATE"]
    assert ("key-change", (stage.names["slate-w08-letter"],)) in told["SLATE"]


def test_safety_mails_are_shown_only_when_asked_for(stage: Stage, timelines: dict[str, Timeline]) -> None:
    assert timelines["SLATE"].of(Lane.SAFETY) == ()
    assert "safety mail" not in timeline_text(timelines["SLATE"])
    shown = client_timeline(stage.practice, "SLATE", off=HIDDEN - {Lane.SAFETY})
    safety = [stage.names[mail.id] for mail in stage.story.mails_of("SLATE") if mail.kind == "safety"]
    assert [mark.ids[0] for mark in shown.of(Lane.SAFETY)] == safety
    for each in (timelines["SLATE"], timelines["HERON"]):
        assert "not shown      safety; process" in timeline_text(each), "whether or not there are any"


def test_the_thread_says_when_a_theme_first_appeared_and_how_long_it_was_silent(stage: Stage) -> None:
    thread = theme_thread(stage.practice, "heron", "Grief")
    weeks = stage.story.gold["clients"]["HERON"]["tag_weeks"]["grief"]
    assert [each.letter for each in thread.mentions] == [stage.names[f"heron-w{week:02}-letter"] for week in weeks]
    assert (thread.mentions[0].days_since, thread.mentions[0].exchange) == (None, 1)
    assert [each.letters_since for each in thread.mentions[1:]] == [0, 0, 1, 0, 0, 0, 2, 0]
    assert "unlit" in thread.mentions[1].said[0].text, "what stands around the word"
    sad = theme_thread(stage.practice, "HERON", "feeling/sadness")
    assert stage.names["heron-w06-letter"] in {each.letter for each in sad.mentions}


def test_two_letters_stand_beside_each_other_by_name_or_by_exchange(stage: Stage) -> None:
    first, last = stage.names["heron-w01-letter"], stage.names["heron-w12-letter"]
    found = compare_letters(stage.practice, "HERON", "1", last)
    assert (found.one.name, found.other.name, found.days_between) == (first, last, 77)
    assert (found.one.greeting, found.one.sign_off) == ("Dear Orla,", "Yours, / Maren")
    assert found.one.answered_hours == 40
    assert found.one.tags == ("grief", "sleep")
    assert "tired" in {word for words in found.one.feelings.values() for word in words}
    assert (found.one.word_limit, found.one.over_length) == (160, False)


def test_F39_the_digest_at_a_review_holds_the_exchanges_since_the_one_before(stage: Stage) -> None:
    digest = review_of(stage.practice, "HERON", 6)
    assert (digest.first, digest.last, digest.is_agreed, digest.rhythm_before) == (1, 6, True, None)
    assert [each.late_hours for each in digest.exchanges] == [None, None, 20, None, None, None]
    [image] = digest.images
    assert [place.words for place in image.places] == ["unlit room", "unlit room", "unlit room", "door"]
    assert [place.letter for place in image.places[:1]] == [stage.names["heron-w02-letter"]]
    late = review_of(stage.practice, "LINDEN")
    assert (late.first, late.last) == (7, 12)
    assert [(each.number, each.client_days_late) for each in late.exchanges if each.client_days_late] == [(8, 4)]
    assert [each.number for each in late.exchanges if each.over_length] == [7]
    assert "us" in late.faded
    assert "meeting-people" in {each.name for each in late.themes if each.is_new}
    assert stage.names["linden-w07-letter"] in late.not_reread
    assert any("answer by Thursday the 16th" in each.words for each in digest.promises)


def test_F39_questions_that_no_response_takes_up_are_listed_with_their_letters(stage: Stage) -> None:
    left = {(code, at): review_of(stage.practice, code, at).questions for code in ("HERON", "LINDEN") for at in (6, 12)}
    assert {at: [tuple(each) for each in found] for at, found in left.items()} == {
        ("HERON", 6): [],
        ("HERON", 12): [],
        ("LINDEN", 6): [(stage.names["linden-w02-letter"], "What does the calm guy have around him?")],
        ("LINDEN", 12): [(stage.names["linden-w09-letter"], 'He wrote back, "Which one?')],
    }


def test_what_is_not_there_is_said(stage: Stage) -> None:
    with pytest.raises(ThemeUnseen) as unseen:
        theme_thread(stage.practice, "HERON", "nowhere")
    assert "`therapymail timeline HERON --explain`" in explain(unseen.value).next_step
    with pytest.raises(UnusableInput):
        theme_thread(stage.practice, "HERON", "two words")
    with pytest.raises(ExchangeUnknown):
        compare_letters(stage.practice, "HERON", "1", "99")
    with pytest.raises(LetterUnknown):
        compare_letters(stage.practice, "HERON", "1", stage.names["linden-w01-letter"])
    with pytest.raises(ExchangeUnknown):
        review_of(stage.practice, "HERON", 99)
