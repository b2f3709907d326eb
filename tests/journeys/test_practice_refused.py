"""What bad input gets, through the program: one sentence, the draft kept, exit code 6 or 2, and nothing is sent."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.support.days import Days, days_over
from tests.support.posts import Post, embedded
from tests.support.practices import Writer, introduce
from tests.support.program import Ran
from therapymail.practice.introduce import verify_client
from therapymail.practice.write import MAX_ENCLOSURE_BYTES

__all__ = ["embedded"]

TEXT = "Good morning,\n\nyour letter stayed with me.\n\nUntil next week,\nOrla\n"
MORNING = 0, 9
WRONG_TERMS = (
    ("--window", "0h"),
    ("--window", "soon"),
    ("--window", "2d@25:00"),
    ("--rhythm", "10d", "--day", "tue"),
    ("--block", "0"),
    ("--block", "6", "--review", "7"),
    ("--words", "-5"),
    ("--words", "none", "--over-length", "double"),
    ("--check-in", "20", "--pause", "10"),
    ("--fallback-after", "3"),
    ("--starts", "someday"),
    ("--client-zone", "Mars/Olympus"),
    ("--own-zone", "../../etc/passwd"),
    ("--own-zone", "europe/london\n"),
)
WRONG_HOLDS = (
    ("--at", "2025-03-02 09:00"),
    ("--at", "2025-03-03T08:59+00:00"),
    ("--at", "yesterday 9:00"),
    ("--at", "today 8:00"),
    ("--at", "0h"),
    ("--at", "-2h"),
    ("--at", "9999-12-31 23:59"),
    ("--hold", "-2h"),
    ("--hold=-2h",),
    ("--hold", "0h"),
    ("--hold", "never"),
    ("--hold", "1h", "--at-once"),
)
SECOND_RECIPIENTS = (
    ("write", "HERON", "LINDEN", "--body-file", "-"),
    ("write", "HERON,LINDEN", "--body-file", "-"),
    *(("write", "HERON", option, "LINDEN", "--body-file", "-") for option in ("--to", "--cc", "--bcc")),
    ("client", "edit", "HERON", "--write-to", "maren@mail.example, tomas@mail.example"),
    ("client", "edit", "HERON", "--write-to", "maren@mail.example\r\nBcc: tomas@mail.example"),
    ("client", "edit", "HERON", "--add-address", "maren@mail.example tomas@mail.example"),
)


@dataclass
class Desk:
    """A practice at which things are asked for that cannot be."""

    days: Days

    def run(self, *words: str, stdin: str = "", day: int = 0) -> Ran:
        return self.days.run(self.days.moment(day, 9), *words, stdin=stdin)

    def draft(self, code: str = "HERON") -> str:
        moment = self.days.moment(*MORNING)
        return str(self.days.ok(moment, "write", code, "--body-file", "-", stdin=TEXT)["draft"])

    def kept(self, draft: str) -> bool:
        """Whether the draft is there as it was written, and nothing is on its way or has come to HERON."""
        moment = self.days.moment(*MORNING)
        shown = self.days.ok(moment, "drafts", "show", draft)
        on_its_way = self.days.ok(moment, "outbox")["outbox"]
        return (shown["text"], shown["state"], on_its_way, self.days.story.arrived()) == (TEXT, "draft", [], [])


@pytest.fixture(scope="module")
def desk(embedded: Post) -> Iterator[Desk]:
    with days_over(embedded) as days:
        yield Desk(days)


@pytest.fixture(scope="module")
def draft(desk: Desk) -> str:
    return desk.draft()


def refused(ran: Ran, code: int, *words: str) -> None:
    """A sentence, with the next step on the same or the next line; nothing on standard output."""
    assert (ran.code, ran.out) == (code, ""), ran
    assert 1 <= len(ran.err.splitlines()) <= 2, ran.err
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err, ran.err


# --- agreements and zones ------------------------------------------------------------------------------


def test_F04_an_impossible_agreement_is_none(desk: Desk) -> None:
    for terms in WRONG_TERMS:
        refused(desk.run("agree", "HERON", *terms, "--yes", "--json"), 2)
    assert desk.days.ok(desk.days.moment(*MORNING), "agree", "HERON", "--history")["agreements"] == []


def test_F54_a_zone_that_is_none_is_not_taken(desk: Desk) -> None:
    for zone in ("Mars/Olympus", "", "UTC+25", "../UTC"):
        refused(desk.run("client", "edit", "HERON", "--zone", zone, "--json"), 2, "zone")
    refused(desk.run("client", "add", "WREN", "w@mail.example", "--name", "W", "--zone", "Mars/Olympus", "--yes"), 2)
    assert [each["zone"] for each in shown(desk, "HERON")] == ["America/New_York"]
    assert desk.run("client", "show", "WREN").code == 8


def shown(desk: Desk, code: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = desk.days.ok(desk.days.moment(*MORNING), "client", "show", code)["clients"]
    return found


# --- keys ----------------------------------------------------------------------------------------------


def ending(desk: Desk, name: str, code: str) -> Writer:
    """A client whose key ends after a day."""
    writers = desk.days.story.writers
    person = writers.add(name, f"{code.lower()}@mail.example")
    a_little_later = replace(writers.gpg, now=desk.days.moment(0, 7))
    for parts in ((), ("*",)):
        assert a_little_later.run(["--quick-set-expire", person.fingerprint, "1d", *parts]).returncode == 0
    return replace(person, certificate=writers.gpg.run(["--export", person.fingerprint]).output)


def test_C2_C24_a_key_that_has_ended_keeps_the_draft(desk: Desk) -> None:
    practice, person = desk.days.story.practice, ending(desk, "E. Rook", "ROOK")
    introduce(practice, "ROOK", person)
    verify_client(practice, "ROOK", person.fingerprint, "in person")
    made = desk.draft("ROOK")
    for words in ((), ("--at-once",), ("--hold", "0"), ("--at", "tomorrow 9:00")):
        refused(desk.run("send", made, *words, day=5), 6, "has expired", "key import")
    assert desk.kept(made)


def test_C2_C24_a_key_that_nobody_confirmed_keeps_the_draft(desk: Desk) -> None:
    introduce(desk.days.story.practice, "FINCH", desk.days.story.writers.add("A. Finch", "finch@mail.example"))
    made = desk.draft("FINCH")
    for words in ((), ("--at-once",), ("--hold", "0")):
        refused(desk.run("send", made, *words), 6, "not yet confirmed", "client verify FINCH")
    assert desk.kept(made)


def test_M06_C27_a_key_that_may_have_changed_keeps_the_draft(desk: Desk, tmp_path: Path) -> None:
    story = desk.days.story
    person = story.writers.add("B. Swift", "swift@mail.example")
    introduce(story.practice, "SWIFT", person)
    verify_client(story.practice, "SWIFT", person.fingerprint, "in person")
    other = tmp_path / "other.asc"
    other.write_bytes(story.writers.add("B. Swift", "swift@mail.example").certificate)
    made = desk.draft("SWIFT")
    assert desk.run("key", "import", str(other), "--client", "SWIFT", "--yes").code in {0, 6}
    for words in ((), ("--at-once",), ("--hold", "0")):
        refused(desk.run("send", made, *words), 6, "another key", "client show SWIFT")
    assert desk.kept(made)


# --- recipients ----------------------------------------------------------------------------------------


def test_F09_S19_there_is_no_second_recipient(desk: Desk, draft: str) -> None:
    before = desk.days.ok(desk.days.moment(*MORNING), "drafts")["drafts"]
    for words in SECOND_RECIPIENTS:
        refused(desk.run(*words, stdin=TEXT), 2)
    assert desk.days.ok(desk.days.moment(*MORNING), "drafts")["drafts"] == before
    (client,) = shown(desk, "HERON")
    assert [client["write_to"], *client["writes_from"]] == [desk.days.story.clients["HERON"].address] * 2
    assert desk.kept(draft)


def test_F09_S12_S19_what_a_text_says_of_recipients_is_only_text(desk: Desk) -> None:
    days, moment = desk.days, desk.days.moment(*MORNING)
    text = "Bcc: other@mail.example\r\nCc: other@mail.example\r\n\r\n" + TEXT
    subject = "weekly\r\nBcc: other@mail.example"
    made = days.ok(moment, "write", "LINDEN", "--subject", subject, "--body-file", "-", stdin=text)["draft"]
    assert days.ok(moment, "send", made, "--at-once")["outbox"][0]["state"] == "sent"
    (raw,) = days.story.arrived("LINDEN")
    outer = raw.partition(b"\r\n\r\n")[0].lower()
    assert b"other@" not in outer
    assert b"bcc" not in outer
    headers = (days.story.opened_by_client(raw).payload or b"").partition(b"\r\n\r\n")[0].lower()
    assert b"\nbcc" not in headers
    assert b"\ncc" not in headers


# --- holds and enclosures ------------------------------------------------------------------------------


def test_F16_a_hold_in_the_past_or_none_at_all_is_no_hold(desk: Desk, draft: str) -> None:
    for words in WRONG_HOLDS:
        refused(desk.run("send", draft, *words, "--json"), 2)
    assert desk.kept(draft)


def test_F30_what_is_too_large_is_not_enclosed(desk: Desk, draft: str, tmp_path: Path) -> None:
    large = tmp_path / "film.mp4"
    with large.open("wb") as file:
        file.truncate(MAX_ENCLOSURE_BYTES + 1)
    before = desk.days.ok(desk.days.moment(*MORNING), "drafts")["drafts"]
    refused(desk.run("drafts", "enclose", draft, str(large)), 2, "25 MB")
    refused(desk.run("write", "HERON", "--body-file", "-", "--enclose", str(large), stdin=TEXT), 2, "25 MB")
    assert desk.days.ok(desk.days.moment(*MORNING), "drafts")["drafts"] == before
    assert desk.kept(draft)
