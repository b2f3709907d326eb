"""The mail programs that a client can be shown the first steps in."""

from enum import StrEnum


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
