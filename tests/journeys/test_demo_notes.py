"""What the therapist of the story noted and marked, as the gold table counts it (F18, F20, F48, F52)."""

import re
from collections import Counter, defaultdict
from typing import Any

import pytest

from therapymail.domain.note import NoteKind, NoteName
from therapymail.domain.note_headings import headings_of_the_record
from therapymail.practice.demo.notebook import read_notebook
from therapymail.practice.demo.stage import Stage, story_tag
from therapymail.practice.milestone import list_milestones
from therapymail.practice.note_reading import list_notes, read_note
from therapymail.practice.read import LettersRequest, list_letters
from therapymail.vault import clients, images, rereads
from therapymail.vault.letters import letter_by_digest

CODES = ("HERON", "LINDEN", "SLATE")


@pytest.mark.parametrize("kind", NoteKind)
def test_F18_each_exchange_has_one_note_of_each_kind(stage: Stage, kind: NoteKind) -> None:
    # a reflection is about a letter, and so about its exchange; a note of the exchange names no letter
    found = [each for each in list_notes(stage.practice, kind) if each.letter is None]
    assert len(found) == stage.story.gold[f"{kind}_notes"]
    by_exchange = {(each.code, each.exchange) for each in found}
    wanted = {(each["client"], each["number"]) for each in stage.story.gold["exchange"]}
    assert by_exchange == wanted


def test_F20_reflections_follow_their_templates_and_name_the_letter_they_are_about(stage: Stage) -> None:
    found = [each for each in list_notes(stage.practice, NoteKind.PROCESS) if each.format != "free"]
    assert dict(Counter(each.format for each in found)) == stage.story.gold["reflections"]
    assert all(each.letter is not None for each in found)


def test_F19_no_note_names_another_client_and_no_process_note_says_what_belongs_in_the_record(stage: Stage) -> None:
    names = {each.code: {each.code, *each.name.split()} for each in stage.story.clients}
    for kind in NoteKind:
        for view in list_notes(stage.practice, kind):
            text = read_note(stage.practice, NoteName.parse(str(view.name))).text
            assert len(text.split()) >= 10, view
            others = set().union(*(words for code, words in names.items() if code != view.code))
            assert not others & set(re.findall(r"\w[\w-]*", text)), view
            assert kind is NoteKind.PROGRESS or not headings_of_the_record(text)


def test_tags_stand_in_the_weeks_of_the_gold_table(stage: Stage) -> None:
    mails = {name: stage.story.mail(mail_id) for mail_id, name in stage.names.items()}
    weeks: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for item in list_letters(stage.practice, LettersRequest(limit=1000)):
        mail = mails[str(item.letter.name)]
        for tag in item.letter.tags:
            weeks[str(mail.client)][tag].add(mail.week or 0)
    for code in CODES:
        gold: dict[str, list[int]] = stage.story.gold["clients"][code]["tag_weeks"]
        assert {tag: sorted(each) for tag, each in weeks[code].items()} == {
            story_tag(tag): each for tag, each in gold.items()
        }


@pytest.mark.parametrize("code", CODES)
def test_F52_milestones_are_those_of_the_gold_table_on_their_days(stage: Stage, code: str) -> None:
    found = list_milestones(stage.practice, code)
    assert [each.milestone.kind.value for each in found] == stage.story.gold["milestones"][code]
    events: dict[str, Any] = {each.text: each.date for each in stage.story.events}
    assert all(events[each.milestone.said] == each.milestone.day for each in found)
    assert all(each.letter is not None for each in found)


def test_F15_F48_letters_read_again_and_the_image_that_was_kept(stage: Stage) -> None:
    ids = {name: mail_id for mail_id, name in stage.names.items()}
    found: dict[str, list[str]] = {}
    with stage.practice.vault() as vault, vault.reading() as reader:
        for code in CODES:
            client = clients.client_by_code(reader, code).identity
            for digest, days in rereads.rereads_of_client(reader, client).items():
                found[ids[str(letter_by_digest(reader, digest).name)]] = [day.isoformat() for day in days]
        [image] = images.images(reader, clients.client_by_code(reader, "HERON").identity)
    assert found == stage.story.gold["reread"]
    assert (image.phrase, image.variants) == ("unlit room", ("door",))


def test_the_notebook_is_written_within_the_story(stage: Stage) -> None:
    started = {each.code: each.started for each in stage.story.clients}
    for note in read_notebook().notes:
        assert started[note.client] <= note.written.date() <= stage.story.now.date()
