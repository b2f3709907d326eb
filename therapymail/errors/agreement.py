"""Errors of agreements and exchanges."""

from therapymail.errors.family import ExitCode, TherapymailError


class AgreementImpossible(TherapymailError):
    """Terms that cannot be agreed; every problem at once, in phrases of ours."""

    problems: tuple[str, ...]
    exit_code = ExitCode.USAGE
    sentence = "This cannot be agreed: {listed}."
    next_step = "Nothing was changed. Correct it and run the command again."

    @property
    def listed(self) -> str:
        """The problems in one line."""
        return "; ".join(self.problems)


class AgreementUnknown(TherapymailError):
    """There is no agreement, or no such version of it, with this client."""

    code: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "There is no such agreement with {code}."
    next_step = "See `therapymail agree {code} --history`; `therapymail agree {code}` makes one."


class AgreementUsed(TherapymailError):
    """A version under which an exchange has begun cannot be taken back: its clock was told by it."""

    code: str
    version: int
    exchange: int
    exit_code = ExitCode.USAGE
    sentence = "Version {version} cannot be taken back: exchange {exchange} began under it."
    next_step = "`therapymail agree {code}` makes a new version instead."


class AgreementUnchanged(TherapymailError):
    """What is to be agreed is what a version says already."""

    code: str
    version: int
    exit_code = ExitCode.USAGE
    sentence = "Version {version} of the agreement with {code} says that already."
    next_step = "Nothing was changed. See `therapymail agree {code} --show`."


class ExchangeUnknown(TherapymailError):
    """The client has no exchange of this number."""

    code: str
    number: int
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "{code} has no exchange {number}."
    next_step = "See `therapymail exchange list {code}`."


class NothingToUndo(TherapymailError):
    """There is no correction, or no change of kind, that could be taken back."""

    what: str
    exit_code = ExitCode.NOTHING_FOUND
    sentence = "There is nothing to take back: {what}."
    next_step = "Nothing was changed."
