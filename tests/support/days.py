"""Days in a practice, through the program with a set clock: a therapist in London, HERON in New York."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.mailhost.relay import delivery_report
from tests.support.posts import EmbeddedPost, Post
from tests.support.program import Program, Ran
from tests.support.sending import Sending, sending_over
from tests.support.terminal import Terminal, at_terminal
from therapymail.config import write_settings
from therapymail.domain.checklist import QUESTIONS, CheckItem
from therapymail.practice.clock import SetClock
from therapymail.practice.introduce import ClientChange, edit_client

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
MONDAY = date(2025, 3, 3)  # the past: a mail host dates nothing ahead. New York's clocks change on the Sunday after.
DISCARDED = "slow-0"  # the local part of an address whose mail the next host takes and nobody gets


@dataclass
class Days:
    """A practice on a mail host that began on MONDAY, with every key in it."""

    story: Sending
    program: Program

    def moment(self, day: int, hour: int, minute: int = 0) -> datetime:
        """UTC of that time on the therapist's clock; `day` counts on from MONDAY, over weeks."""
        return datetime.combine(MONDAY + timedelta(days=day), time(hour, minute), LONDON).astimezone(UTC)

    def date(self, day: int) -> str:
        """That day as it is typed."""
        return (MONDAY + timedelta(days=day)).isoformat()

    def run(self, now: datetime, *words: str, stdin: str = "") -> Ran:
        """Run a command at `now`."""
        return self.program.run("--now", _clock(now), *words, stdin=stdin.encode())

    def ok(self, now: datetime, *words: str, stdin: str = "") -> Any:
        """The JSON of a command that has to succeed at `now`."""
        return self.program.ok("--now", _clock(now), *words, "--json", stdin=stdin.encode()).answer

    @contextmanager
    def at_terminal(self, now: datetime, *words: str) -> Iterator[Terminal]:
        """A command with a person at the terminal."""
        with at_terminal(self.program.command("--now", _clock(now), *words), self.program.environment) as terminal:
            yield terminal

    def comes(self, when: datetime, text: str, subject: str = "this week", code: str = "HERON") -> None:
        """A letter of the client's comes to the mail host."""
        raw = self.story.writers.letter(self.story.clients[code], text, subject=subject, written=when)
        self.story.post.append(self.story.user, "INBOX", raw, when)

    def bounces(self, when: datetime, recipient: str) -> None:
        """The next host sends a report back about the mail that left last."""
        self.story.post.append(self.story.user, "INBOX", delivery_report(recipient, self.story.in_sent()[-1]), when)

    def items(self, now: datetime, code: str = "HERON") -> list[dict[str, Any]]:
        """What `today` says of the client at `now`."""
        return [item for item in self.ok(now, "today")["items"] if item["client"] == code]

    def exchanges(self, now: datetime) -> list[dict[str, Any]]:
        """HERON's exchanges."""
        found: list[dict[str, Any]] = self.ok(now, "exchange", "list", "HERON")["exchanges"]
        return found

    def read_again_and_released(self, now: datetime, draft: str, **answers: str) -> None:
        """The second reading at a terminal: the checklist is answered (yes, or as `answers` say), and it leaves."""
        with self.at_terminal(now, "outbox", "release", draft) as terminal:
            terminal.answer(*((question, answers.get(item, "y")) for item, question in QUESTIONS.items()))
            terminal.expect("Let it go to HERON?")
            terminal.type("y")
            terminal.expect("has left for HERON")
            assert terminal.wait() == 0, terminal.shown


def all_yes(**but: bool) -> dict[str, bool]:
    """The answers of a checklist that was gone through."""
    return {item.value: but.get(item.value, True) for item in CheckItem}


@contextmanager
def days_over(post: Post) -> Iterator[Days]:
    """A practice on fresh mailboxes of `post` whose program may be told what time it is."""
    with sending_over(post, datetime.combine(MONDAY, time(6), LONDON)) as story:
        settings = replace(story.practice.settings, demo=True, zone=str(LONDON), undo_seconds=1.0)
        write_settings(story.practice.paths.config, settings)
        edit_client(story.practice, "HERON", ClientChange(zone=str(NEW_YORK)))
        home = story.practice.paths.home.parent
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
        if isinstance(post, EmbeddedPost):
            post.office.hand_out([nowhere(story)], lambda _address, _raw: None)
        yield Days(story, Program(home, environment))


def nowhere(story: Sending) -> str:
    """An address of HERON's that the mail host takes mail for and at which nothing arrives."""
    return f"{DISCARDED}@{story.clients['HERON'].address.partition('@')[2]}"


def _clock(now: datetime) -> str:
    return str(SetClock.going_on_from(now))
