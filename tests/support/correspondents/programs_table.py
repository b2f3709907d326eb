"""The table of programs in docs/interoperability.md: a row for each exchange, and the rows that stand there."""

import email
import email.policy
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.support.correspondents.correspondent import Correspondent
from tests.support.correspondents.exchange import ANSWER, ENCLOSED, FIRST, OURS, Exchange

HEADINGS = (
    "program",
    "version",
    "writes",
    "opened",
    "signature right",
    "altered",
    "opens ours",
    "signature",
    "subject",
)
Row = tuple[str, ...]

_TITLE = "## Programs, both ways"
_INTRODUCTION = """\
Each of these programs wrote two letters to us and got one of ours, over a mail host, as `tests/interop` does it
wherever the program is installed. **Opened**, **signature right**: of its letters, one in the traditional form where
it writes that, and one as PGP/MIME with a quote and an enclosure, those whose text and enclosure we give exactly, and
those whose signature we attribute to its pinned key. **Altered**: what becomes of a letter of its that was changed on
the way. Then what it makes of ours: whether it **opens** it to the exact text, finds the **signature** good, and shows
the **subject** that only the sealed part has, which a library leaves to the mail programs that stand on it: the mail
of those is made by hand here.
"""


def row(correspondent: Correspondent, came: Exchange) -> Row:
    """What came of an exchange."""
    mail = email.message_from_bytes(came.first_mail, policy=email.policy.SMTP)
    letters = (came.first["text"] == FIRST, came.answer["text"] == ANSWER and came.enclosure == ENCLOSED)
    signatures = [came.first["verdict"]["signature"] == "pinned", came.answer["verdict"]["signature"] == "verified"]
    return (
        correspondent.name,
        correspondent.version(),
        "inline and PGP/MIME" if mail.get_content_type() == "text/plain" else "PGP/MIME",
        f"{sum(letters)} of 2",
        f"{sum(signatures)} of 2",
        "refused" if came.tampered.answer["state"] == "failed" else "taken",
        "yes" if came.seen.text.strip("\n") == OURS else "no",
        "good" if came.seen.is_signature_good else "not good",
        "" if correspondent.is_library else "shown" if came.seen.subject else "not shown",
    )


def section(rows: Iterable[Row]) -> str:
    """The section of the page with these rows."""
    return "\n".join([_TITLE, "", _INTRODUCTION, *_lines([HEADINGS, ("---",) * len(HEADINGS), *rows]), ""])


def rows_in(page: Path) -> dict[str, Row]:
    """The rows that stand in the page, by program; none where it has no such section."""
    _, _, after = page.read_text("utf-8").partition(f"{_TITLE}\n")
    lines = [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[1:]]
    return {each[0]: each for each in rows}


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    for cells in rows:
        yield f"| {' | '.join(cells)} |" if cells[0] != "---" else "|" + "---|" * len(cells)
