"""`letterbook`, `read` and `images` as a person and a script use them; what is shown on a terminal counts as read."""

import os
import re
from collections.abc import Iterator

import pytest

from tests.cli.test_output import steers
from tests.support.program import Program
from tests.support.shelf import Shelf, a_shelf
from tests.support.terminal import at_terminal
from therapymail.domain.client import Client
from therapymail.vault import rereads

HOSTILE = "\x1b[2J\x1b]0;title\x07[bold]markup[/]\u202eover\x00null\x9b31m" + "word" * 20 + "\n" + "m" * 300_000


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    with a_shelf() as made:
        yield made


@pytest.fixture(scope="module")
def therapymail(shelf: Shelf) -> Program:
    return Program(shelf.practice.paths.home.parent, dict(os.environ))


@pytest.fixture
def heron(shelf: Shelf) -> Client:
    """A client of this test's own, with two exchanges of long ago."""
    client = shelf.new_client()
    shelf.file(client, 0, "Dear Orla,", "> You wrote of a door.", "and I answer it [sighs]. An unlit room.")
    shelf.file(client, 2, "Dear Maren, a room.", out=True)
    shelf.file(client, 7, "The second letter, of doors.")
    return client


def read_again(shelf: Shelf, client: Client) -> list[str]:
    """The letters that were read again today, by number."""
    with shelf.practice.vault() as vault, vault.reading() as reader:
        rows = reader.rows("SELECT digest, number FROM letter WHERE client = ? ORDER BY number", (client.identity,))
        return [str(number) for digest, number in rows if rereads.rereads_of(reader, digest)]


def test_F15_on_a_terminal_the_letterbook_stops_after_each_mail_and_what_was_shown_counts(
    shelf: Shelf, therapymail: Program, heron: Client
) -> None:
    with at_terminal(therapymail.command("letterbook", heron.code), dict(os.environ)) as terminal:
        shown = terminal.expect(f"Next: {heron.code}-2, response, 4 words. Enter goes on, q stops")
        assert "─ Exchange 1 ─" in shown
        assert "│ │ > You wrote of a door." in shown
        assert "Cues      sighs (action)" in shown
        assert re.search(r"Received {2}Tuesday 7 January 2025, 10:00, \d+ (weeks|years) ago", shown)
        terminal.type("")
        terminal.expect("│ Dear Maren, a room.")
        terminal.expect("(Exchange 2)")
        terminal.type("q")
        assert terminal.wait() == 0
    assert read_again(shelf, heron) == ["1", "2"]


def test_F15_what_runs_by_on_a_terminal_unasked_was_read_by_nobody(
    shelf: Shelf, therapymail: Program, heron: Client
) -> None:
    unasked = ("sh", "-c", '"$@" < /dev/null', "sh", *therapymail.command("letterbook", heron.code))
    with at_terminal(unasked, dict(os.environ)) as terminal:
        terminal.expect("The second letter, of doors.")
        assert terminal.wait() == 0
    assert read_again(shelf, heron) == []


def test_F15_what_is_piped_or_asked_for_by_a_script_records_nothing(
    shelf: Shelf, therapymail: Program, heron: Client
) -> None:
    piped = therapymail.ok("--plain", "letterbook", heron.code)
    book = therapymail.ok("letterbook", heron.code, "--json").answer
    letter = therapymail.ok("read", f"{heron.code}-1", "--json").answer
    part = therapymail.ok("letterbook", heron.code, "--from", f"{heron.code}-2", "--limit", "1", "--json").answer

    assert read_again(shelf, heron) == []
    assert [line for line in piped.out.splitlines() if "Exchange" in line] == [
        f"-- Exchange {number} {'-' * (80 - len(f'-- Exchange {number} '))}" for number in (1, 2)
    ]
    assert [mail["letter"] for chapter in book["chapters"] for mail in chapter["mails"]] == [
        f"{heron.code}-{number}" for number in (1, 2, 3)
    ]
    assert [piece["quoted"] for piece in letter["in_order"]] == [False, True, False]
    assert (letter["first_read"], letter["rereads"]) == (None, [])
    assert (part["before"], part["after"], part["total"]) == (1, 1, 3)


def test_F15_reading_a_past_letter_counts_once_a_day_and_is_told_the_next_time(
    shelf: Shelf, therapymail: Program, heron: Client
) -> None:
    first, second = (therapymail.ok("read", f"{heron.code}-1").out for _ in range(2))

    assert "Re-read" not in first
    assert "Re-read   once, today" in second
    assert read_again(shelf, heron) == ["1"]
    missing = therapymail.ok("letterbook", heron.code, "--not-reread", "--json").answer["not_reread"]
    assert [each["letter"] for each in missing["to_reread"]] == [f"{heron.code}-2", f"{heron.code}-3"]
    assert (missing["day"], missing["review"], missing["past"]) == (None, None, 3)
    listed = therapymail.ok("letterbook", heron.code, "--not-reread", "--since", "2199-01-01")
    assert [line.split()[0] for line in listed.out.splitlines()][1:] == [f"{heron.code}-{n}" for n in (1, 2, 3)]


def test_F48_images_are_kept_found_and_forgotten(therapymail: Program, heron: Client) -> None:
    kept = therapymail.ok("images", heron.code, "door", "--keep", "--also", "unlit room", "--json").answer["images"]
    assert [(each["letter"], each["exchange"]) for each in kept[0]["said_in"]] == [
        (f"{heron.code}-1", 1),  # by its variant: the door stands in a quotation
        (f"{heron.code}-3", 2),
    ]
    assert f"{heron.code}-3" in therapymail.ok("images", heron.code).out
    assert "door, also unlit room: 2 letters" in therapymail.ok("images", heron.code, "door").out
    therapymail.ok("images", heron.code, "Door", "--forget")
    assert therapymail.ok("images", heron.code, "--json").answer["images"] == []
    for wrong in (("--keep",), ("door", "--keep", "--forget"), ("nothere", "--forget")):
        assert therapymail.run("images", heron.code, *wrong).code == 2


def test_what_cannot_be_shown_is_said(therapymail: Program, heron: Client) -> None:
    code = heron.code
    for words, exit_code in (
        (("--exchange", "9"), 8),
        (("--from", f"{code}-99"), 2),
        (("--from", "nonsense"), 2),
        (("--since", "2025-01-01"), 2),
        (("--not-reread", "--since", "yesterday"), 2),
        (("--not-reread", "--exchange", "1"), 2),
        (("--not-reread", "--limit", "3"), 2),
    ):
        ran = therapymail.run("letterbook", code, *words)
        assert (ran.code, ran.out) == (exit_code, ""), (words, ran)
    assert therapymail.run("letterbook", "NOBODY").code == 8


def test_S8_S9_hostile_letters_are_shown_harmless(shelf: Shelf, therapymail: Program) -> None:
    client = shelf.new_client()
    shelf.file(client, 0, HOSTILE, f"> {HOSTILE}", "[sighs \x1b[31m red] 房间 unlit room", subject=HOSTILE[:80])

    told = therapymail.ok("letterbook", client.code).out
    images = therapymail.ok("images", client.code, "unlit room").out

    for printed in (told, images):
        assert not steers(printed)
    ours = [line for line in told.splitlines() if not line.startswith("│")]
    assert not any("markup" in line for line in ours if not line.startswith("Subject"))
