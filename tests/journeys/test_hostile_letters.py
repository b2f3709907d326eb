"""Letters that are made to harm whoever looks at them: harmless and findable in every view and every export.

S9, S10, H10: control sequences, markup, overrides of direction, megabyte lines, null bytes and words of 100,000
characters, in subject, text, quotation, cue and name of an enclosure alike.
"""

import csv
import hashlib
import io
import json
import mailbox
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.html_page import STEERING, is_inert
from tests.support.practices import practice_of_this_process
from tests.vault.builders import add_heron, filing
from therapymail.cli.entry import run
from therapymail.domain.kinds import Direction, Kind
from therapymail.domain.letter import Enclosure, Reading
from therapymail.vault.filing import file_letters

_ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\x1bP+q\x1b\\\x7f\b\b\x1b]8;;http://evil.example\x07link\x1b]8;;\x07"
_MARKUP = (
    "<script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)></body></html>]]>--><!--"
    "<style>@import url(http://evil.example)</style><svg onload=alert(1)><a href=javascript:alert(1)>\n\n"
    "[me](javascript:alert(1)) ![i](http://evil.example/i.png) # heading\n---\n```\n~~~\n| a | b |\n"
    "[red]red[/red] [@click=app.bell]bell[/] {{ 7 * 7 }} {% raw %} $(reboot) `reboot` %s %n {0}"
)
_BIDI = "\u202egnp.txt\u202c \u2066\u2067isolated\u2069 \u200f\u05d0\u05d1 \u2028\u2029\u0085"
_LINES = "From nobody Sat Jan  1 00:00:00 2000\n.\n>From me\n=cmd|' /C calc'!A0\n@SUM(1)\n\t-2+3"
HOSTILE = {
    "escapes": _ESCAPES,
    "markup": _MARKUP,
    "bidi": _BIDI,
    "lines": _LINES,
    "nulls": "be\x00fore \x00\x00 after\x00",
    "halves": "\ud800 \udfff \ufffe \U0010ffff a" + "\u0301" * 600,
    "megabyte": "lorem ipsum " * 90_000,
    "word": "w" * 100_000,
}
NAMES = {what: f"HERON-{at}" for at, what in enumerate(HOSTILE, 1)}


def harmful(text: str) -> list[str]:
    """What in `text` steers a terminal, reorders what stands around it, or is half a character."""
    return sorted(set(STEERING.findall(text)))


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A practice with one hostile letter of each sort, answered by another; tagged, and with a passage of each."""
    with pytest.MonkeyPatch.context() as patch, practice_of_this_process() as practice:
        patch.setenv("COLUMNS", "80")
        now = practice.clock()
        mails = []
        with practice.vault() as vault, vault.writing() as writer:
            heron = add_heron(writer, now=now - timedelta(days=90))
            for at, (what, harm) in enumerate(HOSTILE.items()):
                steering = "".join(harmful(harm))  # other signs make a bracket what programs write
                reading = Reading(
                    subject=f"subject{what} {harm[:400]}",
                    text=f"[so {steering} sad] begin{what} {harm} end{what}",
                    quoted=f"quoted{what} {harm[:2000]}",
                    unsealed_text=f"outside{what} {harm[:2000]}",
                    enclosures=(Enclosure(f"../{harm[:80]}.png", f"image/{harm[:40]}", 7),),
                )
                mail = filing(at, heron, received=now - timedelta(days=60 - at), reading=reading)
                mails.append(replace(mail, original=b"From: a\r\n\r\nFrom b\nFrom c\r\n>From d\n" * 3))
                if at % 2:
                    mails[-1] = replace(mails[-1], direction=Direction.OUT, kind=Kind.RESPONSE)
            file_letters(writer, mails, now)
        for name in NAMES.values():
            said(practice.paths.home, "tag", name, "+grief/sea")
            said(practice.paths.home, "tag", f"{name}:0-30", "+passage")
        yield practice.paths.home


def said(home: Path, *arguments: str, code: int = 0) -> str:
    """What a command prints, answer and narration."""
    printed = io.BytesIO()
    out = io.TextIOWrapper(printed, "utf-8", write_through=True)
    with redirect_stdout(out), redirect_stderr(out):
        ended = run(["--home", str(home), *arguments])
    text = printed.getvalue().decode()
    assert ended == code, text[-2000:]
    return text


@pytest.mark.parametrize("what", HOSTILE)
def test_S09_a_hostile_letter_is_found_by_its_words_and_read_without_harm(home: Path, what: str) -> None:
    for words in (f"begin{what}", f"end{what}", f"subject{what}", f"begin{what} tag:grief cue:sad", "feeling:sadness"):
        found = said(home, "search", words)
        assert NAMES[what] in found
        assert harmful(found) == []
    letter = said(home, "read", NAMES[what])
    assert harmful(letter) == []
    assert f"begin{what}" in letter
    assert f"end{what}" in letter
    as_json = said(home, "read", NAMES[what], "--json")
    assert harmful(as_json) == []
    if what == "escapes":  # the record itself keeps what was written
        assert HOSTILE[what] in json.loads(as_json)["text"]


def test_what_is_hidden_in_a_hostile_letter_is_found(home: Path) -> None:
    for query, what in (
        ("fore", "nulls"),
        ("after", "nulls"),
        ("www*", "word"),
        ("w" * 70, "word"),
        ("wwww*", "word"),
        ('"ipsum lorem"', "megabyte"),
        ("words:>100000", "megabyte"),
        ("isolated", "bidi"),
        ("onerror", "markup"),
        ("owned", "escapes"),
    ):
        assert NAMES[what] in said(home, "search", query), query


VIEWS = {
    "letters": ("letters", "HERON"),
    "letterbook": ("letterbook", "HERON"),
    "timeline": ("timeline", "HERON", "--with", "safety"),
    "timeline explained": ("timeline", "HERON", "--explain"),
    "timeline plain": ("--plain", "timeline", "HERON"),
    "thread": ("thread", "HERON", "grief"),
    "compare": ("compare", "HERON", "HERON-1", "HERON-3"),
    "review": ("review", "HERON"),
    "tags": ("tags",),
    "exchanges": ("exchange", "list", "HERON"),
    "today": ("today",),
}


@pytest.mark.parametrize("view", VIEWS)
def test_S09_no_view_obeys_a_letter(home: Path, view: str) -> None:
    for arguments in (VIEWS[view], (*VIEWS[view], "--json")):
        shown = said(home, *arguments)
        assert shown.strip()
        assert harmful(shown) == []


def _html(raw: bytes) -> None:
    assert is_inert(raw.decode())


def _markdown(raw: bytes) -> None:
    lines = raw.decode().splitlines()
    assert not [line for line in lines if re.search(r"(?<!\\)<(?!/?sup>)[a-z/!]", line)]
    assert not [line for line in lines if re.search(r"(?<!\\)\]\((?!#)", line)]
    assert not [line for line in lines if line.startswith(("```", "~~~", "---", "# heading", "| a"))]


def _json(raw: bytes) -> None:
    json.loads(raw)


def _csv(raw: bytes) -> None:
    rows = list(csv.reader(io.StringIO(raw.decode())))
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "+", "\t", "\r"))]


EXPORTS: dict[str, tuple[tuple[str, ...], Callable[[bytes], None]]] = {
    "letterbook.html": (("letterbook", "HERON", "--yes"), _html),
    "letterbook.md": (("letterbook", "HERON", "--yes"), _markdown),
    "letterbook.json": (("letterbook", "HERON", "--yes"), _json),
    "timeline.html": (("timeline", "HERON", "--letters", "--yes"), _html),
    "timeline.md": (("timeline", "HERON", "--yes"), _markdown),
    "timeline.json": (("timeline", "HERON", "--yes"), _json),
    "record.json": (("record", "HERON", "--yes"), _json),
    "exchanges.csv": (("exchanges", "HERON"), _csv),
    "exchanges.json": (("exchanges", "HERON"), _json),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_S09_no_export_carries_a_letters_harm_along(home: Path, tmp_path: Path, name: str) -> None:
    arguments, check = EXPORTS[name]
    file = tmp_path / name
    assert harmful(said(home, "export", *arguments, "--file", str(file))) == []
    raw = file.read_bytes()
    check(raw)
    assert harmful(raw.decode().replace("\r\n", "\n")) == []
    if name.partition(".")[0] in {"letterbook", "record"}:
        assert all(f"begin{what}".encode() in raw and f"end{what}".encode() in raw for what in HOSTILE)


def test_originals_are_exported_as_they_came_whatever_stands_in_them(home: Path, tmp_path: Path) -> None:
    said(home, "export", "letters", "HERON", "--file", str(tmp_path / "all.mbox"), "--yes")
    assert len(mailbox.mbox(tmp_path / "all.mbox")) == len(HOSTILE)
    said(home, "export", "letters", "HERON", "--file", str(tmp_path / "all.eml.zip"), "--as", "eml", "--yes")
    with zipfile.ZipFile(tmp_path / "all.eml.zip") as archive:
        sums = archive.read("SHA256SUMS").decode().splitlines()
        assert len(sums) == len(HOSTILE)
        for line in sums:
            digest, _, file = line.partition("  ")
            assert hashlib.sha256(archive.read(file.lstrip("*"))).hexdigest() == digest
