"""F43: the fictional practice, received the ordinary way, is exactly what its gold table says."""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from therapymail.domain.kinds import Direction, Standing
from therapymail.practice.demo.stage import Stage, staged, story_kind, story_tag
from therapymail.practice.find import SearchRequest, search_letters
from therapymail.practice.judging import JudgedLetter
from therapymail.practice.look_back import client_timeline
from therapymail.practice.read import LettersRequest, list_letters, read_letter
from therapymail.practice.tag import list_tags


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(os.environ) as performance:
        yield performance


@pytest.fixture(scope="module")
def judged(stage: Stage) -> dict[str, JudgedLetter]:
    """Every letter of the record by the story's mail id."""
    ids = {name: mail_id for mail_id, name in stage.names.items() if not stage.story.mail(mail_id).resend_of}
    found = list_letters(stage.practice, LettersRequest(limit=1000))
    return {ids[str(item.letter.name)]: item for item in found}


def test_every_mail_of_every_client_is_on_the_record_once(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    gold = stage.story.gold
    counted = Counter(item.letter.code for item in judged.values())
    bounces = len(gold["bounces"])
    assert counted["HERON"] == gold["clients"]["HERON"]["mails"] + bounces
    assert (counted["LINDEN"], counted["SLATE"]) == (
        gold["clients"]["LINDEN"]["mails"],
        gold["clients"]["SLATE"]["mails"],
    )
    assert sum(result.fetched for result in stage.received) == gold["mails_on_the_wire"] - len(gold["set_aside"])


def test_a_resend_adds_no_letter_but_a_place(stage: Stage) -> None:
    for resend, first in stage.story.gold["resends"].items():
        assert stage.names[resend] == stage.names[first]


def test_kinds_are_as_marked(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    wrong = {
        mail_id: item.letter.kind
        for mail_id, item in judged.items()
        if item.letter.kind is not story_kind(stage.story.mail(mail_id))
    }
    assert wrong == {}


def test_verdicts_say_what_each_seal_proved(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    wrong = {}
    for mail_id, item in judged.items():
        expected = stage.story.mail(mail_id).expected
        found = (item.verdict.encrypted.value, item.verdict.signature.value)
        if found != (expected.encrypted, expected.signature):
            wrong[mail_id] = found
    assert wrong == {}


def test_proposed_mail_waits_and_the_spoof_is_nobodys(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    proposed = {mail_id for mail_id, item in judged.items() if item.letter.standing is Standing.PROPOSED}
    accepted_by_code_word = {"slate-w08-letter"}
    assert proposed == set(stage.story.gold["proposed"]) - accepted_by_code_word
    assert sum(result.proposed for result in stage.received) == len(stage.story.gold["proposed"])
    assert not set(stage.story.gold["set_aside"]) & set(stage.names)
    assert sum(result.strangers for result in stage.received) == 1


def test_what_clients_wrote_reads_as_they_wrote_it(stage: Stage, judged: dict[str, JudgedLetter]) -> None:
    for mail_id, item in judged.items():
        mail = stage.story.mail(mail_id)
        if mail.bounce_of or mail.measure:
            continue
        reading = read_letter(stage.practice, stage.names[mail_id]).reading
        assert reading is not None
        assert reading.text.split() == mail.own_text.split(), mail_id
        assert item.letter.subject == mail.subject
        assert item.letter.direction is (Direction.IN if mail.direction == "in" else Direction.OUT)


def test_tags_and_their_counts(stage: Stage) -> None:
    wanted: Counter[str] = Counter()
    for client in stage.story.gold["clients"].values():
        wanted.update({story_tag(tag): count for tag, count in client["tags"].items()})
    assert {item.tag: item.count for item in list_tags(stage.practice)} == dict(wanted)


def test_searches_find_exactly_the_letters_of_the_gold_table(stage: Stage) -> None:
    ids = {name: mail_id for mail_id, name in stage.names.items() if not stage.story.mail(mail_id).resend_of}
    for search in stage.story.gold["search"]:
        query = search["query"].replace('tag:"meeting people"', "tag:meeting-people")
        hits = search_letters(stage.practice, SearchRequest(query)).hits
        assert [ids[str(hit.letter.name)] for hit in reversed(hits)] == search["hits"], query


@pytest.mark.parametrize("code", ["HERON", "LINDEN", "SLATE"])
def test_the_timeline_counts_letters_and_responses(stage: Stage, code: str) -> None:
    timeline = client_timeline(stage.practice, code)
    letters = sum(len(period.client.letters) for period in timeline.periods)
    responses = sum(len(period.therapist.letters) for period in timeline.periods)
    waiting = {"SLATE": 1}.get(code, 0)  # week 10 is still proposed
    assert letters + responses + waiting == stage.story.gold["clients"][code]["letters_and_responses"]
