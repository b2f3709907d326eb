"""Agreements, exchanges and kinds on the command line, in the fictional practice."""

import json
import os
from collections.abc import Iterator

import pytest

from tests.support.program import Program, Ran
from therapymail.practice.demo.stage import Stage, staged


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(os.environ) as performance:
        yield performance


@pytest.fixture
def therapymail(stage: Stage) -> Program:
    home = stage.practice.paths.home
    told = {"THERAPYMAIL_HOME": str(home), "THERAPYMAIL_NOW": stage.story.now.isoformat()}
    return Program(home.parent, {**os.environ, **told})


def exchanges(ran: Ran) -> list[tuple[int, list[str], list[str]]]:
    return [(each["number"], each["letters"], each["responses"]) for each in ran.answer["exchanges"]]


# --- agreements ----------------------------------------------------------------------------------------


def test_F04_a_version_is_shown_made_and_taken_back(therapymail: Program) -> None:
    before = exchanges(therapymail.ok("exchange", "list", "LINDEN", "--json"))
    shown = therapymail.ok("agree", "LINDEN", "--words", "300", "--window", "2d@18:00", "--dry-run")
    assert "words   300 instead of 200" in shown.out
    assert "window  2d@18:00 instead of 72h" in shown.out
    assert "Exchanges that have begun keep their terms." in shown.err
    refused = therapymail.run("agree", "LINDEN", "--words", "300")
    assert (refused.code, "nothing was made" in refused.err) == (2, True)
    made = therapymail.ok("agree", "LINDEN", "--words", "300", "--yes", "--json").answer
    assert (made["agreement"]["version"], made["agreement"]["in_force"], made["exchanges"]) == (3, True, [])
    assert made["changes"] == [{"term": "word_limit", "before": "200", "after": "300"}]
    held = therapymail.ok("agree", "LINDEN", "--show", "--json").answer["agreement"]
    assert held["terms"]["word_limit"] == 300
    assert exchanges(therapymail.ok("exchange", "list", "LINDEN", "--json")) == before
    taken = therapymail.ok("agree", "LINDEN", "--withdraw", "3", "--json").answer["agreements"]
    assert [each["withdrawn"] is None for each in taken] == [True, True, False]
    assert therapymail.ok("agree", "LINDEN", "--show", "--json").answer["agreement"]["version"] == 2
    used = therapymail.run("agree", "LINDEN", "--withdraw", "2")
    assert (used.code, "exchange 10 began under it" in used.err) == (2, True)
    assert therapymail.run("agree", "LINDEN", "--withdraw", "9").code == 8


def test_F04_everything_that_is_wrong_is_said_at_once(therapymail: Program) -> None:
    wrong = ("--block", "0", "--client-zone", "Mars/Base", "--window", "soon", "--starts", "someday")
    ran = therapymail.run("agree", "LINDEN", *wrong, "--yes")
    assert ran.code == 2
    for said in ("time zone name", "the block must be 1 to", "the window must look like 48h", "start must be a day"):
        assert said in ran.err
    early = therapymail.run("agree", "LINDEN", "--words", "300", "--starts", "2025-02-01", "--yes")
    assert (early.code, "version 2 starts on 2025-03-11" in early.err) == (2, True)
    same = therapymail.run("agree", "LINDEN", "--words", "200", "--yes")
    assert (same.code, "Version 2 of the agreement with LINDEN says that already" in same.err) == (2, True)
    assert therapymail.run("agree", "LINDEN").code == 2, "no form where nobody can be asked"
    assert len(therapymail.ok("agree", "LINDEN", "--history", "--json").answer["agreements"]) == 3


def test_F04_a_first_agreement_is_shown_whole_before_it_is_made(therapymail: Program) -> None:
    therapymail.ok("client", "add", "WREN", "wren@harbourpost.example", "--name", "W. Wren", "--yes")
    shown = therapymail.ok("agree", "WREN", "--words", "700", "--dry-run")
    assert [line.split()[-1] for line in shown.out.splitlines() if line.startswith(("words ", "window "))] == [
        "48h",
        "700",
    ]
    assert "Nothing was made: it is a dry run." in shown.err


@pytest.mark.parametrize("given", ["[]", "{", '{"word_limit": "many"}', '{"nonsense": 1}', '{"starts": 3}', "\ud800"])
def test_F04_bad_json_is_ordinary_input(therapymail: Program, given: str) -> None:
    ran = therapymail.run("agree", "SLATE", "--from", "-", "--yes", stdin=given.encode("utf-8", "surrogatepass"))
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_F04_a_version_from_json_that_is_still_to_start(therapymail: Program) -> None:
    given = json.dumps({"word_limit": None, "starts": "2025-05-01", "fallback": "ring  Leeds"}).encode()
    made = therapymail.ok("agree", "SLATE", "--from", "-", "--yes", "--json", stdin=given).answer["agreement"]
    assert (made["starts"], made["in_force"], made["terms"]["fallback"]) == (
        "2025-04-30T23:00:00Z",
        False,
        "ring Leeds",
    )
    assert "Version 2 starts on 2025-05-01" in therapymail.ok("agree", "SLATE", "--show").err
    therapymail.ok("agree", "SLATE", "--withdraw", "2")


# --- exchanges and kinds -------------------------------------------------------------------------------


def test_F03_an_exchange_is_split_joined_and_put_back(therapymail: Program, stage: Stage) -> None:
    second = stage.names["linden-w04-letter-b"]
    before = exchanges(therapymail.ok("exchange", "list", "LINDEN", "--json"))
    parted = exchanges(therapymail.ok("exchange", "split", second, "--json"))
    assert len(parted) == len(before) + 1
    assert parted[4][1] == [second]
    assert therapymail.run("exchange", "split", second).code == 2
    again = exchanges(therapymail.ok("exchange", "join", second, "--json"))
    assert again == before
    assert exchanges(therapymail.ok("exchange", "undo", "LINDEN", "--json")) == parted
    assert exchanges(therapymail.ok("exchange", "undo", "LINDEN", "--json")) == before
    nothing = therapymail.run("exchange", "undo", "LINDEN")
    assert (nothing.code, "nothing to take back" in nothing.err) == (8, True)
    response = therapymail.run("exchange", "split", stage.names["linden-w04-response"])
    assert (response.code, "only a client's letter" in response.err) == (2, True)
    assert response.err.startswith(f"{stage.names['linden-w04-response']}: ")


def test_F02_a_kind_is_changed_and_taken_back_and_exchanges_follow(therapymail: Program, stage: Stage) -> None:
    name = stage.names["heron-w03-letter"]
    before = exchanges(therapymail.ok("exchange", "list", "HERON", "--json"))
    changed = therapymail.ok("kind", name, "admin", "--json").answer["letters"][0]
    assert (changed["kind"], changed["exchange"]) == ("admin", None)
    assert len(exchanges(therapymail.ok("exchange", "list", "HERON", "--json"))) == len(before) - 1
    back = therapymail.ok("kind", name, "--undo", "--json").answer["letters"][0]
    assert (back["kind"], back["exchange"]) == ("letter", 3)
    assert exchanges(therapymail.ok("exchange", "list", "HERON", "--json")) == before
    assert therapymail.run("kind", name, "--undo").code == 8
    assert therapymail.run("kind", name).code == 2
    assert therapymail.run("kind", name, "sonnet").code == 2


def test_F03_one_exchange_says_how_both_kept_to_it(therapymail: Program, stage: Stage) -> None:
    (third,) = therapymail.ok("exchange", "show", "HERON", "3", "--json").answer["exchanges"]
    assert (third["late_hours"], third["expected"], third["agreement"]) == (20, "2025-01-21", 1)
    told = therapymail.ok("exchange", "show", "HERON", "3").out
    assert "response 20 hours late" in told
    assert therapymail.run("exchange", "show", "HERON", "99").code == 8
    listed = therapymail.ok("exchange", "list", "SLATE").out
    assert "No letter came on 2025-03-04." in listed
    at_80 = Program(therapymail.directory, {**therapymail.environment, "COLUMNS": "80"})
    said = at_80.ok("exchange", "list", "HERON").out
    assert "Exchange 3: response 20 hours late." in said
    assert max(map(len, said.splitlines())) <= 80
    history = at_80.ok("agree", "LINDEN", "--history").out
    assert "Version 2: over length double instead of flag; updates a week 2 instead of none." in history
    assert (
        f"After closing: {stage.names['heron-w12-after-closing']}." in therapymail.ok("exchange", "list", "HERON").out
    )


def test_F38_a_closing_has_an_ending_and_a_day(therapymail: Program) -> None:
    closed = therapymail.ok("client", "close", "LINDEN", "--ending", "unplanned", "--on", "2025-03-29", "--json")
    client = closed.answer["clients"][0]
    assert (client["status"], client["ending"], client["since"]) == ("closed", "unplanned", "2025-03-30T00:00:00Z")
    assert therapymail.run("client", "close", "LINDEN", "--on", "2025-06-01").code == 2
    resumed = therapymail.ok("client", "resume", "LINDEN", "--json").answer["clients"][0]
    assert (resumed["status"], resumed["ending"]) == ("active", None)
