"""What must hold of whatever a parser gives: nothing steers a terminal, everything can be stored, limits are kept."""

import re
from collections.abc import Iterable

from therapymail.domain.addresses import canonical_address
from therapymail.domain.arrangement import fits, pieces_of
from therapymail.domain.sanitise import sanitise, sanitise_line
from therapymail.errors import TherapymailError, explain
from therapymail.mail.dates import FIRST_YEAR, LAST_YEAR
from therapymail.mail.entity import ReadEntity, enclosure_bytes
from therapymail.mail.headers import MAX_MESSAGE_IDS, MAX_SUBJECT_CHARACTERS, HeaderFields
from therapymail.mail.parts import MAX_NAME_CHARACTERS, MAX_PARTS

# Written anew here: a filter is not tested by itself.
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LOOKED_INTO = 4  # enclosures of one mail


def shows(text: str) -> None:
    """As a person would see it, `text` steers nothing and can be written (HAZARDS S9)."""
    seen = sanitise(text)
    assert not STEERS.search(seen), "a control character was left"
    line = sanitise_line(text)
    assert not STEERS.search(line), "a control character was left in a line"
    assert "\n" not in line, "one line is two"
    assert "\t" not in line, "a line has a tabulator"
    seen.encode("utf-8")


def storable(text: str) -> None:
    """`text` can be kept as it is: no NUL, no half of a character (HAZARDS C42)."""
    assert "\0" not in text, "NUL in a text"
    text.encode("utf-8")


def one_line(text: str) -> None:
    """A header's value cannot become two headers (HAZARDS S12)."""
    storable(text)
    assert "\r" not in text, "CR in a value"
    assert "\n" not in text, "LF in a value"


def refusal(error: TherapymailError) -> None:
    """An error of ours tells itself in a sentence that steers nothing."""
    told = explain(error)
    assert told.sentence, "an error without a sentence"
    shows(told.sentence)
    shows(told.next_step)


def addresses(found: Iterable[str]) -> None:
    """Addresses are canonical, or empty for unusable ones."""
    for address in found:
        assert not address or canonical_address(address) == address, "an address is not canonical"
        assert not address or address.isprintable(), "an address holds what cannot be seen"


def header(found: HeaderFields) -> None:
    """What `read_headers` promises."""
    for text in (found.subject, found.message_id, found.content_type, found.report_type):
        one_line(text)
        shows(text)
    for mailbox in (*found.authors, *found.to, *found.cc):
        one_line(mailbox.name)
    addresses([*found.from_addresses, *found.to_addresses, *found.cc_addresses])
    assert len(found.subject) <= MAX_SUBJECT_CHARACTERS, "a subject beyond its limit"
    for ids in (found.in_reply_to, found.references):
        assert len(ids) <= MAX_MESSAGE_IDS, "message ids beyond their limit"
        assert all(each.startswith("<") and each.endswith(">") and " " not in each for each in ids), "no message id"
    for date in (found.date, found.topmost_received):
        assert date is None or FIRST_YEAR - 1 <= date.year <= LAST_YEAR + 1, "an absurd date"


def entity(read: ReadEntity, source: bytes) -> None:
    """What `read_entity` promises of the entity `source`."""
    one_line(read.subject)
    for text in (read.text, read.quoted):
        storable(text)
        shows(text)
        assert "\r" not in text, "CR in a text"
    arranged(read.text, read.quoted, read.arrangement)
    assert len(set(read.defects)) == len(read.defects), "a defect is said twice"
    assert len(read.enclosures) <= MAX_PARTS, "more enclosures than parts"
    for number, enclosure in enumerate(read.enclosures):
        file_name(enclosure.name)
        assert enclosure.name, "an enclosure without a name"
        if number < _LOOKED_INTO:
            assert len(enclosure_bytes(source, number)) == enclosure.size, "an enclosure of another size"


def arranged(text: str, quoted: str, arrangement: tuple[int, ...]) -> None:
    """The order of own and quoted words covers both, whole."""
    assert fits(text, quoted, arrangement), "the arrangement is of other texts"
    pieces = pieces_of(text, quoted, arrangement)
    assert "".join(piece.text for piece in pieces if not piece.quoted) == text, "own words were lost"
    assert "".join(piece.text for piece in pieces if piece.quoted) == quoted, "quoted words were lost"


def file_name(name: str) -> None:
    """A name of a file is a bare one (HAZARDS S25)."""
    assert sanitise_line(name) == name, "a name steers"
    assert "/" not in name, "a path"
    assert "\\" not in name, "a path"
    assert name not in {".", ".."}, "a folder"
    assert len(name) <= MAX_NAME_CHARACTERS, "a name beyond its limit"
