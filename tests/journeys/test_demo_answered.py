"""F43: in the demo a visitor writes to a fictional client, who opens the letter with their own key and writes back."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.program import PROGRAM, Program
from tests.support.terminal import at_terminal
from therapymail.domain.checklist import QUESTIONS
from therapymail.practice.demo.reading import Finding
from therapymail.practice.demo.stage import Stage, staged


class Visitor(Program):
    """The program as it runs in the demo's shell: other processes, a clock that goes on."""

    def command(self, *arguments: str) -> list[str]:
        return [*PROGRAM, *arguments]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(os.environ) as performance:
        performance.clients._seconds = 1.2  # IMAP counts in whole seconds: the answer has to come in a later one
        yield performance


@pytest.fixture(scope="module")
def therapymail(stage: Stage) -> Program:
    home = stage.practice.paths.home
    told = {"THERAPYMAIL_HOME": str(home), "THERAPYMAIL_NOW": str(stage.clock)}
    return Visitor(home.parent, {**os.environ, **told})


def written_back(stage: Stage, therapymail: Program, code: str) -> dict[str, Any]:
    """The client's next letter, as soon as a sync brings it."""
    end = time.monotonic() + 30
    while therapymail.ok("sync", "--json").answer["opened"] == 0:
        assert time.monotonic() < end, stage.clients.received
    newest = therapymail.ok("letters", code, "--limit", "1", "--json").answer["letters"][0]
    answer: dict[str, Any] = therapymail.ok("read", newest["id"], "--json").answer
    return answer


def send(therapymail: Program, draft: str) -> dict[str, Any]:
    [entry] = therapymail.ok("send", draft, "--at-once", "--json").answer["outbox"]
    assert entry["state"] == "sent"
    found: dict[str, Any] = entry
    return found


@pytest.mark.parametrize(("code", "mail_id"), [("LINDEN", "linden-w12-letter")])
def test_F43_a_client_who_is_answered_writes_back(stage: Stage, therapymail: Program, code: str, mail_id: str) -> None:
    body = b"Dear you,\n\n[smiling] Thank you for this.\n\nWarmly,\nOrla\n"
    draft = therapymail.ok("reply", stage.names[mail_id], "--body-file", "-", "--json", stdin=body).answer["draft"]
    sent = send(therapymail, draft)
    answer = written_back(stage, therapymail, code)
    assert [one.finding for one in stage.clients.received if one.code == code] == [Finding.SEALED]
    assert answer["verdict"]["signature"] == "verified"
    assert answer["verdict"]["encrypted"] == "sealed"
    assert answer["accepted"] is True
    assert answer["direction"] == "in"
    assert answer["text"].split() == stage.story.answers[code][0].split()
    assert answer["subject"] == "Re: " + stage.story.mail(mail_id).subject.removeprefix("Re: ")
    assert answer["received"] >= sent["sent"]
    assert answer["received"].startswith("2025-03-31T09:")


def test_F43_a_second_letter_gets_another_answer(stage: Stage, therapymail: Program) -> None:
    texts = []
    for _ in range(2):
        written = therapymail.ok(
            "write", "LINDEN", "--body-file", "-", "--json", stdin=b"Dear Tomas,\n\nA word.\n\nOrla\n"
        )
        send(therapymail, written.answer["draft"])
        texts.append(written_back(stage, therapymail, "LINDEN")["text"].split())
    assert texts == [
        text.split() for text in stage.story.answers["LINDEN"][1:3]
    ]  # the first answered the letter before


def test_F16_hold_release_and_undo_go_with_the_demos_clock(stage: Stage, therapymail: Program) -> None:
    """Held, released early with a reason, the seconds to take it back counted down: none of it stands still."""
    draft = therapymail.ok("write", "LINDEN", "--body-file", "-", "--json", stdin=b"Dear Tomas,\n\nHm.\n").answer[
        "draft"
    ]
    [held] = therapymail.ok("send", draft, "--json").answer["outbox"]
    assert (held["state"], held["leaves_at"][:11]) == ("held", "2025-04-01T")
    command = therapymail.command("outbox", "release", draft, "--early", "a visit")
    with at_terminal(command, therapymail.environment) as terminal:
        for question in QUESTIONS.values():
            terminal.expect(question)
            terminal.type("")
        terminal.expect("[y/N]")
        terminal.type("y")
        assert terminal.wait(60) == 0
    assert therapymail.ok("outbox", "show", draft, "--json").answer["outbox"][0]["state"] == "sent"
    assert written_back(stage, therapymail, "LINDEN")["verdict"]["signature"] == "verified"
