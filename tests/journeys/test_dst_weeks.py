"""F05, F54: the weeks in which clocks change, on a mail host: letters come by mail, and today says when each is due.

New York changed on 9 March 2025 and London on 30 March. The therapist is in London; HERON lives there, LINDEN in New
York. Windows in local days end on the therapist's clock, letter days on the client's.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.support.posts import PASSWORD, Post, dovecot, embedded
from tests.support.practices import Writer, Writers, introduce, practice_in, short_directory, writers_to
from tests.support.program import Program
from tests.vault.builders import filing
from therapymail.config import write_settings
from therapymail.domain.agreement import Window, default_terms
from therapymail.domain.kinds import Direction, Kind
from therapymail.domain.today import Item, Section
from therapymail.practice.introduce import ClientChange, edit_client
from therapymail.practice.practice import Practice
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.today import todays
from therapymail.vault import agreements, clients, exchanges
from therapymail.vault.filing import file_letters

__all__ = ["dovecot", "embedded"]

START = datetime(2025, 2, 25, tzinfo=UTC)
_ZONES = {"HERON": "Europe/London", "LINDEN": "America/New_York"}


@dataclass
class Weeks:
    """A practice in London on a mail host, and two clients who write to it."""

    practice: Practice
    post: Post
    user: str
    writers: Writers
    people: dict[str, Writer]

    def letter(self, code: str, received: datetime) -> None:
        """A letter of the client's comes."""
        raw = self.writers.letter(self.people[code], f"A letter of {received:%d %B}.", written=received)
        self.post.append(self.user, "INBOX", raw, received)

    def response(self, code: str, sent: datetime) -> None:
        """The therapist's response is on the record."""
        with self.practice.vault() as vault, vault.writing() as writer:
            client = clients.client_by_code(writer, code)
            number = len(code) + sent.day  # told apart by it
            ours = filing(number, client, direction=Direction.OUT, kind=Kind.RESPONSE, received=sent, in_reply_to=())
            file_letters(writer, [ours], sent)

    def sync(self) -> None:
        """Bring in what there is."""
        sync(self.practice, SyncRequest())

    def at(self, moment: datetime) -> tuple[Item, ...]:
        """Today at that moment."""
        return todays(replace(self.practice, clock=lambda: moment)).items


@pytest.fixture(params=["dovecot", "embedded"])
def post(request: pytest.FixtureRequest) -> Post:
    host: Post = request.getfixturevalue(request.param)
    return host


@pytest.fixture
def weeks(post: Post) -> Iterator[Weeks]:
    user = post.new_user()
    with (
        short_directory() as directory,
        practice_in(directory, post.imap(user), PASSWORD) as made,
        writers_to(made, directory) as writers,
    ):
        practice = replace(made, settings=replace(made.settings, zone="Europe/London"))
        write_settings(practice.paths.config, practice.settings)
        people = {}
        for code, zone in _ZONES.items():
            people[code] = writers.add(f"{code} Person", f"{code.lower()}@client.example")
            introduce(practice, code, people[code])
            edit_client(practice, code, ClientChange(zone=zone))
            _agree(practice, code, zone)
        yield Weeks(practice, post, user, writers, people)


def _agree(practice: Practice, code: str, zone: str) -> None:
    by_six = Window(local_days=2, by=time(18))
    terms = replace(default_terms(zone, "Europe/London"), letter_day=1, window=by_six)
    with practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, code)
        agreements.make_agreement(writer, client.identity, terms, START, datetime.now(UTC))


def test_F54_a_window_ends_at_six_on_the_therapists_clock_on_either_side_of_the_change(weeks: Weeks) -> None:
    # Two letters on the Friday evening before London's change: due on Sunday at 18:00 summer time, 17:00 UTC.
    weeks.letter("HERON", datetime(2025, 3, 28, 19, 30, tzinfo=UTC))
    weeks.letter("LINDEN", datetime(2025, 3, 28, 23, 59, 30, tzinfo=UTC))
    weeks.sync()
    due = datetime(2025, 3, 30, 17, tzinfo=UTC)
    found = weeks.at(datetime(2025, 3, 29, 20, tzinfo=UTC))
    assert [(item.code, item.section, item.at) for item in found] == [
        ("HERON", Section.WITHIN_THE_DAY, due),
        ("LINDEN", Section.WITHIN_THE_DAY, due),
    ]
    assert {item.section for item in weeks.at(due)} == {Section.WITHIN_THE_DAY}
    assert {item.section for item in weeks.at(due + timedelta(seconds=1))} == {Section.LATE}
    program = Program(weeks.practice.paths.home.parent, {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
    said = program.ok("today").out
    assert "HERON: the response of exchange 1 was due Sunday 30 March, 18:00, " in said
    assert "LINDEN: the response of exchange 1 was due Sunday 30 March, 18:00 (13:00 in New York), " in said
    assert said.isascii()


def test_F54_while_only_new_york_has_changed_a_due_hour_is_told_in_both_clocks_as_they_stand(weeks: Weeks) -> None:
    # The Friday before New York's change: due on Sunday at 18:00 in London, 14:00 there, four hours and not five.
    weeks.letter("LINDEN", datetime(2025, 3, 7, 20, tzinfo=UTC))
    weeks.sync()
    [item] = [item for item in weeks.at(datetime(2025, 3, 8, 20, tzinfo=UTC)) if item.code == "LINDEN"]
    assert (item.section, item.at) == (Section.WITHIN_THE_DAY, datetime(2025, 3, 9, 18, tzinfo=UTC))
    program = Program(weeks.practice.paths.home.parent, {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
    assert "was due Sunday 9 March, 18:00 (14:00 in New York), " in program.ok("today").out


def test_F54_a_therapist_in_new_york_has_the_hour_of_their_own_clock_across_its_change(weeks: Weeks) -> None:
    by_six = Window(local_days=2, by=time(18))
    terms = replace(default_terms("Europe/London", "America/New_York"), letter_day=1, window=by_six)
    with weeks.practice.vault() as vault, vault.writing() as writer:
        client = clients.client_by_code(writer, "HERON")
        agreements.make_agreement(writer, client.identity, terms, START + timedelta(days=1), datetime.now(UTC))
    weeks.letter("HERON", datetime(2025, 3, 8, 2, tzinfo=UTC))  # Saturday in London, Friday evening in New York
    weeks.sync()
    due = datetime(2025, 3, 9, 22, tzinfo=UTC)  # Sunday 18:00 in summer time; on Friday it was still an hour later
    for now, section in ((due, Section.WITHIN_THE_DAY), (due + timedelta(seconds=1), Section.LATE)):
        [item] = [item for item in weeks.at(now) if item.code == "HERON"]
        assert (item.section, item.at) == (section, due)


def test_F54_a_letter_just_after_midnight_in_london_is_of_the_next_day_there(weeks: Weeks) -> None:
    # 00:30 on Saturday in London, still Friday evening in New York; the window is of the therapist's days.
    weeks.letter("LINDEN", datetime(2025, 3, 29, 0, 30, tzinfo=UTC))
    weeks.sync()
    [item] = [item for item in weeks.at(datetime(2025, 3, 29, 1, tzinfo=UTC)) if item.code == "LINDEN"]
    assert item.at == datetime(2025, 3, 31, 17, tzinfo=UTC)


def test_F54_a_letter_at_half_past_eleven_on_tuesday_in_new_york_is_in_time(weeks: Weeks) -> None:
    # 23:30 on Tuesday 11 March in New York, two days after its change, is 03:30 on Wednesday in UTC and London.
    weeks.letter("LINDEN", datetime(2025, 3, 4, 20, tzinfo=UTC))
    weeks.sync()
    weeks.response("LINDEN", datetime(2025, 3, 5, 12, tzinfo=UTC))
    tuesday_night = datetime(2025, 3, 12, 3, 30, tzinfo=UTC)
    weeks.letter("LINDEN", tuesday_night)
    weeks.sync()
    with weeks.practice.vault() as vault, vault.reading() as reader:
        client = clients.client_by_code(reader, "LINDEN")
        second = exchanges.course_of(reader, client.identity).exchanges[1]
    assert (second.expected, second.client_days_late) == (date(2025, 3, 11), 0)
    assert second.due == datetime(2025, 3, 14, 18, tzinfo=UTC)  # Wednesday in London, and two days to 18:00 there


def test_F05_the_letter_day_ends_where_each_client_lives(weeks: Weeks) -> None:
    for code in _ZONES:
        weeks.letter(code, datetime(2025, 3, 4, 20, tzinfo=UTC))
    weeks.sync()
    for code in _ZONES:
        weeks.response(code, datetime(2025, 3, 5, 12, tzinfo=UTC))
    heron, linden = datetime(2025, 3, 12, 0, tzinfo=UTC), datetime(2025, 3, 12, 4, tzinfo=UTC)
    assert weeks.at(heron - timedelta(seconds=1)) == ()
    assert [(item.code, item.at) for item in weeks.at(heron + timedelta(seconds=1))] == [("HERON", heron)]
    both = weeks.at(linden + timedelta(seconds=1))
    assert [(item.section, item.code, item.at) for item in both] == [
        (Section.LETTER_OVERDUE, "HERON", heron),
        (Section.LETTER_OVERDUE, "LINDEN", linden),
    ]
