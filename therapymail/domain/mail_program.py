"""The mail programs that a client can be shown the first steps in."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class MailProgram(StrEnum):
    """Where a client reads and writes sealed letters, as `client invite --program` names it."""

    THUNDERBIRD = "thunderbird"
    K9 = "k9"
    APPLE = "apple"
    GPGOL = "gpgol"
    MAILVELOPE = "mailvelope"
    PROTON = "proton"
    FLOWCRYPT = "flowcrypt"
    DELTACHAT = "deltachat"
    OTHER = "other"


class Invited(NamedTuple):
    """That a client got an onboarding kit: when (UTC), for which program, in which language (ISO 639-1).

    Not `certain` where the mail host's last answer never came.
    """

    at: datetime
    program: MailProgram
    language: str
    certain: bool
