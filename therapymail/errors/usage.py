"""Errors of what was asked for: a value, a client, a letter or a search that cannot be used."""

from therapymail.errors.family import ExitCode, TherapymailError


class UnusableInput(TherapymailError):
    """A value given by the person cannot be used; `what` names the field, `why` the rule it breaks."""

    what: str
    why: str
    exit_code = ExitCode.USAGE
    sentence = "{what}: {why}."
    next_step = "Correct it and run the command again."


class LetterUnsuited(UnusableInput):
    """What was asked for cannot be done with this letter; `what` is its name, `why` says what it is instead."""

    next_step = "Nothing was changed. See `therapymail exchange list {code}`."

    @property
    def code(self) -> str:
        """The client's code: what the letter's name begins with."""
        return self.what.rpartition("-")[0]


class LetterElsewhere(LetterUnsuited):
    """The letter `what` is not among those of the client `whose` that were asked for."""

    whose: str
    next_step = "See `therapymail letters {whose}`."


class ClientUnknown(TherapymailError):
    """No client has this code."""

    code: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "There is no client with the code {code}."
    next_step = "See `therapymail client list`."


class ClientExists(TherapymailError):
    """The code, or one of the addresses, already belongs to a client."""

    code: str
    what: str
    exit_code = ExitCode.USAGE
    sentence = "The {what} already belongs to the client {code}."
    next_step = "See `therapymail client show {code}`."


class LetterUnknown(TherapymailError):
    """No letter has this name."""

    name: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "There is no letter {name}."
    next_step = "See `therapymail letters`."


class NothingFound(TherapymailError):
    """A search or list has no result; `what` says of what."""

    what: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "Nothing found: {what}."
    next_step = ""


class ThemeUnseen(NothingFound):
    """No letter with the client `code` bears the theme that was asked for."""

    code: str
    next_step = "`therapymail tags` lists the tags in use; `therapymail timeline {code} --explain` tells the feelings."


class QueryUnreadable(TherapymailError):
    """A search that cannot be read: `why`, and `position` (0-based, characters) for the caret."""

    query: str
    position: int
    why: str
    exit_code = ExitCode.USAGE
    sentence = "The search cannot be read at character {place}: {why}."
    next_step = "See `therapymail search --help` for the search language."

    @property
    def place(self) -> int:
        """The position as people count: from 1."""
        return self.position + 1
