"""The page docs/interoperability.md: its shape, that it is what a walk gives now, and that no mail is copied in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pgp.test_corpora import RECORDED, TABULATED
from tests.support.corpora import mails
from tests.support.interoperability import HEADINGS, producer

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "interoperability.md"
_SHARE = re.compile(r"(\d+) of (\d+)")


def _rows() -> list[list[str]]:
    """The rows of the first table, without its head."""
    table = [line for line in PAGE.read_text("utf-8").partition("\n## ")[0].splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    assert tuple(cells[0]) == HEADINGS
    return cells[2:]


def test_every_row_says_how_many_of_how_many() -> None:
    for name, letters, *shares in _rows():
        assert name
        assert int(letters) > 0
        for share in filter(None, shares):
            found = _SHARE.fullmatch(share)
            assert found
            assert int(found[1]) <= int(found[2])


def test_the_last_row_is_the_sum_of_the_others() -> None:
    *rows, last = [[cell.partition(" of ") for cell in row[1:]] for row in _rows()]
    for column, (count, _, whole) in enumerate(last):
        assert int(count) == sum(int(row[column][0] or 0) for row in rows)
        assert int(whole or 0) == sum(int(row[column][2] or 0) for row in rows)


@pytest.mark.parametrize(
    ("named", "called"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:78.0) Gecko/20100101  Thu", "Thunderbird 78 or later"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:45.0) Gecko/20100101  Thu", "Icedove or Thunderbird with Enigmail"),
        ("KMail/4.13.0.3 (Linux/4.1.0)", "KMail 4"),
        ("", "Request Tracker's tests, of several programs"),
    ],
)
def test_a_program_is_called_by_one_name(named: str, called: str) -> None:
    assert producer("rt", named) == called


@pytest.mark.corpora
def test_the_page_is_what_the_script_writes_now(tmp_path: Path) -> None:
    for name in (*RECORDED, *TABULATED):
        assert not [mail.name for mail in mails(name) if mail.name in PAGE.read_text("utf-8")]
    made = tmp_path / "page.md"
    subprocess.run([sys.executable, ROOT / "scripts" / "interoperability", made], check=True, timeout=120)
    assert made.read_text("utf-8") == PAGE.read_text("utf-8")
