"""Exports at the command line: asked before letters lie there in clear, words looked over, and nothing left halfway."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import typer.main

from tests.support.exporting import Shelf, shelf
from tests.support.program import PROGRAM, Program
from tests.support.terminal import at_terminal
from therapymail.cli.app import build
from therapymail.cli.export_options import complete_form, complete_own


class Visitor(Program):
    """The program in the practice of the shelf."""

    def command(self, *arguments: str) -> list[str]:
        return [*PROGRAM, *arguments]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shelf]:
    with shelf() as made:
        yield made


@pytest.fixture(scope="module")
def therapymail(shop: Shelf) -> Program:
    home = shop.practice.paths.home
    kept = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    return Visitor(home.parent, {**kept, "THERAPYMAIL_HOME": str(home)})


def test_letters_in_clear_are_agreed_to_first(therapymail: Program, tmp_path: Path) -> None:
    file = tmp_path / "heron.html"
    refused = therapymail.run("export", "letterbook", "HERON", "--file", str(file))
    assert (refused.code, refused.out) == (2, "")
    assert "2 letters would lie there in clear" in refused.err
    assert not file.exists()
    answer = therapymail.ok("export", "letterbook", "HERON", "--file", str(file), "--yes", "--json").answer
    assert (answer["export"], answer["as"], answer["letters"], answer["in_clear"]) == ("letterbook", "html", 2, 2)
    assert (stat.S_IMODE(file.stat().st_mode), file.stat().st_size) == (0o600, answer["size"])
    again = therapymail.run("export", "letterbook", "HERON", "--file", str(file), "--yes")
    assert again.code == 3
    assert "`--overwrite` replaces it" in again.err
    sealed = therapymail.run("export", "letterbook", "LINDEN", "--to-client", "--file", str(tmp_path / "l.gpg"))
    assert sealed.code == 6
    assert "not yet confirmed" in sealed.err
    assert [each.name for each in tmp_path.iterdir()] == ["heron.html"]


def test_a_timeline_without_letters_is_agreed_to_like_them(therapymail: Program, tmp_path: Path) -> None:
    refused = therapymail.run("export", "timeline", "HERON", "--file", str(tmp_path / "heron.md"))
    assert refused.code == 2
    assert "the timeline would lie there in clear" in refused.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["heron.html.gpg", "heron.ASC"])
def test_what_is_in_clear_gets_no_name_that_says_it_is_sealed(therapymail: Program, tmp_path: Path, name: str) -> None:
    refused = therapymail.run("export", "letterbook", "HERON", "--file", str(tmp_path / name), "--yes")
    assert (refused.code, refused.out) == (2, "")
    assert "give --to" in refused.err
    assert list(tmp_path.iterdir()) == []
    therapymail.ok("export", "letterbook", "HERON", "--to", "own", "--file", str(tmp_path / name))


def test_a_person_is_asked_on_a_terminal(therapymail: Program, tmp_path: Path) -> None:
    file = tmp_path / "heron.md"
    command = therapymail.command("export", "letterbook", "HERON", "--replace", "lighthouse=tower", "--file", str(file))
    with at_terminal(command, therapymail.environment) as terminal:
        assert "Leeds (1)" in terminal.expect("none of them tell who anybody is")
        terminal.type("y")
        terminal.expect("in clear, for whoever gets the file. Write it")
        terminal.type("n")
        assert terminal.wait() == 2
    assert not file.exists()
    with at_terminal(command, therapymail.environment) as terminal:
        terminal.answer(("anybody is", "y"), ("Write it", "y"))
        assert terminal.wait() == 0
    assert "lighthouse" not in file.read_text()


def test_F31_a_script_gets_the_list_and_says_that_it_was_looked_over(therapymail: Program, tmp_path: Path) -> None:
    file, words = tmp_path / "heron.json", tmp_path / "words"
    words.write_text("# places\nLeeds = a northern city\n")
    asked = ("export", "letterbook", "HERON", "--anonymise", "--file", str(file), "--yes")
    listed = therapymail.run(*asked, "--json")
    assert listed.code == 2
    assert {"word": "Leeds", "times": 1} in listed.answer["unknown"]
    assert "Leeds (1)" in listed.err
    therapymail.ok(*asked, "--replacements", str(words), "--looked-over")
    told = json.loads(file.read_text())
    assert (told["client"], told["anonymised"]) == ("CLIENT", True)
    assert "a northern city" in told["letters"][0]["text"]
    assert therapymail.run(*asked, "--replace", "Leeds").code == 2
    assert therapymail.run(*asked, "--replacements", str(tmp_path / "none")).code == 3


def test_standard_output_holds_the_export_alone(therapymail: Program) -> None:
    record = json.loads(therapymail.ok("export", "record", "HERON", "--file", "-", "--yes").out)
    assert (record["export"], len(record["letters"])) == ("record", 2)
    assert therapymail.run("export", "record", "HERON", "--file", "-", "--yes", "--json").code == 2
    table = therapymail.ok("export", "exchanges", "HERON", "--file", "-").out
    assert table.startswith("number,block,place")
    with at_terminal(
        therapymail.command("export", "exchanges", "HERON", "--file", "-"), therapymail.environment
    ) as terminal:
        assert terminal.wait() == 2


def test_exports_are_listed_and_never_where_they_went(therapymail: Program, tmp_path: Path) -> None:
    therapymail.ok("export", "letters", "HERON", "--file", str(tmp_path / "h.zip"), "--why", "moving", "--manifest")
    shown = therapymail.ok("export", "list", "HERON").out
    assert "letters" in shown
    assert "moving" in shown
    assert str(tmp_path) not in shown
    answer = therapymail.ok("export", "list", "--json").answer["exports"][0]
    assert (answer["export"], answer["as"], answer["letters"], answer["written"]) == ("letters", "eml", 2, True)


def test_a_calendar_takes_the_place_of_a_file_and_of_nothing_else(therapymail: Program, tmp_path: Path) -> None:
    (tmp_path / "link.ics").symlink_to(tmp_path / "elsewhere")
    refused = therapymail.run("today", "--ics", str(tmp_path / "link.ics"))
    assert (refused.code, (tmp_path / "link.ics").is_symlink()) == (3, True)


def test_forms_are_completed() -> None:
    command = typer.main.get_command(build(["export"]))
    for name, wanted in (("letterbook", ["html", "md", "json"]), ("letters", ["mbox", "eml"])):
        assert complete_form(typer.Context(command, info_name=name), "") == wanted
    assert complete_own("o") == ["own"]
