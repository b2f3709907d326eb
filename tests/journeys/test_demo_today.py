"""F05, F28, F50: where the story ends, on 31 March 2025 at 09:00 UTC, today and the meter say what its plan says.

By hand from the plan: every letter was answered, so no response is owed. HERON's work is closed and SLATE's referred:
no clock runs there. LINDEN's second block of six ended with exchange 12, which was also a review; so no letter is
expected of him. The response of HERON's week 7 bounced and was sent again within the hour; SLATE's letter of week 10,
which came unencrypted, was accepted; sealed mail of one stranger lies on the mail host.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.program import PROGRAM, Program
from therapymail.domain.today import Item, Matter, Section
from therapymail.exports.calendar import due_dates_calendar
from therapymail.practice.demo.stage import Stage
from therapymail.practice.today import todays
from therapymail.practice.work_with import work_with

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def test_F05_today_is_what_the_story_has_left_open(stage: Stage) -> None:
    review_due = datetime(2025, 3, 29, 0, 46, 38, tzinfo=UTC)  # gold: exchange 12 of LINDEN
    assert [_told(item) for item in todays(stage.practice).items] == [
        (Section.REVIEWS, Matter.REVIEW, "LINDEN", 12, 6, review_due, 1),
        (Section.REVIEWS, Matter.BLOCK, "LINDEN", None, 6, None, 0),
        (Section.STRANGERS, Matter.STRANGERS, "", None, None, None, 1),
    ]
    assert todays(stage.practice, days=14).items == todays(stage.practice).items


def _told(item: Item) -> tuple[object, ...]:
    return item.section, item.matter, item.code, item.exchange, item.place, item.at, item.number


def test_F05_weeks_later_nobody_who_is_finished_is_overdue(stage: Stage) -> None:
    later = replace(stage.practice, clock=lambda: stage.story.now + timedelta(weeks=6))
    assert [item.section for item in todays(later).items] == [item.section for item in todays(stage.practice).items]


def test_F05_the_printed_list_is_calm_and_names_each_next_command(stage: Stage) -> None:
    home = stage.practice.paths.home
    told = {"THERAPYMAIL_HOME": str(home), "THERAPYMAIL_NOW": stage.story.now.isoformat()}
    ran = _Visitor(home.parent, {**os.environ, **told}).ok("today")
    assert ran.out == (
        "Monday 31 March, 10:00 (Europe/London)\n"
        "\n"
        "Reviews and blocks\n"
        "  LINDEN: a review was agreed at exchange 12 (6 of 6). `therapymail review LINDEN`\n"
        "  LINDEN: 6 of 6 in the block; it has ended. `therapymail agree LINDEN`\n"
        "\n"
        "From nobody known\n"
        "  1 sealed mail from an unknown sender lies on the mail host, unread. `therapymail client add CODE`\n"
    )


class _Visitor(Program):
    """The program in the practice on stage."""

    def command(self, *arguments: str) -> list[str]:
        return [*PROGRAM, *arguments]


def test_F05_the_calendar_is_for_its_owner_alone_and_names_nobody(stage: Stage, tmp_path: Path) -> None:
    home, file = stage.practice.paths.home, tmp_path / "due.ics"
    told = {"THERAPYMAIL_HOME": str(home), "THERAPYMAIL_NOW": stage.story.now.isoformat()}
    visitor = _Visitor(home.parent, {**os.environ, **told})
    file.write_text("an older one")
    visitor.ok("today", "--ics", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes() == due_dates_calendar(todays(stage.practice).dates, stage.story.now)
    assert list(tmp_path.iterdir()) == [file]
    assert visitor.ok("today", "--ics", "-").out.encode() == file.read_bytes()
    forbidden = [word for client in stage.story.clients for word in (client.code, client.address, *client.name.split())]
    assert not [word for word in forbidden if word.encode().lower() in file.read_bytes().lower()]
    assert b"LINDEN: A review is due" in visitor.ok("today", "--ics", "-", "--codes").out.encode()
    assert visitor.run("today", "--codes").code == 2
    assert visitor.run("today", "--ics", str(tmp_path / "missing" / "due.ics")).code == 3


@pytest.mark.parametrize(
    ("code", "used", "size", "left"), [("HERON", 12, 12, 0), ("LINDEN", 6, 6, 0), ("SLATE", 5, 6, 1)]
)
def test_F50_the_block_says_n_of_m(stage: Stage, code: str, used: int, size: int, left: int) -> None:
    balance = work_with(stage.practice, code).standing.balance
    assert balance is not None
    assert (balance.used, balance.size, balance.left) == (used, size, left)


def test_F28_the_meter_counts_what_the_story_tells(stage: Stage) -> None:
    heron, linden, slate = (work_with(stage.practice, code).meter for code in ("HERON", "LINDEN", "SLATE"))
    ids = {name: mail_id for mail_id, name in stage.names.items()}
    gold = stage.story.gold["clients"]
    assert [each.exchange for each in linden.words if each.over_length] == gold["LINDEN"]["over_length"]
    assert not [each for each in (*heron.words, *slate.words) if each.over_length]
    told = [ids[name] for week in linden.updates for name in week.updates.letters]
    assert len(told) == gold["LINDEN"]["kinds"]["update"]
    assert [week.agreed for week in linden.updates] == [None, None, 2]
    assert stage.names["linden-w11-letter"] in linden.client_hours[23].letters  # Tuesday 23:30 in New York
    shrinking = [each.words.number for each in slate.words[:6]]
    assert shrinking == sorted(shrinking, reverse=True)
