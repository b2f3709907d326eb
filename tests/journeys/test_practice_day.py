"""Issue "The practice" in one story, on real mail hosts, through the program alone, its clock set.

Receive, today, notes, an answer inside their text, hold, undo, hold, second reading, send, bounce, send again; and two
agreements, of which each exchange keeps its own. The weeks in which clocks change are in test_dst_weeks.py.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.support.days import Days, all_yes, days_over, nowhere
from tests.support.mailhost.relay import BOUNCING
from tests.support.posts import Post, dovecot, embedded
from tests.support.sending import sending_over
from therapymail.domain.kinds import Kind
from therapymail.domain.today import Matter
from therapymail.practice.introduce import ClientChange, edit_client
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.today import todays

__all__ = ["dovecot", "embedded"]

THEIRS = "Orla,\n\nI sat in her kitchen again. [sighs]\n\nMy sister rang on Sunday.\n\nWhy is it so hard?\n\nMaren"
ANSWERS = "Dear Maren,\n\n[2]\nYou went back into the xqkitchen.\n\n[4]\nIt may be new to say it at all.\n"
GOODBYE = "\nYou will hear from me next week.\n\nWarm wishes,\nOrla\n"


@pytest.fixture(params=["dovecot", "embedded"])
def post(request: pytest.FixtureRequest) -> Post:
    host: Post = request.getfixturevalue(request.param)
    return host


@pytest.fixture
def days(post: Post) -> Iterator[Days]:
    with days_over(post) as made:
        yield made


def told(items: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(item["section"], item["matter"], item["progress"]) for item in items]


def at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_F03_F05_F16_F17_F23_a_letter_is_answered_bounces_and_is_sent_again(days: Days) -> None:
    day, address, old = days.moment, days.story.clients["HERON"].address, nowhere(days.story)
    terms = ("--day", "tue", "--window", "2d@18:00", "--words", "800", "--block", "12", "--fallback", "telephone")
    zones = ("--client-zone", "America/New_York", "--own-zone", "Europe/London")
    days.ok(day(0, 9), "agree", "HERON", *terms, *zones, "--yes")
    days.ok(
        day(0, 9), "client", "edit", "HERON", "--add-address", nowhere(days.story), "--write-to", nowhere(days.story)
    )

    # Tuesday evening: a letter comes. Wednesday morning: it is fetched, due by Thursday at 18:00 on our clock.
    days.comes(day(1, 21), THEIRS)
    assert days.ok(day(2, 8), "sync")["opened"] == 1
    [owed] = days.items(day(2, 8))
    assert (owed["section"], owed["exchange"], owed["place"], owed["size"]) == ("response-later", 1, 1, 12)
    assert (owed["letters"], owed["at"], owed["progress"]) == (["HERON-1"], at(day(3, 18)), "not-begun")
    read = days.ok(day(2, 9), "read", "HERON-1")
    assert (read["kind"], read["exchange"], [cue["words"] for cue in read["cues"]]) == ("letter", 1, ["sighs"])

    # What she makes of it: one note in the record, one apart from it.
    progress = days.ok(day(2, 9), "note", "add", "HERON", "--letter", "HERON-1", "--body-file", "-", stdin="## Plan\nx")
    process = days.ok(day(2, 9), "note", "add", "HERON", "--process", "--body-file", "-", stdin="xqresonance")
    assert (progress["letter"], progress["state"], process["kind"]) == ("HERON-1", "kept", "process")

    # The answer names somebody else, is put right, and held.
    wrong = ANSWERS.replace("xqkitchen", "kitchen, as LINDEN did") + GOODBYE
    draft = days.ok(day(2, 16), "reply", "HERON-1", "--interleave", "--body-file", "-", stdin=wrong)["draft"]
    assert days.run(day(2, 16), "send", draft).code == 6
    text = days.ok(day(2, 16), "drafts", "show", draft)["text"].replace("kitchen, as LINDEN did", "xqkitchen")
    days.ok(day(2, 16), "drafts", "edit", draft, "--body-file", "-", stdin=text)
    assert days.ok(day(2, 16), "drafts", "check", draft)["names_another"] == []
    assert "> I sat in her kitchen again." in text
    assert "My sister rang" not in text
    [held] = days.ok(day(2, 17), "send", draft)["outbox"]
    assert (held["state"], held["hold_ends"]) == ("held", at(day(3, 8)))
    assert told(days.items(day(2, 17))) == [("response-later", "response", "held")]

    # Taken back, and held again; nothing leaves by itself.
    assert days.ok(day(2, 18), "outbox", "cancel", draft)["state"] == "draft"
    assert told(days.items(day(2, 18))) == [("response-within-the-day", "response", "draft")]
    assert days.ok(day(2, 18, 30), "send", draft)["outbox"][0]["hold_ends"] == at(day(3, 8))
    assert days.run(day(2, 19), "outbox", "release", draft, "--yes").code == 2
    for now in (day(2, 20), day(3, 8, 15)):
        assert days.ok(now, "sync")["sent"] == 0

    # Thursday morning: the second reading, with its questions; then it leaves.
    assert told(days.items(day(3, 8, 30))) == [("response-within-the-day", "response", "to-read-again")]
    days.read_again_and_released(day(3, 9), draft, next="n")
    [one] = days.exchanges(day(3, 9, 5))
    assert (one["letters"], one["responses"]) == (["HERON-1"], ["HERON-2"])
    assert (one["due"], one["late_hours"]) == (at(day(3, 18)), None)
    answered = one["answered"]
    assert at(day(3, 9)) <= answered < at(day(3, 9, 5))
    assert days.items(day(3, 9, 5)) == []
    first = days.ok(day(3, 9, 5), "read", "HERON-2")
    assert (first["kind"], first["released"]["how"]) == ("response", "second-reading")
    assert first["released"]["answers"] == all_yes(next=False)

    # It comes back. Today says so, with the other channel that is agreed.
    days.bounces(day(3, 10), old)
    days.ok(day(3, 11), "sync")
    [bounced] = days.items(day(3, 11))
    assert (bounced["section"], bounced["matter"], bounced["draft"]) == ("not-arrived", "bounce", "HERON-2")
    assert "telephone" in bounced["says"]
    report = days.ok(day(3, 11), "read", "HERON-3")
    assert (report["kind"], report["about"], report["exchange"]) == ("bounce", "HERON-2", None)
    assert days.exchanges(day(3, 11)) == [one], "a bounce moves no clock"

    # By telephone the new address is given; the same letter goes there, as every letter does.
    days.ok(day(3, 11), "client", "edit", "HERON", "--write-to", address)
    again = days.ok(day(3, 12), "write", "HERON", "--again", "HERON-2")["draft"]
    assert f"--again {bounced['draft']}" in bounced["next"]
    assert days.ok(day(3, 12), "send", again)["outbox"][0]["hold_ends"] == at(day(4, 8))
    days.read_again_and_released(day(4, 8, 30), again)
    (arrived,) = days.story.arrived()
    assert b"xqkitchen" not in arrived
    assert b"xqkitchen" in (days.story.opened_by_client(arrived).payload or b"")

    # One exchange, answered when it first left; the report is settled; a rebuild finds the same.
    days.ok(day(4, 9), "sync")
    assert days.items(day(4, 9)) == []
    assert days.exchanges(day(4, 9)) == [{**one, "responses": ["HERON-2", "HERON-4"]}]
    listed = days.ok(day(4, 9), "letters", "HERON")["letters"]
    assert [(each["id"], each["kind"]) for each in listed] == [
        ("HERON-4", "response"),
        ("HERON-3", "bounce"),
        ("HERON-2", "response"),
        ("HERON-1", "letter"),
    ]
    before = whole(days, day(4, 10))
    assert before["HERON-4"]["released"]["answers"] == all_yes()
    days.ok(day(4, 10), "rebuild")
    assert whole(days, day(4, 10)) == before
    assert days.ok(day(7, 9), "sync")["fetched"] == 0


def whole(days: Days, now: datetime, *only: str) -> dict[str, Any]:
    """Everything that is said of HERON, or `only` some of it."""
    commands = {
        "today": ("today", "--days", "14"),
        "exchanges": ("exchange", "list", "HERON"),
        "agreed": ("agree", "HERON", "--history"),
        "letters": ("letters",),
        "notes": ("note", "list", "HERON"),
        "process notes": ("note", "list", "HERON", "--process"),
        "HERON-2": ("read", "HERON-2"),
        "HERON-3": ("read", "HERON-3"),
        "HERON-4": ("read", "HERON-4"),
    }
    said = {name: days.ok(now, *words) for name, words in commands.items() if not only or name in only}
    said["today"].pop("now")  # the clock goes on between two runs
    return said


def test_F04_each_exchange_keeps_the_agreement_it_was_begun_under(days: Days) -> None:
    day = days.moment
    days.ok(day(0, 9), "agree", "HERON", "--window", "48h", "--words", "20", "--block", "6", "--yes")
    days.comes(day(1, 20), "word " * 40)
    days.ok(day(2, 8), "sync")
    [first] = days.exchanges(day(2, 8))
    assert (first["due"], first["over_length"], first["agreement"]) == (at(day(3, 20)), True, 1)

    # Agreed on Wednesday, from Thursday on: what was begun on Tuesday stays as it was, though it is answered later.
    second = ("--window", "3d@18:00", "--words", "100", "--starts", days.date(3))
    shown = days.ok(day(2, 9), "agree", "HERON", *second, "--yes")
    assert (shown["agreement"]["version"], shown["exchanges"]) == (2, [])
    assert days.exchanges(day(4, 9)) == [{**first, "late_hours": 13}]
    draft = days.ok(day(4, 9), "reply", "HERON-1", "--body-file", "-", stdin=ANSWERS + GOODBYE)["draft"]
    days.ok(day(4, 9), "send", draft, "--at-once")
    days.comes(day(8, 20), "word " * 40, "the next")  # the week in which New York has changed its clocks
    days.ok(day(9, 8), "sync")
    [first, second_one] = days.exchanges(day(9, 8))
    assert (first["due"], first["over_length"], first["agreement"]) == (at(day(3, 20)), True, 1)
    assert first["late_hours"] == 13
    assert (second_one["due"], second_one["over_length"], second_one["agreement"]) == (at(day(11, 18)), False, 2)
    before = whole(days, day(9, 9), "exchanges", "agreed", "today")
    days.ok(day(9, 9), "rebuild")
    assert whole(days, day(9, 9), "exchanges", "agreed", "today") == before


def test_F23_what_the_next_host_sends_back_is_filed_with_the_letter_that_failed(dovecot: Post) -> None:
    """As it happens, at the true time: nobody but the hosts touches the report."""
    with sending_over(dovecot) as story:
        gone = f"{BOUNCING}@" + story.clients["HERON"].address.partition("@")[2]
        edit_client(story.practice, "HERON", ClientChange(add_addresses=(gone,), write_to=gone))
        name = story.released()
        story.depart()
        failed = story.letter(name)
        sync(story.practice, SyncRequest(full=True))
        [report] = [letter for letter in story.letters() if letter.kind is Kind.BOUNCE]  # perhaps of the same second
        [item] = todays(story.practice).items
        assert (item.matter, item.draft, item.letters) == (Matter.BOUNCE, str(failed.name), (str(report.name),))
