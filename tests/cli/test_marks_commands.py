"""What a person sees of tags, milestones, bookmarks and feelings at the command line."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from tests.support.practices import practice_of_this_process
from tests.vault.builders import add_heron, filing, reading
from therapymail.cli import entry
from therapymail.cli.completing import complete_bookmark, complete_milestone, complete_place, complete_tag
from therapymail.errors import ExitCode
from therapymail.vault.filing import file_letters

HOSTILE = "\x1b[2Jan \u202eunlit room"


class Said(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with practice_of_this_process() as made:
        with made.vault() as vault, vault.writing() as writer:
            heron, now = add_heron(writer, now=made.clock()), made.clock()
            texts = (f"It is {HOSTILE}, as I said.", "a seed")
            mails = [
                filing(at, heron, received=now - timedelta(days=20 - 10 * at), reading=reading(at, text))
                for at, text in enumerate(texts)
            ]
            file_letters(writer, mails, now)
        yield made.paths.home


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def running(*words: str) -> Said:
        capsys.readouterr()
        return Said(entry.run(["--home", str(home), *words]), *capsys.readouterr())

    return running


def test_F12_tags_are_given_shown_counted_and_renamed(run: Run) -> None:
    assert run("tag", "HERON-1", "+grief/father", "+loss").err == "HERON-1: grief/father, loss\n"
    passage = run("tag", "HERON-1", "--words", "Unlit Room", "+image").err
    assert passage.startswith("HERON-1:")
    assert passage.endswith("“unlit room”: image\n")
    assert run("tag", "heron", "--exchange", "1", "+autumn").err == "HERON exchange 1: autumn\n"
    shown = run("tag", "HERON-1").out.splitlines()
    assert (shown[0], shown[-1]) == ("HERON-1: grief/father, loss", "HERON exchange 1: autumn")
    assert [line.split() for line in run("tags").out.splitlines()[1:]] == [
        ["autumn", "-", "-", "1"],
        ["grief", "1", "-", "-"],
        ["grief/father", "1", "-", "-"],
        ["image", "-", "1", "-"],
        ["loss", "1", "-", "-"],
    ]
    renamed = run("tags", "rename", "loss", "losing").err
    assert "`therapymail tags rename losing loss` undoes it" in renamed
    refused = run("tags", "rename", "losing", "image")
    assert (refused.code, "two tags become one" in refused.err) == (ExitCode.USAGE, True)
    assert "Renaming back does not undo it" in run("tags", "rename", "losing", "image", "--yes").err
    assert run("tag", "HERON-1", "-image", "-grief/father").err == "HERON-1: no tags\n"


def test_S10_words_of_a_letter_are_shown_harmless(run: Run) -> None:
    run("milestone", "add", "HERON-1", "insight", "said \x1b[31m so", "--words", "It is ... as I said")
    run("bookmark", "add", "HERON-1", "--words", "It is ... as I said")
    said = "".join(run(*words).out for words in (("milestone", "list"), ("bookmark", "list"), ("tag", "HERON-1")))
    assert "unlit room" in said
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert run("milestone", "remove", "M-1").err.startswith("Gone: M-1  HERON  ")
    assert run("bookmark", "remove", "B-1").err == "Gone: B-1  HERON-1:0-35\n"
    assert run("bookmark", "remove", "B-1").code == ExitCode.NOTHING_FOUND


@pytest.mark.parametrize(
    "words",
    [
        ("tag", "HERON-1:0-2"),
        ("tag", "HERON-1", "--words", "seed"),
        ("tag", "HERON-1", "--words", "seed", "--exchange", "1", "+x"),
        ("tag", "HERON-1", "x"),
        ("tag", "HERON", "--exchange", "1", "x"),
        ("milestone", "add", "HERON-1", "breakthrough"),
        ("milestone", "remove", "B-1"),
        ("feelings", "--edit", "--body-file", "-"),
        ("feelings", "--edit"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).code == ExitCode.USAGE


def test_names_and_tags_are_completed(run: Run, home: Path) -> None:
    run("tag", "HERON-2", "+seed/apple")
    run("milestone", "add", "HERON", "consent")
    run("bookmark", "add", "HERON-2")
    root = SimpleNamespace(params={"home": home})
    context: Any = SimpleNamespace(find_root=lambda: root)
    assert complete_tag(context, "se") == ["seed", "seed/apple"]
    assert complete_place(context, "her") == ["HERON", "HERON-2", "HERON-1"]
    assert complete_milestone(context, "m") == ["M-1"]
    assert complete_bookmark(context, "B-") == ["B-1"]


def test_F18_the_list_of_feelings_is_shown_and_made_ones_own(run: Run, home: Path, tmp_path: Path) -> None:
    own = home / "feelings.txt"
    ours = json.loads(run("feelings", "--json").out)
    assert (ours["own"], ours["file"]) == (False, str(own))
    assert "sad" in next(each for each in ours["families"] if each["family"] == "sadness")["words"]
    given = tmp_path / "mine.txt"
    given.write_text("[sea]\nsalty\nvery salty\nsalty\n", "utf-8")
    refused = run("feelings", "--body-file", str(given))
    assert (refused.code, "line 4" in refused.err, own.exists()) == (ExitCode.USAGE, True, False)
    given.write_text("[sea]\nsalty\nvery salty\n", "utf-8")
    shown = run("feelings", "--body-file", str(given))
    assert shown.out == "sea: salty, very salty\n"
    assert own.stat().st_mode & 0o777 == 0o600
    assert json.loads(run("feelings", "--json").out)["own"] is True
    own.unlink()
