"""What can be exported, in which forms, and what the journal keeps of each export (F33, F49). Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from therapymail.errors import UnusableInput


class Exported(StrEnum):
    """What an export is of."""

    LETTERBOOK = "letterbook"
    TIMELINE = "timeline"
    RECORD = "record"
    LETTERS = "letters"
    EXCHANGES = "exchanges"
    CALENDAR = "calendar"


class Form(StrEnum):
    """The form of the file."""

    HTML = "html"
    MARKDOWN = "md"
    JSON = "json"
    CSV = "csv"
    MBOX = "mbox"
    EML = "eml"
    CALENDAR = "ics"


FORMS: dict[Exported, tuple[Form, ...]] = {
    Exported.LETTERBOOK: (Form.HTML, Form.MARKDOWN, Form.JSON),
    Exported.TIMELINE: (Form.HTML, Form.MARKDOWN, Form.JSON),
    Exported.RECORD: (Form.JSON,),
    Exported.LETTERS: (Form.MBOX, Form.EML),
    Exported.EXCHANGES: (Form.CSV, Form.JSON),
    Exported.CALENDAR: (Form.CALENDAR,),
}
# What these hold a person can read a letter's words in.
IN_CLEAR = frozenset({Exported.LETTERBOOK, Exported.TIMELINE, Exported.RECORD})

SEALED_ENDINGS = frozenset({".gpg", ".pgp", ".asc"})


def form_of(what: Exported, name: str | None, file_name: str) -> Form:
    """The form that `name` means, else the ending of the file's name, else the first there is. Raises UnusableInput."""
    forms = FORMS[what]
    listed = ", ".join(forms)
    if name is not None:
        wanted = {"markdown": "md", "htm": "html"}.get(name.lower(), name.lower())
        if wanted not in forms:
            raise UnusableInput("--as", f"the {what} can be had as {listed}")
        return Form(wanted)
    endings = file_name.lower().split(".")[1:]
    return next((form for form in forms if form in endings), forms[0])


@dataclass(frozen=True)
class ExportEntry:
    """An export as the journal keeps it: neither path nor content. `client` is an identity, empty for all of them.

    `to` is the fingerprint that it was sealed to, empty for a file in clear; `sha256` that of the file, as hex.
    `written` is false where it was journalled and then came to nothing.
    """

    client: str
    what: Exported
    form: Form
    letters: int
    notes: int
    process_notes: int
    size: int
    sha256: str
    to: str = ""
    for_client: bool = False
    anonymised: bool = False
    reason: str = ""
    at: datetime | None = None
    written: bool = True
