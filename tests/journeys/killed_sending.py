"""Many letters sent by processes that are killed, over a network that is cut, at random points; then all are counted.

python -m tests.journeys.killed_sending --letters 500 --seed 1
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.failing_proxy import FailingProxy
from tests.support.mailhost import MailHost
from tests.support.posts import DovecotPost
from tests.support.sending import CODES, Sending, sending_over
from therapymail.domain.draft import DraftName
from therapymail.domain.outbox import OutboxEntry, OutboxState
from therapymail.practice import outbox
from therapymail.practice.receive import SyncRequest, sync
from therapymail.practice.settle import NOT_SENT, SENT, settle
from therapymail.vault import journal

MARK = "xqmarked"
_STEPS_A_LETTER = 45
_BYTES_A_LETTER = {"client": 6_000, "server": 900}
_NUMBER = re.compile(rb"letter number (\d+) ")
_RUN_SECONDS = 120


@dataclass
class Story:
    """The runs so far: how each ended, and what was uncertain."""

    sending: Sending
    dice: random.Random
    smtp: FailingProxy
    imap: FailingProxy
    drafts: dict[int, DraftName]
    ends: Counter[str] = field(default_factory=Counter)
    uncertain: dict[DraftName, bool] = field(default_factory=dict)  # whether it had arrived
    hours: int = 0

    def run(self, kind: str) -> None:
        """One process that departs, and meets its end as `kind` says."""
        most = self.dice.randint(1, 5)
        step = self.dice.randint(1, most * _STEPS_A_LETTER) if kind == "killed at a step" else 0
        self.depart(kind, most, step)

    def depart(self, kind: str, most: int, step: int) -> int:
        """One process that sends at most so many letters, and dies at the step, if any; its exit code."""
        self.hours += 3  # every wait is over
        command = [sys.executable, "-m", "tests.journeys.sending_child", str(self.sending.practice.paths.home)]
        for name, value in (("step", step), ("most", most), ("hours", self.hours)):
            command += [f"--{name}", str(value)]
        command += ["--smtp", str(self.smtp.settings.port), "--imap", str(self.imap.settings.port)]
        environment = {**os.environ, "XDG_RUNTIME_DIR": ""}
        child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self._endanger(kind, most, child)
        _, said = child.communicate(timeout=_RUN_SECONDS)
        failed = self.smtp.failed or self.imap.failed
        self.smtp.heal()
        self.imap.heal()
        if child.returncode not in {0, -signal.SIGKILL}:
            raise AssertionError(said.decode("utf-8", "replace"))
        self.ends[kind if child.returncode or failed else "ended by itself"] += 1
        return child.returncode

    def _endanger(self, kind: str, most: int, child: "subprocess.Popen[bytes]") -> None:
        proxy = self.dice.choice([self.smtp, self.smtp, self.smtp, self.imap])
        speaker = "server" if kind.endswith("answered") else "client"
        at = self.dice.randint(1, most * _BYTES_A_LETTER[speaker])
        if kind.startswith("cut"):
            proxy.fail_after(at, speaker)
        elif kind.startswith("killed at a byte"):
            proxy.fail_after(at, speaker, child.kill)
        elif kind == "killed at a time":
            time.sleep(self.dice.uniform(0.4, 3.0))
            child.kill()

    def arrived_unsaid(self) -> list[DraftName]:
        """Letters that are at their client's although the outbox says that they have surely not left."""
        unsaid = self.entries(OutboxState.RELEASED, OutboxState.OFFERING)
        mails = {code: b"".join(self.sending.arrived(code)) for code in {entry.code for entry in unsaid}}
        return [entry.draft for entry in unsaid if entry.message_id and entry.message_id.encode() in mails[entry.code]]

    def entries(self, *states: OutboxState) -> list[OutboxEntry]:
        """The entries of the outbox in one of `states`."""
        return [entry for entry in outbox.list_outbox(self.sending.practice) if entry.state in states]


KINDS = (
    "killed at a step",
    "killed at a step",
    "killed at a byte sent",
    "killed at a byte answered",
    "cut at a byte sent",
    "cut at a byte answered",
    "killed at a time",
)


@dataclass(frozen=True)
class Outcome:
    """What was counted in the end: of each letter, at its client's and in Sent."""

    letters: int
    seconds: float
    ends: Counter[str]
    arrived: Counter[int]
    copies: Counter[bytes]
    on_record: int
    uncertain_arrived: int
    uncertain_lost: int
    in_clear: int
    problems: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether each letter arrived exactly once, none in clear, and the record and Sent say the same."""
        return (
            self.arrived == Counter(range(self.letters))
            and self.in_clear == 0
            and self.on_record == self.letters
            and len(self.copies) == self.letters
            and set(self.copies.values()) == {1}
            and not self.problems
        )

    def table(self) -> str:
        """The figures, a line each."""
        once = sum(1 for count in self.arrived.values() if count == 1)
        rows = [
            ("letters", self.letters),
            ("arrived once", once),
            ("arrived twice or more", len(self.arrived) - once),
            ("did not arrive", self.letters - len(self.arrived)),
            ("marked words in clear at the mail host", self.in_clear),
            ("on the record as sent", self.on_record),
            ("copies in Sent (one each)", sum(self.copies.values())),
            ("uncertain, had arrived", self.uncertain_arrived),
            ("uncertain, had not", self.uncertain_lost),
            *sorted(self.ends.items()),
            ("seconds", round(self.seconds)),
        ]
        return "\n".join(f"{name:<42}{value:>7}" for name, value in rows)


def tell_story(letters: int, seed: int, *, look_each_time: bool = False) -> Outcome:
    """Send `letters` through a mail host of its own, kill and cut as the dice fall, settle what is uncertain, count.

    `look_each_time`: after each run, that nothing has arrived of which the outbox says that it surely has not left.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        story, host = opened(stack, letters, seed)
        while story.entries(OutboxState.RELEASED, OutboxState.OFFERING, OutboxState.OFFERED):
            story.run(story.dice.choice(KINDS))
            assert not look_each_time or not story.arrived_unsaid()
            settle_all(story)
        return counted(story, host, letters, began)


def opened(stack: ExitStack, letters: int, seed: int) -> tuple[Story, MailHost]:
    """A mail host, and a practice on it with so many letters that are to leave; all gone at the end of `stack`."""
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mh-")))
    host = MailHost(directory / "host")
    stack.callback(host.stop, wipe=True)
    return _prepared(stack, DovecotPost(host), letters, random.Random(seed)), host


def _prepared(stack: ExitStack, post: DovecotPost, letters: int, dice: random.Random) -> Story:
    sending = stack.enter_context(sending_over(post))
    settings = sending.practice.settings
    assert settings.smtp is not None
    assert settings.imap is not None
    smtp, imap = (stack.enter_context(FailingProxy(host)) for host in (settings.smtp, settings.imap))
    sending.using(smtp=smtp.settings, imap=imap.settings)  # so that the passwords are known for them
    drafts = {}
    for number in range(letters):
        text = f"Dear you,\n\nthis is letter number {number} to you, {MARK}.\n" + "More words. " * dice.randint(0, 400)
        drafts[number] = sending.released(CODES[number % len(CODES)], text, f"{MARK} {number}")
    return Story(sending, dice, smtp, imap, drafts)


def settle_all(story: Story) -> None:
    """Settle what is uncertain as a therapist does: look in Sent, else ask the client; send again what did not come."""
    practice = story.sending.practice
    for entry in story.entries(OutboxState.UNCERTAIN):
        if settle(practice, entry.draft).state is not OutboxState.UNCERTAIN:
            continue
        came = any(entry.message_id.encode() in mail for mail in story.sending.arrived(entry.code))
        story.uncertain[entry.draft] = came
        settle(practice, entry.draft, SENT if came else NOT_SENT)
    for entry in story.entries(OutboxState.FAILED):
        outbox.retry(practice, entry.draft)


def counted(story: Story, host: MailHost, letters: int, began: float) -> Outcome:
    """A last sync, and then what there is of each letter."""
    sending = story.sending
    sync(sending.practice, SyncRequest())
    arrived: Counter[int] = Counter()
    for code in CODES:
        for mail in sending.arrived(code):
            found = _NUMBER.search(sending.opened_by_client(mail).payload or b"")
            arrived[int(found[1]) if found else -1] += 1
    with sending.practice.vault() as vault, vault.reading() as reader:
        problems = journal.verify(reader).problems
    facts = host.facts()
    assert facts is not None
    files = [path for path in Path(facts.data).rglob("*") if path.is_file()]
    came = list(story.uncertain.values())
    return Outcome(
        letters=letters,
        seconds=time.monotonic() - began,
        ends=story.ends,
        arrived=arrived,
        copies=Counter(sending.in_sent()),
        on_record=len(sending.letters()),
        uncertain_arrived=sum(came),
        uncertain_lost=len(came) - sum(came),
        in_clear=sum(MARK.encode() in path.read_bytes() for path in files),
        problems=tuple(str(problem) for problem in problems),
    )


def main() -> int:
    """Tell the story once and print its figures; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.killed_sending", description=__doc__)
    parser.add_argument("--letters", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    outcome = tell_story(asked.letters, asked.seed)
    sys.stdout.write(outcome.table() + "\n" + ("all is right\n" if outcome.is_right else "SOMETHING IS WRONG\n"))
    return 0 if outcome.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
